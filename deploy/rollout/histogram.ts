/** Response times as a proxy counts them: for each upper bound in seconds (ascending, the last infinite), how many took at most that. Pure. */

export type Histogram = readonly (readonly [bound: number, count: number])[];

export const total = (times: Histogram): number => times.at(-1)?.[1] ?? 0;

/** What was added since `from`, which may know fewer bounds. Never negative, never falling. */
export function minus(to: Histogram, from: Histogram): Histogram {
  const earlier = new Map(from);
  let least = 0;
  return to.map(([bound, count]) => [bound, least = Math.max(least, count - (earlier.get(bound) ?? 0))] as const);
}

/** By straight lines within a bucket, as Prometheus does it; beyond the last finite bound, that bound. Null without any. */
export function quantile(times: Histogram, share: number): number | null {
  const wanted = total(times) * share;
  if (wanted <= 0) return null;
  let [lower, below] = [0, 0];
  for (const [bound, count] of times) {
    if (count >= wanted) return Number.isFinite(bound) ? lower + (bound - lower) * (wanted - below) / (count - below) : lower;
    [lower, below] = [bound, count];
  }
  return lower;
}

/** How many surely took longer than so many seconds: those in buckets that begin there or beyond. */
export function surelySlower(times: Histogram, seconds: number): number {
  const reached = times.find(([bound]) => bound >= seconds);
  return reached ? total(times) - reached[1] : 0;
}
