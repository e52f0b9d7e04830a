/** What every room is given, and what is looked up more than once. */

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Column } from './columns';
import type { BoardOfMoves } from './board';
import type { Boundary, Coupling, Document, Part } from './document';
import { Replay, type Replayed } from './replay';

export interface FileRow {
  path: string;
  module: number | null;
  changes: number;
  recent: number;
}

export class Shown {
  readonly moduleAt: Map<string, number>;
  readonly couplingOf = new Map<string, Coupling>();
  readonly boundaryOf = new Map<string, Boundary>();
  readonly replay: Replay | null;
  /** History as it is. */
  readonly before: Replayed | null;
  /** Teams by how many changes need them, so that each has one colour everywhere. */
  readonly ranks: Map<number, number>;
  private readonly parts = new Map<string, Map<string, Part>>();
  private filesRead: FileRow[] | null = null;

  constructor(readonly document: Document) {
    this.moduleAt = new Map(document.structure.modules.map((module, at) => [module.name, at]));
    document.couplings.forEach((one) => this.couplingOf.set(pair(one.a, one.b), one));
    document.boundaries.forEach((one) => this.boundaryOf.set(pair(one.a, one.b), one));
    this.replay = document.page.history ? new Replay(document) : null;
    this.before = this.replay?.under([]) ?? null;
    this.ranks = ranked(document, this.before);
  }

  get files(): FileRow[] {
    this.filesRead ??= readFiles(this.document);
    return this.filesRead;
  }

  team(at: number | null | undefined): string {
    if (at === null || at === undefined) return '–';
    return this.document.structure.teams[at]?.name ?? '–';
  }

  /** The owners of a module in words: sets that are each asked, and alternatives in a set. */
  owners(sets: readonly number[][]): string {
    if (sets.length === 0) return 'nobody';
    const some = (set: readonly number[]): string =>
      set.length > 3
        ? `${this.team(set[0])} or ${set.length - 1} others`
        : set.map((team) => this.team(team)).join(' or ');
    return sets.map(some).join(' and ');
  }

  part(measure: string, module: string): Part | undefined {
    let parts = this.parts.get(measure);
    if (!parts) {
      const all = this.document.measures[measure]?.parts ?? [];
      parts = new Map(all.flatMap((part) => (part.kind === 'module' ? [[part.names[0] ?? '', part]] : [])));
      this.parts.set(measure, parts);
    }
    return parts.get(module);
  }
}

function ranked(document: Document, before: Replayed | null): Map<number, number> {
  const weight = new Map<number, number>();
  before?.teams.forEach((team, at) => team.needed > 0 && weight.set(at, team.needed));
  for (const row of document.page.modules) {
    for (const team of [...row[4].flat(), row[5], row[6]]) {
      if (team !== null && team !== undefined) weight.set(team, (weight.get(team) ?? 0) + row[0] / 1e6);
    }
  }
  return new Map([...weight].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([team], rank) => [team, rank]));
}

/** The key of two names, whichever comes first. */
export function pair(a: string, b: string): string {
  return a < b ? `${a}\u0000${b}` : `${b}\u0000${a}`;
}

function readFiles(document: Document): FileRow[] {
  const { paths, numbers } = document.page.files;
  const column = new Column(numbers);
  let before: string[] = [];
  return paths.map((rest) => {
    const path = [...before.slice(0, column.next()), ...rest];
    before = path;
    const module = column.next();
    return {
      path: path.join(''),
      module: module === 0 ? null : module - 1,
      changes: column.next(),
      recent: column.next(),
    };
  });
}

export interface Table {
  shown: Shown;
  board: BoardOfMoves;
  say(text: string): void;
}

export const TableContext = createContext<Table | null>(null);

export function useTable(): Table {
  const table = useContext(TableContext);
  if (!table) throw new Error('rooms stand in a page');
  return table;
}
