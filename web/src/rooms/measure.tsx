/** One measure in full: its series, its parts down to where they lie, what it means and when it lies. */

import { Chart } from '../parts/chart';
import { Sorted, type ColumnOf } from '../parts/table';
import type { Part } from '../document';
import { count, interval, number, percent, value } from '../numbers';
import { href } from '../route';
import { useTable } from '../shown';
import { signOf } from '../signs';
import { counts, pointsOf } from './now';
import { capital } from '../words';

export function MeasureRoom({ name }: { name: string }) {
  const { shown } = useTable();
  const { measures } = shown.document;
  const measure = Object.hasOwn(measures, name) ? measures[name] : undefined;
  const method = shown.document.page.method.find((one) => one.name === name);
  if (!measure) return <p>There is no measure of this name. <a href={href('now')}>Back to Now</a></p>;
  const sign = signOf(name);
  const kinds = [...new Set(measure.parts.map((part) => part.kind))];
  return (
    <>
      <section>
        <p class="crumbs">
          <a href={href('now')}>Now</a> <span aria-hidden="true">›</span> {sign.title}
        </p>
        <h2>{method?.question ?? sign.title}</h2>
        <p class="answer">
          <b>{value(measure.unit, measure.value)}</b> {sign.says}
        </p>
        <p class="soft">
          {[interval(measure.unit, measure.interval), counts(measure)].filter(Boolean).join('; ')}
          {measure.recent && measure.recent.value !== null && `. Last year ${value(measure.unit, measure.recent.value)} (${[interval(measure.unit, measure.recent.interval), `of ${count(measure.recent.of)}`].filter(Boolean).join('; ')})`}
          {(measure.interval !== null || counts(measure) !== null) && '.'}
        </p>
        {measure.notes.map((note) => (
          <p class="note">{capital(note)}.</p>
        ))}
        {measure.series.length > 1 && (
          <Chart title={sign.title} points={pointsOf(measure)} shown={(one) => value(measure.unit, one)} height="tall" />
        )}
      </section>
      {kinds.map((kind) => (
        <section>
          <Sorted caption={CAPTIONS[kind] ?? 'Parts'} rows={measure.parts.filter((part) => part.kind === kind)} columns={columns(name, measure.parts.filter((part) => part.kind === kind), measure.unit)} />
        </section>
      ))}
      {measure.partsInAll > measure.parts.length && (
        <p class="soft small">The page holds the {count(measure.parts.length)} parts of most weight of {count(measure.partsInAll)}; <code>unsnarl report --json</code> holds all.</p>
      )}
      {Object.keys(measure.quantities).length > 0 && <section>
        <h3>Further numbers</h3>
        <dl class="numbers">
          {Object.entries(measure.quantities).map(([key, own]) => (
            <div>
              <dt>{key.replaceAll('_', ' ')}</dt>
              <dd>{quantity(key, own)}</dd>
            </div>
          ))}
        </dl>
      </section>}
      {method && (
        <section class="method">
          <h3>How it is measured</h3>
          <p>{method.definition}</p>
          <p>
            <b>When it lies.</b> {method.limits}
          </p>
          <p class="soft">Source: {method.source}</p>
        </section>
      )}
    </>
  );
}

const CAPTIONS: Record<string, string> = {
  module: 'By module',
  team: 'By team',
  'team-pair': 'By pair of teams',
  'module-pair': 'By pair of modules',
  file: 'By file',
  system: 'By kind',
};

/** A further number in the unit its name tells. */
export function quantity(key: string, of: number | null | undefined): string {
  if (of === null || of === undefined) return '–';
  return /share|wired_at_random/.test(key) ? percent(of) : number(of);
}

function columns(name: string, parts: readonly Part[], unit: string): ColumnOf<Part>[] {
  const keys = [...new Set(parts.flatMap((part) => Object.keys(part.quantities)))];
  const some = (of: (part: Part) => unknown): boolean => parts.some((part) => of(part) !== null && of(part) !== undefined);
  const out: ColumnOf<Part>[] = [
    {
      title: 'What',
      text: (part) => part.names.join(' ~ ') || part.state || '–',
      show: (part) => <PartLink part={part} />,
    },
    { title: 'Value', text: (part) => value(unit, part.value), by: (part) => part.value },
  ];
  if (some((part) => part.interval)) {
    out.push({ title: name === 'knowledge' ? 'Range' : '95 %', text: (part) => interval(unit, part.interval) ?? '–', by: (part) => part.interval?.[0] ?? null });
  }
  if (some((part) => part.share)) {
    out.push({ title: 'Share of the whole', text: (part) => (part.share === null ? '–' : percent(part.share)), by: (part) => part.share });
  }
  out.push({ title: 'Count', text: (part) => number(part.count), by: (part) => part.count });
  out.push({ title: 'Of', text: (part) => count(part.of), by: (part) => part.of });
  if (some((part) => part.state) && parts.some((part) => part.names.length > 0)) {
    out.push({ title: 'State', text: (part) => part.state ?? '–' });
  }
  for (const key of keys) {
    out.push({
      title: capital(key.replaceAll('_', ' ')),
      text: (part) => quantity(key, part.quantities[key]),
      by: (part) => part.quantities[key] ?? null,
    });
  }
  return out;
}

function PartLink({ part }: { part: Part }) {
  const { shown } = useTable();
  const [a, b] = part.names;
  if (a === undefined) return <>{capital(part.state ?? '–')}</>;
  if (part.kind === 'module') return <a href={href('map', a)}>{a}</a>;
  // Work is handed from group to group, whoever is declared; friction is between those who own.
  const { teams, ownership } = shown.document.structure;
  const owns = part.names.every((name) => teams.some((team) => team.name === name && team.source === ownership));
  if (b !== undefined && part.kind === 'team-pair' && owns) return <a href={href('boundaries', 'teams', a, b)}>{a} ~ {b}</a>;
  if (b !== undefined && part.kind === 'module-pair') return <a href={href('boundaries', 'modules', a, b)}>{a} ~ {b}</a>;
  return <>{part.names.join(' ~ ')}</>;
}
