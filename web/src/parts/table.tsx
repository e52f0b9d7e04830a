/** A table that can be sorted, cut short and copied. */

import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { count } from '../numbers';
import { Copy, markdownTable } from './copy';

export interface ColumnOf<T> {
  title: string;
  /** What its numbers mean, for whoever asks. */
  says?: string;
  /** As it is read and copied. */
  text(row: T): string;
  /** As it is sorted; a number also stands to the right. */
  by?(row: T): number | null;
  show?(row: T): ComponentChildren;
}

const FEW = 12;

export function Sorted<T>({
  caption,
  rows,
  columns,
  few = FEW,
  current,
}: {
  caption: string;
  rows: readonly T[];
  columns: readonly ColumnOf<T>[];
  few?: number;
  current?: (row: T) => boolean;
}) {
  const [order, setOrder] = useState<{ at: number; down: boolean } | null>(null);
  const [all, setAll] = useState(false);
  const sorted = useMemo(() => {
    const column = order ? columns[order.at] : undefined;
    if (!order || !column) return rows;
    const sign = order.down ? -1 : 1;
    return [...rows].sort((a, b) => {
      if (!column.by) return sign * column.text(a).localeCompare(column.text(b), 'en');
      return sign * ((column.by(a) ?? -Infinity) - (column.by(b) ?? -Infinity));
    });
  }, [rows, columns, order]);
  const shown = all ? sorted : sorted.slice(0, few);
  const turn = (at: number): void =>
    setOrder(order?.at === at ? { at, down: !order.down } : { at, down: columns[at]?.by !== undefined });
  return (
    <div class="tabled">
      <div class="over">
        <p class="caption">{caption}</p>
        <Copy
          what={caption}
          of={() => markdownTable(columns.map((one) => one.title), sorted.map((row) => columns.map((one) => one.text(row))))}
        />
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <thead>
            <tr>
              {columns.map((column, at) => (
                <th
                  scope="col"
                  class={column.by ? 'n' : ''}
                  aria-sort={order?.at === at ? (order.down ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" onClick={() => turn(at)} title={column.says}>
                    {column.title}
                    <span aria-hidden="true" class="arrow">
                      {order?.at === at ? (order.down ? '↓' : '↑') : ''}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr class={current?.(row) ? 'current' : ''}>
                {columns.map((column, at) => (
                  <td class={column.by ? 'n' : at === 0 ? 'name' : ''}>
                    {column.show ? column.show(row) : column.text(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && <p class="printed soft small">The first {count(shown.length)} of {count(rows.length)} rows.</p>}
      {rows.length > few && (
        <button type="button" class="quiet more" onClick={() => setAll(!all)}>
          {all ? `Show the first ${few}` : `Show all ${count(rows.length)}`}
        </button>
      )}
    </div>
  );
}
