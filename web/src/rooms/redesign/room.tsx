/** Redesign: give a module to another team, or accept a proposal, and see history replayed at once. */

import { useMemo, useState } from 'preact/hooks';
import { teamColour } from '../colours';
import type { Move } from '../document';
import { count, dateOfDay, difference, percent, plural, value } from '../numbers';
import { Chart } from '../parts/chart';
import { Copy, markdownTable } from '../parts/copy';
import { Changes } from '../parts/evidence';
import { Sorted } from '../parts/table';
import { Misfit, type Compared, type Line, type Replayed } from '../replay';
import { useTable, type Shown } from '../shown';
import { capital } from './now';

/** More teams and modules than this are found by search, not by eye. */
const MOST_TEAMS = 24;
const MOST_MODULES = 24;

export function Redesign({ proposal }: { proposal: string | undefined }) {
  const { shown } = useTable();
  if (!shown.replay || !shown.before) {
    return (
      <section>
        <h2>Nothing to replay</h2>
        <p>Changes are judged by the ownership files of their time, which no move of today changes.</p>
      </section>
    );
  }
  if (shown.before.alone) {
    return (
      <section>
        <h2>Nothing to replay</h2>
        <p>{capital(shown.document.measures['independence']?.notes[0] ?? 'fewer than two teams own what changes')}. A replay needs two teams.</p>
      </section>
    );
  }
  return <Board proposal={proposal} />;
}

interface Outcome {
  after: Replayed;
  compared: Compared;
  owners: number[][][];
  milliseconds: number;
}

function Board({ proposal }: { proposal: string | undefined }) {
  const { shown, moves, setMoves, say } = useTable();
  const [undone, setUndone] = useState<readonly Move[]>([]);
  const [filter, setFilter] = useState('');
  const [held, setHeld] = useState<string | null>(null);
  const outcome = useMemo(() => replayed(shown, moves), [shown, moves]);
  if (!outcome) return null;
  const make = (more: readonly Move[]): void => {
    setMoves([...moves, ...more]);
    setUndone([]);
    setHeld(null);
    say(more.map(line).join('; '));
  };
  const undo = (): void => {
    const last = moves[moves.length - 1];
    if (!last) return;
    setUndone([...undone, last]);
    setMoves(moves.slice(0, -1));
    say(`Undone: ${line(last)}`);
  };
  const redo = (): void => {
    const next = undone[undone.length - 1];
    if (!next) return;
    setUndone(undone.slice(0, -1));
    setMoves([...moves, next]);
    say(line(next));
  };
  const give = (module: string, team: number): void => {
    const now = outcome.owners[shown.moduleAt.get(module) ?? -1] ?? [];
    if (now.length === 1 && now[0]?.length === 1 && now[0][0] === team) return;
    make([{ kind: 'give', module, to: shown.team(team) }]);
  };
  return (
    <>
      <section>
        <h2>What if a module had another owner?</h2>
        <p>
          Drag a module to a team, or choose it and then the team. All {count(shown.replay?.size.changes ?? 0)} changes are replayed at
          once, as <code>unsnarl replay</code> counts them. A replay bounds what would have been needed: people would also have behaved
          differently.
        </p>
        <Figures before={shown.before} outcome={outcome} />
        <div class="acts">
          <button type="button" onClick={undo} disabled={moves.length === 0}>Undo</button>
          <button type="button" onClick={redo} disabled={undone.length === 0}>Redo</button>
          <button type="button" onClick={() => { setUndone([...moves].reverse()); setMoves([]); say('Everything as it is'); }} disabled={moves.length === 0}>
            As it is
          </button>
          {moves.length > 0 && <Copy what="this redesign" of={() => markdown(shown, moves, outcome)} />}
          <span class="soft small" data-replay-milliseconds={outcome.milliseconds.toFixed(1)}>
            {moves.length === 0 ? 'No move yet.' : `${plural(moves.length, 'move')}, replayed in ${Math.max(1, Math.round(outcome.milliseconds))} ms.`}
          </span>
        </div>
        {moves.length > 0 && (
          <ol class="made">
            {moves.map((move, at) => (
              <li>
                {capital(line(move))}{' '}
                <button type="button" class="quiet" onClick={() => setMoves(moves.filter((_, place) => place !== at))}>
                  Take back<span class="unseen"> {line(move)}</span>
                </button>
              </li>
            ))}
          </ol>
        )}
      </section>
      <Proposals chosen={proposal} make={make} />
      <section>
        <div class="head">
          <h3>Teams and their modules</h3>
          <input type="search" placeholder="Find a module or team" aria-label="Find a module or team" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </div>
        <Teams outcome={outcome} filter={filter} held={held} hold={setHeld} give={give} />
      </section>
      {moves.length > 0 && <Told outcome={outcome} />}
      {moves.length > 0 && <Export outcome={outcome} />}
    </>
  );
}

function replayed(shown: Shown, moves: readonly Move[]): Outcome | null {
  const { replay, before } = shown;
  if (!replay || !before) return null;
  const begun = performance.now();
  const fit = fitting(shown, moves);
  const after = fit.length === 0 ? before : replay.under(fit);
  const compared = replay.compare(before, after);
  const owners = replay.owners(fit);
  return { after, compared, owners, milliseconds: performance.now() - begun };
}

/** Moves that still fit: one that was taken back may have made room for a later one. */
function fitting(shown: Shown, moves: readonly Move[]): Move[] {
  const out: Move[] = [];
  for (const move of moves) {
    try {
      shown.replay?.owners([...out, move]);
      out.push(move);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
    }
  }
  return out;
}

/** A move in one line, as somebody would ask for it. */
export function line(move: Move): string {
  const part = move.module !== undefined ? `the module ${move.module}` : move.directory !== undefined ? `${move.directory}/` : listed(move.files ?? []);
  switch (move.kind) {
    case 'give': return `give ${part} to ${move.to}`;
    case 'share': return `let ${move.to} answer for ${part}, too`;
    case 'relocate': return `move ${part} to ${move.to}`;
    case 'merge': return `merge ${move.module} into ${move.to}`;
    case 'split': return `make ${part} a module of its own, ${move.name}${move.to === undefined ? '' : `, and give it to ${move.to}`}`;
    case 'interface': return (move.files ?? []).length === 0 ? `put an interface in front of ${move.module}, where none is yet` : `let others use nothing of ${move.module} but ${listed(move.files ?? [])}`;
  }
}

function listed(files: readonly string[]): string {
  return files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
}

function share(line: Line): number | null {
  return line.of === 0 ? null : line.count / line.of;
}

function Figures({ before, outcome }: { before: Replayed | null; outcome: Outcome }) {
  if (!before) return null;
  const { after, compared } = outcome;
  const told = after.alone ? null : after;
  return (
    <div class="figures" aria-live="polite">
      <Figure title="Independence" unit="share" good="more" before={share(before.independence)} after={told && share(told.independence)} />
      <Figure title="Independence, last year" unit="share" good="more" before={share(before.independenceRecent)} after={told && share(told.independenceRecent)} />
      <Figure title="Further teams a change" unit="teams" good="less" before={share(before.further)} after={told && share(told.further)} />
      <Figure title="Further teams, last year" unit="teams" good="less" before={share(before.furtherRecent)} after={told && share(told.furtherRecent)} />
      <div class="figure">
        <h3>Changes</h3>
        <p><b>{count(compared.fewer)}</b> need fewer teams</p>
        <p><b>{count(compared.more)}</b> need more</p>
      </div>
      {after.alone && <p class="note">One owner stands for all that changes: everything would be independent of nothing.</p>}
    </div>
  );
}

function Figure({ title, unit, good, before, after }: { title: string; unit: string; good: 'more' | 'less'; before: number | null; after: number | null }) {
  const by = before === null || after === null ? null : after - before;
  const better = by !== null && by !== 0 && by > 0 === (good === 'more');
  return (
    <div class="figure" data-before={before ?? ''} data-after={after ?? ''}>
      <h3>{title}</h3>
      <p class="value">{value(unit, after)}</p>
      <p class="small">
        <span class="soft">was {value(unit, before)}</span>{' '}
        {by !== null && by !== 0 && (
          <b class={better ? 'better' : 'worse'}>
            <span aria-hidden="true">{by > 0 ? '▲' : '▼'}</span> {difference(unit, by)} {better ? 'better' : 'worse'}
          </b>
        )}
      </p>
    </div>
  );
}

function Proposals({ chosen, make }: { chosen: string | undefined; make: (moves: readonly Move[]) => void }) {
  const { shown, moves } = useTable();
  const first = shown.document.do_first;
  const said = shown.document.page.said.moves;
  const all = (first?.proposals ?? []).map((proposal, at) => ({ proposal, said: said?.[at] })).filter(({ proposal }) => proposal.counted_in === 'teams' && !proposal.bound);
  if (all.length === 0) return null;
  return (
    <section>
      <h3>Proposals, judged by a year they were found without</h3>
      <ul class="proposals">
        {all.map(({ proposal, said: own }) => {
          const made = proposal.moves.every((move) => moves.some((other) => line(other) === line(move)));
          return (
            <li id={proposal.id} class={proposal.id === chosen ? 'current' : ''}>
              <p>
                <b>{capital(own?.lines.join('; ') ?? '')}</b>
              </p>
              <p class="small soft">{capital(own?.judged ?? '')}.</p>
              <button type="button" disabled={made} onClick={() => make(proposal.moves)}>
                {made ? 'Accepted' : 'Accept'}
                <span class="unseen"> {own?.lines.join('; ')}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Teams({ outcome, filter, held, hold, give }: { outcome: Outcome; filter: string; held: string | null; hold: (module: string | null) => void; give: (module: string, team: number) => void }) {
  const { shown } = useTable();
  const [over, setOver] = useState<number | null>(null);
  const { document } = shown;
  const modulesOf = new Map<number, string[]>();
  const several: string[] = [];
  document.structure.modules.forEach((module, at) => {
    const owners = outcome.owners[at] ?? [];
    const only = owners.length === 1 && owners[0]?.length === 1 ? owners[0][0] : undefined;
    if (only === undefined) several.push(module.name);
    else modulesOf.set(only, [...(modulesOf.get(only) ?? []), module.name]);
  });
  const weight = (name: string): number => document.page.modules[shown.moduleAt.get(name) ?? -1]?.[1] ?? 0;
  const heaviest = (names: readonly string[]): string[] => [...names].sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1));
  const teams = document.structure.teams
    .map((team, at) => ({ team, at, load: outcome.after.teams[at] ?? { needed: 0, alone: 0 }, was: shown.before?.teams[at] ?? { needed: 0, alone: 0 } }))
    .filter(({ team, at, load, was }) => team.source === document.structure.ownership && (load.needed > 0 || was.needed > 0 || modulesOf.has(at)))
    .sort((a, b) => b.was.needed - a.was.needed || a.at - b.at);
  const wanted = filter.trim().toLowerCase();
  const matches = (text: string): boolean => wanted === '' || text.toLowerCase().includes(wanted);
  const seen = teams.filter(({ team, at }) => matches(team.name) || (modulesOf.get(at) ?? []).some(matches));
  const chip = (name: string) => (
    <Chip name={name} held={held === name} hold={hold} moved={moved(outcome, shown, name)} weight={weight(name)} />
  );
  return (
    <>
      {held !== null && (
        <div class="give" role="group" aria-label={`Give ${held} to`}>
          <label>
            Give <b>{held}</b> to{' '}
            <select autofocus onChange={(event) => event.currentTarget.value !== '' && give(held, Number(event.currentTarget.value))}>
              <option value="">choose a team</option>
              {teams.map(({ team, at }) => (
                <option value={at}>{team.name}</option>
              ))}
            </select>
          </label>
          <button type="button" class="quiet" onClick={() => hold(null)}>Cancel</button>
        </div>
      )}
      <div class="board">
        {seen.slice(0, MOST_TEAMS).map(({ team, at, load, was }) => {
          const own = heaviest(modulesOf.get(at) ?? []);
          const some = wanted === '' || matches(team.name) ? own : own.filter(matches);
          return (
            <div
              class={`team${over === at ? ' over' : ''}`}
              data-team={team.name}
              onDragOver={(event) => { event.preventDefault(); setOver(at); }}
              onDragLeave={() => setOver(null)}
              onDrop={(event) => { event.preventDefault(); setOver(null); const module = event.dataTransfer?.getData('text/plain'); if (module && shown.moduleAt.has(module)) give(module, at); }}
            >
              <h4>
                <i class="swatch" style={{ background: teamColour(shown.ranks.get(at)) }} aria-hidden="true" /> {shown.document.page.said.teams[at] ?? team.name}
              </h4>
              <p class="small soft">
                {plural(load.needed, 'change')} need{load.needed === 1 ? 's' : ''} it, {load.needed === 0 ? '–' : percent(load.alone / load.needed)} it alone
                {load.needed !== was.needed && <b> ({difference('count', load.needed - was.needed).replace('.00', '')})</b>}
              </p>
              <div class="chips">
                {some.slice(0, MOST_MODULES).map(chip)}
                {some.length > MOST_MODULES && <span class="soft small">and {count(some.length - MOST_MODULES)} more: find them above</span>}
                {own.length === 0 && <span class="soft small">No module is its alone.</span>}
              </div>
              {held !== null && !own.includes(held) && (
                <button type="button" class="take" onClick={() => give(held, at)}>
                  Give {held} to {team.name}
                </button>
              )}
            </div>
          );
        })}
      </div>
      {seen.length > MOST_TEAMS && <p class="soft small">{count(seen.length - MOST_TEAMS)} more teams: find them above.</p>}
      {several.filter(matches).length > 0 && (
        <details open={wanted !== ''}>
          <summary>{plural(several.filter(matches).length, 'module')} with several owners or none</summary>
          <div class="chips">
            {heaviest(several.filter(matches)).slice(0, 60).map(chip)}
            {several.filter(matches).length > 60 && <span class="soft small">and {count(several.filter(matches).length - 60)} more: find them above</span>}
          </div>
        </details>
      )}
    </>
  );
}

function moved(outcome: Outcome, shown: Shown, name: string): boolean {
  const at = shown.moduleAt.get(name) ?? -1;
  const was = shown.document.page.modules[at]?.[4] ?? [];
  return JSON.stringify(was) !== JSON.stringify(outcome.owners[at] ?? []);
}

function Chip({ name, held, hold, moved, weight }: { name: string; held: boolean; hold: (module: string | null) => void; moved: boolean; weight: number }) {
  return (
    <button
      type="button"
      class={`chip${held ? ' held' : ''}${moved ? ' moved' : ''}`}
      draggable
      aria-pressed={held}
      title={`${name}: ${plural(weight, 'change')} in the last year${moved ? '; moved' : ''}`}
      onDragStart={(event) => event.dataTransfer?.setData('text/plain', name)}
      onClick={() => hold(held ? null : name)}
    >
      {name}
      {moved && <span class="unseen"> (moved)</span>}
    </button>
  );
}

function Told({ outcome }: { outcome: Outcome }) {
  const { shown } = useTable();
  const { after, compared } = outcome;
  const before = shown.before;
  if (!before || after.alone) return null;
  const points = (of: Replayed) =>
    of.years.map(({ year, line: own }) => ({ at: Date.UTC(year, 6, 1), label: String(year), value: own.of === 0 ? 0 : own.count / own.of, note: `of ${count(own.of)} changes` }));
  const teams = shown.document.structure.teams
    .map((team, at) => ({ name: shown.document.page.said.teams[at] ?? team.name, was: before.teams[at] ?? { needed: 0, alone: 0 }, is: after.teams[at] ?? { needed: 0, alone: 0 } }))
    .filter(({ was, is }) => was.needed !== is.needed || was.alone !== is.alone)
    .sort((a, b) => Math.abs(b.is.needed - b.was.needed) - Math.abs(a.is.needed - a.was.needed));
  return (
    <section>
      <h3>History, replayed</h3>
      <p class="small">
        Independence by year: <span class="key now">as it would have been</span> and <span class="key was">as it was</span>.
      </p>
      <Chart title="Independence by year, replayed" points={points(after)} other={points(before)} shown={percent} height="tall" />
      <Sorted
        caption="Teams whose work differs"
        rows={teams}
        columns={[
          { title: 'Team', text: ({ name }) => name },
          { title: 'Needed before', text: ({ was }) => count(was.needed), by: ({ was }) => was.needed },
          { title: 'After', text: ({ is }) => count(is.needed), by: ({ is }) => is.needed },
          { title: 'Alone before', text: ({ was }) => count(was.alone), by: ({ was }) => was.alone },
          { title: 'After', text: ({ is }) => count(is.alone), by: ({ is }) => is.alone },
        ]}
      />
      <p>
        <b>{count(compared.freed.all)}</b> changes would have become independent, <b>{count(compared.bound.all)}</b> would no longer have been.
      </p>
      <Changes changes={compared.freed.named.slice(0, 40).map((one) => ({ commit: one.commit, date: dateOfDay(one.day), subject: one.subject }))} all={compared.freed.all} />
    </section>
  );
}

/** What somebody else can run, and what they can paste. */
function Export({ outcome }: { outcome: Outcome }) {
  const { shown, moves, say } = useTable();
  const json = `${JSON.stringify({ moves }, null, 2)}\n`;
  const save = (name: string, text: string): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say(`Saved ${name}`);
  };
  const given = new Set(moves.flatMap((move) => (move.kind === 'give' && move.module !== undefined ? [move.module] : [])));
  const patch = manifest(shown, outcome, given);
  return (
    <section>
      <h3>Take it with you</h3>
      <p>
        <code>unsnarl replay --with moves.json</code> says the same in the terminal, with intervals and prices; with <code>--apply</code> it writes
        the manifest and the ownership files.
      </p>
      <div class="acts">
        <button type="button" onClick={() => save('moves.json', json)}>Save moves.json</button>
        {patch !== '' && <button type="button" onClick={() => save('unsnarl.patch.toml', patch)}>Save the manifest’s tables</button>}
      </div>
      <details>
        <summary>moves.json</summary>
        <pre tabIndex={0}>{json}</pre>
      </details>
      {patch !== '' && (
        <details>
          <summary>Modules given away whole, as tables of unsnarl.toml</summary>
          <pre tabIndex={0}>{patch}</pre>
        </details>
      )}
    </section>
  );
}

/** Modules given away whole, as tables of the manifest; what else moves, `--apply` writes. */
function manifest(shown: Shown, outcome: Outcome, given: ReadonlySet<string>): string {
  const tables: string[] = [];
  shown.document.structure.modules.forEach((module, at) => {
    const is = outcome.owners[at] ?? [];
    const was = shown.document.page.modules[at]?.[4] ?? [];
    const only = is.length === 1 && is[0]?.length === 1 ? is[0][0] : undefined;
    if (only === undefined || JSON.stringify(is) === JSON.stringify(was)) return;
    // Names in brackets are of what no directory holds alone.
    if (!given.has(module.name) || module.name.endsWith(')')) return;
    tables.push(`[[module]]\nid = ${JSON.stringify(module.name)}\npaths = [${JSON.stringify(`${module.name}/**`)}]\nowner = ${JSON.stringify(shown.team(only))}\n`);
  });
  return tables.join('\n');
}

function markdown(shown: Shown, moves: readonly Move[], { after, compared }: Outcome): string {
  const before = shown.before;
  if (!before) return '';
  const row = (title: string, unit: string, was: Line, is: Line): string[] => [title, value(unit, share(was)), after.alone ? '–' : value(unit, share(is))];
  return [
    ...moves.map((move, at) => `${at + 1}. ${capital(line(move))}`),
    '',
    markdownTable(['', 'As it is', 'After'], [
      row('Independence', 'share', before.independence, after.independence),
      row('Independence, last year', 'share', before.independenceRecent, after.independenceRecent),
      row('Further teams a change', 'teams', before.further, after.further),
      row('Further teams, last year', 'teams', before.furtherRecent, after.furtherRecent),
    ]),
    '',
    `${count(compared.fewer)} changes would have needed fewer teams, ${count(compared.more)} more.`,
  ].join('\n');
}

