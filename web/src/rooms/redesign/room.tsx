/** Redesign: give a module to another team, or accept a proposal, and see history replayed at once. */

import { useMemo, useState } from 'preact/hooks';
import type { Move } from '../../document';
import { count, plural } from '../../numbers';
import { Copy } from '../../parts/copy';
import { useTable } from '../../shown';
import { Board } from './board';
import { Brief, Figures } from './figures';
import { line, replayed, type Held } from './moves';
import { Proposals } from './proposals';
import { Take, markdown } from './take';
import { Told } from './told';
import { capital } from '../../words';

export function Redesign({ proposal }: { proposal: string | undefined }) {
  const { shown } = useTable();
  if (!shown.replay || !shown.before) {
    return <Nothing proposal={proposal} why="Changes are judged by the ownership files of their time, which no move of today changes." />;
  }
  if (shown.before.alone) {
    const why = shown.document.measures['independence']?.notes[0] ?? 'fewer than two teams own what changes';
    return <Nothing proposal={proposal} why={`${capital(why)}. A replay needs two teams.`} />;
  }
  return <Table proposal={proposal} />;
}

function Nothing({ why, proposal }: { why: string; proposal: string | undefined }) {
  return (
    <>
      <section>
        <h2>Nothing to replay</h2>
        <p>{why}</p>
      </section>
      <Proposals chosen={proposal} moves={[]} />
    </>
  );
}

function Table({ proposal }: { proposal: string | undefined }) {
  const { shown, board, say } = useTable();
  const { moves } = board;
  const [filter, setFilter] = useState('');
  const [held, setHeld] = useState<Held | null>(null);
  const fitting = useMemo(() => shown.replay?.fitting(moves) ?? [], [shown, moves]);
  const outcome = useMemo(() => replayed(shown, fitting), [shown, fitting]);
  if (!outcome || !shown.before) return null;
  const turn = (way: () => void, text: string): void => {
    way();
    setHeld(null);
    say(text);
  };
  const become = (next: readonly Move[], text: string): void => turn(() => board.become(next), text);
  const make = (more: readonly Move[]): void => become([...moves, ...more], capital(more.map(line).join('; ')));
  const undo = (): void => turn(board.undo, 'Undone');
  return (
    <>
      <section>
        <h2>What if a module had another owner?</h2>
        <p>
          Drag a module to a team, or choose it to see where else it can go. All {count(shown.replay?.size.changes ?? 0)} changes are
          replayed at once, as <code>unsnarl replay</code> counts them. A replay bounds what would have been needed: people would also
          have behaved differently.
        </p>
        <Figures before={shown.before} outcome={outcome} />
        <div class="acts">
          <button type="button" onClick={undo} disabled={!board.canUndo}>Undo</button>
          <button type="button" onClick={() => turn(board.redo, 'Done again')} disabled={!board.canRedo}>Redo</button>
          <button type="button" onClick={() => become([], 'Everything as it is')} disabled={moves.length === 0}>As it is</button>
          {moves.length > 0 && <Copy what="this redesign" of={() => markdown(shown, fitting, outcome)} />}
          <span class="soft small" data-replay-milliseconds={outcome.milliseconds.toFixed(1)}>
            {moves.length === 0 ? 'No move yet.' : `${plural(moves.length, 'move')}, replayed in ${Math.max(1, Math.round(outcome.milliseconds))} ms.`}
          </span>
        </div>
        {moves.length > 0 && (
          <ol class="made">
            {moves.map((move, at) => (
              <li>
                {capital(line(move))}{' '}
                {!fitting.includes(move) && <span class="tag">does not fit any more</span>}{' '}
                <button type="button" class="quiet" onClick={() => become(moves.filter((_, place) => place !== at), `Taken back: ${line(move)}`)}>
                  Take back<span class="unseen"> {line(move)}</span>
                </button>
              </li>
            ))}
          </ol>
        )}
      </section>
      <Proposals chosen={proposal} moves={fitting} make={make} />
      <section>
        <div class="head">
          <h3>Teams and their modules</h3>
          <input type="search" placeholder="Find a module or team" aria-label="Find a module or team" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </div>
        <Board outcome={outcome} moves={fitting} filter={filter} held={held} hold={setHeld} make={make} />
        {moves.length > 0 && <Brief before={shown.before} outcome={outcome} undo={board.canUndo ? undo : null} />}
      </section>
      {moves.length > 0 && <Told outcome={outcome} />}
      {fitting.length > 0 && <Take outcome={outcome} moves={fitting} />}
    </>
  );
}
