/** Teams and their modules, to be moved by dragging or by keys. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { teamColour } from '../../colours';
import type { Move } from '../../document';
import { count, more, percent, plural } from '../../numbers';
import { useTable } from '../../shown';
import { Hand } from './hand';
import { giving, moved, named, only, same, type Held, type Outcome } from './moves';

/** More teams and modules than this are found by search, not by eye. */
const MOST_TEAMS = 24;
const MOST_MODULES = 24;
const MOST_OF_SEVERAL = 60;
/** A module that more teams may answer for is shown apart. */
const MOST_SHARING = 3;
const DRAGGED = 'application/x-unsnarl';

/** `moves` are those that stand. */
export function Board({ outcome, moves, filter, held, hold, make }: { outcome: Outcome; moves: readonly Move[]; filter: string; held: Held | null; hold: (held: Held | null) => void; make: (moves: readonly Move[]) => void }) {
  const { shown } = useTable();
  const [over, setOver] = useState<number | null>(null);
  const { document } = shown;
  const { names, owners, gone } = outcome.layout;
  const modulesOf = new Map<number, number[]>();
  const several: number[] = [];
  names.forEach((_, at) => {
    if (gone[at]) return;
    // Whoever may answer for it has it, up to three.
    const [set, ...more] = owners[at] ?? [];
    if (set === undefined || more.length > 0 || set.length > MOST_SHARING) several.push(at);
    else for (const team of set) modulesOf.set(team, [...(modulesOf.get(team) ?? []), at]);
  });
  const weight = (at: number): number => document.page.modules[at]?.[1] ?? 0;
  const heaviest = (of: readonly number[]): number[] => [...of].sort((a, b) => weight(b) - weight(a) || a - b);
  const nothing = { needed: 0, alone: 0 };
  const teams = document.structure.teams
    .map((team, at) => ({ name: team.name, source: team.source, at, load: outcome.after.teams[at] ?? nothing, was: shown.before?.teams[at] ?? nothing }))
    .filter(({ source, at, load, was }) => source === document.structure.ownership && (load.needed > 0 || was.needed > 0 || modulesOf.has(at)))
    .sort((a, b) => b.was.needed - a.was.needed || a.at - b.at);
  const wanted = filter.trim().toLowerCase();
  const matches = (text: string): boolean => wanted === '' || text.toLowerCase().includes(wanted);
  const matching = (at: number): boolean => matches(names[at] ?? '');
  const seen = teams.filter(({ name, at }) => matches(name) || (modulesOf.get(at) ?? []).some(matching));
  const give = (what: Held, team: number): void => {
    const at = what.module === undefined ? -1 : names.indexOf(what.module);
    if (at >= 0 && only(owners[at] ?? []) === team) return hold(null);
    make([giving(what, shown.team(team))]);
  };
  const chip = (at: number) => <Chip of={{ module: names[at] ?? '' }} held={held} hold={hold} moved={moved(shown, outcome, at)} told={`${at < document.page.modules.length ? `${plural(weight(at), 'change')} in the last year` : 'a module that was split off'}${(owners[at]?.[0]?.length ?? 0) > 1 ? '; any of several teams may answer for it' : ''}`} />;
  const given = partsGiven(moves);
  // Whoever goes by keys stays where they were.
  const before = useRef<Held | null>(null);
  useLayoutEffect(() => {
    const was = before.current;
    before.current = held;
    if (held !== null || was === null || (globalThis.document.activeElement ?? globalThis.document.body) !== globalThis.document.body) return;
    const chips = globalThis.document.querySelectorAll<HTMLElement>('.board .chip, details .chip');
    const own = [...chips].find((chip) => chip.dataset['of'] === (was.module ?? `${was.directory}/`));
    (own ?? globalThis.document.querySelector<HTMLElement>('.board .chip'))?.focus();
  }, [held]);
  return (
    <>
      {held !== null && <Hand key={named(held)} held={held} outcome={outcome} moves={moves} teams={teams.filter(({ at }) => held.module === undefined || only(owners[names.indexOf(held.module)] ?? []) !== at)} hold={hold} make={make} />}
      <div class="board" onKeyDown={(event) => event.key === 'Escape' && hold(null)}>
        {seen.slice(0, MOST_TEAMS).map(({ name, at, load, was }) => {
          const own = heaviest(modulesOf.get(at) ?? []);
          const some = wanted === '' || matches(name) ? own : own.filter(matching);
          // A part stands by itself where its module did not come along.
          const parts = given.filter((part) => part.to === name && !own.some((one) => names[one] === around(part.directory, names)));
          const has = held?.module !== undefined ? own.some((one) => names[one] === held.module) : parts.some((part) => part.directory === held?.directory);
          return (
            <div
              class={`team${over === at ? ' over' : ''}`}
              data-team={name}
              onDragOver={(event) => { event.preventDefault(); setOver(at); }}
              onDragLeave={() => setOver(null)}
              onDrop={(event) => {
                event.preventDefault();
                setOver(null);
                const dragged = dropped(event.dataTransfer?.getData(DRAGGED), names);
                if (dragged) give(dragged, at);
              }}
            >
              <h4>
                <i class="swatch" style={{ background: teamColour(shown.ranks.get(at)) }} aria-hidden="true" /> {document.page.said.teams[at] ?? name}
              </h4>
              <p class="small soft">
                {plural(load.needed, 'change')} need{load.needed === 1 ? 's' : ''} it, {load.needed === 0 ? '–' : percent(load.alone / load.needed)} it alone
                {load.needed !== was.needed && <b> ({more(load.needed - was.needed)})</b>}
              </p>
              <div class="chips">
                {some.slice(0, MOST_MODULES).map(chip)}
                {parts.map((part) => (
                  <Chip of={{ directory: part.directory }} held={held} hold={hold} moved told="given as a part" />
                ))}
                {some.length > MOST_MODULES && <span class="soft small">and {count(some.length - MOST_MODULES)} more: find them above</span>}
                {own.length + parts.length === 0 && <span class="soft small">No module is its alone.</span>}
              </div>
              {held !== null && !has && (
                <button type="button" class="take" onClick={() => give(held, at)}>
                  Give {named(held)} to {name}
                </button>
              )}
            </div>
          );
        })}
      </div>
      {seen.length === 0 && <p class="soft">No team and no module is called that.</p>}
      {seen.length > MOST_TEAMS && <p class="soft small">{count(seen.length - MOST_TEAMS)} more teams: find them above.</p>}
      <Several of={heaviest(several.filter(matching))} open={wanted !== ''} chip={chip} />
    </>
  );
}

function Several({ of, open, chip }: { of: readonly number[]; open: boolean; chip: (at: number) => preact.JSX.Element }) {
  if (of.length === 0) return null;
  return (
    <details open={open}>
      <summary>{plural(of.length, 'module')} with several owners or none</summary>
      <div class="chips">
        {of.slice(0, MOST_OF_SEVERAL).map(chip)}
        {of.length > MOST_OF_SEVERAL && <span class="soft small">and {count(of.length - MOST_OF_SEVERAL)} more: find them above</span>}
      </div>
    </details>
  );
}

/** Directories that were given to a team, each where it went last. */
function partsGiven(moves: readonly Move[]): { directory: string; to: string }[] {
  const out = new Map<string, string>();
  for (const move of moves) {
    if (move.directory === undefined) continue;
    if (move.kind === 'give' && move.to !== undefined) out.set(move.directory, move.to);
    else if (move.kind !== 'share') out.delete(move.directory);
  }
  return [...out].map(([directory, to]) => ({ directory, to }));
}

/** The module a directory lies in, by its name: the nearest above it. */
function around(directory: string, names: readonly string[]): string | undefined {
  const above = names.filter((name) => directory.startsWith(`${name}/`));
  return above.reduce<string | undefined>((best, name) => (best === undefined || name.length > best.length ? name : best), undefined);
}

/** What was let go over a team, if it is of this page. */
function dropped(text: string | undefined, names: readonly string[]): Held | null {
  if (!text) return null;
  const held = JSON.parse(text) as Held;
  if (held.directory !== undefined) return { directory: held.directory };
  return names.includes(held.module) ? { module: held.module } : null;
}

function Chip({ of, held, hold, moved, told }: { of: Held; held: Held | null; hold: (held: Held | null) => void; moved: boolean; told: string }) {
  const name = of.module ?? `${of.directory}/`;
  const on = same(held, of);
  return (
    <button
      type="button"
      class={`chip${on ? ' held' : ''}${moved ? ' moved' : ''}`}
      draggable
      aria-pressed={on}
      data-of={name}
      title={`${name}: ${told}${moved ? '; moved' : ''}`}
      onDragStart={(event) => event.dataTransfer?.setData(DRAGGED, JSON.stringify(of))}
      onClick={() => hold(on ? null : of)}
    >
      {name}
      {moved && <span class="unseen"> (moved)</span>}
    </button>
  );
}
