import { describe, expect, test } from 'vitest';
import { Column } from './columns';
import type { Document } from './document';
import { interval, number, percent } from './numbers';
import { Replay, smallestCover } from './replay';

test('covers are smallest', () => {
  expect(smallestCover([])).toEqual([]);
  expect(smallestCover([[1], [1, 2]])).toEqual([1]);
  expect(smallestCover([[1, 2], [2, 3]])).toEqual([2]);
  expect(smallestCover([[1, 2], [3, 4]])).toEqual([1, 3]);
  expect(smallestCover([[2, 3], [1, 3], [1, 2]])).toEqual([1, 2]);
  const many = Array.from({ length: 8 }, (_, at) => [2 * at, 2 * at + 1, 99]);
  expect(smallestCover(many)).toEqual([99]);
});

test('columns', () => {
  const column = new Column('AH+AAawCAAECjwM=');
  expect([column.next(), column.next(), column.next(), column.next()]).toEqual([0, 127, 128, 300]);
  expect([1, 2, 3, 4].map(() => column.nextSigned())).toEqual([0, -1, 1, -200]);
});

test('numbers as people write them', () => {
  expect([0, 1, 0.714, 0.9999, 0.004, 0.0001].map(percent)).toEqual([
    '0 %', '100 %', '71 %', '99.9 %', '0.4 %', '< 0.1 %',
  ]);
  expect([12345.6, 0.5, -3, 10.04].map(number)).toEqual(['12,346', '0.50', '−3', '10.0']);
  expect(interval('share', [0.69, 0.73])).toBe('69–73 %');
});

/** Numbers below 64 a byte each, so that a table can be written by hand. */
function packed(numbers: number[]): string {
  return btoa(String.fromCharCode(...numbers));
}

/** Two teams, billing and its pdf of the one, web of the other; the table of `unsnarl replay`'s own test. */
function shop(): Document {
  const change = (...atoms: number[]): number[] => {
    let last = 0;
    return [atoms.length * 4 + 2, 2, ...atoms.map((atom) => [atom - last, (last = atom)][0] ?? 0)];
  };
  const changes = [change(0, 1, 2), change(0), change(1, 2), change(1, 2), change(2), change(0, 1)];
  return {
    structure: {
      ownership: 'declared',
      teams: ['@shop/pay', '@shop/web'].map((name) => ({ name, source: 'declared' })),
      modules: [{ name: 'billing' }, { name: 'web' }],
    },
    page: {
      history: {
        sets: [[0], [1]],
        one_approval: [true, true],
        parts: [{ directory: 'billing/pdf' }],
        atoms: [
          [0, [0], [], 1, 1],
          [0, [0], [0], 1, 1],
          [1, [1], [], 1, 1],
        ],
        number: changes.length,
        changes: packed(changes.flat()),
        named: [],
      },
    },
  } as unknown as Document;
}

describe('replay', () => {
  const replay = new Replay(shop());
  const before = replay.under([]);

  test('as it is', () => {
    expect(before.independence).toEqual({ count: 3, of: 6 });
    expect(before.further).toEqual({ count: 3, of: 6 });
    expect(before.teams).toEqual([{ needed: 5, alone: 2 }, { needed: 4, alone: 1 }]);
  });

  test('the pdf goes to web', () => {
    const after = replay.under([{ kind: 'give', directory: 'billing/pdf', to: '@shop/web' }]);
    expect(after.independence).toEqual({ count: 4, of: 6 });
    const compared = replay.compare(before, after);
    expect([compared.fewer, compared.more, compared.freed.all, compared.bound.all]).toEqual([2, 1, 2, 1]);
  });

  test('one owner stands for all', () => {
    const after = replay.under([{ kind: 'merge', module: 'billing', to: 'web' }]);
    expect(after.alone).toBe(true);
    expect(replay.layout([{ kind: 'give', module: 'web', to: '@shop/pay' }]).owners).toEqual([[[0]], [[0]]]);
    expect(replay.layout([{ kind: 'merge', module: 'billing', to: 'web' }]).gone).toEqual([true, false]);
  });

  test('a part becomes a module, and goes where it is moved', () => {
    const pdf = replay.directories(0, []);
    expect(pdf).toEqual([{ path: 'billing/pdf', changes: 4 }]);
    const split = { kind: 'split', directory: 'billing/pdf', name: 'pdf', to: '@shop/web' } as const;
    expect(replay.layout([split])).toEqual({ names: ['billing', 'web', 'pdf'], owners: [[[0]], [[1]], [[1]]], gone: [false, false, false] });
    const given = replay.under([{ kind: 'give', directory: 'billing/pdf', to: '@shop/web' }]);
    const apart = replay.under([split]);
    const moved = replay.under([{ kind: 'relocate', directory: 'billing/pdf', to: 'web' }]);
    expect([apart.covers, moved.covers]).toEqual([given.covers, given.covers]);
    expect([before, given, apart, moved].map((one) => one.modules)).toEqual([{ count: 9, of: 6 }, { count: 9, of: 6 }, { count: 11, of: 6 }, { count: 8, of: 6 }]);
    expect(replay.directories(0, [split])).toEqual([]);
  });

  test('what does not fit is told, and let alone', () => {
    const merge = { kind: 'merge', module: 'billing', to: 'web' } as const;
    expect(replay.misfit([], merge)).toBe(null);
    expect(replay.misfit([merge], { kind: 'give', module: 'billing', to: '@shop/web' })).toBe('nothing lies in billing any more');
    expect(replay.misfit([], { kind: 'merge', module: 'web', to: 'web' })).toBe('web cannot become a part of itself');
    expect(replay.misfit([], { kind: 'split', directory: 'billing/pdf', name: 'web' })).toBe('there is a module web already');
    expect(replay.misfit([], { kind: 'relocate', directory: 'billing', to: 'billing' })).toBe('billing lies in billing/');
    expect(replay.fitting([merge, merge])).toEqual([merge]);
  });

  test('a shared part asks either', () => {
    const after = replay.under([{ kind: 'share', directory: 'billing/pdf', to: '@shop/web' }]);
    expect(after.independence).toEqual({ count: 5, of: 6 });
  });
});
