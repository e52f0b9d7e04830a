/** The page: reads its document, keeps what is common to the rooms, shows the room one is in. */

import { render } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useBoard } from './board';
import { parse, read, type Document } from './document';
import { ROOMS, Search } from './parts/search';
import { Boundaries } from './rooms/boundaries';
import { Code } from './rooms/code';
import { Flow } from './rooms/flow';
import { Hidden } from './rooms/hidden';
import { LeftOut } from './rooms/leftout';
import { MapRoom } from './rooms/map';
import { MeasureRoom } from './rooms/measure';
import { FindingRow, Now } from './rooms/now';
import { Ownership } from './rooms/ownership';
import { Redesign } from './rooms/redesign/room';
import { entered, go, href, useRoute, type Route } from './route';
import { Shown, TableContext, useTable } from './shown';
import { signOf } from './signs';
import './style.css';

function Page({ document: held }: { document: Document }) {
  const shown = useMemo(() => new Shown(held), [held]);
  const board = useBoard(held);
  const [said, setSaid] = useState('');
  const route = useRoute();
  const say = useCallback((text: string) => setSaid(text), []);
  const main = useRef<HTMLElement>(null);
  const table = useMemo(() => ({ shown, board, say }), [shown, board, say]);
  const room = roomOf(route);
  useEffect(() => {
    document.title = `${titleOf(route, room, held)} · ${held.repository}: how change moves`;
  }, [route, room]);
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    if (!printing) return undefined;
    // Once all rooms are drawn.
    const timer = setTimeout(() => {
      print();
      setPrinting(false);
    }, 300);
    return () => clearTimeout(timer);
  }, [printing]);
  const rooms = useRef<HTMLElement>(null);
  useEffect(() => {
    const bar = rooms.current;
    const here = bar?.querySelector<HTMLElement>('[aria-current]');
    if (bar && here) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  }, [room]);
  const place = route.join('/');
  const before = useRef(place);
  // Before anything is painted: what scrolls by itself would be taken for the reader's own place.
  useLayoutEffect(() => {
    const roomChanged = before.current.split('/')[0] !== route[0];
    const came = before.current !== place;
    before.current = place;
    const target = anchor(route);
    const known = entered();
    if (known !== null) scrollTo(0, known);
    else if (target) target.scrollIntoView({ block: 'start' });
    else if (came && (roomChanged || route[0] === 'map')) scrollTo(0, 0);
    if (came && roomChanged) main.current?.focus({ preventScroll: true });
  }, [place]);
  useEffect(() => {
    if (said === '') return undefined;
    const timer = setTimeout(() => setSaid(''), 4000);
    return () => clearTimeout(timer);
  }, [said]);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const digit = '123456789'.indexOf(event.key);
      const to = ROOMS[digit]?.[0];
      if (event.key === '/') {
        event.preventDefault();
        document.getElementById('search')?.focus();
      } else if (to !== undefined) go(to);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  return (
    <TableContext.Provider value={table}>
      <header class="top">
        <a class="skip" href={href(room)} onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>
          Skip to the room
        </a>
        <h1>
          <a href={href('now')}>{held.repository}</a>
          <small>how change moves</small>
        </h1>
        <Search />
        <div class="tools">
          <Theme />
          <button type="button" class="quiet" onClick={() => setPrinting(true)} title="All rooms, one after another; the browser's own print takes the room in sight">Print</button>
        </div>
      </header>
      <nav class="rooms" aria-label="Rooms" ref={rooms}>
        {ROOMS.map(([id, name, says], at) => (
          <a href={href(id)} title={`${says} (${at + 1})`} aria-current={id === room ? 'page' : undefined}>
            {name}
            {id === 'redesign' && board.moves.length > 0 && <span class="badge">{board.moves.length}</span>}
          </a>
        ))}
      </nav>
      <main ref={main} tabIndex={-1}>
        {printing ? PRINTED.map((to) => <div class="room" key={to.join()}><Room route={to} room={to[0] ?? 'now'} /></div>) : <Room route={route} room={room} />}
        <footer>
          unsnarl {held.version}
          {held.range.head && <> at <code>{held.range.head.slice(0, 10)}</code></>} · this page is about structure; it rates no one and sends
          nothing anywhere. Keys: <kbd>1</kbd>–<kbd>9</kbd> rooms, <kbd>/</kbd> search.
        </footer>
      </main>
      <div class="said" role="status">{said}</div>
    </TableContext.Provider>
  );
}

/** Every room, and both levels of boundaries. */
const PRINTED: readonly Route[] = ROOMS.flatMap(([id]) => (id === 'boundaries' ? [[id, 'modules'], [id, 'teams']] : [[id]]));

/** What a link points to inside a room. */
function anchor(route: Route): HTMLElement | null {
  const [room, id] = route;
  if (id === undefined || !['finding', 'hidden', 'redesign'].includes(room ?? '')) return null;
  return document.getElementById(id);
}

/** What the tab is called. */
function titleOf(route: Route, room: string, held: Document): string {
  const [first, second] = route;
  if (first === 'measure' && second !== undefined) return signOf(second).title;
  const finding = held.findings.find((one) => one.id === second && first === 'finding');
  return finding?.title ?? ROOMS.find(([id]) => id === room)?.[1] ?? 'Now';
}

function roomOf(route: Route): string {
  const [room] = route;
  if (room === undefined || room === 'measure' || room === 'finding') return 'now';
  return ROOMS.some(([id]) => id === room) ? room : 'now';
}

function Room({ route, room }: { route: Route; room: string }) {
  const { shown } = useTable();
  const [first, second, third, fourth] = route;
  // Ids of findings were the page's anchors once, and stand in what people wrote down.
  const finding = shown.document.findings.find((one) => one.id === (first === 'finding' ? second : first));
  if (finding) {
    return (
      <section>
        <p class="crumbs">
          <a href={href('now')}>Now</a> <span aria-hidden="true">›</span> Finding
        </p>
        <h2 class="unseen">A finding</h2>
        <ol class="findings">
          <FindingRow finding={finding} open />
        </ol>
      </section>
    );
  }
  if (first === 'finding' || (first !== undefined && first !== 'measure' && !ROOMS.some(([id]) => id === first))) {
    return (
      <>
        <p class="note">This page holds nothing at this address: {route.join(' › ')}. It may have been mended since, or be of another repository.</p>
        <Now />
      </>
    );
  }
  if (first === 'measure') return <MeasureRoom key={second} name={second ?? ''} />;
  switch (room) {
    case 'map': return <MapRoom module={second} below={third} />;
    case 'boundaries': return <Boundaries level={second} a={third} b={fourth} />;
    case 'hidden': return <Hidden id={second} />;
    case 'ownership': return <Ownership />;
    case 'flow': return <Flow />;
    case 'code': return <Code />;
    case 'redesign': return <Redesign proposal={second} />;
    case 'left-out': return <LeftOut />;
    default: return <Now />;
  }
}

const THEMES = ['as the system', 'light', 'dark'] as const;

/** Light or dark; kept where the browser lets the page keep something. */
function Theme() {
  const [theme, setTheme] = useState<(typeof THEMES)[number]>(() => kept());
  useEffect(() => {
    const root = document.documentElement;
    if (theme === 'as the system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    try {
      localStorage.setItem('unsnarl-theme', theme);
    } catch {
      // A page from disk may keep nothing.
    }
  }, [theme]);
  return (
    <label class="theme">
      <span class="unseen">Colours</span>
      <select value={theme} onChange={(event) => setTheme(THEMES.find((one) => one === event.currentTarget.value) ?? 'as the system')}>
        {THEMES.map((one) => (
          <option value={one}>{one === 'as the system' ? 'Auto' : one === 'light' ? 'Light' : 'Dark'}</option>
        ))}
      </select>
    </label>
  );
}

function kept(): (typeof THEMES)[number] {
  try {
    return THEMES.find((one) => one === localStorage.getItem('unsnarl-theme')) ?? 'as the system';
  } catch {
    return 'as the system';
  }
}

const SECONDS_BETWEEN = 4;

/** Says above the page what became of its server; nothing while all is well. */
function warn(text: string): void {
  const known = document.getElementById('stale');
  if (text === '') return known?.remove();
  const note = known ?? document.createElement('p');
  note.id = 'stale';
  note.className = 'stale';
  note.setAttribute('role', 'status');
  note.textContent = text;
  if (!known) document.body.prepend(note);
}

/** Where a server hands the page out, shows it anew when the repository moved; one from disk stays as it is. */
function follow(app: HTMLElement): void {
  const written = document.querySelector<HTMLMetaElement>('meta[name="unsnarl-version"]')?.content;
  if (written === undefined) return;
  let version = Number(written);
  const look = async (): Promise<void> => {
    if (document.hidden) return;
    const asked = await fetch('api/version');
    if (!asked.ok) return warn(`This page shows how it was: ${await asked.text()}`);
    const told = (await asked.json()) as { version: number };
    warn('');
    if (told.version === version) return;
    const answer = await fetch('api/page');
    if (!answer.ok) return;
    render(<Page document={parse(await answer.text())} />, app);
    version = told.version;
  };
  const gone = (): void => warn('This page shows how it was: unsnarl serve has ended.');
  setInterval(() => void look().catch(gone), SECONDS_BETWEEN * 1000);
}

const app = document.getElementById('app');
if (app) {
  app.textContent = '';
  try {
    render(<Page document={read()} />, app);
    follow(app);
  } catch (error) {
    app.className = 'broken';
    app.textContent = `This page cannot be shown: ${error instanceof Error ? error.message : String(error)}. unsnarl report says the same as text.`;
  }
}
