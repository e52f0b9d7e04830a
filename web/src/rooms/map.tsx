/** Map: modules by how much changes in them, and the files inside. */

import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { STEP_COLOURS, inkOn, stepColour, teamColour } from '../colours';
import { count, percent, plural } from '../numbers';
import { Sorted } from '../parts/table';
import { go, href } from '../route';
import { useTable, type FileRow, type Shown } from '../shown';
import { capital } from '../words';

type Colour = 'owner' | 'steward' | 'friction';
type Size = 'recent' | 'all';

interface Tile {
  name: string;
  label: string;
  value: number;
  colour: string;
  team: number | null;
  says: string;
  open: (() => void) | null;
}

/** More tiles than this are gathered in one that says how many they are. */
const MOST_TILES = 400;

export function MapRoom({ module, below }: { module: string | undefined; below: string | undefined }) {
  const { shown } = useTable();
  const [colour, setColour] = useState<Colour>('owner');
  const [size, setSize] = useState<Size>('recent');
  const { ranks } = shown;
  const at = module === undefined ? undefined : shown.moduleAt.get(module);
  const tiles = useMemo(
    () => (at === undefined ? moduleTiles(shown, colour, size) : fileTiles(shown, module ?? '', at, below ?? '', size)),
    [shown, colour, size, at, below],
  );
  if (shown.document.structure.modules.length === 0) {
    return (
      <section>
        <h2>No map to draw</h2>
        <p>No file lies in a module yet.</p>
      </section>
    );
  }
  if (module !== undefined && at === undefined) return <p>There is no module {module}. <a href={href('map')}>All modules</a></p>;
  return (
    <section>
      <div class="head">
        <h2>{at === undefined ? 'Where change happens' : module}</h2>
      </div>
      <div class="controls">
        <fieldset>
          <legend>Size by changes of</legend>
          <Choice name="size" value="recent" now={size} set={setSize} label="the last year" />
          <Choice name="size" value="all" now={size} set={setSize} label="the whole history" />
        </fieldset>
        {at === undefined && (
          <fieldset>
            <legend>Colour by</legend>
            <Choice name="colour" value="owner" now={colour} set={setColour} label={ownerWord(shown)} />
            <Choice name="colour" value="steward" now={colour} set={setColour} label="who leads in fact" />
            <Choice name="colour" value="friction" now={colour} set={setColour} label="friction" />
          </fieldset>
        )}
      </div>
      {at !== undefined && <Crumbs module={module ?? ''} below={below ?? ''} />}
      <Treemap tiles={tiles} />
      {at === undefined ? <Legend colour={colour} ranks={ranks} seen={new Set(tiles.map((tile) => tile.team))} /> : <p class="soft small">Files by how many changes touch them, folders by how often their files are touched; the darker, the more often for each file. {notShown(shown)}</p>}
      {at === undefined ? <ModuleTable /> : <ModuleFacts module={module ?? ''} at={at} below={below ?? ''} size={size} />}
    </section>
  );
}

/** Groups own nothing: where nobody is declared, a module has a steward. */
function ownerWord(shown: Shown): string {
  return shown.document.structure.ownership === 'inferred' ? 'steward' : 'owner';
}

function Choice<T extends string>({ name, value, now, set, label }: { name: string; value: T; now: T; set: (value: T) => void; label: string }) {
  return (
    <label>
      <input type="radio" name={name} checked={now === value} onChange={() => set(value)} /> {label}
    </label>
  );
}

function Crumbs({ module, below }: { module: string; below: string }) {
  // Folders of the module's own path are told by its name.
  const own = below.startsWith(`${module}/`) || below === module ? module.split('/').length : 0;
  const parts = below === '' ? [] : below.split('/');
  return (
    <p class="crumbs">
      <a href={href('map')}>All modules</a> <span aria-hidden="true">›</span> <a href={href('map', module)}>{module}</a>
      {parts.map((part, at) => at >= own && (
        <>
          {' '}
          <span aria-hidden="true">›</span> <a href={href('map', module, parts.slice(0, at + 1).join('/'))}>{part}</a>
        </>
      ))}
    </p>
  );
}

function notShown(shown: Shown): string {
  const { all } = shown.document.page.files;
  const here = shown.files.length;
  return here < all ? `This page names the ${count(here)} files that change most of ${count(all)}.` : '';
}

/** The owner or leading team of a module; none where several or nobody stand for it. */
function teamOf(shown: Shown, at: number, colour: Colour): number | null {
  const row = shown.document.page.modules[at];
  if (!row) return null;
  if (colour === 'steward') return row[6] ?? row[5];
  const [first] = row[4];
  return first?.length === 1 && row[4].length === 1 ? (first[0] ?? null) : (first?.[0] ?? null);
}

function friction(shown: Shown, module: string): number | null {
  const part = shown.part('independence', module);
  return part?.value === null || part === undefined ? null : 1 - part.value;
}

function moduleTiles(shown: Shown, colour: Colour, size: Size): Tile[] {
  const tiles = shown.document.structure.modules.map((module, at): Tile => {
    const row = shown.document.page.modules[at];
    const team = teamOf(shown, at, colour);
    const needs = friction(shown, module.name);
    const who =
      colour === 'friction'
        ? needs === null ? 'friction unknown' : `${percent(needs)} of its changes need another team`
        : colour === 'owner' ? `${ownerWord(shown)} ${shown.owners(row?.[4] ?? [])}` : `led by ${shown.team(team)}`;
    return {
      name: module.name,
      label: module.name,
      value: (size === 'recent' ? row?.[1] : row?.[0]) ?? 0,
      team,
      colour: colour === 'friction' ? stepColour(needs) : teamColour(team === null ? undefined : shown.ranks.get(team)),
      says: `${module.name} ${size === 'recent' ? `${plural(row?.[1] ?? 0, 'change')} in the last year` : `${plural(row?.[0] ?? 0, 'change')} in all`}, ${plural(row?.[2] ?? 0, 'file')}; ${who}`,
      open: () => go('map', module.name),
    };
  });
  return gathered(tiles, 'modules');
}

function gathered(tiles: Tile[], what: string): Tile[] {
  const sorted = tiles.filter((tile) => tile.value > 0).sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  const rest = sorted.slice(MOST_TILES);
  if (rest.length === 0) return sorted;
  const value = rest.reduce((sum, tile) => sum + tile.value, 0);
  const label = `${count(rest.length)} more ${what}`;
  return [...sorted.slice(0, MOST_TILES), { name: label, label, value, team: null, colour: '#9a9a96', says: `${label} ${count(value)} changes together`, open: null }];
}

function fileTiles(shown: Shown, module: string, at: number, below: string, size: Size): Tile[] {
  const touches = (file: FileRow): number => (size === 'recent' ? file.recent : file.changes);
  const within = below === '' ? '' : `${below}/`;
  const inside = shown.files.filter((file) => file.module === at && file.path.startsWith(within) && touches(file) > 0);
  // A folder with nothing beside it that changed is looked through.
  const prefix = commonFolder(inside);
  const folders = new Map<string, { value: number; files: number; file: FileRow | null }>();
  for (const file of inside) {
    const rest = file.path.slice(prefix.length);
    const name = rest.includes('/') ? `${rest.slice(0, rest.indexOf('/'))}/` : rest;
    const own = folders.get(name) ?? { value: 0, files: 0, file: null };
    own.value += touches(file);
    own.files += 1;
    own.file = name.endsWith('/') ? null : file;
    folders.set(name, own);
  }
  const most = Math.max(1, ...[...folders.values()].map((one) => one.value / one.files));
  const tiles = [...folders].map(([name, one]): Tile => ({
    name,
    label: name,
    value: one.value,
    team: null,
    colour: stepColour(Math.sqrt(one.value / one.files / most) * 0.99),
    says: one.file
      ? `${one.file.path} ${size === 'recent' ? `${plural(one.file.recent, 'change')} in the last year` : `${plural(one.file.changes, 'change')} in all`}`
      : `${prefix}${name} ${plural(one.value, 'touch', 'touches')} of ${plural(one.files, 'file')}`,
    open: one.file ? null : () => go('map', module, `${prefix}${name}`.replace(/\/$/, '')),
  }));
  return gathered(tiles, 'files');
}

/** The deepest folder all files lie in, with its final slash. */
function commonFolder(files: readonly FileRow[]): string {
  const [first, ...more] = files;
  if (!first) return '';
  let prefix = first.path.slice(0, first.path.lastIndexOf('/') + 1);
  for (const file of more) {
    while (!file.path.startsWith(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
  }
  return prefix;
}

function Treemap({ tiles }: { tiles: readonly Tile[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(360);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    setWidth(Math.max(240, element.clientWidth));
    const observer = new ResizeObserver(() => setWidth(Math.max(240, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const height = width < 600 ? 460 : 520;
  const placed = useMemo(() => {
    const root = hierarchy<{ tile: Tile | null; children?: { tile: Tile }[] }>({ tile: null, children: tiles.map((tile) => ({ tile })) })
      .sum((node) => node.tile?.value ?? 0);
    return treemap<{ tile: Tile | null }>().tile(treemapSquarify.ratio(1.3)).size([width, height]).paddingInner(2).round(true)(root as never).leaves();
  }, [tiles, width, height]);
  if (tiles.length === 0) return <p class="note">Nothing here changed in this time.</p>;
  return (
    <div class="treemap" ref={frame} style={{ height: `${height}px` }}>
      {placed.map((leaf) => {
        const tile = leaf.data.tile;
        if (!tile) return null;
        const [wide, high] = [leaf.x1 - leaf.x0, leaf.y1 - leaf.y0];
        const room = wide > 44 && high > 22;
        const kind = !room ? 'tile' : high > 60 && wide > 90 ? 'tile roomy' : 'tile roomy thin';
        const style = {
          left: `${(leaf.x0 / width) * 100}%`,
          top: `${leaf.y0}px`,
          width: `${(wide / width) * 100}%`,
          height: `${high}px`,
          background: tile.colour,
          color: inkOn(tile.colour),
        };
        const inside = room && (
          <>
            <span>{tile.label}</span>{' '}
            {high > 42 && <small>{count(tile.value)}</small>}
          </>
        );
        // What is too small to be met with a finger opens from the table.
        return tile.open && wide >= 24 && high >= 24 ? (
          <button type="button" class={kind} style={style} title={tile.says} aria-label={tile.says} onClick={tile.open}>
            {inside}
          </button>
        ) : (
          <div class={kind} style={style} title={tile.says} role="img" aria-label={tile.says}>
            {inside}
          </div>
        );
      })}
    </div>
  );
}

function Legend({ colour, ranks, seen }: { colour: Colour; ranks: Map<number, number>; seen: Set<number | null> }) {
  const { shown } = useTable();
  if (colour === 'friction') {
    return (
      <p class="legend steps">
        <span>0 %</span>
        {STEP_COLOURS.map((step) => (
          <i class="swatch" style={{ background: step }} aria-hidden="true" />
        ))}
        <span>100 % of its changes need another team</span>
      </p>
    );
  }
  const owning = [...ranks].filter(([team]) => seen.has(team));
  const teams = owning.slice(0, 12);
  const nobody = seen.has(null);
  if (teams.length === 0) return <p class="soft">No module has an owner that could be shown.</p>;
  return (
    <ul class="legend teams">
      {teams.map(([team, rank]) => (
        <li class="plain">
          <i class="swatch" style={{ background: teamColour(rank) }} aria-hidden="true" /> {shown.team(team)}
        </li>
      ))}
      {(owning.length > teams.length || nobody) && (
        <li class="plain">
          <i class="swatch" style={{ background: teamColour(undefined) }} aria-hidden="true" />{' '}
          {[owning.length > teams.length ? plural(owning.length - teams.length, 'further team') : '', nobody ? 'nobody' : ''].filter(Boolean).join(', ')}
        </li>
      )}
    </ul>
  );
}

function ModuleTable() {
  const { shown } = useTable();
  const rows = shown.document.structure.modules.map((module, at) => ({ module, row: shown.document.page.modules[at] }));
  rows.sort((a, b) => (b.row?.[1] ?? 0) - (a.row?.[1] ?? 0));
  return (
    <Sorted
      caption="Modules by how much changed in the last year"
      rows={rows}
      columns={[
        { title: 'Module', text: ({ module }) => module.name, show: ({ module }) => <a href={href('map', module.name)}>{module.name}</a> },
        { title: 'Last year', text: ({ row }) => count(row?.[1] ?? 0), by: ({ row }) => row?.[1] ?? 0 },
        { title: 'In all', text: ({ row }) => count(row?.[0] ?? 0), by: ({ row }) => row?.[0] ?? 0 },
        { title: 'Files', text: ({ row }) => count(row?.[2] ?? 0), by: ({ row }) => row?.[2] ?? 0 },
        { title: capital(ownerWord(shown)), text: ({ row }) => shown.owners(row?.[4] ?? []) },
        { title: 'Need another team', text: ({ module }) => percentOr(friction(shown, module.name)), by: ({ module }) => friction(shown, module.name) },
      ]}
    />
  );
}

function percentOr(share: number | null): string {
  return share === null ? '–' : percent(share);
}

function ModuleFacts({ module, at, below, size }: { module: string; at: number; below: string; size: Size }) {
  const { shown } = useTable();
  const row = shown.document.page.modules[at];
  const files = shown.files.filter((file) => file.module === at && (below === '' || file.path.startsWith(`${below}/`)));
  files.sort((a, b) => (size === 'recent' ? b.recent - a.recent : b.changes - a.changes) || (a.path < b.path ? -1 : 1));
  const near = shown.document.boundaries.filter((one) => one.a === module || one.b === module);
  const coupled = near.filter((one) => one.kind === 'hidden' || one.kind === 'leaky');
  return (
    <>
      <dl class="numbers">
        <div><dt>changes, last year</dt><dd>{count(row?.[1] ?? 0)}</dd></div>
        <div><dt>changes in all</dt><dd>{count(row?.[0] ?? 0)}</dd></div>
        <div><dt>files</dt><dd>{count(row?.[2] ?? 0)}</dd></div>
        <div><dt>need another team</dt><dd>{percentOr(friction(shown, module))}</dd></div>
        <div class="text"><dt>{ownerWord(shown)}</dt><dd>{shown.owners(row?.[4] ?? [])}</dd></div>
        <div class="text"><dt>led in fact by</dt><dd>{shown.team(row?.[6] ?? row?.[5])}</dd></div>
      </dl>
      {coupled.length > 0 && (
        <p>
          Changes together with{' '}
          {coupled.slice(0, 8).map((one, place) => {
            const other = one.a === module ? one.b : one.a;
            return <>{place > 0 && ', '}<a href={href('boundaries', 'modules', module, other)}>{other}</a></>;
          })}
          {coupled.length > 8 && ` and ${plural(coupled.length - 8, 'more', 'more')}`}.
        </p>
      )}
      <Sorted
        caption="Files that change most"
        rows={files}
        columns={[
          { title: 'File', text: (file) => file.path, show: (file) => <code>{file.path}</code> },
          { title: 'Last year', text: (file) => count(file.recent), by: (file) => file.recent },
          { title: 'In all', text: (file) => count(file.changes), by: (file) => file.changes },
        ]}
      />
    </>
  );
}
