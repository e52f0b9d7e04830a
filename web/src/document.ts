/** The document the page shows: a report as `report --json` writes it, and under `page` what is drawn of it. */

export interface Value {
  value: number | null;
  interval: [number, number] | null;
  count: number;
  of: number;
}

export interface Period extends Value {
  period: string;
  start: string;
  end: string;
  partial: boolean;
}

export interface Part extends Value {
  kind: 'module' | 'team' | 'team-pair' | 'module-pair' | 'file' | 'system';
  names: string[];
  share: number | null;
  state: string | null;
  quantities: Record<string, number | null>;
}

export interface Measure extends Value {
  unit: string;
  basis: string;
  recent: Value | null;
  series: Period[];
  parts: Part[];
  /** How many there are; the page holds those of most weight. */
  partsInAll: number;
  quantities: Record<string, number | null>;
  notes: string[];
}

export interface Change {
  commit: string;
  date: string;
  subject: string;
}

export interface Cause {
  kind: string;
  meetings: number;
  files: [string, string];
  words: string[];
  lines_alike: number | null;
  lines_of_smaller: number | null;
}

export interface Coupling {
  id: string;
  a: string;
  b: string;
  shared: number;
  a_changes: number;
  b_changes: number;
  n: number;
  expected: number;
  excess: number;
  lift: number | null;
  lift_interval: [number, number] | null;
  q: number;
  kind: Kind;
  windows: number;
  windows_of: number;
  recent_shared: number;
  explained: number;
  causes: Cause[];
  file_pairs: { a: string; b: string; shared: number }[];
  evidence: Change[];
}

export type Kind = 'hidden' | 'leaky' | 'stable' | 'mechanical' | 'unknown';

export interface Boundary {
  a: string;
  b: string;
  kind: Kind;
  a_names_b: { code: number; tests: number };
  b_names_a: { code: number; tests: number };
}

export interface Finding {
  id: string;
  kind: string;
  severity: 'high' | 'medium' | 'low';
  subject: string[];
  title: string;
  advice: string;
  evidence: { changes_in_all: number; changes: Change[]; files: string[] };
}

export interface Series {
  measure: string;
  subject: { kind: string; name: string };
  scale: 'share' | 'plain' | 'ln';
  points: { at: string; value: number; n: number }[];
  trend: { told: string; slope_per_year: number | null };
  steps: { at: string | null; before: number; after: number }[];
}

/** A move, as `unsnarl replay --with` reads it. */
export interface Move {
  kind: 'give' | 'relocate' | 'split' | 'merge' | 'interface' | 'share';
  module?: string;
  directory?: string;
  files?: string[];
  name?: string;
  to?: string;
}

export interface Gain {
  changes: number;
  saved: number;
  fewer: number;
  more: number;
  gain: number;
  interval: [number, number] | null;
}

export interface Proposal {
  id: string;
  kind: string;
  moves: Move[];
  counted_in: 'teams' | 'modules';
  last_resort: boolean;
  bound: boolean;
  held_out: Gain | null;
  effects: {
    party: string;
    needed_before: number;
    needed_after: number;
    alone_before: number;
    alone_after: number;
  }[];
}

export interface SaidOfSeries {
  name: string;
  ends: string | null;
  since: string | null;
  slope: string | null;
}

/** Changes, those of the last year, living files, those nobody owns, owners, steward, leading team. */
export type ModuleRow = [number, number, number, number, number[][], number | null, number | null];

export interface History {
  sets: number[][];
  one_approval: boolean[];
  /** Parts of modules that can be moved, without a kind. */
  parts: Omit<Move, 'kind'>[];
  /** Module, sets of owners, parts it lies in, living files, files. */
  atoms: [number | null, number[], number[], number, number][];
  number: number;
  changes: string;
  named: [number, string, string][];
}

export interface Capacity {
  scaling: {
    gamma: number;
    sigma: number;
    sigma_interval: [number, number];
    kappa: number;
    kappa_interval: [number, number];
    peak: number | null;
    peak_interval: [number, number] | null;
    best: string | null;
  } | null;
  coordination_elasticity: { value: number; interval: [number, number] } | null;
  months: { at: string; people: number; changes: number; coordination: number }[];
}

export interface Document {
  version: string;
  repository: string;
  range: { since: string | null; until: string | null; head: string | null };
  unit: string;
  unit_why: string;
  counts: Record<string, number>;
  structure: {
    modules: { name: string; source: string; from: string }[];
    teams: { name: string; kind: string; source: string; from: string; members: number }[];
    ownership: 'declared' | 'inferred' | 'none';
    declared_cannot_tell: string | null;
  };
  moving: { word: string; since: string | null; because: string[]; series: Series[] | null };
  price: {
    factor: number;
    interval: [number, number];
    n: number;
    n_of_more_teams: number;
    days_a_year: number;
  } | null;
  do_first: { cut: string; verdict: string; proposals: Proposal[] } | null;
  drift: Series[];
  measures: Record<string, Measure>;
  independence_beside: Measure | null;
  couplings: Coupling[];
  boundaries: Boundary[];
  cycles: { files: number; modules: string[]; way_round: string[] }[];
  findings: Finding[];
  ledger: { what: string; count: number; why: string }[];
  page: {
    said: {
      moving: string;
      one_more_team: string;
      rests_on: string;
      hit_rate: string | null;
      no_move: string | null;
      moves: { lines: string[]; why: string; judged: string; changes: Change[] }[] | null;
      /** How long the time was that judges moves: `year`, or of a young history `120 days`. */
      judged_by: string | null;
      drift: SaidOfSeries[];
      lately: SaidOfSeries[] | null;
      teams: string[];
    };
    method: { name: string; question: string; definition: string; limits: string; source: string }[];
    modules: ModuleRow[];
    files: { all: number; paths: string[]; numbers: string };
    history: History | null;
    /** Names that are shown otherwise than they are written, by where they stand. */
    written: { modules: [number, string][]; teams: [number, string][]; parts: [number, Move][] };
    capacity: Capacity;
  };
}

/** What the report's element in the page says. */
export function read(): Document {
  const text = document.getElementById('document')?.textContent;
  if (!text) throw new Error('the page holds no report');
  return parse(text);
}

/** A document as it is written. */
export function parse(text: string): Document {
  const held = JSON.parse(text) as Document;
  for (const one of Object.values(held.measures)) {
    const columns = one.parts as unknown as PartColumns;
    one.partsInAll = columns.all;
    one.parts = rows(columns, held.structure);
  }
  return held;
}

/** Parts as they are written: by columns, of which those that hold nothing are null; modules and teams by number. */
interface PartColumns {
  all: number;
  kinds: [Part['kind'], number][];
  names: (string | number)[][];
  value: (number | null)[] | null;
  interval: ([number, number] | null)[] | null;
  count: number[] | null;
  of: number[] | null;
  share: (number | null)[] | null;
  state: (string | null)[] | null;
  quantities: Record<string, (number | null)[] | null>;
}

function rows(columns: PartColumns, structure: Document['structure']): Part[] {
  const quantities = Object.entries(columns.quantities);
  const kinds = columns.kinds.flatMap(([kind, number]) => Array.from({ length: number }, () => kind));
  return kinds.map((kind, at) => {
    const named = kind.startsWith('team') ? structure.teams : structure.modules;
    return {
      kind,
      names: (columns.names[at] ?? []).map((name) => (typeof name === 'number' ? (named[name]?.name ?? '') : name)),
      value: columns.value?.[at] ?? null,
      interval: columns.interval?.[at] ?? null,
      count: columns.count?.[at] ?? 0,
      of: columns.of?.[at] ?? 0,
      share: columns.share?.[at] ?? null,
      state: columns.state?.[at] ?? null,
      quantities: Object.fromEntries(quantities.map(([key, column]) => [key, column?.[at] ?? null])),
    };
  });
}

/** A measure that is always there. */
export function measure(from: Document, name: string): Measure {
  const found = from.measures[name];
  if (!found) throw new Error(`the report holds no ${name}`);
  return found;
}
