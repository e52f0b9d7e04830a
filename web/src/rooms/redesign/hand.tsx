/** What one holds, and where it can go. */

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Move } from '../../document';
import { plural } from '../../numbers';
import { useTable } from '../../shown';
import { giving, named, same, type Held, type Outcome } from './moves';

export function Hand({ held, outcome, moves, teams, hold, make }: { held: Held; outcome: Outcome; moves: readonly Move[]; teams: readonly { name: string; at: number }[]; hold: (held: Held | null) => void; make: (moves: readonly Move[]) => void }) {
  const { shown } = useTable();
  const [into, setInto] = useState('');
  const [team, setTeam] = useState('');
  const first = useRef<HTMLSelectElement>(null);
  const what = named(held);
  useLayoutEffect(() => first.current?.focus({ preventScroll: true }), []);
  const module = held.module === undefined ? -1 : outcome.layout.names.indexOf(held.module);
  const parts = useMemo(() => (module < 0 ? [] : (shown.replay?.directories(module, moves) ?? [])), [shown, module, moves]);
  const elsewhere: Move = held.module !== undefined ? { kind: 'merge', module: held.module, to: into } : { kind: 'relocate', directory: held.directory, to: into };
  const knows = outcome.layout.names.includes(into);
  const misfit = knows ? (shown.replay?.misfit(moves, elsewhere) ?? null) : null;
  const apart: Move | null = held.directory === undefined ? null : { kind: 'split', directory: held.directory, name: held.directory };
  return (
    <div class="give" role="group" aria-label={`What to do with ${what}`} onKeyDown={(event) => event.key === 'Escape' && hold(null)}>
      <form
        class="to-team"
        onSubmit={(event) => {
          event.preventDefault();
          if (team !== '') make([giving(held, shown.team(Number(team)))]);
        }}
      >
        <label>
          Give <b>{what}</b> to{' '}
          <select ref={first} value={team} onChange={(event) => setTeam(event.currentTarget.value)}>
            <option value="">choose a team</option>
            {teams.map(({ name, at }) => (
              <option value={at}>{name}</option>
            ))}
          </select>
        </label>{' '}
        <button type="submit" disabled={team === ''}>Give</button>
      </form>
      <form
        class="to-module"
        onSubmit={(event) => {
          event.preventDefault();
          if (knows && misfit === null) make([elsewhere]);
        }}
      >
        <label>
          {held.module !== undefined ? 'or merge it into ' : 'or move it to '}
          <input list="modules" placeholder="a module" value={into} autocomplete="off" spellcheck={false} onInput={(event) => setInto(event.currentTarget.value)} />
        </label>
        <datalist id="modules">
          {outcome.layout.names.map((name, at) => !outcome.layout.gone[at] && name !== held.module && <option value={name} />)}
        </datalist>{' '}
        <button type="submit" disabled={!knows || misfit !== null}>{held.module !== undefined ? 'Merge' : 'Move'}</button>
        {misfit !== null && <span class="small soft"> {misfit}</span>}
      </form>
      {apart && shown.replay?.misfit(moves, apart) === null && (
        <button type="button" onClick={() => make([apart])}>Make it a module of its own</button>
      )}
      <button type="button" class="quiet" onClick={() => hold(null)}>Cancel</button>
      {parts.length > 0 && (
        <div class="chips parts">
          <span class="soft small">or a part of it, where {parts.length === 1 ? 'most of its change lies' : 'much of its change lies'}:</span>
          {parts.map((part) => (
            <button type="button" class="chip" title={`${part.path}/: ${plural(part.changes, 'change')} in all`} aria-pressed={same(held, { directory: part.path })} onClick={() => hold({ directory: part.path })}>
              {within(part.path, held.module ?? '')}/
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** A path as it reads inside its module. */
function within(path: string, module: string): string {
  return path.startsWith(`${module}/`) ? path.slice(module.length + 1) : path;
}
