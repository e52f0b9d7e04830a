/** Ownership: what is declared against who does the work, and who knows it. */

import { useState } from 'preact/hooks';
import { count, percent, plural } from '../numbers';
import { Sorted } from '../parts/table';
import { href } from '../route';
import { useTable } from '../shown';
import { CannotTell } from './now';
import { capital } from '../words';

const STATES: Record<string, string> = {
  agreed: 'the owner does most of the work',
  led: 'one team does most of it, and nobody is declared',
  contested: 'several change it, none leads',
  absent: 'the owner makes little of the change, another most',
  unowned: 'nobody owns it',
  quiet: 'too little changed to tell',
  unknown: 'whose changes they are cannot be told',
  exempt: 'named as needing no owner',
};

export function Ownership() {
  const { shown } = useTable();
  const { document } = shown;
  const clarity = document.measures['ownership_clarity'];
  const [only, setOnly] = useState<string | null>(null);
  const rows = document.structure.modules.map((module, at) => {
    const row = document.page.modules[at];
    const clear = shown.part('ownership_clarity', module.name);
    return {
      module,
      row,
      state: clear?.state ?? '–',
      lead: row?.[6] ?? null,
      leadShare: clear?.quantities['lead_share'] ?? null,
      ownerShare: clear?.quantities['owner_share'] ?? null,
      knowledge: shown.part('knowledge', module.name),
      concentration: shown.part('concentration', module.name),
      independence: shown.part('independence', module.name)?.value ?? null,
    };
  });
  rows.sort((a, b) => (b.row?.[1] ?? 0) - (a.row?.[1] ?? 0));
  const states = [...new Set(rows.map((row) => row.state))].filter((state) => state in STATES);
  const gaps = rows.filter((row) => ['contested', 'absent', 'unowned'].includes(row.state));
  const shownRows = only === null ? rows : rows.filter((row) => row.state === only);
  return (
    <>
      <section>
        <h2>Who answers for what, and who does the work</h2>
        <p>
          {clarity && clarity.value !== null
            ? <><b>{percent(clarity.value)}</b> of this year’s work lies where {document.structure.ownership === 'inferred' ? 'one group leads' : 'ownership is agreed'}. </>
            : <>{capital(clarity?.notes[0] ?? 'Ownership cannot be told here')}. </>}
          {clarity?.value === null ? '' : gaps.length > 0 ? `${plural(gaps.length, 'module')} of ${count(rows.length)} ${gaps.length === 1 ? 'has' : 'have'} a gap: contested, without owner, or with an owner who is absent.` : 'No module has a gap.'}
        </p>
        <p class="soft">{document.page.said.rests_on}</p>
        {states.includes('unknown') && (
          <p class="note">
            Who is in the declared teams stands in no repository: <code>unsnarl report --teams people.csv</code>, with columns team and person, lets
            this room hold them against who does the work.
          </p>
        )}
        <CannotTell />
        <ul class="legend" aria-label="States of ownership; press to see those alone">
          {states.map((state) => (
            <li>
              <button type="button" aria-pressed={only === state} onClick={() => setOnly(only === state ? null : state)}>
                <i class={`swatch state is-${state}`} aria-hidden="true" />
                <b>{count(rows.filter((row) => row.state === state).length)}</b> {capital(state)} <span class="soft">{STATES[state]}</span>
              </button>
            </li>
          ))}
        </ul>
        <Sorted
          caption={only === null ? 'Modules by how much changed in them in the last year' : `Modules whose ownership is ${only}`}
          few={30}
          rows={shownRows}
          columns={[
            { title: 'Module', text: ({ module }) => module.name, show: ({ module }) => <a href={href('map', module.name)}>{module.name}</a> },
            { title: 'Ownership', text: ({ state }) => capital(state), show: ({ state }) => <span class="kind"><i class={`swatch state is-${state}`} aria-hidden="true" />{capital(state)}</span> },
            { title: document.structure.ownership === 'declared' ? 'Declared owner' : 'Steward', text: ({ row }) => shown.owners(row?.[4] ?? []) },
            { title: 'Led by', text: ({ lead, leadShare }) => (lead === null || !leadShare ? '–' : `${shown.team(lead)} (${percent(leadShare)})`) },
            { title: 'Owner’s share', text: ({ ownerShare }) => (ownerShare === null ? '–' : percent(ownerShare)), by: ({ ownerShare }) => ownerShare },
            { title: 'Unowned files', text: ({ row }) => count(row?.[3] ?? 0), by: ({ row }) => row?.[3] ?? 0 },
            { title: 'Changes', text: ({ row }) => count(row?.[0] ?? 0), by: ({ row }) => row?.[0] ?? 0 },
            { title: 'Independent', text: ({ independence }) => (independence === null ? '–' : percent(independence)), by: ({ independence }) => independence },
          ]}
        />
      </section>
      <section>
        <h2>Who knows it</h2>
        <p class="soft">
          A truck factor is how many people could leave before half of the files are known to nobody active; a range over
          assumptions, never a fact about anyone. Concentration and size are over the whole range.
        </p>
        <Sorted
          caption="Modules by knowledge"
          rows={rows}
          columns={[
            { title: 'Module', text: ({ module }) => module.name, show: ({ module }) => <a href={href('map', module.name)}>{module.name}</a> },
            { title: 'Truck factor', text: ({ knowledge }) => range(knowledge?.interval), by: ({ knowledge }) => knowledge?.interval?.[0] ?? null },
            { title: 'Files nobody active knows', text: ({ knowledge }) => numberOr(knowledge?.quantities['files_nobody_knows']), by: ({ knowledge }) => knowledge?.quantities['files_nobody_knows'] ?? null },
            { title: 'Main contributor', text: ({ concentration }) => (concentration?.value === null || !concentration ? '–' : percent(concentration.value)), by: ({ concentration }) => concentration?.value ?? null },
            { title: 'Contributors', text: ({ concentration }) => numberOr(concentration?.quantities['contributors']), by: ({ concentration }) => concentration?.quantities['contributors'] ?? null },
            { title: 'From', text: ({ module }) => module.from },
          ]}
        />
      </section>
    </>
  );
}

function numberOr(of: number | null | undefined): string {
  return of === null || of === undefined ? '–' : count(of);
}

function range(of: [number, number] | null | undefined): string {
  if (!of) return '–';
  return of[0] < of[1] ? `${of[0].toFixed(0)}–${of[1].toFixed(0)}` : of[0].toFixed(0);
}
