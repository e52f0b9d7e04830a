/**
 * History replayed under other owners, in the browser, as `unsnarl replay` counts it.
 *
 *   change ──atoms──▶ sets of alternative owners ──smallest cover──▶ teams
 *
 * Changes that touch the same atoms need the same teams, so each such row is covered once and weighs as many changes as
 * there are of it. Moves are laid over the atoms one after another; nothing else is kept between them.
 */

import { Column } from './columns';
import { meanInterval } from './interval';
import type { Document, Move } from './document';
import { yearOfDay } from './numbers';

export interface Line {
  count: number;
  of: number;
}

export interface Replayed {
  /** Why nothing can be told: fewer than two teams own what changes. */
  alone: boolean;
  independence: Line;
  independenceRecent: Line;
  /** Further teams, added up, of how many changes. */
  further: Line;
  furtherRecent: Line;
  /** Modules, added up, of how many changes that lie in some. */
  modules: Line;
  modulesRecent: Line;
  /** By team: changes that need it, and those that need only it. */
  teams: { needed: number; alone: number }[];
  /** Independent changes of each calendar year. */
  years: { year: number; line: Line }[];
  /** Whom each row of changes needs. */
  covers: number[][];
}

export interface Compared {
  fewer: number;
  more: number;
  /** Changes that become independent, and that cease to be: how many, and the named ones, newest first. */
  freed: Flips;
  bound: Flips;
  /** 95 % intervals of the differences, change by change; null of too few changes. */
  intervals: Record<'independence' | 'independenceRecent' | 'further' | 'furtherRecent', [number, number] | null>;
}

export interface Flips {
  all: number;
  named: { at: number; commit: string; subject: string; day: number; teams: number[] }[];
}

/** What is where after some moves. */
export interface Layout {
  /** The modules of the document, and those that were split off behind them. */
  names: string[];
  /** Whom each asks: the usual owners of most of its living files. */
  owners: number[][][];
  /** Whether a module became a part of another. */
  gone: boolean[];
}

/** A directory that can be moved by itself. */
export interface Directory {
  path: string;
  changes: number;
}

/** Why a move cannot be replayed here. */
export class Misfit extends Error {}

export class Replay {
  /** The atoms of each row of changes that touch the same. */
  private readonly rows: number[][] = [];
  private readonly rowOf: Int32Array;
  private readonly day: Int32Array;
  private readonly dated: Uint8Array;
  private readonly recent: Uint8Array;
  private readonly weights: { all: number; recent: number; years: Map<number, number> }[] = [];
  private readonly memo = new Map<string, number[]>();
  /** The rows that touch each atom. */
  private readonly rowsOf: number[][];
  /** Whom each row needs as it is; filled by the first count. */
  private covers: number[][] | null = null;

  constructor(private readonly from: Document) {
    const history = from.page.history;
    if (!history) throw new Misfit('changes are judged by the ownership of their time');
    const column = new Column(history.changes);
    this.rowOf = new Int32Array(history.number);
    this.day = new Int32Array(history.number);
    this.dated = new Uint8Array(history.number);
    this.recent = new Uint8Array(history.number);
    const known = new Map<string, number>();
    let day = 0;
    for (let change = 0; change < history.number; change += 1) {
      const head = column.next();
      const length = Math.floor(head / 4);
      day += column.nextSigned();
      const atoms: number[] = [];
      let atom = 0;
      for (let at = 0; at < length; at += 1) {
        atom += column.next();
        atoms.push(atom);
      }
      const key = atoms.join();
      let row = known.get(key);
      if (row === undefined) {
        row = this.rows.length;
        known.set(key, row);
        this.rows.push(atoms);
        this.weights.push({ all: 0, recent: 0, years: new Map() });
      }
      this.rowOf[change] = row;
      this.day[change] = day;
      this.dated[change] = head % 2 === 0 ? 1 : 0;
      this.recent[change] = head % 4 >= 2 ? 1 : 0;
      const weight = this.weights[row];
      if (!weight) continue;
      weight.all += 1;
      weight.recent += this.recent[change] ?? 0;
      if (this.dated[change]) {
        const year = yearOfDay(day);
        weight.years.set(year, (weight.years.get(year) ?? 0) + 1);
      }
    }
    this.rowsOf = history.atoms.map(() => []);
    this.rows.forEach((atoms, row) => atoms.forEach((atom) => this.rowsOf[atom]?.push(row)));
  }

  /** How many rows and changes there are. */
  get size(): { rows: number; changes: number } {
    return { rows: this.rows.length, changes: this.rowOf.length };
  }

  /** Counts history under some moves, one after another. */
  under(moves: readonly Move[]): Replayed {
    return this.count(this.laid(moves));
  }

  /** What is where after some moves. */
  layout(moves: readonly Move[]): Layout {
    return this.laid(moves).layout();
  }

  /** The moves that fit, one after another: one that was taken back may have made room for a later one. */
  fitting(moves: readonly Move[]): Move[] {
    const structure = new Laid(this.from);
    return moves.filter((move) => {
      try {
        structure.apply(move);
        return true;
      } catch (error) {
        if (error instanceof Misfit) return false;
        throw error;
      }
    });
  }

  /** Why a move does not fit behind others; null where it does. */
  misfit(moves: readonly Move[], move: Move): string | null {
    try {
      this.laid([...moves, move]);
      return null;
    } catch (error) {
      if (error instanceof Misfit) return error.message;
      throw error;
    }
  }

  /** The directories of a module that can be moved by themselves, those with most changes first. */
  directories(module: number, moves: readonly Move[]): Directory[] {
    const structure = this.laid(moves);
    const out: Directory[] = [];
    this.from.page.history?.parts.forEach((part, at) => {
      if (part.directory === undefined || structure.moduleOfPart(at) !== module) return;
      const rows = new Set<number>();
      this.from.page.history?.atoms.forEach((atom, own) => {
        if (atom[2].includes(at)) this.rowsOf[own]?.forEach((row) => rows.add(row));
      });
      const changes = [...rows].reduce((sum, row) => sum + (this.weights[row]?.all ?? 0), 0);
      out.push({ path: part.directory, changes });
    });
    return out.sort((a, b) => b.changes - a.changes || (a.path < b.path ? -1 : 1));
  }

  private laid(moves: readonly Move[]): Laid {
    const structure = new Laid(this.from);
    moves.forEach((move) => structure.apply(move));
    return structure;
  }

  /** Whom each row needs: those of no moved atom need whom they need as it is. */
  private coversUnder(structure: Laid): number[][] {
    const own = (row: number): number[] => this.cover(structure.setsOf(this.rows[row] ?? []));
    if (!this.covers) {
      const asItIs = new Laid(this.from);
      this.covers = this.rows.map((atoms) => this.cover(asItIs.setsOf(atoms)));
    }
    const covers = [...this.covers];
    const moved = new Set<number>();
    structure.movedAtoms().forEach((atom) => this.rowsOf[atom]?.forEach((row) => moved.add(row)));
    moved.forEach((row) => (covers[row] = own(row)));
    return covers;
  }

  private count(structure: Laid): Replayed {
    const teams = this.from.structure.teams.map(() => ({ needed: 0, alone: 0 }));
    const years = new Map<number, Line>();
    const out = { all: { count: 0, of: 0 }, recent: { count: 0, of: 0 } };
    const further = { all: { count: 0, of: 0 }, recent: { count: 0, of: 0 } };
    const modules = { all: { count: 0, of: 0 }, recent: { count: 0, of: 0 } };
    this.rows.forEach((atoms, row) => {
      const weight = this.weights[row];
      const own = structure.modulesOf(atoms);
      // What lay in no module has nothing to be compared.
      if (!weight || own === 0 || !atoms.some((atom) => this.from.page.history?.atoms[atom]?.[0] !== null)) return;
      for (const side of ['all', 'recent'] as const) {
        modules[side].count += own * weight[side];
        modules[side].of += weight[side];
      }
    });
    const covers = this.coversUnder(structure);
    covers.forEach((cover, row) => {
      const weight = this.weights[row];
      if (!weight) return;
      const independent = cover.length <= 1 ? 1 : 0;
      const more = Math.max(cover.length - 1, 0);
      for (const side of ['all', 'recent'] as const) {
        out[side].count += independent * weight[side];
        out[side].of += weight[side];
        further[side].count += more * weight[side];
        further[side].of += weight[side];
      }
      for (const [year, changes] of weight.years) {
        const line = years.get(year) ?? { count: 0, of: 0 };
        years.set(year, { count: line.count + independent * changes, of: line.of + changes });
      }
      for (const team of cover) {
        const own = teams[team];
        if (!own) continue;
        own.needed += weight.all;
        if (cover.length === 1) own.alone += weight.all;
      }
    });
    return {
      alone: teams.filter((team) => team.needed > 0).length < 2,
      independence: out.all,
      independenceRecent: out.recent,
      further: further.all,
      furtherRecent: further.recent,
      modules: modules.all,
      modulesRecent: modules.recent,
      teams,
      years: [...years].sort((a, b) => a[0] - b[0]).map(([year, line]) => ({ year, line })),
      covers,
    };
  }

  /** What differs change by change. */
  compare(before: Replayed, after: Replayed): Compared {
    const out: Compared = {
      fewer: 0,
      more: 0,
      freed: { all: 0, named: [] },
      bound: { all: 0, named: [] },
      intervals: this.intervals(before, after),
    };
    const need = (of: Replayed, row: number): number => of.covers[row]?.length ?? 0;
    this.rows.forEach((_, row) => {
      const weight = this.weights[row]?.all ?? 0;
      const [was, is] = [need(before, row), need(after, row)];
      if (is < was) out.fewer += weight;
      if (is > was) out.more += weight;
      if (was > 1 && is <= 1) out.freed.all += weight;
      if (was <= 1 && is > 1) out.bound.all += weight;
    });
    for (const [at, commit, subject] of this.from.page.history?.named ?? []) {
      const row = this.rowOf[at] ?? 0;
      if (need(before, row) > 1 && need(after, row) <= 1) {
        out.freed.named.push({ at, commit, subject, day: this.day[at] ?? 0, teams: before.covers[row] ?? [] });
      }
    }
    return out;
  }

  private intervals(before: Replayed, after: Replayed): Compared['intervals'] {
    const changes = this.rowOf.length;
    const [independence, further] = [new Float64Array(changes), new Float64Array(changes)];
    const recent: [number[], number[]] = [[], []];
    for (let change = 0; change < changes; change += 1) {
      const row = this.rowOf[change] ?? 0;
      const [was, is] = [before.covers[row]?.length ?? 0, after.covers[row]?.length ?? 0];
      independence[change] = Number(is <= 1) - Number(was <= 1);
      further[change] = Math.max(is - 1, 0) - Math.max(was - 1, 0);
      if (this.recent[change]) {
        recent[0].push(independence[change] ?? 0);
        recent[1].push(further[change] ?? 0);
      }
    }
    return {
      independence: meanInterval(independence),
      independenceRecent: meanInterval(recent[0]),
      further: meanInterval(further),
      furtherRecent: meanInterval(recent[1]),
    };
  }

  /** The latest named changes that need all of some teams. */
  changesOf(teams: readonly number[], under: Replayed): Flips['named'] {
    const out: Flips['named'] = [];
    for (const [at, commit, subject] of this.from.page.history?.named ?? []) {
      const cover = under.covers[this.rowOf[at] ?? 0] ?? [];
      if (teams.every((team) => cover.includes(team))) {
        out.push({ at, commit, subject, day: this.day[at] ?? 0, teams: cover });
      }
    }
    return out;
  }

  /** Changes that need both of two teams, by pair `a * teams + b`, a < b. */
  pairs(under: Replayed): Map<number, { changes: number; recent: number; cost: number }> {
    const width = this.from.structure.teams.length;
    const out = new Map<number, { changes: number; recent: number; cost: number }>();
    under.covers.forEach((cover, row) => {
      const weight = this.weights[row];
      if (!weight) return;
      for (let a = 0; a < cover.length; a += 1) {
        for (let b = a + 1; b < cover.length; b += 1) {
          const key = (cover[a] ?? 0) * width + (cover[b] ?? 0);
          const own = out.get(key) ?? { changes: 0, recent: 0, cost: 0 };
          own.changes += weight.all;
          own.recent += weight.recent;
          own.cost += (2 / cover.length) * weight.all;
          out.set(key, own);
        }
      }
    });
    return out;
  }

  private cover(sets: number[][]): number[] {
    const key = sets.map((set) => set.join()).join(';');
    let cover = this.memo.get(key);
    if (!cover) {
      cover = smallestCover(sets);
      this.memo.set(key, cover);
    }
    return cover;
  }
}

/** Moves laid over the atoms. */
class Laid {
  private readonly sets: number[][];
  private readonly oneApproval: boolean[];
  private readonly module: (number | null)[];
  private readonly setsOfAtom: number[][];
  private readonly names: string[];

  constructor(private readonly from: Document) {
    const history = from.page.history;
    if (!history) throw new Misfit('changes are judged by the ownership of their time');
    this.sets = [...history.sets];
    this.oneApproval = [...history.one_approval];
    this.module = history.atoms.map((atom) => atom[0]);
    this.setsOfAtom = history.atoms.map((atom) => atom[1]);
    this.names = from.structure.modules.map((module) => module.name);
  }

  apply(move: Move): void {
    switch (move.kind) {
      case 'give': {
        const team = this.team(move.to);
        const atoms = this.part(move);
        const set = this.setOf([team]);
        atoms.forEach((atom) => (this.setsOfAtom[atom] = [set]));
        return;
      }
      case 'share': {
        const team = this.team(move.to);
        const widened = new Map<number, number>();
        for (const atom of this.part(move)) {
          this.setsOfAtom[atom] = (this.setsOfAtom[atom] ?? []).map((set) => {
            const wide = widened.get(set) ?? this.setOf([...(this.sets[set] ?? []), team]);
            widened.set(set, wide);
            return wide;
          });
        }
        return;
      }
      case 'relocate':
        if (move.directory !== undefined && `${move.to}/`.startsWith(`${move.directory}/`)) {
          throw new Misfit(`${move.to} lies in ${move.directory}/`);
        }
        return this.settle(this.part(move), this.moduleOf(move.to));
      case 'merge': {
        if (move.module === move.to) throw new Misfit(`${move.to} cannot become a part of itself`);
        return this.settle(this.part(move), this.moduleOf(move.to));
      }
      case 'split': {
        if (this.names.includes(move.name ?? '')) throw new Misfit(`there is a module ${move.name} already`);
        const team = move.to === undefined ? null : this.team(move.to);
        const atoms = this.part(move);
        this.names.push(move.name ?? '');
        const module = this.names.length - 1;
        const set = team === null ? null : this.setOf([team]);
        for (const atom of atoms) {
          this.module[atom] = module;
          if (set !== null) this.setsOfAtom[atom] = [set];
        }
        return;
      }
      case 'interface':
        return;
    }
  }

  /** The distinct sets of owners some atoms need, in the order of their numbers. */
  setsOf(atoms: readonly number[]): number[][] {
    const numbers = new Set<number>();
    for (const atom of atoms) this.setsOfAtom[atom]?.forEach((set) => numbers.add(set));
    return [...numbers].sort((a, b) => a - b).map((set) => this.sets[set] ?? []);
  }

  /** In how many modules some atoms lie. */
  modulesOf(atoms: readonly number[]): number {
    const own = new Set<number>();
    for (const atom of atoms) {
      const module = this.module[atom];
      if (module !== null && module !== undefined) own.add(module);
    }
    return own.size;
  }

  layout(): Layout {
    const usual = this.usual();
    const settled = new Set(this.module);
    const history = this.from.page.history;
    const lived = new Set(history?.atoms.map((atom) => atom[0]));
    return {
      names: [...this.names],
      owners: usual.map((sets) => sets.map((set) => this.sets[set] ?? [])),
      gone: this.names.map((_, module) => lived.has(module) && !settled.has(module)),
    };
  }

  /** Atoms whose owners are not those they have as it is. */
  movedAtoms(): number[] {
    const as = this.from.page.history?.atoms ?? [];
    return this.setsOfAtom.flatMap((sets, atom) => (sets === as[atom]?.[1] ? [] : [atom]));
  }

  /** The module that holds all living files of a part; null where several do, or none. */
  moduleOfPart(part: number): number | null {
    const modules = new Set<number | null>();
    this.from.page.history?.atoms.forEach((atom, at) => {
      if (atom[3] > 0 && atom[2].includes(part)) modules.add(this.module[at] ?? null);
    });
    const [only] = modules;
    return modules.size === 1 ? (only ?? null) : null;
  }

  private settle(atoms: readonly number[], to: number): void {
    const sets = this.usual()[to] ?? [];
    for (const atom of atoms) {
      this.module[atom] = to;
      this.setsOfAtom[atom] = sets;
    }
  }

  /** The sets most living files of each module need; of one without any, those of the dead. */
  private usual(): number[][] {
    const counts: Map<string, Count>[] = this.names.map(() => new Map());
    this.from.page.history?.atoms.forEach((atom, at) => {
      const own = counts[this.module[at] ?? -1];
      if (!own) return;
      const sets = this.setsOfAtom[at] ?? [];
      const key = sets.join();
      const count = own.get(key) ?? { sets, living: 0, files: 0 };
      count.living += atom[3];
      count.files += atom[4];
      own.set(key, count);
    });
    return counts.map((own) => [...own.values()].reduce<Count | null>((best, one) => (best === null || more(one, best) ? one : best), null)?.sets ?? []);
  }

  private part(move: Move): number[] {
    const history = this.from.page.history;
    if (!history) return [];
    if (move.module !== undefined) {
      const module = this.moduleOf(move.module);
      const atoms = history.atoms.flatMap((_, at) => (this.module[at] === module ? [at] : []));
      if (atoms.length === 0) throw new Misfit(`nothing lies in ${move.module} any more`);
      return atoms;
    }
    const same = (part: Omit<Move, 'kind'>): boolean =>
      part.directory === move.directory && (part.files ?? []).join('\n') === (move.files ?? []).join('\n');
    const part = history.parts.findIndex(same);
    if (part < 0) throw new Misfit('this page does not hold the history of these files apart');
    return history.atoms.flatMap((atom, at) => (atom[2].includes(part) ? [at] : []));
  }

  private moduleOf(name: string | undefined): number {
    const at = this.names.indexOf(name ?? '');
    if (at < 0) throw new Misfit(`there is no module ${name ?? ''}`);
    return at;
  }

  /** A team by its name, those of the layer that counts first. */
  private team(name: string | undefined): number {
    const { teams, ownership } = this.from.structure;
    const own = teams.findIndex((team) => team.name === name && team.source === ownership);
    const at = own >= 0 ? own : teams.findIndex((team) => team.name === name);
    if (at < 0) throw new Misfit(`there is no team ${name ?? ''}`);
    return at;
  }

  private setOf(owners: number[]): number {
    const wanted = [...new Set(owners)].sort((a, b) => a - b);
    const key = wanted.join();
    const known = this.sets.findIndex((set, at) => this.oneApproval[at] && set.join() === key);
    if (known >= 0) return known;
    this.sets.push(wanted);
    this.oneApproval.push(true);
    return this.sets.length - 1;
  }
}

/** How many files need which sets. */
interface Count {
  sets: number[];
  living: number;
  files: number;
}

/** By living files, then by all, then the first in order. */
function more(a: Count, b: Count): boolean {
  if (a.living !== b.living) return a.living > b.living;
  return a.files === b.files ? before(a.sets, b.sets) : a.files > b.files;
}

/** Whether one row of numbers comes before another. */
function before(a: readonly number[], b: readonly number[]): boolean {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [x, y] = [a[at] ?? 0, b[at] ?? 0];
    if (x !== y) return x < y;
  }
  return a.length < b.length;
}

/**
 * The smallest set of teams such that every set of alternatives holds one of them. Exact for at most twelve candidates
 * (the first in size, then in order of numbers, wins), greedy beyond.
 */
export function smallestCover(sets: readonly number[][]): number[] {
  const ascending = (a: number, b: number): number => a - b;
  const chosen = new Set<number>();
  for (const set of sets) if (set.length === 1) chosen.add(set[0] ?? 0);
  const open = sets.filter((set) => set.length > 1 && !set.some((team) => chosen.has(team)));
  if (open.length === 0) return [...chosen].sort(ascending);
  const candidates = [...new Set(open.flat())].sort(ascending);
  const more = candidates.length <= 12 ? exactCover(open, candidates) : greedyCover(open, candidates);
  return [...chosen, ...more].sort(ascending);
}

function exactCover(open: readonly number[][], candidates: readonly number[]): number[] {
  const masks = open.map((set) => set.reduce((mask, team) => mask | (1 << candidates.indexOf(team)), 0));
  let best = 0;
  let least: [number, number] = [Infinity, 0];
  for (let pick = 1; pick < 1 << candidates.length; pick += 1) {
    if (!masks.every((mask) => (mask & pick) !== 0)) continue;
    const [size, order] = [bits(pick), reversed(pick)];
    if (size < least[0] || (size === least[0] && order > least[1])) {
      best = pick;
      least = [size, order];
    }
  }
  return candidates.filter((_, at) => (best >> at) & 1);
}

function greedyCover(open: readonly number[][], candidates: readonly number[]): number[] {
  let left = [...open];
  const chosen: number[] = [];
  while (left.length > 0) {
    let best = candidates[0] ?? 0;
    let most = -1;
    for (const team of candidates) {
      const held = left.filter((set) => set.includes(team)).length;
      if (held > most) [best, most] = [team, held];
    }
    left = left.filter((set) => !set.includes(best));
    chosen.push(best);
  }
  return chosen;
}

function bits(of: number): number {
  let out = 0;
  for (let left = of; left > 0; left &= left - 1) out += 1;
  return out;
}

/** The number whose 32 bits stand in the other order. */
function reversed(of: number): number {
  let out = 0;
  for (let at = 0; at < 32; at += 1) out = out * 2 + ((of >>> at) & 1);
  return out;
}
