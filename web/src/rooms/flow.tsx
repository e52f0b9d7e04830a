/** Flow and drift: every series with its steps, what one more team costs, work that comes back, what more people bring. */

import { useState } from 'preact/hooks';
import type { Capacity, SaidOfSeries, Series } from '../document';
import { count, hours, number, percent, value } from '../numbers';
import { Chart, type Level } from '../parts/chart';
import { Sorted } from '../parts/table';
import { href } from '../route';
import { useTable } from '../shown';
import { Word } from './now';
import { capital } from '../words';

export function Flow() {
  const { shown } = useTable();
  const { document } = shown;
  const { said } = document.page;
  const lately = document.moving.series;
  // The first line speaks of these years, so they are what is seen first.
  const [recent, setRecent] = useState(lately !== null);
  const series = recent && lately ? lately : document.drift;
  const told = recent && said.lately ? said.lately : said.drift;
  return (
    <>
      <section>
        <h2>How it moves, and since when</h2>
        <p>
          <b>{document.repository}</b> {said.moving}.
        </p>
        {lately && (
          <fieldset class="controls">
            <legend class="unseen">Which years</legend>
            <label>
              <input type="radio" name="years" checked={recent} onChange={() => setRecent(true)} /> the last five years, of which the line above speaks
            </label>
            <label>
              <input type="radio" name="years" checked={!recent} onChange={() => setRecent(false)} /> the whole history
            </label>
          </fieldset>
        )}
        {series.length === 0 && <p>There is too little history for a series.</p>}
        <div class="signs wide">
          {series.map((one, at) => (
            <SeriesCard series={one} said={told[at]} />
          ))}
        </div>
        <p class="soft small">
          Each point is a window of equally many changes, set at its middle day; level lines are steps, and the numbers above a stepped
          series are its first and last level. <i>Steady</i> means that no trend could be told from chance: a series may still have moved
          by what chance moves. The interval is that of the slope, judged together with all series. <code>unsnarl drift</code> says more, and
          the same of every module and team.
        </p>
      </section>
      <section>
        <h2>What one more team costs</h2>
        <p>{capital(said.one_more_team)}.</p>
        {document.price && document.price.factor <= 1 && (
          <p class="note">
            No cost shows: here changes that need further teams took no longer than others of their size and kind. That does not mean that more teams
            make one faster; such changes are often sweeping and simple, and are waved through.
          </p>
        )}
        {document.price && (
          <dl class="numbers">
            <div>
              <dt>lead time, times</dt>
              <dd>
                ×{document.price.factor.toFixed(2)} <small>{document.price.interval[0].toFixed(2)}–{document.price.interval[1].toFixed(2)}</small>
              </dd>
            </div>
            <div>
              <dt>days of lead time in the last year</dt>
              <dd>{document.price.factor > 1 ? count(document.price.days_a_year) : '–'}</dd>
            </div>
            <div>
              <dt>changes it rests on</dt>
              <dd>{count(document.price.n)}</dd>
            </div>
            <div>
              <dt>of more than one team</dt>
              <dd>{count(document.price.n_of_more_teams)}</dd>
            </div>
          </dl>
        )}
      </section>
      <Work />
      <People capacity={document.page.capacity} />
    </>
  );
}

function SeriesCard({ series, said }: { series: Series; said: SaidOfSeries | undefined }) {
  const scale = series.scale === 'ln' ? (of: number): number => Math.log(Math.max(of, 1e-9)) : undefined;
  const shown = (of: number): string =>
    series.scale === 'share' ? percent(of) : series.measure === 'lead_time_hours' ? hours(of) : series.scale === 'ln' ? count(of) : number(of);
  const points = series.points.map((point) => ({ at: Date.parse(point.at), label: point.at, value: point.value, note: `${count(point.n)} changes` }));
  const moves = said?.since !== null || said.slope !== null;
  return (
    <article class="sign">
      <h3>
        {capital(said?.name ?? series.measure)} <Word word={series.trend.told} />
      </h3>
      <p class="value">{said?.ends ?? '–'}</p>
      {series.steps.length > 0 && <p class="small soft">{stepped(series, shown)}</p>}
      {moves && !['steady', 'too little data'].includes(series.trend.told) && <p class="small soft">{[said?.since, series.steps.length > 0 ? null : said?.slope].filter(Boolean).join('; ')}</p>}
      <Chart title={said?.name ?? series.measure} points={points} levels={levels(series)} shown={shown} {...(scale ? { scale } : {})} />
    </article>
  );
}

/** When it stepped, and from which level to which. */
function stepped(series: Series, shown: (of: number) => string): string {
  const one = (step: Series['steps'][number]): string => `${shown(step.before)} → ${shown(step.after)}${step.at ? ` about ${step.at.slice(0, 7)}` : ''}`;
  const steps = series.steps.slice(-3);
  return `${series.steps.length > steps.length ? `${count(series.steps.length)} steps, the last ` : 'stepped '}${steps.map(one).join(', ')}`;
}

/** The level before the first step, between steps, and after the last. */
function levels(series: Series): Level[] {
  const first = series.points[0];
  const last = series.points[series.points.length - 1];
  if (!first || !last || series.steps.length === 0) return [];
  const at = (day: string | null): number => Date.parse(day ?? last.at);
  let from = Date.parse(first.at);
  const out = series.steps.map((step): Level => {
    const level = { from, to: at(step.at), value: step.before };
    from = level.to;
    return level;
  });
  return [...out, { from, to: Date.parse(last.at), value: series.steps[series.steps.length - 1]?.after ?? 0 }];
}

function Work() {
  const { shown } = useTable();
  const { handoffs, rework, process_load: process } = shown.document.measures;
  return (
    <section>
      <h2>Work that is passed on or comes back</h2>
      {handoffs && handoffs.value === null && <p>Handoffs: {(handoffs.notes[0] ?? 'cannot be told here').replace(/\.$/, '')}.</p>}
      {handoffs && handoffs.value !== null && (
        <>
          <p>
            Of the files touched again within 14 days, <a href={href('measure', 'handoffs')}>{value('share', handoffs.value)}</a> went to
            another team than the last ({count(handoffs.count)} of {count(handoffs.of)}); were the teams of each module’s touches shuffled,{' '}
            {percentOf(handoffs.quantities['share_by_chance'])} would. In the last year it was {value('share', handoffs.recent?.value)}. The teams
            of both sides must be known, and those of most authors of the time; {numberOf(handoffs.quantities['passes_untold'])} times they were
            not.
          </p>
          <Sorted
            caption="Pairs of teams by how often files pass between them"
            rows={handoffs.parts}
            columns={[
              { title: 'Teams', text: (part) => part.names.join(' ~ ') },
              { title: 'Share', text: (part) => percentOf(part.share), by: (part) => part.share },
              { title: 'Passed', text: (part) => number(part.count), by: (part) => part.count },
              { title: 'By chance', text: (part) => rounded(part.quantities['by_chance']), by: (part) => part.quantities['by_chance'] ?? null },
              { title: 'Changes', text: (part) => rounded(part.quantities['changes']), by: (part) => part.quantities['changes'] ?? null },
              { title: 'Written by both', text: (part) => rounded(part.quantities['changes_of_both']), by: (part) => part.quantities['changes_of_both'] ?? null },
            ]}
          />
        </>
      )}
      {rework && rework.value !== null && (
        <>
          <p>
            <a href={href('measure', 'rework')}>{value('share', rework.value)}</a> of touches have their file touched again within 14 days by another
            change ({count(rework.count)} of {count(rework.of)}), and {percentOf(rework.quantities['revert_share'])} of changes (
            {numberOf(rework.quantities['reverts'])}) revert another. Touching a file again is not by itself bad: compare with what it was.
          </p>
          <Sorted
            caption="Modules by files soon touched again"
            rows={rework.parts}
            columns={[
              { title: 'Module', text: (part) => part.names.join(' ~ '), show: (part) => <a href={href('map', part.names[0] ?? '')}>{part.names[0]}</a> },
              { title: 'Share of touches', text: (part) => percentOf(part.value), by: (part) => part.value },
              { title: 'Again', text: (part) => number(part.count), by: (part) => part.count },
              { title: 'Touches', text: (part) => count(part.of), by: (part) => part.of },
              { title: 'Reverts', text: (part) => numberOf(part.quantities['reverts']), by: (part) => part.quantities['reverts'] ?? null },
            ]}
          />
        </>
      )}
      {process && process.parts.length > 0 && (
        <Sorted
          caption="What is written for changes to pass"
          rows={process.parts}
          columns={[
            { title: 'What', text: (part) => capital(part.state ?? '–') },
            { title: 'Now', text: (part) => number(part.count), by: (part) => part.count },
            { title: 'A year ago', text: (part) => numberOf(part.quantities['a_year_ago']), by: (part) => part.quantities['a_year_ago'] ?? null },
          ]}
        />
      )}
    </section>
  );
}

function percentOf(of: number | null | undefined): string {
  return of === null || of === undefined ? '–' : percent(of);
}

function numberOf(of: number | null | undefined): string {
  return of === null || of === undefined ? '–' : number(of);
}

function rounded(of: number | null | undefined): string {
  return of === null || of === undefined ? '–' : number(Math.round(of));
}

/** What more people bring, by the law that fits. */
function limit(scaling: NonNullable<Capacity['scaling']>) {
  if (scaling.peak !== null && scaling.peak_interval) {
    return <>The most comes from <b>{count(scaling.peak)} people</b> (95 % {count(scaling.peak_interval[0])} to {count(scaling.peak_interval[1])}); more bring less, by this description of the past.</>;
  }
  // Without a peak, what people queue for still bounds what all of them bring.
  if (scaling.sigma_interval[0] > 0) {
    return <><b>More people bring ever less more</b>: by this description of the past no more than about {count(scaling.gamma / scaling.sigma)} changes a month, however many they are.</>;
  }
  return <><b>No limit visible</b>: within what was seen, more people brought more.</>;
}

function need({ value: by, interval: [low, high] }: NonNullable<Capacity['coordination_elasticity']>) {
  const band = `(95 % ${number(low)} to ${number(high)})`;
  if (low <= 0 && high >= 0) return <>Whether more people came with more need of other teams cannot be told: {number(by)} % for each per cent {band}.</>;
  return <>One per cent more people came with {number(Math.abs(by))} % {by < 0 ? 'less' : 'more'} need of other teams {band}.</>;
}

const WIDTH = 600;
const HEIGHT = 260;

/** Months as people and changes, and the curve through them. */
function People({ capacity }: { capacity: Capacity }) {
  const { scaling, months, coordination_elasticity: elasticity } = capacity;
  return (
    <section>
      <h2>What more people bring</h2>
      {!scaling && <p>Too little data for a curve: twelve months with three different numbers of people are the least.</p>}
      {scaling && (
        <p>
          {limit(scaling)}{' '}
          {elasticity && <>{need(elasticity)} </>}
          <span class="soft">A description of months, not a law of teams, and nothing about any person.</span>
        </p>
      )}
      {months.length > 2 && <Scatter capacity={capacity} />}
    </section>
  );
}

function Scatter({ capacity }: { capacity: Capacity }) {
  const { scaling, months } = capacity;
  const people = Math.max(...months.map((month) => month.people), 1) * 1.04;
  const changes = Math.max(...months.map((month) => month.changes), 1) * 1.06;
  const x = (of: number): number => (of / people) * WIDTH;
  const y = (of: number): number => HEIGHT - (of / changes) * HEIGHT;
  const law = (of: number): number =>
    scaling ? (scaling.gamma * of) / (1 + scaling.sigma * (of - 1) + scaling.kappa * of * (of - 1)) : 0;
  const curve = Array.from({ length: 61 }, (_, at) => 1 + ((people - 1) * at) / 60).map((of) => `${x(of).toFixed(1)},${y(law(of)).toFixed(1)}`);
  const last = months[months.length - 1];
  return (
    <figure class="scatter">
      <svg viewBox={`-44 -8 ${WIDTH + 60} ${HEIGHT + 52}`} role="img" aria-label={`Changes a month against people who wrote one, over ${months.length} months`}>
        <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        <line class="grid" x1="0" x2="0" y1="0" y2={HEIGHT} />
        <text x="-8" y={y(changes / 1.06) + 4} text-anchor="end">{count(changes / 1.06)}</text>
        <text x="-8" y={HEIGHT + 4} text-anchor="end">0</text>
        <text x={x(people / 1.04)} y={HEIGHT + 18} text-anchor="middle">{count(people / 1.04)}</text>
        <text x={WIDTH / 2} y={HEIGHT + 36} text-anchor="middle">people who wrote a change in the month</text>
        <text x="0" y="4" dx="6">changes a month; the large dot is the last month</text>
        {months.map((month) => (
          <circle class={month === last ? 'dot last' : 'dot'} cx={x(month.people)} cy={y(month.changes)} r={month === last ? 6 : 3.5}>
            <title>{`${month.at.slice(0, 7)}: ${month.people} people, ${month.changes} changes`}</title>
          </circle>
        ))}
        {scaling && <polyline class="path" points={curve.join(' ')} />}
      </svg>
    </figure>
  );
}
