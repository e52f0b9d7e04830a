/** Rows against the same rows: one cell for every two that have something to do with each other. */

import { useEffect, useRef } from 'preact/hooks';
import { short } from '../shown';

export interface Cell {
  colour: string;
  /** From 0 to 1. */
  strength: number;
  letter: string;
  says: string;
}

export function Matrix({
  label,
  names,
  cell,
  chosen,
  choose,
}: {
  label: string;
  names: readonly string[];
  cell: (a: number, b: number) => Cell | null;
  chosen: readonly [number, number] | null;
  choose: (a: number, b: number) => void;
}) {
  const frame = useRef<SVGSVGElement>(null);
  const size = names.length > 60 ? 11 : names.length > 36 ? 15 : names.length > 24 ? 20 : names.length > 12 ? 23 : 34;
  const letters = names.length > 36 ? 22 : 28;
  const left = Math.min(letters, Math.max(...names.map((name) => [...name].length), 4)) * 6.6 + 12;
  const top = left * 0.8;
  const side = names.length * size;
  const cells = names.flatMap((_, a) =>
    names.flatMap((__, b) => {
      const own = a === b ? null : cell(a, b);
      return own ? [{ a, b, own }] : [];
    }),
  );
  const first = cells[0];
  const current = chosen ?? (first ? ([first.a, first.b] as const) : null);
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || !current) return;
    event.preventDefault();
    const next = nearest(cells, current, step[0] ?? 0, step[1] ?? 0);
    if (next) {
      choose(next.a, next.b);
      frame.current?.querySelector<SVGElement>(`[data-cell="${next.a}-${next.b}"]`)?.focus();
    }
  };
  useEffect(() => {
    const around = frame.current?.parentElement;
    if (around && chosen) around.scrollLeft = left + chosen[1] * size - around.clientWidth * 0.7;
  }, []);
  return (
    <div class="scroll matrix">
      <svg ref={frame} width={left + side + left * 0.66} height={top + side + 4} role="group" aria-label={`${label}. Arrow keys go from cell to cell.`} onKeyDown={move}>
        {names.map((name, at) => (
          <g class={current && chosen && (current[0] === at || current[1] === at) ? 'named' : ''}>
            <text x={left - 8} y={top + at * size + size * 0.68} text-anchor="end">
              {short(name, letters)}
              <title>{name}</title>
            </text>
            <text transform={`translate(${left + at * size + size * 0.62} ${top - 8}) rotate(-50)`}>
              {short(name, letters)}
              <title>{name}</title>
            </text>
            <rect class="self" x={left + at * size} y={top + at * size} width={size - 1} height={size - 1} />
          </g>
        ))}
        <rect class="ground" x={left} y={top} width={side} height={side} />
        {chosen && (
          <>
            <rect class="cross" x={left} y={top + chosen[0] * size} width={side} height={size - 1} />
            <rect class="cross" x={left + chosen[1] * size} y={top} width={size - 1} height={side} />
          </>
        )}
        {cells.map(({ a, b, own }) => {
          const on = chosen !== null && chosen[0] === a && chosen[1] === b;
          return (
            <g
              class={on ? 'cell on' : 'cell'}
              data-cell={`${a}-${b}`}
              role="button"
              tabindex={current && current[0] === a && current[1] === b ? 0 : -1}
              aria-label={own.says}
              aria-pressed={on}
              onClick={() => choose(a, b)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' || event.key === ' ') {
                  event.preventDefault();
                  choose(a, b);
                }
              }}
            >
              <rect x={left + b * size} y={top + a * size} width={size - 1} height={size - 1} fill={own.colour} fill-opacity={0.35 + 0.65 * own.strength} />
              {size > 14 && own.letter && (
                <text class="letter" x={left + b * size + (size - 1) / 2} y={top + a * size + size * 0.7} text-anchor="middle">
                  {own.letter}
                </text>
              )}
              <title>{own.says}</title>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** The nearest cell in a direction, those straight ahead first. */
function nearest<T extends { a: number; b: number }>(cells: readonly T[], from: readonly [number, number], down: number, right: number): T | null {
  let best: T | null = null;
  let least = Infinity;
  for (const one of cells) {
    const [ahead, aside] = down !== 0 ? [(one.a - from[0]) * down, Math.abs(one.b - from[1])] : [(one.b - from[1]) * right, Math.abs(one.a - from[0])];
    if (ahead <= 0) continue;
    const far = ahead + aside * 3;
    if (far < least) [best, least] = [one, far];
  }
  return best;
}
