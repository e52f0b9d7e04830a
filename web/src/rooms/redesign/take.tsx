/** A redesign to take along: for a terminal, a manifest, a document. */

import type { Move } from '../../document';
import { count, difference, precise } from '../../numbers';
import { markdownTable } from '../../parts/copy';
import type { Line } from '../../replay';
import { useTable, type Shown } from '../../shown';
import { line, moved, only, share, type Outcome } from './moves';
import { capital } from '../../words';

/** What somebody else can run, and what they can paste. */
export function Take({ outcome, moves }: { outcome: Outcome; moves: readonly Move[] }) {
  const { shown, say } = useTable();
  const json = `${JSON.stringify({ moves }, null, 2)}\n`;
  const written = `${visible(JSON.stringify({ moves: moves.map((move) => asWritten(shown, move)) }, null, 2))}\n`;
  const save = (name: string, text: string): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say(`Saved ${name}`);
  };
  const declared = shown.document.structure.ownership === 'declared';
  // A group is no team a file could name.
  const patch = declared ? manifest(shown, outcome, moves) : '';
  return (
    <section>
      <h3>Take it with you</h3>
      <p>
        <code>unsnarl replay --with moves.json</code> says the same in the terminal, with intervals and prices
        {declared
          ? <>; with <code>--diff</code> it shows, with <code>--apply</code> it writes what changes in the manifest and the ownership files.</>
          : shown.document.structure.declared_cannot_tell
            ? '. Groups stand for teams here, since the declared owners cannot tell who must talk to whom; no file names groups, so it is written by hand.'
            : '. Nobody is declared to own anything here, so there is no file to write it into: unsnarl init drafts one.'}
      </p>
      <div class="acts">
        <button type="button" onClick={() => save('moves.json', written)}>Save moves.json</button>
        {patch !== '' && <button type="button" onClick={() => save('unsnarl.patch.toml', patch)}>Save the manifest’s tables</button>}
      </div>
      <details>
        <summary>moves.json</summary>
        <pre tabIndex={0}>{json}</pre>
      </details>
      {patch !== '' && (
        <details>
          <summary>What is given or split off, as tables of unsnarl.toml</summary>
          <pre tabIndex={0}>{patch}</pre>
        </details>
      )}
    </section>
  );
}

/** A move with its names as they are written, not as they are shown. */
function asWritten(shown: Shown, move: Move): Move {
  const { written, history } = shown.document.page;
  const of = (table: [number, string][], at: number, name: string): string => table.find(([own]) => own === at)?.[1] ?? name;
  const directory = (name: string): string =>
    written.parts.find(([at]) => history?.parts[at]?.directory === name)?.[1].directory ?? name;
  const module = (name: string): string => {
    const at = shown.moduleAt.get(name);
    return at === undefined ? directory(name) : of(written.modules, at, name);
  };
  const team = (name: string): string => of(written.teams, shown.document.structure.teams.findIndex((one) => one.name === name), name);
  const files = (names: string[]): string[] =>
    written.parts.find(([at]) => (history?.parts[at]?.files ?? []).join('\n') === names.join('\n'))?.[1].files ?? names;
  const goesToModule = move.kind === 'relocate' || move.kind === 'merge';
  return {
    ...move,
    ...(move.module !== undefined && { module: module(move.module) }),
    ...(move.directory !== undefined && { directory: directory(move.directory) }),
    ...(move.files !== undefined && { files: files(move.files) }),
    ...(move.name !== undefined && { name: directory(move.name) }),
    ...(move.to !== undefined && { to: goesToModule ? module(move.to) : team(move.to) }),
  };
}

/** JSON in which what no one sees is told by its number. */
function visible(json: string): string {
  const unseen = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
  return json.replace(unseen, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What is given away or split off, as tables of the manifest; what else moves, `--apply` writes. */
function manifest(shown: Shown, outcome: Outcome, moves: readonly Move[]): string {
  const tables = new Map<string, string>();
  const table = (name: string, owner: string | undefined): void => {
    const lines = ['[[module]]', `id = ${JSON.stringify(name)}`, `paths = [${JSON.stringify(`${name}/**`)}]`, ...(owner === undefined ? [] : [`owner = ${JSON.stringify(owner)}`])];
    tables.set(name, `${lines.join('\n')}\n`);
  };
  for (const move of moves) {
    if (move.directory !== undefined && (move.kind === 'give' || move.kind === 'split')) table(move.directory, move.to);
    const at = outcome.layout.names.indexOf(move.module ?? '');
    const team = only(outcome.layout.owners[at] ?? []);
    // Names in brackets are of what no directory holds alone.
    if (move.kind === 'give' && team !== undefined && moved(shown, outcome, at) && !move.module?.endsWith(')')) table(move.module ?? '', shown.team(team));
  }
  if (tables.size === 0) return '';
  const others = moves.filter((move) => !['give', 'split'].includes(move.kind));
  const left = others.map((move) => `# Not in these tables: ${line(move)}\n`);
  if (others.length > 0) left.push('# unsnarl replay --with moves.json --apply writes what can be written.\n\n');
  return left.join('') + [...tables.values()].join('\n');
}

export function markdown(shown: Shown, moves: readonly Move[], { after, compared }: Outcome): string {
  const before = shown.before;
  if (!before) return '';
  const row = (title: string, unit: string, was: Line, is: Line): string[] => {
    const [a, b] = [share(was), after.alone ? null : share(is)];
    return [title, precise(unit, a), precise(unit, b), a === null || b === null ? '–' : difference(unit, b - a)];
  };
  return [
    ...moves.map((move, at) => `${at + 1}. ${capital(line(move))}`),
    '',
    markdownTable(['', 'As it is', 'After', 'Difference'], [
      row('Independence', 'share', before.independence, after.independence),
      row('Independence, last year', 'share', before.independenceRecent, after.independenceRecent),
      row('Further teams a change', 'teams', before.further, after.further),
      row('Further teams, last year', 'teams', before.furtherRecent, after.furtherRecent),
      row('Modules a change', 'modules', before.modules, after.modules),
    ]),
    '',
    `${count(compared.fewer)} changes would have needed fewer teams, ${count(compared.more)} more.`,
  ].join('\n');
}

