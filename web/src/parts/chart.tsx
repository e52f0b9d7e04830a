/** Series over time, drawn to the width there is; every point can be read with the pointer or the arrow keys. */

import { useMemo, useState } from 'preact/hooks';

export interface Point {
  at: number;
  label: string;
  value: number;
  interval?: [number, number] | null;
  partial?: boolean;
  note?: string;
}

export interface Level {
  from: number;
  to: number;
  value: number;
}

const WIDTH = 600;
const HEIGHT = 120;
/** Labels nearer than this would lie over each other. */
const NEAR = 26;

export function Chart({
  title,
  points,
  levels = [],
  other,
  scale = (value) => value,
  shown,
  height = 'usual',
}: {
  title: string;
  points: readonly Point[];
  levels?: readonly Level[];
  /** A second series on the same axes, drawn broken. */
  other?: readonly Point[];
  scale?: (value: number) => number;
  shown: (value: number) => string;
  height?: 'usual' | 'tall' | 'low';
}) {
  const [chosen, setChosen] = useState<number | null>(null);
  const frame = useMemo(() => frameOf([...points, ...(other ?? [])], scale), [points, other, scale]);
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || points.length < 2) return <p class="soft small">Too few periods to draw.</p>;
  const line = (of: readonly Point[]): string =>
    of.map((point) => `${frame.x(point.at).toFixed(1)},${frame.y(point.value).toFixed(1)}`).join(' ');
  const band = points.filter((point) => point.interval);
  const upper = band.map((point) => `${frame.x(point.at).toFixed(1)},${frame.y(point.interval?.[1] ?? 0).toFixed(1)}`);
  const lower = [...band]
    .reverse()
    .map((point) => `${frame.x(point.at).toFixed(1)},${frame.y(point.interval?.[0] ?? 0).toFixed(1)}`);
  const point = chosen === null ? undefined : points[chosen];
  const nearest = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * WIDTH;
    let best = 0;
    points.forEach((one, place) => {
      if (Math.abs(frame.x(one.at) - at) < Math.abs(frame.x(points[best]?.at ?? 0) - at)) best = place;
    });
    setChosen(best);
  };
  const step = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(points.length - 1, (chosen ?? (by > 0 ? -1 : points.length)) + by)));
  };
  const told = (one: Point): string =>
    `${one.label}: ${shown(one.value)}${one.partial ? ' (not over yet)' : ''}${one.note ? `, ${one.note}` : ''}`;
  return (
    <figure class={`chart ${height}`}>
      <div class="axis" aria-hidden="true">
        <span style={{ top: `${(frame.y(frame.high) / HEIGHT) * 100}%` }}>{shown(frame.high)}</span>
        {frame.y(frame.low) - frame.y(frame.high) > NEAR && <span style={{ top: `${(frame.y(frame.low) / HEIGHT) * 100}%` }}>{shown(frame.low)}</span>}
      </div>
      <div
        class="plot"
        role="img"
        tabIndex={0}
        aria-label={`${title}: ${told(first)}; ${told(last)}. Arrow keys read the points between.`}
        onPointerMove={nearest}
        onPointerLeave={() => setChosen(null)}
        onKeyDown={step}
        onBlur={() => setChosen(null)}
      >
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <line class="grid" x1="0" x2={WIDTH} y1="0.5" y2="0.5" />
          <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
          {band.length > 1 && <polygon class="band" points={[...upper, ...lower].join(' ')} />}
          {levels.map((level) => (
            <line class="level" x1={frame.x(level.from)} x2={frame.x(level.to)} y1={frame.y(level.value)} y2={frame.y(level.value)} />
          ))}
          {other && <polyline class="path other" points={line(other)} />}
          <polyline class="path" points={line(points)} />
          {point && <line class="at" x1={frame.x(point.at)} x2={frame.x(point.at)} y1="0" y2={HEIGHT} />}
        </svg>
      </div>
      <figcaption>
        <span>{first.label}</span>
        <span class="read" aria-live="polite">
          {point ? told(point) : ''}
        </span>
        <span>{last.label}</span>
      </figcaption>
    </figure>
  );
}

interface Frame {
  low: number;
  high: number;
  x(at: number): number;
  y(value: number): number;
}

/** A little room, and never a scale so fine that noise looks like news. */
function frameOf(points: readonly Point[], scale: (value: number) => number): Frame {
  const values = points.map((point) => point.value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = scale(most) - scale(least);
  // Intervals are in sight, unless they would press the line flat.
  const ends = points.flatMap((point) => point.interval ?? []);
  const lowest = Math.max(scale(Math.min(least, ...ends)), scale(least) - span);
  const highest = Math.min(scale(Math.max(most, ...ends)), scale(most) + span);
  const room = Math.max((0.1 - (highest - lowest)) / 2, (highest - lowest) * 0.08);
  const [low, high] = [lowest - room, highest + room];
  const [from, to] = [Math.min(...points.map((point) => point.at)), Math.max(...points.map((point) => point.at))];
  return {
    low: least,
    high: most,
    x: (at) => ((at - from) / Math.max(to - from, 1)) * WIDTH,
    y: (value) => {
      const own = Math.max(low, Math.min(high, scale(value)));
      return HEIGHT - ((own - low) / (high - low)) * HEIGHT;
    },
  };
}
