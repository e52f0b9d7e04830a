/** Rows against the same rows: one cell for every two that have something to do with each other. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { short } from '../words';

export interface Cell {
  colour: string;
  /** From 0 to 1. */
  strength: number;
  letter: string;
  says: string;
}

interface Placed {
  a: number;
  b: number;
  own: Cell;
}

/** Strengths that are told apart. */
const SHADES = 12;

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
  const [over, setOver] = useState<Placed | null>(null);
  const size = names.length > 60 ? 11 : names.length > 36 ? 15 : names.length > 24 ? 20 : names.length > 12 ? 23 : 34;
  const letters = innerWidth < 620 ? 20 : names.length > 36 ? 22 : names.length > 12 ? 28 : 40;
  const left = Math.min(letters, Math.max(...names.map((name) => [...name].length), 4)) * 7.4 + 12;
  const top = left * 0.78 + 14;
  const side = names.length * size;
  const cells = useMemo(
    () =>
      names.flatMap((_, a) =>
        names.flatMap((__, b): Placed[] => {
          const own = a === b ? null : cell(a, b);
          return own ? [{ a, b, own }] : [];
        }),
      ),
    [names, cell],
  );
  const drawn = useMemo(() => shades(cells, left, top, size), [cells, left, top, size]);
  const at = (place: readonly [number, number] | null): Placed | undefined => cells.find(({ a, b }) => a === place?.[0] && b === place?.[1]);
  const on = at(chosen);
  // One cell of all can be reached by tab; arrow keys go on from there.
  const reached = on ?? cells[0];
  const under = (event: PointerEvent | MouseEvent): Placed | null => {
    const box = frame.current?.getBoundingClientRect();
    if (!box) return null;
    const [column, row] = [Math.floor((event.clientX - box.left - left) / size), Math.floor((event.clientY - box.top - top) / size)];
    return at([row, column]) ?? null;
  };
  const key = (event: KeyboardEvent): void => {
    if (!reached) return;
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const next = step ? nearest(cells, [reached.a, reached.b], step[0] ?? 0, step[1] ?? 0) : event.key === 'Enter' || event.key === ' ' ? reached : null;
    if (step || next) event.preventDefault();
    if (next) choose(next.a, next.b);
  };
  useEffect(() => {
    const around = frame.current?.parentElement;
    if (!around || !chosen) return;
    // Names stay in sight where there is room for little else, and where what is chosen is in sight anyway.
    const right = left + (chosen[1] + 1) * size;
    if (right > around.clientWidth && around.clientWidth > 2 * left) around.scrollLeft = right - around.clientWidth * 0.7;
  }, []);
  return (
    <div class="scroll matrix">
      <svg ref={frame} width={left + side + left * 0.78} height={top + side + 4} role="group" aria-label={`${label}. Arrow keys go from cell to cell.`} onKeyDown={key}>
        {names.map((name, place) => (
          <g class={on && (on.a === place || on.b === place) ? 'named' : ''}>
            <text x={left - 8} y={top + place * size + size * 0.68} text-anchor="end">
              {short(name, letters)}
              <title>{name}</title>
            </text>
            <text transform={`translate(${left + place * size + size * 0.62} ${top - 8}) rotate(-50)`}>
              {short(name, letters)}
              <title>{name}</title>
            </text>
            <rect class="self" x={left + place * size} y={top + place * size} width={size - 1} height={size - 1} />
          </g>
        ))}
        <rect class="ground" x={left} y={top} width={side} height={side} />
        {on && (
          <>
            <rect class="cross" x={left} y={top + on.a * size} width={side} height={size - 1} />
            <rect class="cross" x={left + on.b * size} y={top} width={size - 1} height={side} />
          </>
        )}
        <g class="cells" onPointerMove={(event) => setOver(under(event))} onPointerLeave={() => setOver(null)} onClick={(event) => { const hit = under(event); if (hit) choose(hit.a, hit.b); }}>
          {drawn.map(({ colour, strength, path }) => (
            <path d={path} fill={colour} fill-opacity={0.35 + 0.65 * strength} />
          ))}
          {size > 14 &&
            cells.map(({ a, b, own }) => own.letter && (
              <text class="letter" x={left + b * size + (size - 1) / 2} y={top + a * size + size * 0.7} text-anchor="middle">
                {own.letter}
              </text>
            ))}
          {over && <title>{over.own.says}</title>}
        </g>
        {over && <rect class="over" x={left + over.b * size} y={top + over.a * size} width={size - 1} height={size - 1} />}
        {reached && (
          <rect
            class={on ? 'cell on' : 'cell'}
            role="button"
            tabindex={0}
            aria-label={reached.own.says}
            aria-pressed={on !== undefined}
            x={left + reached.b * size}
            y={top + reached.a * size}
            width={size - 1}
            height={size - 1}
          />
        )}
      </svg>
    </div>
  );
}

/** Cells of one colour and strength as one shape: thousands of them are drawn as a dozen. */
function shades(cells: readonly Placed[], left: number, top: number, size: number): { colour: string; strength: number; path: string }[] {
  const out = new Map<string, { colour: string; strength: number; path: string }>();
  for (const { a, b, own } of cells) {
    const strength = Math.round(own.strength * SHADES) / SHADES;
    const key = `${own.colour} ${strength}`;
    const shade = out.get(key) ?? { colour: own.colour, strength, path: '' };
    const side = size - 1;
    shade.path += `M${left + b * size} ${top + a * size}h${side}v${side}h${-side}z`;
    out.set(key, shade);
  }
  return [...out.values()];
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
