/** Moves in words, and history replayed under them. */

import type { Move } from '../../document';
import type { Compared, Layout, Line, Replayed } from '../../replay';
import type { Shown } from '../../shown';

/** What somebody holds, to put it elsewhere. */
export type Held = { module: string; directory?: undefined } | { module?: undefined; directory: string };

export interface Outcome {
  after: Replayed;
  compared: Compared;
  layout: Layout;
  milliseconds: number;
}

export function replayed(shown: Shown, moves: readonly Move[]): Outcome | null {
  const { replay, before } = shown;
  if (!replay || !before) return null;
  const begun = performance.now();
  const after = moves.length === 0 ? before : replay.under(moves);
  const compared = replay.compare(before, after);
  const layout = replay.layout(moves);
  return { after, compared, layout, milliseconds: performance.now() - begun };
}

/** A move in one line, as somebody would ask for it. */
export function line(move: Move): string {
  const part = named(move);
  switch (move.kind) {
    case 'give': return `give ${part} to ${move.to}`;
    case 'share': return `let ${move.to} answer for ${part}, too`;
    case 'relocate': return `move ${part} to ${move.to}`;
    case 'merge': return `merge ${move.module} into ${move.to}`;
    case 'split': return `make ${part} a module of its own, ${move.name}${move.to === undefined ? '' : `, and give it to ${move.to}`}`;
    case 'interface':
      return (move.files ?? []).length === 0
        ? `put an interface in front of ${move.module}, where none is yet`
        : `let others use nothing of ${move.module} but ${listed(move.files ?? [])}`;
  }
}

/** What somebody holds, given to a team. */
export function giving(held: Held, to: string): Move {
  return held.module !== undefined ? { kind: 'give', module: held.module, to } : { kind: 'give', directory: held.directory, to };
}

/** What is moved, in words. */
export function named(of: Move | Held): string {
  if (of.module !== undefined) return `the module ${of.module}`;
  if (of.directory !== undefined) return `${of.directory}/`;
  return listed('files' in of ? (of.files ?? []) : []);
}

function listed(files: readonly string[]): string {
  return files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
}

export function same(a: Held | null, b: Held): boolean {
  return a !== null && a.module === b.module && a.directory === b.directory;
}

export function share(line: Line): number | null {
  return line.of === 0 ? null : line.count / line.of;
}

/** Whether an interval holds no difference at all. */
export function mayBeChance(interval: [number, number] | null): boolean {
  return interval !== null && interval[0] <= 0 && interval[1] >= 0;
}

/** The one team that answers for a module alone. */
export function only(owners: readonly number[][]): number | undefined {
  return owners.length === 1 && owners[0]?.length === 1 ? owners[0][0] : undefined;
}

/** Whether a module asks others than it does as it is; one that was split off did not stand before. */
export function moved(shown: Shown, outcome: Outcome, at: number): boolean {
  const was = shown.document.page.modules[at]?.[4];
  return was === undefined || JSON.stringify(was) !== JSON.stringify(outcome.layout.owners[at] ?? []);
}
