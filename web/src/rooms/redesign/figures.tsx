/** What history says of a redesign, in a few figures. */

import { count, difference, precise } from '../../numbers';
import type { Replayed } from '../../replay';
import { mayBeChance, share, type Outcome } from './moves';

export function Figures({ before, outcome }: { before: Replayed; outcome: Outcome }) {
  const { after, compared } = outcome;
  const told = after.alone ? null : after;
  return (
    <div class="figures" aria-live="polite">
      <Figure title="Independence" unit="share" good="more" before={share(before.independence)} after={told && share(told.independence)} interval={compared.intervals.independence} />
      <Figure title="Independence, last year" unit="share" good="more" before={share(before.independenceRecent)} after={told && share(told.independenceRecent)} interval={compared.intervals.independenceRecent} />
      <Figure title="Further teams a change" unit="teams" good="less" before={share(before.further)} after={told && share(told.further)} interval={compared.intervals.further} />
      <Figure title="Further teams, last year" unit="teams" good="less" before={share(before.furtherRecent)} after={told && share(told.furtherRecent)} interval={compared.intervals.furtherRecent} />
      {(after.modules.count !== before.modules.count || after.modules.of !== before.modules.of) && (
        <Figure title="Modules a change" unit="modules" good="less" before={share(before.modules)} after={share(after.modules)} interval={null} />
      )}
      <div class="figure">
        <h3>Changes</h3>
        <p><b>{count(compared.fewer)}</b> need fewer teams</p>
        <p><b>{count(compared.more)}</b> need more</p>
      </div>
      {after.alone && <p class="note">One owner stands for all that changes: everything would be independent of nothing.</p>}
    </div>
  );
}

/** `−5.7 to +1.2`, points of a share. */
function between(unit: string, [low, high]: [number, number]): string {
  const one = (of: number): string => `${of < 0 ? '−' : '+'}${unit === 'share' ? Math.abs(of * 100).toFixed(1) : Math.abs(of).toFixed(3)}`;
  return `${one(low)} to ${one(high)}`;
}

/** The same in a line that stays in sight while one moves things. */
export function Brief({ before, outcome, undo }: { before: Replayed; outcome: Outcome; undo: (() => void) | null }) {
  const { after } = outcome;
  const by = after.alone ? null : (share(after.independence) ?? 0) - (share(before.independence) ?? 0);
  const chance = mayBeChance(outcome.compared.intervals.independence);
  return (
    <p class="brief">
      <span>
        Independence {precise('share', share(before.independence))} → <b>{after.alone ? '–' : precise('share', share(after.independence))}</b>
        {by !== null && by !== 0 && <b class={chance ? 'chance' : by > 0 ? 'better' : 'worse'}> {difference('share', by)}{chance ? ', maybe chance' : ''}</b>}
      </span>
      <span>
        further teams {precise('teams', share(before.further))} → <b>{after.alone ? '–' : precise('teams', share(after.further))}</b>
      </span>
      {undo && <button type="button" onClick={undo}>Undo<span class="unseen"> the last step</span></button>}
    </p>
  );
}

function Figure({ title, unit, good, before, after, interval }: { title: string; unit: string; good: 'more' | 'less'; before: number | null; after: number | null; interval: [number, number] | null }) {
  const by = before === null || after === null ? null : after - before;
  const chance = mayBeChance(interval);
  const better = by !== null && by !== 0 && by > 0 === (good === 'more');
  return (
    <div class="figure" data-before={before ?? ''} data-after={after ?? ''}>
      <h3>{title}</h3>
      <p class="value">{precise(unit, after)}</p>
      <p class="small">
        <span class="soft">was {precise(unit, before)}</span>{' '}
        {by !== null && by !== 0 && (
          <>
            <b class={chance ? 'chance' : better ? 'better' : 'worse'}>
              <span aria-hidden="true">{by > 0 ? '▲' : '▼'}</span> {difference(unit, by)}
              {chance ? '' : better ? ' better' : ' worse'}
            </b>
            {interval && <span class="soft band" data-low={interval[0]} data-high={interval[1]}> 95 % {between(unit, interval)}{chance ? '; that may be chance' : ''}</span>}
          </>
        )}
      </p>
    </div>
  );
}
