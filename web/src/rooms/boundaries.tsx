/** Boundaries: what two modules, or two teams, are to each other, down to files and changes. */

import { useMemo, useState } from 'preact/hooks';
import { KINDS } from '../colours';
import type { Boundary, Coupling, Kind } from '../document';
import { count, dateOfDay, number, percent, plural } from '../numbers';
import { clustered } from '../order';
import { Copy, markdownTable } from '../parts/copy';
import { Changes } from '../parts/evidence';
import { Matrix, type Cell } from '../parts/matrix';
import { Sorted } from '../parts/table';
import { go, href } from '../route';
import { pair, useTable } from '../shown';
import { capital } from '../words';

/** More rows than this cannot be read; those with least to do with others are left to the table. */
const MOST_ROWS = 80;

export function Boundaries({ level, a, b }: { level: string | undefined; a: string | undefined; b: string | undefined }) {
  return (
    <>
      <nav class="tabs" aria-label="Between what">
        <a href={href('boundaries', 'modules')} aria-current={level !== 'teams' ? 'page' : undefined}>
          Between modules
        </a>
        <a href={href('boundaries', 'teams')} aria-current={level === 'teams' ? 'page' : undefined}>
          Between teams
        </a>
      </nav>
      {level === 'teams' ? <Teams a={a} b={b} /> : <Modules a={a} b={b} />}
    </>
  );
}

function Modules({ a: asked, b: beside }: { a: string | undefined; b: string | undefined }) {
  const { shown } = useTable();
  const { document } = shown;
  const named = asked !== undefined && beside !== undefined;
  const first = document.couplings[0] ?? document.boundaries[0];
  const [a, b] = named ? [asked, beside] : [first?.a, first?.b];
  const [kinds, setKinds] = useState<readonly Kind[]>(['hidden', 'leaky', 'stable', 'mechanical', 'unknown']);
  const all = useMemo(() => ordered(shown), [shown]);
  if (document.boundaries.length === 0 && document.couplings.length === 0) {
    return (
      <section>
        <h2>No boundary to speak of</h2>
        <p>No two modules depend on each other or change together beyond chance{document.structure.modules.length < 2 ? ': there is one module at most' : ''}.</p>
      </section>
    );
  }
  const names = all.names;
  const at = (name: string | undefined): number => names.indexOf(name ?? '');
  const chosen = a !== undefined && b !== undefined && at(a) >= 0 && at(b) >= 0 ? ([at(a), at(b)] as const) : null;
  const cell = (row: number, column: number): Cell | null => {
    const key = pair(names[row] ?? '', names[column] ?? '');
    const boundary = shown.boundaryOf.get(key);
    if (!boundary || !kinds.includes(boundary.kind)) return null;
    const coupling = shown.couplingOf.get(key);
    const kind = KINDS[boundary.kind];
    const lift = coupling?.lift ? `, ${coupling.lift.toFixed(1)}× as often together as by chance` : '';
    return {
      colour: `var(--${boundary.kind})`,
      strength: coupling?.lift ? Math.min(1, Math.log(coupling.lift) / Math.log(6)) : 0.25,
      letter: kind.letter,
      says: `${names[row]} and ${names[column]}: ${kind.name.toLowerCase()}${lift}`,
    };
  };
  const coupled = document.couplings.length;
  const tested = document.measures['coupling']?.quantities['pairs_tested'] ?? null;
  return (
    <>
      <section>
        <h2>What two modules are to each other</h2>
        <p>
          {count(coupled)} of {tested === null ? '–' : count(tested)} pairs of modules change together beyond chance, at a
          false discovery rate of 1 %. Stronger colour: further from chance. Rows stand in the order in which clusters show.
        </p>
        <FourKinds kinds={kinds} setKinds={setKinds} />
        <div class="beside">
          <Matrix label="Which modules have to do with each other" names={names} cell={cell} chosen={chosen} choose={(x, y) => go('boundaries', 'modules', names[x] ?? '', names[y] ?? '')} />
          <aside aria-live="polite" class="panel">
            {a !== undefined && b !== undefined ? <ModulePair a={a} b={b} /> : <p class="soft">Choose a cell to see its numbers, file pairs and changes.</p>}
          </aside>
        </div>
        {all.left > 0 && <p class="soft small">{plural(all.left, 'module')} with less to do with others {all.left === 1 ? 'is' : 'are'} in the table alone.</p>}
      </section>
      <section>
        <Sorted
          caption="Coupled pairs, the largest excess first"
          rows={document.couplings}
          current={(one) => pair(one.a, one.b) === pair(a ?? '', b ?? '')}
          columns={[
            { title: 'Modules', text: (one) => `${one.a} ~ ${one.b}`, show: (one) => <><a href={href('boundaries', 'modules', one.a, one.b)}>{one.a} ~ {one.b}</a>{one.causes[0] && <span class="soft small"> likely {one.causes[0].kind.replaceAll('-', ' ')}</span>}</> },
            { title: 'Kind', text: (one) => KINDS[one.kind].name, show: (one) => <KindTag kind={one.kind} /> },
            { title: 'Together', text: (one) => count(one.shared), by: (one) => one.shared },
            { title: 'By chance', says: 'changes of both that chance would make, given how often each changes', text: (one) => one.expected.toFixed(1), by: (one) => one.expected },
            { title: 'Lift', says: 'how many times as often together as by chance', text: (one) => `${(one.lift ?? 0).toFixed(1)}×`, by: (one) => one.lift },
            { title: '95 %', says: 'the interval in which the lift lies', text: (one) => (one.lift_interval ? `${one.lift_interval[0].toFixed(1)}–${one.lift_interval[1].toFixed(1)}` : '–'), by: (one) => one.lift_interval?.[0] ?? null },
            { title: 'q', says: 'the share of false findings among pairs told with as little doubt (false discovery rate)', text: (one) => small(one.q), by: (one) => one.q },
            { title: 'Last year', text: (one) => count(one.recent_shared), by: (one) => one.recent_shared },
            { title: 'Explained', says: 'of the changes of both, those that touch two files of which one names the other', text: explained, by: (one) => (one.kind === 'leaky' ? one.explained / Math.max(one.shared, 1) : null) },
          ]}
        />
      </section>
    </>
  );
}

export function KindTag({ kind }: { kind: Kind }) {
  return (
    <span class="kind">
      <i class="swatch" style={{ background: `var(--${kind})` }} aria-hidden="true">
        {KINDS[kind].letter}
      </i>
      {KINDS[kind].name}
    </span>
  );
}

function small(q: number): string {
  return q < 0.001 ? '< 0.001' : q.toFixed(3);
}

function explained(one: Coupling): string {
  return one.kind === 'leaky' ? percent(one.explained / Math.max(one.shared, 1)) : '–';
}

function FourKinds({ kinds, setKinds }: { kinds: readonly Kind[]; setKinds: (kinds: readonly Kind[]) => void }) {
  const { shown } = useTable();
  const parts = shown.document.measures['boundaries']?.parts ?? [];
  const told = (kind: string): string => {
    const part = parts.find((one) => one.state === kind);
    return part ? count(part.count) : '–';
  };
  const present = (['hidden', 'leaky', 'stable', 'mechanical', 'unknown'] as const).filter((kind) => shown.document.boundaries.some((one) => one.kind === kind));
  return (
    <ul class="legend" aria-label="Kinds of boundary; press to hide or show">
      {present.map((kind) => {
        const on = kinds.includes(kind);
        return (
          <li>
            <button type="button" aria-pressed={on} onClick={() => setKinds(on ? kinds.filter((one) => one !== kind) : [...kinds, kind])}>
              <i class="swatch" style={{ background: `var(--${kind})` }} aria-hidden="true">
                {KINDS[kind].letter}
              </i>
              <b>{told(kind)}</b> {KINDS[kind].name}
              <span class="soft">{KINDS[kind].says}</span>
            </button>
          </li>
        );
      })}
      <li class="plain">
        <i class="swatch empty" aria-hidden="true" />
        <b>{told('independent')}</b> Independent <span class="soft">{KINDS.independent.says}</span>
      </li>
    </ul>
  );
}

/** Modules that have to do with others, in the order in which clusters show. */
function ordered(shown: ReturnType<typeof useTable>['shown']): { names: string[]; left: number } {
  const { document } = shown;
  const weight = (one: Boundary): number => {
    const coupling = shown.couplingOf.get(pair(one.a, one.b));
    const names = one.a_names_b.code + one.b_names_a.code;
    return (coupling ? Math.max(coupling.excess, 1) : 0) + Math.log1p(names) * 0.1;
  };
  const total = new Map<string, number>();
  for (const one of document.boundaries) {
    for (const name of [one.a, one.b]) total.set(name, (total.get(name) ?? 0) + weight(one));
  }
  const ranked = [...total].sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1)).map(([name]) => name);
  const kept = ranked.slice(0, MOST_ROWS).sort();
  const strength = (a: number, b: number): number => {
    const boundary = shown.boundaryOf.get(pair(kept[a] ?? '', kept[b] ?? ''));
    if (!boundary) return 0;
    const share = Math.sqrt((total.get(boundary.a) ?? 1) * (total.get(boundary.b) ?? 1));
    return weight(boundary) / Math.max(share, 1e-9);
  };
  return { names: clustered(kept.length, strength).map((at) => kept[at] ?? ''), left: ranked.length - kept.length };
}

function ModulePair({ a, b }: { a: string; b: string }) {
  const { shown } = useTable();
  const key = pair(a, b);
  const coupling = shown.couplingOf.get(key);
  const boundary = shown.boundaryOf.get(key);
  const missing = [a, b].find((name) => !shown.moduleAt.has(name));
  if (missing !== undefined) return <p>There is no module {missing}.</p>;
  if (!boundary && !coupling) {
    return (
      <p>
        <b>{a}</b> and <b>{b}</b> are independent: neither depends on the other, and they change apart.
      </p>
    );
  }
  const kind = boundary?.kind ?? coupling?.kind ?? 'unknown';
  return (
    <>
      <h3>
        {a} ~ {b}
      </h3>
      <p>
        <KindTag kind={kind} />: {KINDS[kind].says}.
      </p>
      {boundary && kind !== 'unknown' && (
        <p class="small">
          {names(boundary.a, boundary.b, boundary.a_names_b)}
          <br />
          {names(boundary.b, boundary.a, boundary.b_names_a)}
        </p>
      )}
      {coupling ? <CouplingDetail coupling={coupling} /> : <p class="small soft">They change together no more than chance explains.</p>}
    </>
  );
}

function names(from: string, to: string, of: Boundary['a_names_b']): string {
  if (of.code + of.tests === 0) return `Nothing in ${from} names ${to}.`;
  const tests = of.tests > 0 ? `, ${count(of.tests)} more in tests` : '';
  return `${from} names ${to} ${plural(of.code, 'time')} in code${tests}.`;
}

export function CouplingDetail({ coupling: one }: { coupling: Coupling }) {
  return (
    <>
      <dl class="numbers">
        <div>
          <dt>changes of both</dt>
          <dd>{count(one.shared)}</dd>
        </div>
        <div>
          <dt>by chance</dt>
          <dd>{number(one.expected)}</dd>
        </div>
        <div>
          <dt>lift</dt>
          <dd>
            {(one.lift ?? 0).toFixed(1)}×{one.lift_interval && <small> {one.lift_interval[0].toFixed(1)}–{one.lift_interval[1].toFixed(1)}</small>}
          </dd>
        </div>
        <div>
          <dt>last year</dt>
          <dd>{count(one.recent_shared)}</dd>
        </div>
      </dl>
      <p class="small soft">
        {count(one.a_changes)} changes touch {one.a}, {count(one.b_changes)} touch {one.b}, of {count(one.n)} in all; above chance in {one.windows} of {one.windows_of} windows.
      </p>
      {one.causes.map((cause) => (
        <p class="small">
          Likely <b>{cause.kind.replaceAll('-', ' ')}</b>: <code>{cause.files[0]}</code> and <code>{cause.files[1]}</code>
          {cause.words.length > 0 && <> share the words {cause.words.map((word, at) => <>{at > 0 && ', '}<code>{word}</code></>)}</>}
          {cause.lines_alike !== null && `; ${plural(cause.lines_alike, 'line')} alike of ${count(cause.lines_of_smaller ?? 0)}`}.
        </p>
      ))}
      {one.file_pairs.length > 0 && (
        <details open>
          <summary>File pairs that carry it</summary>
          <ol class="pairs">
            {one.file_pairs.map((files) => (
              <li>
                <b>{count(files.shared)}</b> <code>{files.a}</code> <code>{files.b}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
      <Changes changes={one.evidence} all={one.shared} />
      <p class="small">
        <code class="soft">unsnarl explain {one.id}</code>{' '}
        <Copy what={`${one.a} ~ ${one.b}`} of={() => `**${one.a} ~ ${one.b}**: ${KINDS[one.kind].name.toLowerCase()}, ${one.shared} changes of both, ${one.expected.toFixed(1)} by chance.\n\n${markdownTable(['Changes', 'File', 'File'], one.file_pairs.map((files) => [String(files.shared), files.a, files.b]))}`} />
      </p>
    </>
  );
}

function Teams({ a: asked, b: beside }: { a: string | undefined; b: string | undefined }) {
  const { shown } = useTable();
  const { document } = shown;
  const coordination = document.measures['coordination'];
  const parts = coordination?.parts.filter((part) => part.kind === 'team-pair') ?? [];
  const named = asked !== undefined && beside !== undefined;
  const [a, b] = named ? [asked, beside] : (parts[0]?.names ?? []);
  const told = useMemo(() => teamsInOrder(parts), [parts]);
  if (parts.length === 0) {
    return (
      <section>
        <h2>No boundary between teams</h2>
        <p>{capital(coordination?.notes[0] ?? 'no change needed two teams, or there are no teams to tell by')}.</p>
      </section>
    );
  }
  const most = Math.max(...parts.map((part) => part.share ?? 0));
  const of = new Map(parts.map((part) => [pair(part.names[0] ?? '', part.names[1] ?? ''), part]));
  const half = coordination?.quantities['boundaries_for_half'];
  const at = (name: string | undefined): number => told.names.indexOf(name ?? '');
  const chosen = at(a) >= 0 && at(b) >= 0 ? ([at(a), at(b)] as const) : null;
  const cell = (row: number, column: number): Cell | null => {
    const part = of.get(pair(told.names[row] ?? '', told.names[column] ?? ''));
    if (!part || part.share === null) return null;
    return {
      colour: 'var(--accent)',
      strength: part.share / most,
      letter: '',
      says: `${part.names.join(' and ')}: ${percent(part.share)} of all coordination, ${count(part.quantities['changes'] ?? 0)} changes`,
    };
  };
  return (
    <>
      <section>
        <h2>Where the friction lies</h2>
        <p>
          {parts.length === 1
            ? 'All coordination there is lies at one boundary.'
            : <>The shares of {plural(parts.length, 'boundary', 'boundaries')} between teams add up to all coordination there is; {carried(parts, half)}. Stronger colour: a larger share.</>}
        </p>
        <div class="beside">
          <Matrix label="Which teams changes need together" names={told.names} cell={cell} chosen={chosen} choose={(x, y) => go('boundaries', 'teams', told.names[x] ?? '', told.names[y] ?? '')} />
          <aside aria-live="polite" class="panel">
            {a !== undefined && b !== undefined ? <TeamPair a={a} b={b} /> : <p class="soft">Choose a cell to see its numbers and changes.</p>}
          </aside>
        </div>
        {told.left > 0 && <p class="soft small">{plural(told.left, 'team')} with less coordination {told.left === 1 ? 'is' : 'are'} in the table alone.</p>}
      </section>
      <section>
        <Sorted
          caption="Pairs of teams that changes needed together"
          rows={parts}
          current={(part) => pair(part.names[0] ?? '', part.names[1] ?? '') === pair(a ?? '', b ?? '')}
          columns={[
            { title: 'Teams', text: (part) => part.names.join(' ~ '), show: (part) => <a href={href('boundaries', 'teams', part.names[0] ?? '', part.names[1] ?? '')}>{part.names.join(' ~ ')}</a> },
            { title: 'Share', text: (part) => (part.share === null ? '–' : percent(part.share)), by: (part) => part.share },
            { title: 'Changes', text: (part) => count(part.quantities['changes'] ?? 0), by: (part) => part.quantities['changes'] ?? null },
            { title: 'Last year', text: (part) => count(part.quantities['recent_changes'] ?? 0), by: (part) => part.quantities['recent_changes'] ?? null },
          ]}
        />
      </section>
    </>
  );
}

/** How much the first few carry, of those that are needed to carry half. */
function carried(parts: readonly { share: number | null }[], half: number | null | undefined): string {
  const first = Math.max(1, half ?? 1);
  const share = parts.slice(0, first).reduce((sum, part) => sum + (part.share ?? 0), 0);
  return first === 1 ? `the largest carries ${percent(share)} of it` : `the first ${count(first)} carry ${percent(share)} of it`;
}

function teamsInOrder(parts: readonly { names: string[]; share: number | null }[]): { names: string[]; left: number } {
  const total = new Map<string, number>();
  for (const part of parts) for (const name of part.names) total.set(name, (total.get(name) ?? 0) + (part.share ?? 0));
  const ranked = [...total].sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1)).map(([name]) => name);
  const kept = ranked.slice(0, MOST_ROWS).sort();
  const share = new Map(parts.map((part) => [pair(part.names[0] ?? '', part.names[1] ?? ''), part.share ?? 0]));
  const order = clustered(kept.length, (x, y) => share.get(pair(kept[x] ?? '', kept[y] ?? '')) ?? 0);
  return { names: order.map((at) => kept[at] ?? ''), left: ranked.length - kept.length };
}

function TeamPair({ a, b }: { a: string; b: string }) {
  const { shown } = useTable();
  const { document } = shown;
  const part = document.measures['coordination']?.parts.find((one) => one.kind === 'team-pair' && pair(one.names[0] ?? '', one.names[1] ?? '') === pair(a, b));
  const finding = document.findings.find((one) => one.kind === 'boundary' && pair(one.subject[0] ?? '', one.subject[1] ?? '') === pair(a, b));
  const missing = [a, b].find((name) => !document.structure.teams.some((team) => team.name === name && team.source === document.structure.ownership));
  if (missing !== undefined) return <p>There is no team {missing} among those that own what changes.</p>;
  if (!part) return <p><b>{a}</b> and <b>{b}</b>: no change needed both.</p>;
  const at = [a, b].map((name) => document.structure.teams.findIndex((team) => team.name === name));
  const changes = shown.replay && shown.before && at.every((one) => one >= 0) ? shown.replay.changesOf(at, shown.before) : [];
  return (
    <>
      <h3>
        {a} ~ {b}
      </h3>
      <dl class="numbers">
        <div>
          <dt>of all coordination</dt>
          <dd>{part.share === null ? '–' : percent(part.share)}</dd>
        </div>
        <div>
          <dt>changes that need both</dt>
          <dd>{count(part.quantities['changes'] ?? 0)}</dd>
        </div>
        <div>
          <dt>last year</dt>
          <dd>{count(part.quantities['recent_changes'] ?? 0)}</dd>
        </div>
      </dl>
      {finding && (
        <p class="small">
          {finding.advice} <a href={href('finding', finding.id)}>The finding</a>
        </p>
      )}
      {finding && finding.evidence.files.length > 0 && (
        <details open>
          <summary>The files they meet in</summary>
          <ol class="pairs">
            {finding.evidence.files.map((file) => (
              <li>
                <code>{file}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
      <Changes changes={changes.slice(0, 30).map((one) => ({ commit: one.commit, date: dateOfDay(one.day), subject: one.subject }))} all={part.quantities['changes'] ?? changes.length} open={!finding} />
    </>
  );
}
