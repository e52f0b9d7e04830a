/** Moves that were found on the past, to accept or to read. */

import type { Move, Proposal } from '../../document';
import { Changes } from '../../parts/evidence';
import { useTable, type Shown } from '../../shown';
import { line } from './moves';
import { capital } from '../../words';

interface Told {
  proposal: Proposal;
  lines: string;
  judged: string;
  why: string;
  changes: { commit: string; date: string; subject: string }[];
}

/** Whether the page can replay it: what is counted in modules, or bounds what an interface saves, changes no owner. */
export function canBeTried(shown: Shown, proposal: Proposal): boolean {
  return proposal.counted_in === 'teams' && !proposal.bound && shown.before !== null && !shown.before.alone;
}

function whyNot(proposal: Proposal): string {
  if (proposal.bound) return 'What an interface would save is a bound: no owner changes, so there is nothing to replay.';
  if (proposal.counted_in === 'modules') return 'Counted in modules: no owner changes, so there is nothing to replay.';
  return 'It cannot be replayed here, for the reason above.';
}

/** How long the time was that judged, as a headline says it. */
export function judgedBy(shown: Shown): string {
  const time = shown.document.page.said.judged_by ?? 'year';
  return time === 'year' ? 'a year' : time;
}

/** `moves` are those that stand; `make` is left out where nothing can be replayed. */
export function Proposals({ chosen, moves, make }: { chosen: string | undefined; moves: readonly Move[]; make?: (moves: readonly Move[]) => void }) {
  const { shown } = useTable();
  const said = shown.document.page.said.moves ?? [];
  const all = (shown.document.do_first?.proposals ?? []).flatMap((proposal, at): Told[] => {
    const own = said[at];
    return own ? [{ proposal, lines: capital(own.lines.join('; ')), judged: own.judged, why: own.why, changes: own.changes }] : [];
  });
  const unknown = chosen !== undefined && !all.some(({ proposal }) => proposal.id === chosen);
  if (all.length === 0) return unknown ? <p class="note">There is no proposal {chosen} today.</p> : null;
  return (
    <section>
      <h3>Proposals, judged by {judgedBy(shown)} they were found without</h3>
      {unknown && <p class="note">There is no proposal {chosen} today; these are.</p>}
      <ul class="proposals">
        {all.map(({ proposal, lines, judged, why, changes }) => {
          const made = proposal.moves.every((move) => moves.some((other) => line(other) === line(move)));
          const fits = made || shown.replay?.misfit(moves, proposal.moves[0] as Move) === null;
          return (
            <li id={proposal.id} class={proposal.id === chosen ? 'current' : ''}>
              <p>
                <b>{lines}</b>
              </p>
              <p class="small soft">{capital(judged)}.</p>
              <p class="small soft">{capital(why)}.</p>
              <Changes changes={changes} all={changes.length} title={proposal.counted_in === 'teams' ? 'Changes that would have needed fewer teams' : 'Changes that would have stayed in fewer modules'} />
              {make && canBeTried(shown, proposal) ? (
                <button type="button" disabled={made || !fits} onClick={() => make(proposal.moves)}>
                  {made ? 'Accepted' : 'Accept'}
                  <span class="unseen"> {lines}</span>
                </button>
              ) : (
                <p class="small soft">{whyNot(proposal)}</p>
              )}
              {!made && !fits && make && canBeTried(shown, proposal) && <p class="small soft">It does not fit what is moved already.</p>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
