/** An order of rows in which what belongs together stands together: the nearest two groups are joined until one is left. */

/** The order of `size` rows by how much two of them have to do with each other. */
export function clustered(size: number, weight: (a: number, b: number) => number): number[] {
  const groups: number[][] = Array.from({ length: size }, (_, at) => [at]);
  const near: number[][] = groups.map((_, a) => groups.map((__, b) => (a === b ? 0 : weight(a, b))));
  while (groups.length > 1) {
    let best: [number, number] = [0, 1];
    let most = -1;
    for (let a = 0; a < groups.length; a += 1) {
      for (let b = a + 1; b < groups.length; b += 1) {
        const mean = (near[a]?.[b] ?? 0) / ((groups[a]?.length ?? 1) * (groups[b]?.length ?? 1));
        if (mean > most) [best, most] = [[a, b], mean];
      }
    }
    const [a, b] = best;
    groups[a] = joined(groups[a] ?? [], groups[b] ?? [], weight);
    groups.splice(b, 1);
    const own = near[a] ?? [];
    const other = near[b] ?? [];
    other.forEach((value, at) => {
      own[at] = (own[at] ?? 0) + value;
      const row = near[at];
      if (row) row[a] = own[at] ?? 0;
    });
    near.splice(b, 1);
    near.forEach((row) => row.splice(b, 1));
  }
  return groups[0] ?? [];
}

/** Two groups side by side, each turned so that the ends that meet have most to do with each other. */
function joined(a: number[], b: number[], weight: (a: number, b: number) => number): number[] {
  let best = [...a, ...b];
  let most = -1;
  for (const left of [a, [...a].reverse()]) {
    for (const right of [b, [...b].reverse()]) {
      const own = weight(left[left.length - 1] ?? 0, right[0] ?? 0);
      if (own > most) [best, most] = [[...left, ...right], own];
    }
  }
  return best;
}
