/**
 * How a page opens and answers, in a headless browser, and an empty page beside it:
 *
 *     (cd web && npm ci); node bench/page.mjs PAGE.html...
 *
 * The middle of five openings each, at four times less than this machine's speed where `SLOWER=4` says so. `shown` is from
 * a key to the frame that shows the room; `busy` is the longest task on the way; `scrolled` the share of frames at 60 a second
 * while the room is scrolled from end to end.
 */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOMS, launched, opened } from '../web/tests/browser.mjs';

const TIMES = 5;
const slower = Number(process.env.SLOWER ?? 1);

const middle = (of) => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)];
const whole = (of) => String(Math.round(of));

async function slowed(context, page) {
  const session = await context.newCDPSession(page);
  if (slower > 1) await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  await session.send('Performance.enable');
  return session;
}

/** What a browser tells of one opening. */
async function opening(browser, file) {
  const { context, page } = await opened(browser, 'about:blank', { waits: false });
  const session = await slowed(context, page);
  await page.addInitScript(() => {
    globalThis.told = { largest: 0, shift: 0, blocked: 0 };
    const watch = (type, each) => new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
    watch('largest-contentful-paint', (entry) => { told.largest = entry.startTime; });
    watch('layout-shift', (entry) => { told.shift += entry.value; });
    watch('longtask', (entry) => { told.blocked += Math.max(0, entry.duration - 50); });
  });
  await page.goto(new URL(`file://${file}`).href);
  await page.waitForTimeout(400 * slower);
  const told = await page.evaluate(() => ({
    ...globalThis.told,
    first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    ready: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,
  }));
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name) => metrics.find((one) => one.name === name)?.value ?? 0;
  await context.close();
  return { ...told, heap: metric('JSHeapUsedSize') / 1e6, nodes: metric('Nodes') };
}

/** From one room to another: until it is seen, and how it scrolls. */
async function rooms(browser, file) {
  const { context, page } = await opened(browser, file);
  await slowed(context, page);
  await page.evaluate(() => {
    globalThis.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask' });
  });
  const out = [];
  for (const room of ROOMS) {
    const shown = [];
    const busy = [];
    for (let time = 0; time < TIMES; time += 1) {
      await page.evaluate((away) => { location.hash = `#/${away}`; }, room === 'left-out' ? 'code' : 'left-out');
      await page.waitForTimeout(150);
      const told = await page.evaluate(async (to) => {
        tasks.length = 0;
        const begun = performance.now();
        location.hash = `#/${to}`;
        await new Promise((take) => addEventListener('hashchange', take, { once: true }));
        // Preact draws behind the event; the frame after that is the one that is seen.
        await new Promise((take) => setTimeout(take));
        await new Promise((take) => requestAnimationFrame(() => setTimeout(take)));
        const shown = performance.now() - begun;
        await new Promise((take) => setTimeout(take, 250));
        return { shown, busy: Math.max(0, ...tasks) };
      }, room);
      shown.push(told.shown);
      busy.push(told.busy);
    }
    const scrolled = await page.evaluate(async () => {
      const frames = [];
      const far = document.documentElement.scrollHeight - innerHeight;
      let last = null;
      await new Promise((take) => {
        const tick = (now) => {
          if (last !== null) frames.push(now - last);
          last = now;
          if (frames.length >= 60) return take();
          scrollTo(0, (far * frames.length) / 60);
          requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
      });
      scrollTo(0, 0);
      return frames.filter((one) => one < 20).length / frames.length;
    });
    const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
    out.push({ room, shown: middle(shown), busy: Math.max(...busy), scrolled, nodes });
  }
  const replay = await replayed(page);
  await context.close();
  return { out, replay };
}

/** Six modules given to another team, one after another: until figures and board are drawn, and what of it is the replay. */
async function replayed(page) {
  await page.evaluate(() => { location.hash = '#/redesign'; });
  await page.waitForTimeout(300);
  if ((await page.locator('.chip').count()) === 0) return null;
  const shown = [];
  const alone = [];
  for (let at = 0; at < 6; at += 1) {
    await page.locator('.chip:not(.moved)').nth(at).click();
    const took = await page.evaluate(async (pick) => {
      const list = document.querySelector('.give select');
      list.selectedIndex = 1 + (pick % (list.options.length - 1));
      list.dispatchEvent(new Event('change', { bubbles: true }));
      await new Promise((take) => setTimeout(take, 50));
      const begun = performance.now();
      document.querySelector('.give .to-team button').click();
      await new Promise((take) => setTimeout(take));
      await new Promise((take) => requestAnimationFrame(() => setTimeout(take)));
      return performance.now() - begun;
    }, at * 3 + 1);
    shown.push(took);
    alone.push(await page.evaluate(() => Number(document.querySelector('[data-replay-milliseconds]').dataset.replayMilliseconds)));
    const cancel = page.getByRole('button', { name: 'Cancel' });
    if (await cancel.count()) await cancel.click();
  }
  return { shown: middle(shown), alone: middle(alone) };
}

const { browser, close } = await launched();
const folder = mkdtempSync(join(tmpdir(), 'unsnarl-page-'));
try {
  const empty = join(folder, 'empty.html');
  writeFileSync(empty, '<!doctype html><meta charset="utf-8"><title>Empty</title><main><section><p>An empty page.</p></section></main>');
  const files = [empty, ...process.argv.slice(2)];
  const each = new Map(files.map((file) => [file, []]));
  // One after another, so that a busy moment falls on all of them.
  for (let time = 0; time < TIMES; time += 1) {
    for (const file of files) each.get(file).push(await opening(browser, file));
  }
  console.log('| page | kB | as sent | first paint | largest | ready | blocked | shift | heap MB | elements | × empty |');
  console.log('| --- |' + ' ---: |'.repeat(10));
  const base = middle(each.get(empty).map((one) => one.first));
  for (const [file, told] of each) {
    const of = (key) => middle(told.map((one) => one[key]));
    console.log(
      `| ${basename(file, '.html')} | ${whole(statSync(file).size / 1000)} | ${whole(gzipSync(readFileSync(file)).length / 1000)} | ${whole(of('first'))} ms | ${whole(of('largest'))} ms | ${whole(of('ready'))} ms | ${whole(of('blocked'))} ms | ${of('shift').toFixed(3)} | ${of('heap').toFixed(1)} | ${of('nodes')} | ${(of('first') / base).toFixed(1)} |`,
    );
  }
  for (const file of files.slice(1)) {
    const { out, replay } = await rooms(browser, file);
    console.log(`\n| ${basename(file, '.html')} | shown | busy | scrolled | elements |`);
    console.log('| --- | ---: | ---: | ---: | ---: |');
    for (const one of out) console.log(`| ${one.room} | ${whole(one.shown)} ms | ${whole(one.busy)} ms | ${whole(one.scrolled * 100)} % | ${one.nodes} |`);
    if (replay) console.log(`| a module given | ${whole(replay.shown)} ms | replay ${replay.alone.toFixed(1)} ms | | |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await close();
}
