/** History replayed: year by year, team by team, change by change. */

import { count, dateOfDay, percent } from '../../numbers';
import { Chart } from '../../parts/chart';
import { Changes } from '../../parts/evidence';
import { Sorted } from '../../parts/table';
import type { Replayed } from '../../replay';
import { useTable } from '../../shown';
import type { Outcome } from './moves';

export function Told({ outcome }: { outcome: Outcome }) {
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
