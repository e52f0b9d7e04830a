/** Code: how the code hangs together, its cycles, and modules as others use them. */

import type { Part } from '../document';
import { count, number, percent, value } from '../numbers';
import { Sorted } from '../parts/table';
import { href } from '../route';
import { useTable } from '../shown';
import { capital } from '../words';

export function Code() {
  const { shown } = useTable();
  const { measures, cycles } = shown.document;
  const { fan_out: fan, propagation_cost: cost, cycles: circles, interface_breadth: breadth } = measures;
  if (!fan || fan.value === null || !cost || !circles || !breadth) {
    return (
      <section>
        <h2>What the code says cannot be told</h2>
        <p>{capital(fan?.notes[0] ?? 'no file of a language unsnarl reads lies here')}.</p>
      </section>
    );
  }
  const over = cycles.filter((one) => one.modules.length > 1);
  const random = cost.quantities['wired_at_random'];
  const of = (parts: readonly Part[], name: string): number | null => parts.find((part) => part.names[0] === name)?.value ?? null;
  return (
    <>
      <section>
        <h2>How the code hangs together</h2>
        <p>
          Of {shownNumber(cost.quantities['files'])} files that are neither tests nor generated, one is within reach of{' '}
          <a href={href('measure', 'propagation_cost')}>{value('share', cost.value)}</a> of the others on average
          {random !== null && random !== undefined && ` (the same files wired at random: ${percent(random)})`}.{' '}
          <a href={href('measure', 'cycles')}>{value('share', circles.value)}</a> of them are in a cycle; the largest holds{' '}
          {shownNumber(circles.quantities['largest_files'])}. A module depends on <a href={href('measure', 'fan_out')}>{value(fan.unit, fan.value)}</a>{' '}
          others on average, and <a href={href('measure', 'interface_breadth')}>{value('share', breadth.value)}</a> of the files of modules in use are
          named from outside.
        </p>
        {over.length === 0 && <p>No cycle runs through more than one module.</p>}
        {over.length > 0 && (
          <details open={over.length < 4}>
            <summary>Cycles over several modules: {over.length}</summary>
            <ul class="cycles">
              {over.map((cycle) => (
                <li>
                  <b>{count(cycle.files)} files</b> in {cycle.modules.join(', ')}. A shortest way round: {cycle.way_round.map((file, at) => <>{at > 0 && ' → '}<code>{file}</code></>)}
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
      <section>
        <Sorted
          caption="Modules as the code shows them, those with the most neighbours first"
          few={30}
          rows={fan.parts}
          columns={[
            { title: 'Module', text: (part) => part.names[0] ?? '', show: (part) => <a href={href('map', part.names[0] ?? '')}>{part.names[0]}</a> },
            ...(['files', 'fan_in', 'fan_out', 'instability'] as const).map((key) => ({
              title: { files: 'Files', fan_in: 'Used by', fan_out: 'Uses', instability: 'Instability' }[key],
              says: { files: 'neither tests nor generated', fan_in: 'modules that depend on it', fan_out: 'modules it depends on', instability: 'what it uses, of what it uses and is used by: at 0 others stand on it, at 1 it stands on others' }[key],
              text: (part: Part) => shownNumber(part.quantities[key]),
              by: (part: Part) => part.quantities[key] ?? null,
            })),
            ...([['Named from outside', breadth], ['In cycles', circles], ['Files that depend on it', cost]] as const).map(([title, measure]) => ({
              title,
              text: (part: Part) => value('share', of(measure.parts, part.names[0] ?? '')),
              by: (part: Part) => of(measure.parts, part.names[0] ?? ''),
            })),
          ]}
        />
      </section>
    </>
  );
}

function shownNumber(of: number | null | undefined): string {
  return of === null || of === undefined ? '–' : number(of);
}
