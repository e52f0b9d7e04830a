/** A headless browser over pages from disk; everything that goes wrong in a page is kept. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

export const WIDTHS = [1280, 390];
export const ROOMS = ['now', 'map', 'boundaries', 'boundaries/teams', 'hidden', 'ownership', 'flow', 'code', 'redesign', 'left-out'];

export async function launched() {
  const profile = mkdtempSync(join(tmpdir(), 'unsnarl-browser-'));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A page opened from disk, with what went wrong in it: errors, alerts, requests that leave it. */
export async function opened(browser, file, { width = 1280, theme = 'light', route = '', waits = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    colorScheme: theme,
    deviceScaleFactor: width < 600 ? 2 : 1,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && wrong.push(`console: ${message.text()}`));
  page.on('dialog', async (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('request', (request) => {
    const own = /^https?:/.test(file) && request.url().startsWith(file);
    if (!own && !/^(file|data|blob):/.test(request.url())) wrong.push(`request: ${request.url()}`);
  });
  const address = /^(https?|about):/.test(file) ? file : pathToFileURL(resolve(file)).href;
  await page.goto(`${address}${route === '' ? '' : `#/${route}`}`);
  if (waits) await page.waitForSelector('main section');
  return { context, page, wrong };
}
