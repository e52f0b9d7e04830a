/**
 * The page in a headless browser, over pages that `browser.sh` made: PAGES names their folder, UNSNARL the program.
 */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOMS, WIDTHS, launched, opened } from './browser.mjs';

const folder = process.env.PAGES;
const file = (name) => join(folder, `${name}.html`);
const pages = readdirSync(folder).filter((name) => name.endsWith('.html')).map((name) => name.slice(0, -5));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser;
let close;
before(async () => ({ browser, close } = await launched()));
after(async () => close());

const go = async (page, route) => {
  await page.evaluate((to) => { location.hash = `#/${to}`; }, route);
  await page.waitForTimeout(60);
};

const documentOf = (name) => {
  const text = readFileSync(file(name), 'utf8');
  const begun = text.indexOf('>', text.indexOf('<script id="document"')) + 1;
  const held = JSON.parse(text.slice(begun, text.indexOf('</script>', begun)));
  // Parts are written by columns, teams by number.
  const [first] = held.measures.coordination.parts.names;
  return { ...held, firstPair: first?.map((team) => held.structure.teams[team].name) };
};

/** Routes of one page: every room, and something inside each. */
const routes = (name) => {
  const held = documentOf(name);
  const [coupling] = held.couplings;
  const [module] = held.structure.modules;
  const first = held.firstPair;
  return [
    ...ROOMS,
    'measure/independence',
    'measure/knowledge',
    ...held.findings.slice(0, 2).map((finding) => `finding/${finding.id}`),
    ...(module ? [`map/${encodeURIComponent(module.name)}`] : []),
    ...(coupling ? [`boundaries/modules/${encodeURIComponent(coupling.a)}/${encodeURIComponent(coupling.b)}`] : []),
    ...(first ? [`boundaries/teams/${first.map(encodeURIComponent).join('/')}`] : []),
    ...(held.do_first?.proposals.slice(0, 1).map((one) => `redesign/${one.id}`) ?? []),
  ];
};

for (const name of pages) {
  test(`${name}: a page is one file of at most 2 MB that asks for nothing`, () => {
    assert.ok(statSync(file(name)).size <= 2_000_000, `${statSync(file(name)).size} bytes`);
    assert.ok(!/https?:\/\//.test(readFileSync(file(name), 'utf8').replace(/"http:\/\/www\.w3\.org[^"]*"|`http:\/\/www\.w3\.org[^`]*`/g, '').replace(/<script id="document"[^]*?<\/script>/, '')));
  });

  for (const width of WIDTHS) {
    test(`${name}: every room at ${width} px, nothing wrong, nothing wider than the page`, async () => {
      const { context, page, wrong } = await opened(browser, file(name), { width });
      for (const route of routes(name)) {
        await go(page, route);
        const said = await page.evaluate(() => {
          const mainWithoutOthersWords = () => {
            const copy = document.querySelector('main').cloneNode(true);
            copy.querySelectorAll('ul.changes, ol.pairs, code').forEach((one) => one.remove());
            return copy.textContent;
          };
          return {
          text: document.querySelector('main').innerText.length,
          over: document.documentElement.scrollWidth - innerWidth,
          heading: document.querySelectorAll('main h2').length,
          odd: (mainWithoutOthersWords().match(/\b(NaN|undefined|null|Infinity|\[object)\b/g) ?? []).length,
          };
        });
        assert.ok(said.text > 40, `${route} is empty`);
        assert.ok(said.over <= 0, `${route} is ${said.over} px wider than the page`);
        assert.ok(said.heading > 0, `${route} has no heading`);
        assert.equal(said.odd, name === 'hostile' ? said.odd : 0, `${route} shows what is no value`);
      }
      assert.deepEqual(wrong, []);
      await context.close();
    });
  }

  for (const theme of ['light', 'dark']) {
    test(`${name}: axe finds nothing, ${theme}`, async () => {
      const { context, page } = await opened(browser, file(name), { theme });
      await page.evaluate(axe);
      const all = {};
      for (const route of routes(name)) {
        await go(page, route);
        const found = await page.evaluate(async () => {
          const { violations } = await globalThis.axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          });
          return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 2).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
        });
        if (found.length > 0) all[route] = found;
      }
      assert.deepEqual(all, {});
      await context.close();
    });
  }
}

test('hostile: names are shown, never obeyed', { skip: !pages.includes('hostile') }, async () => {
  const { context, page, wrong } = await opened(browser, file('hostile'));
  const held = documentOf('hostile');
  const names = held.structure.modules.map((module) => module.name);
  assert.ok(names.includes('<img src=x onerror=alert(1)>') && names.includes('__proto__'));
  const more = names.flatMap((name) => [
    `map/${encodeURIComponent(name)}`,
    `measure/${encodeURIComponent(name)}`,
    `boundaries/modules/${encodeURIComponent(name)}/${encodeURIComponent(names[0])}`,
    `finding/${encodeURIComponent(name)}`,
    encodeURIComponent(name),
  ]);
  const findings = held.findings.map((finding) => `finding/${finding.id}`);
  for (const route of [...routes('hostile'), ...more, ...findings, '%E0%A4%A', '//', 'map/%']) {
    await go(page, route);
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
    const foreign = await page.evaluate(() => ({
      elements: document.querySelectorAll('img, iframe, object, embed, link, base, form, script:not([type]) ~ script').length,
      scripts: document.scripts.length,
      handlers: [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some((attribute) => attribute.name.startsWith('on'))).length,
      links: [...document.querySelectorAll('a')].filter((one) => !one.getAttribute('href')?.startsWith('#/')).length,
      hidden: /[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText),
    }));
    assert.deepEqual(foreign, { elements: 0, scripts: 2, handlers: 0, links: 0, hidden: false }, route);
  }
  await page.keyboard.press('/');
  await page.keyboard.type('<img');
  assert.ok((await page.locator('#hits li').first().innerText()).includes('<img src=x onerror=alert(1)>'));
  await page.keyboard.press('Enter');
  assert.match(page.url(), /#\/(map|boundaries|finding|redesign)\//);
  await go(page, 'map');
  assert.ok((await page.locator('.treemap .tile').first().innerText()).length > 0);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('text of others is in the page as JSON alone', { skip: !pages.includes('hostile') }, () => {
  const text = readFileSync(file('hostile'), 'utf8');
  assert.equal(text.match(/<script/gi).length, 2);
  assert.ok(!text.includes('<img') && !text.includes('\u001b') && !text.includes('\u202e'));
  assert.match(text, /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
});

/** Once what was done is drawn. */
const figures = async (page) => {
  await page.waitForTimeout(50);
  return page.evaluate(() => [...document.querySelectorAll('.figure[data-after]')].map((one) => [Number(one.dataset.before), Number(one.dataset.after)]));
};

/** What `unsnarl replay` says of the same moves: independence and further teams, of all changes and of the last year. */
const replayed = (history, moves) => {
  // It knows a file of moves by its ending.
  const scratch = join(mkdtempSync(join(tmpdir(), 'unsnarl-moves-')), 'moves.json');
  copyFileSync(moves, scratch);
  const arguments_ = ['replay', history, '--with', scratch, '--format', 'json', '--quiet', '--no-cache'];
  const told = JSON.parse(execFileSync(process.env.UNSNARL, arguments_, { maxBuffer: 1 << 28 }));
  return {
    figures: ['before', 'after'].map((side) => [
      told[side].independence.value,
      told.last_year[side].independence.value,
      told[side].coordination.value,
      told.last_year[side].coordination.value,
      told[side].modules.value,
    ]),
    intervals: [
      told.difference.independence,
      told.last_year.difference.independence,
      told.difference.coordination,
      told.last_year.difference.coordination,
    ].map((one) => one?.interval ?? null),
  };
};

/** The intervals of the page are those of `unsnarl replay`, as far as its quantile of t has digits; where nothing differs it shows none. */
const sameIntervals = async (page, told) => {
  const here = await page.evaluate(() => [...document.querySelectorAll('.figure[data-after]')].slice(0, 4).map((one) => {
    const band = one.querySelector('.band');
    return band ? [Number(band.dataset.low), Number(band.dataset.high)] : null;
  }));
  here.forEach((own, at) => own?.forEach((end, side) => assert.ok(Math.abs(end - told.intervals[at][side]) < 1e-9, `${at}: ${own} ${told.intervals[at]}`)));
  return here.filter(Boolean).length;
};

const chip = (page, module) => page.locator(`.board .chip[title^="${module}:"]`);

/** Gives what is held to a team. */
const toTeam = async (page, team) => {
  await page.locator('.give select').selectOption(team);
  await page.locator('.give .to-team button').click();
};

/** Finds a module on the board and gives it to a team. */
const give = async (page, module, team) => {
  await page.getByLabel('Find a module or team').fill(module);
  await chip(page, module).click();
  await toTeam(page, { label: team });
  await page.getByLabel('Find a module or team').fill('');
};

for (const name of ['declared', 'inferred', 'hostile', 'large']) {
  test(`${name}: a replay in the page is that of unsnarl replay, to the last digit`, { skip: !pages.includes(name) }, async () => {
    const { context, page, wrong } = await opened(browser, file(name), { route: 'redesign' });
    const chips = page.locator('.board .chip');
    const modules = await chips.count();
    const teams = await page.locator('[data-team]').count();
    for (let at = 0; at < 6; at += 1) {
      await chips.nth((at * 7) % modules).click();
      await toTeam(page, { index: 1 + ((at * 3) % (teams - 1)) });
      if (await page.locator('.give').count()) await page.getByRole('button', { name: 'Cancel' }).click();
    }
    if (name === 'large') {
      // Of two thousand modules few are ever touched together: one of those goes to the owner of the other.
      const held = documentOf(name);
      const [{ a, b }] = held.couplings;
      const owner = held.page.modules[held.structure.modules.findIndex((module) => module.name === b)][4][0][0];
      await give(page, a, held.structure.teams[owner].name);
    }
    const first = page.locator('.proposals button:enabled');
    if (await first.count()) await first.first().click();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save moves.json' }).click();
    const told = replayed(join(process.env.HISTORIES, name), await (await saved).path());
    const here = await figures(page);
    assert.deepEqual(here.map(([before]) => before), told.figures[0].slice(0, here.length));
    assert.deepEqual(here.map(([, after]) => after), told.figures[1].slice(0, here.length));
    assert.notDeepEqual(told.figures[0], told.figures[1]);
    assert.ok((await sameIntervals(page, told)) > 0);
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test('redesign: dragging, keys, undo and export', { skip: !pages.includes('declared') }, async () => {
  const { context, page, wrong } = await opened(browser, file('declared'), { route: 'redesign' });
  const as = await figures(page);
  assert.ok(as.every(([before, after]) => before === after));
  const held = documentOf('declared');
  assert.equal(as[0][0], held.measures.independence.value);
  assert.equal(as[1][0], held.measures.independence.recent.value);
  assert.equal(as[2][0], held.measures.coordination.value);
  assert.equal(as[3][0], held.measures.coordination.recent.value);

  const chip = page.locator('.chip', { hasText: 'packages/m10' }).first();
  await chip.dragTo(page.locator('[data-team="@shop/team-0"]'));
  const dragged = await figures(page);
  assert.ok(dragged[0][1] > dragged[0][0], 'the planted partner wants it');
  const took = await page.evaluate(() => Number(document.querySelector('[data-replay-milliseconds]').dataset.replayMilliseconds));
  assert.ok(took < 100, `${took} ms`);

  await page.locator('.acts').getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual(await figures(page), as);
  await page.getByRole('button', { name: 'Redo' }).click();
  assert.deepEqual(await figures(page), dragged);
  await page.getByRole('button', { name: 'As it is' }).click();
  assert.deepEqual(await figures(page), as);

  await page.locator('.chip', { hasText: 'packages/m10' }).first().focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  assert.deepEqual(await figures(page), as, 'going through the teams gives to none of them');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.give', { state: 'detached' });
  await page.waitForFunction(() => document.activeElement.dataset.of === 'packages/m10', null, { timeout: 2000 });
  await page.keyboard.press('Enter');
  await toTeam(page, { label: '@shop/team-0' });
  assert.deepEqual(await figures(page), dragged, 'keys do what dragging does');

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save moves.json' }).click();
  const path = await (await saved).path();
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { moves: [{ kind: 'give', module: 'packages/m10', to: '@shop/team-0' }] });
  while ((await page.locator('.proposals button:enabled').count()) > 0) await page.locator('.proposals button:enabled').first().click();
  const all = await figures(page);
  assert.ok(all[0][1] > dragged[0][1]);
  assert.match(await page.locator('main').innerText(), /changes would have become independent/);
  // Taking back from the middle is a step like any other; a reload keeps what stands.
  await page.locator('.made button').first().click();
  const without = await figures(page);
  assert.notDeepEqual(without, all);
  await page.locator('.acts').getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual(await figures(page), all);
  await page.reload();
  await page.waitForSelector('.figure');
  assert.deepEqual(await figures(page), all);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('parts are given, moved and split off, modules merged, as unsnarl replay does it', { skip: !pages.includes('parts') }, async () => {
  const { context, page, wrong } = await opened(browser, file('parts'), { route: 'redesign' });
  const saved = async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save moves.json' }).click();
    return (await download).path();
  };
  const holds = async (module, part) => {
    await chip(page, module).click();
    if (part) await page.locator('.give .chip').getByText(part, { exact: true }).click();
  };
  const goes = async (to) => {
    await page.locator('.give input').fill(to);
    await page.locator('.give .to-module button').click();
  };
  const acts = [
    ['given', async () => { await holds('billing', 'pdf/'); await toTeam(page, { label: '@shop/web' }); }],
    // Shown without what turns it round, and taken along as it is written.
    ['unseen', async () => { await holds('web', 'ipa/'); await toTeam(page, { label: '@shop/pay' }); }],
    ['split', async () => { await holds('docs', 'guide/'); await page.getByRole('button', { name: 'Make it a module of its own' }).click(); }],
    ['given on', async () => { await holds('docs/guide'); await toTeam(page, { label: '@shop/web' }); }],
    ['moved', async () => { await holds('billing', 'tax/'); await goes('docs/guide'); }],
    ['merged', async () => { await holds('docs'); await goes('web'); }],
  ];
  let before = await figures(page);
  for (const [what, act] of acts) {
    await act();
    const told = replayed(join(process.env.HISTORIES, 'parts'), await saved());
    const here = await figures(page);
    assert.deepEqual(here.map(([, after]) => after), told.figures[1].slice(0, here.length), what);
    await sameIntervals(page, told);
    assert.equal(here.length, ['given', 'unseen'].includes(what) ? 4 : 5, 'modules a change, where they differ');
    if (what !== 'split') assert.notDeepEqual(here, before, what);
    before = here;
  }
  const moves = JSON.parse(readFileSync(await saved(), 'utf8')).moves;
  assert.deepEqual(moves.map((move) => move.kind), ['give', 'give', 'split', 'give', 'relocate', 'merge']);
  assert.equal(moves[1].directory, 'web/\u202eipa');
  assert.equal(await chip(page, 'docs').count(), 0, 'it is a part of web now');
  // Taking back what others rest on: what does not fit any more says so, and counts for nothing.
  await page.locator('.made li', { hasText: 'a module of its own' }).getByRole('button').click();
  assert.equal(await page.locator('.made .tag').count(), 2);
  await holds('billing', 'pdf/');
  assert.ok(await page.getByRole('button', { name: 'Make it a module of its own' }).isVisible(), 'what stands can still be moved');
  await page.getByRole('button', { name: 'Cancel' }).click();
  const told = replayed(join(process.env.HISTORIES, 'parts'), await saved());
  const here = await figures(page);
  assert.deepEqual(here.map(([, after]) => after), told.figures[1].slice(0, here.length));
  assert.deepEqual(wrong, []);
  await context.close();
});

test('the map opens down to files', { skip: !pages.includes('declared') }, async () => {
  const { context, page, wrong } = await opened(browser, file('declared'), { route: 'map' });
  await page.locator('button.tile', { hasText: 'packages/m02' }).click();
  await page.waitForTimeout(60);
  assert.equal(await page.locator('.treemap .tile').count(), 6);
  assert.match(await page.locator('main table').innerText(), /packages\/m02\/src\/part0\.ts/);
  await page.goBack();
  await page.waitForTimeout(60);
  assert.ok((await page.locator('.treemap .tile').count()) > 15);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('every link of a page leads somewhere', { skip: !pages.includes('declared') }, async () => {
  const { context, page, wrong } = await opened(browser, file('declared'));
  const seen = new Set();
  for (const room of ROOMS) {
    await go(page, room);
    for (const link of await page.locator('main a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))) seen.add(link);
  }
  for (const link of [...seen].slice(0, 150)) {
    await go(page, link.slice(2));
    assert.doesNotMatch(await page.locator('main').innerText(), /There is no (module|measure)/, link);
  }
  assert.ok(seen.size > 50);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('one comes back to where one was; what is not there is said', { skip: !pages.includes('declared') }, async () => {
  const { context, page, wrong } = await opened(browser, file('declared'));
  const link = page.locator('.findings a').last();
  await link.scrollIntoViewIfNeeded();
  const place = await page.evaluate(() => scrollY);
  assert.ok(place > 200);
  await page.waitForTimeout(60);
  await link.click();
  await page.waitForTimeout(60);
  assert.ok((await page.evaluate(() => scrollY)) < 200);
  await page.goBack();
  await page.waitForTimeout(60);
  assert.equal(await page.evaluate(() => scrollY), place);
  for (const route of ['finding/foo', 'nonsense', 'map/nope', 'measure/nope', 'redesign/move-nope', 'boundaries/modules/packages%2Fm00/nope', 'boundaries/teams/a/b']) {
    await go(page, route);
    assert.match(await page.locator('main').innerText(), /holds nothing at this address|There is no (module|measure|proposal|team)/, route);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test('the matrix can be walked by keys, and a link opens what it names', { skip: !pages.includes('declared') }, async () => {
  const { context, page } = await opened(browser, file('declared'), { route: 'boundaries' });
  await page.locator('.matrix [tabindex="0"]').focus();
  const before = await page.locator('.panel h3').innerText();
  await page.keyboard.press('ArrowDown');
  await page.waitForTimeout(60);
  if ((await page.locator('.panel h3').innerText()) === before) await page.keyboard.press('ArrowUp');
  await page.waitForTimeout(60);
  const there = await page.locator('.panel h3').innerText();
  assert.notEqual(there, before);
  const other = await opened(browser, file('declared'), { route: page.url().split('#/')[1] });
  assert.equal(await other.page.locator('.panel h3').innerText(), there);
  await other.context.close();
  await context.close();
});

test('a page that is served follows the repository, and keeps where one is', { skip: !pages.includes('declared') }, async () => {
  const repository = join(mkdtempSync(join(tmpdir(), 'unsnarl-served-')), 'declared');
  cpSync(join(process.env.HISTORIES, 'declared'), repository, { recursive: true });
  const server = spawn(process.env.UNSNARL, ['serve', repository, '--quiet', '--no-cache'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const address = await new Promise((take) => server.stdout.once('data', (text) => take(String(text).trim())));
    const { context, page, wrong } = await opened(browser, address, { route: 'left-out' });
    const git = (...of) => String(execFileSync('git', ['-C', repository, '-c', 'user.name=Ana', '-c', 'user.email=ana@shop.example', ...of])).trim();
    assert.doesNotMatch(await page.locator('.ledger').innerText(), /touch no file/);
    git('update-ref', 'HEAD', git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'nothing'));
    await page.waitForFunction(() => /touch no file/.test(document.querySelector('.ledger').innerText), null, { timeout: 30_000 });
    assert.match(page.url(), /left-out$/);
    assert.deepEqual(wrong, []);
    server.kill();
    await page.waitForSelector('#stale', { timeout: 30_000 });
    assert.match(await page.locator('#stale').innerText(), /shows how it was/);
    await context.close();
  } finally {
    server.kill();
  }
});

test('2,000 modules and 100 teams', { skip: !existsSync(file('large')) }, async () => {
  const { context, page, wrong } = await opened(browser, file('large'));
  const slowest = async (act) => {
    await page.evaluate(() => {
      globalThis.frames_ = [];
      let last = performance.now();
      const tick = (now) => { globalThis.frames_.push(now - last); last = now; globalThis.frame_ = requestAnimationFrame(tick); };
      globalThis.frame_ = requestAnimationFrame(tick);
    });
    await act();
    await page.waitForTimeout(150);
    return page.evaluate(() => { cancelAnimationFrame(globalThis.frame_); return Math.max(...globalThis.frames_); });
  };
  const times = {};
  for (const room of ROOMS) times[room] = Math.round(await slowest(() => go(page, room)));
  await go(page, 'redesign');
  times.give = Math.round(await slowest(async () => {
    await page.locator('.chip').first().click();
    await toTeam(page, { index: 9 });
  }));
  times.replay = await page.evaluate(() => Number(document.querySelector('[data-replay-milliseconds]').dataset.replayMilliseconds));
  console.log('slowest frame, ms:', JSON.stringify(times));
  assert.ok(times.replay < 100, `replay took ${times.replay} ms`);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('opens in less than a second', async () => {
  for (const name of pages) {
    const { context, page } = await opened(browser, file(name));
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    const told = await page.evaluate(() => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
      return { paint: Math.round(paint), ready: Math.round(performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd) };
    });
    console.log(`${name}: ${Math.round(statSync(file(name)).size / 1000)} kB, first paint ${told.paint} ms, ready ${told.ready} ms`);
    assert.ok(told.paint < 1000 && told.ready < 1000, `${name}: ${JSON.stringify(told)}`);
    await context.close();
  }
});
