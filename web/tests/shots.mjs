/** Pictures of every room: node tests/shots.mjs PAGE FOLDER [ROOM...] */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOMS, launched, opened } from './browser.mjs';

const [file, folder, ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { browser, close } = await launched();
for (const [width, theme] of [[1280, 'light'], [1280, 'dark'], [390, 'light']]) {
  const { context, page, wrong } = await opened(browser, file, { width, theme });
  for (const room of only.length > 0 ? only : ROOMS) {
    await page.evaluate((to) => { location.hash = `#/${to}`; }, room);
    await page.waitForTimeout(150);
    await page.screenshot({ path: join(folder, `${room.replaceAll(/[^a-z0-9-]+/gi, '-').slice(0, 60)}-${width}-${theme}.png`), fullPage: true });
  }
  if (wrong.length > 0) console.log(width, theme, wrong);
  await context.close();
}
await close();
