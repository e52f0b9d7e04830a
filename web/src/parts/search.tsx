/** Search: rooms, modules, teams, findings, measures and files by name. */

import { useMemo, useRef, useState } from 'preact/hooks';
import { go } from '../route';
import { useTable, type Shown } from '../shown';
import { SIGNS, signOf } from '../signs';

interface Hit {
  kind: string;
  name: string;
  to: string[];
}

const MOST = 10;

export const ROOMS: readonly (readonly [string, string, string])[] = [
  ['now', 'Now', 'Is it still moving, and what to do first'],
  ['map', 'Map', 'Where change happens'],
  ['boundaries', 'Boundaries', 'What two modules or teams are to each other'],
  ['hidden', 'Hidden', 'What changes together without code that says so'],
  ['ownership', 'Ownership', 'Who answers for what, and who does the work'],
  ['flow', 'Flow and drift', 'How it moves, and since when'],
  ['code', 'Code', 'How the code hangs together'],
  ['redesign', 'Redesign', 'What if a module had another owner'],
  ['left-out', 'Left out', 'What did not count, and how all was measured'],
];

export function Search() {
  const { shown } = useTable();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const everything = useMemo(() => hits(shown), [shown]);
  const found = useMemo(() => search(everything, shown, text), [everything, shown, text]);
  const take = (hit: Hit | undefined): void => {
    if (!hit) return;
    go(...hit.to);
    setOpen(false);
    setText('');
    input.current?.blur();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter') take(found[at]);
    else if (event.key === 'Escape') {
      setOpen(false);
      input.current?.blur();
    } else return;
    event.preventDefault();
  };
  const shows = open && text.trim() !== '';
  return (
    <div class="search">
      <input
        ref={input}
        id="search"
        type="text"
        role="combobox"
        aria-label="Search modules, teams, findings and files"
        aria-expanded={shows}
        aria-controls="hits"
        aria-autocomplete="list"
        aria-activedescendant={shows && found.length > 0 ? `hit-${at}` : undefined}
        placeholder="Search  /"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={key}
      />
      <ul id="hits" role="listbox" aria-label="Found" hidden={!shows}>
        {found.map((hit, place) => (
          <li id={`hit-${place}`} role="option" aria-selected={place === at} onMouseDown={(event) => { event.preventDefault(); take(hit); }}>
            <span class="soft">{hit.kind}</span> {hit.name}
          </li>
        ))}
        {found.length === 0 && <li role="option" aria-selected={false} aria-disabled="true" class="soft">Nothing of that name</li>}
      </ul>
    </div>
  );
}

function hits(shown: Shown): Hit[] {
  const { document } = shown;
  return [
    ...ROOMS.map(([id, name]): Hit => ({ kind: 'room', name, to: [id] })),
    ...SIGNS.map((sign): Hit => ({ kind: 'measure', name: sign.title, to: ['measure', sign.measure] })),
    ...document.structure.modules.map((module): Hit => ({ kind: 'module', name: module.name, to: ['map', module.name] })),
    ...document.findings.map((finding): Hit => ({ kind: 'finding', name: finding.title, to: ['finding', finding.id] })),
    ...(document.do_first?.proposals ?? []).map((proposal, at): Hit => ({ kind: 'proposal', name: document.page.said.moves?.[at]?.lines.join('; ') ?? proposal.id, to: ['redesign', proposal.id] })),
    ...document.structure.teams.flatMap((team): Hit[] => {
      const pair = document.measures['coordination']?.parts.find((part) => part.names.includes(team.name));
      return pair ? [{ kind: 'team', name: team.name, to: ['boundaries', 'teams', ...pair.names] }] : [];
    }),
    ...document.couplings.map((one): Hit => ({ kind: 'boundary', name: `${one.a} ~ ${one.b}`, to: ['boundaries', 'modules', one.a, one.b] })),
    ...(document.measures['coordination']?.parts ?? []).filter((part) => part.names.length === 2).map((part): Hit => ({ kind: 'teams', name: part.names.join(' ~ '), to: ['boundaries', 'teams', ...part.names] })),
  ];
}

function search(everything: readonly Hit[], shown: Shown, text: string): Hit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const matches = (name: string): boolean => words.every((word) => name.toLowerCase().includes(word));
  const named = everything.filter((hit) => matches(hit.name) || matches(hit.to[1] ?? '') || (hit.kind === 'measure' && matches(signOf(hit.to[1] ?? '').says)));
  const out = named.slice(0, MOST);
  for (const file of shown.files) {
    if (out.length >= MOST) break;
    if (!matches(file.path) || file.module === null) continue;
    const module = shown.document.structure.modules[file.module]?.name ?? '';
    const folder = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')));
    out.push({ kind: 'file', name: file.path, to: folder === '' ? ['map', module] : ['map', module, folder] });
  }
  return out;
}
