/** One picture of what is in sight: node tests/look.mjs PAGE OUT ROUTE [WIDTH] [THEME] [HEIGHT] */

import { launched, opened } from './browser.mjs';

const [file, out, route, width = '1280', theme = 'light', height = '900'] = process.argv.slice(2);
const { browser, close } = await launched();
const { page, wrong } = await opened(browser, file, { width: Number(width), theme, route });
await page.setViewportSize({ width: Number(width), height: Number(height) });
await page.waitForTimeout(250);
await page.screenshot({ path: out });
console.log(wrong);
await close();
