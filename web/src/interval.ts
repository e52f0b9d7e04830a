/** The interval of a mean over an ordered series, as `unsnarl replay` computes it: Student's t over twenty batch means, never
 * narrower than of values in no order. */

const BATCHES = 20;
/** The 0.975 quantile of t with nineteen degrees of freedom. */
const T = 2.093024054408263;

/** Null below a hundred values, of which the page tells no interval. */
export function meanInterval(series: Float64Array | readonly number[]): [number, number] | null {
  const size = Math.floor(series.length / BATCHES);
  if (size < 5) return null;
  const from = series.length - size * BATCHES;
  const ofBatches = Array.from({ length: BATCHES }, (_, batch) => mean(series, from + batch * size, size));
  const half = T * Math.sqrt(Math.max(spread(ofBatches), spread(series)));
  const centre = mean(series, 0, series.length);
  return [centre - half, centre + half];
}

function mean(of: ArrayLike<number>, from: number, count: number): number {
  let sum = 0;
  for (let at = from; at < from + count; at += 1) sum += of[at] ?? 0;
  return sum / count;
}

/** The variance of the mean, as some values tell it. */
function spread(of: ArrayLike<number>): number {
  const centre = mean(of, 0, of.length);
  let sum = 0;
  for (let at = 0; at < of.length; at += 1) sum += ((of[at] ?? 0) - centre) ** 2;
  return sum / (of.length - 1) / of.length;
}
