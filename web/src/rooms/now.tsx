/** Now: is it still moving, the vital signs, what to do and what to look at first. */

import { Chart, type Point } from '../parts/chart';
import { Copy } from '../parts/copy';
import { Changes, Files } from '../parts/evidence';
import type { BoardOfMoves } from '../board';
import type { Finding, Measure, Proposal } from '../document';
import { count, interval, plural, value } from '../numbers';
import { href } from '../route';
import { useTable } from '../shown';
import { SIGNS, type Sign } from '../signs';
import { canBeTried } from './redesign/proposals';
import { capital } from '../words';

export function Now() {
  const { shown } = useTable();
  const { document } = shown;
  const { said } = document.page;
  if (document.counts['counted_changes'] === 0) {
    return (
      <section>
        <h2>Nothing to measure yet</h2>
        <p>No change in this history counts. <a href={href('left-out')}>What was left out</a> says why.</p>
      </section>
    );
  }
  return (
    <>
      <section class="verdict">
        <h2 class="unseen">Is it still moving?</h2>
        <p class="answer">
          <b>{document.repository}</b> {said.moving.replaceAll(' %', '\u00a0%')}.
        </p>
        <p class="second">{capital(said.one_more_team)}.</p>
        <p class="soft">
          {plural(document.counts['changes'] ?? 0, 'change')} by {plural(document.counts['people'] ?? 0, 'person', 'people')},{' '}
          {document.range.since} to {document.range.until}. {count(document.counts['counted_changes'] ?? 0)} of them count
          below. The unit is the {document.unit}: {document.unit_why}. {said.rests_on}
        </p>
        <CannotTell />
      </section>
      <section>
        <div class="head">
          <h2>What to do first</h2>
          <Copy what="what to do first" of={() => toDoMarkdown(shown.document)} />
        </div>
        <ToDo />
      </section>
      <section>
        <h2>Vital signs</h2>
        <p class="soft">
          The whole history, its 95 % interval, the last year, and the years between. Words such as <i>worsened</i> speak of the whole
          history{document.moving.series && ', the first line above of the last five years'}. Each opens.
        </p>
        <div class="signs">
          {SIGNS.filter((sign) => shows(document.measures[sign.measure], sign)).map((sign) => (
            <SignCard sign={sign} />
          ))}
        </div>
        {said.hit_rate && (
          <p class="soft">
            What else a change needs, as <code>unsnarl impact</code> tells it: {said.hit_rate}.
          </p>
        )}
      </section>
      <section id="first">
        <div class="head">
          <h2>What to look at first</h2>
          <Copy what="what to look at first" of={() => document.findings.map(findingMarkdown).join('\n')} />
        </div>
        {document.findings.length === 0 && <p>Nothing stands out by the thresholds unsnarl uses. That is an answer, too.</p>}
        <ol class="findings">
          {document.findings.map((finding) => (
            <FindingRow finding={finding} />
          ))}
        </ol>
      </section>
    </>
  );
}

export function CannotTell() {
  const { shown } = useTable();
  const { structure, independence_beside: beside } = shown.document;
  if (!structure.declared_cannot_tell) return null;
  return (
    <p class="note">
      Declared ownership cannot tell who must talk to whom: {structure.declared_cannot_tell}.
      {beside?.value !== null && beside !== null && ` By it, independence would be ${value('share', beside.value)} (${count(beside.count)} of ${count(beside.of)}).`}
    </p>
  );
}

/** Signs that need what is not there are left to the others; the two headlines always stand. */
function shows(measure: Measure | undefined, sign: Sign): boolean {
  const headline = ['independence', 'coordination', 'locality', 'ownership_clarity', 'knowledge'];
  return measure !== undefined && (measure.value !== null || headline.includes(sign.measure));
}

function ToDo() {
  const { shown, board } = useTable();
  const { do_first: first, page } = shown.document;
  if (!first || !page.said.moves) return <p>No moves were looked for.</p>;
  if (first.proposals.length === 0) return <p>{capital(page.said.no_move ?? '')}.</p>;
  return (
    <>
      <p class="soft">
        Few moves on the structure that is there, found on changes before {first.cut}, held to what came after, and judged
        by the last {page.said.judged_by ?? 'year'}, which they were found without. History replayed bounds what would have been needed: people would
        also have behaved differently.
      </p>
      <ol class="moves">
        {first.proposals.map((proposal, at) => {
          const told = page.said.moves?.[at];
          return (
            <li id={proposal.id}>
              <h3>{capital(told?.lines.join('; ') ?? '')}</h3>
              <p>{capital(told?.judged ?? '')}.</p>
              <p class="soft">{capital(told?.why ?? '')}.</p>
              <p>
                <a class="button" href={href('redesign', proposal.id)} onClick={() => canBeTried(shown, proposal) && tried(board, proposal)}>
                  {canBeTried(shown, proposal) ? 'Try it' : 'See it'}
                </a>{' '}
                <code class="soft">unsnarl explain {proposal.id}</code>
              </p>
            </li>
          );
        })}
      </ol>
    </>
  );
}

/** A proposal is tried once; what stands on the board already stays. */
function tried(board: BoardOfMoves, proposal: Proposal): void {
  const there = new Set(board.moves.map((move) => JSON.stringify(move)));
  const more = proposal.moves.filter((move) => !there.has(JSON.stringify(move)));
  if (more.length > 0) board.become([...board.moves, ...more]);
}

function toDoMarkdown(document: ReturnType<typeof useTable>['shown']['document']): string {
  const moves = document.page.said.moves ?? [];
  if (moves.length === 0) return document.page.said.no_move ?? 'No moves were looked for.';
  return moves.map((move, at) => `${at + 1}. **${capital(move.lines.join('; '))}.** ${capital(move.judged)}. ${capital(move.why)}.`).join('\n');
}

function SignCard({ sign }: { sign: Sign }) {
  const { shown } = useTable();
  const measure = shown.document.measures[sign.measure];
  if (!measure) return null;
  if (measure.value === null) {
    return (
      <article class="sign">
        <h3>{sign.title}</h3>
        <p class="value">–</p>
        <p class="soft small">{capital(measure.notes[0] ?? 'cannot be told here')}.</p>
      </article>
    );
  }
  const beside = [interval(measure.unit, measure.interval), counts(measure)].filter(Boolean).join('; ');
  const word = told(shown.document, sign.measure);
  const points = pointsOf(measure);
  return (
    <article class="sign">
      <h3>
        <a href={href('measure', sign.measure)}>{sign.title}</a>
      </h3>
      <p class="value">{value(measure.unit, measure.value)}</p>
      <p class="small">
        {sign.says} {beside && <span class="soft">({beside})</span>}
      </p>
      {measure.recent && measure.recent.value !== null && (
        <p class="small soft">
          last year <b>{value(measure.unit, measure.recent.value)}</b>
          {word && <Word word={word} />}
        </p>
      )}
      {points.length > 1 && <Chart title={sign.title} points={points} shown={(one) => value(measure.unit, one)} height="low" />}
    </article>
  );
}

const ARROWS: Record<string, string> = {
  improving: '↗', improved: '↗', worsening: '↘', worsened: '↘', rising: '↑', rose: '↑', falling: '↓', fell: '↓', steady: '→',
};

export function Word({ word }: { word: string }) {
  return (
    <span class={`word ${word.replaceAll(' ', '-')}`} title={word === 'steady' ? 'no trend that chance would not make' : undefined}>
      <span aria-hidden="true">{ARROWS[word] ?? ''}</span> {word}
    </span>
  );
}

/** What is said of a measure's series over the system; nothing where there is too little of it. */
export function told(document: ReturnType<typeof useTable>['shown']['document'], measure: string): string | null {
  const series = document.drift.find((one) => one.measure === measure);
  return series && series.trend.told !== 'too little data' ? series.trend.told : null;
}

export function counts(measure: Measure): string | null {
  const whole = measure.unit === 'share' && Number.isInteger(measure.count);
  return whole ? `${count(measure.count)} of ${count(measure.of)}` : null;
}

export function pointsOf(measure: Measure): Point[] {
  return measure.series.flatMap((period) =>
    period.value === null
      ? []
      : [{
          at: Date.parse(period.start),
          label: period.period,
          value: period.value,
          interval: period.interval,
          partial: period.partial,
          note: `of ${plural(period.of, 'change')}`,
        }],
  );
}

export function findingMarkdown(finding: Finding): string {
  return `- **${finding.title}** (${finding.severity}). ${finding.advice} \`unsnarl explain ${finding.id}\``;
}

export function FindingRow({ finding, open = false }: { finding: Finding; open?: boolean }) {
  return (
    <li id={finding.id} class={open ? 'current' : ''}>
      <p class="title">
        <span class={`tag ${finding.severity}`}>{finding.severity}</span>
        <a href={href('finding', finding.id)}>{finding.title}</a>
      </p>
      <p>
        {finding.advice} <code class="soft">unsnarl explain {finding.id}</code>
      </p>
      <div class="behind">
        <Changes changes={finding.evidence.changes} all={finding.evidence.changes_in_all} open={open} />
        <Files files={finding.evidence.files} />
        <Where finding={finding} />
      </div>
    </li>
  );
}

function Where({ finding }: { finding: Finding }) {
  const [a, b] = finding.subject;
  if (a === undefined || b === undefined) return null;
  const room = finding.kind === 'boundary' ? 'teams' : 'modules';
  return <a href={href('boundaries', room, a, b)}>See this boundary</a>;
}
