/** Population stability index after its usual definition: sum of (actual - expected) * ln(actual / expected). */

/** A share of zero would make the index infinite; both sides are floored here, without renormalizing. */
const SHARE_FLOOR = 1e-4;

/** Both are shares per bin, in the same bins. Throws when they differ in length. */
export function populationStability(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) {
    throw new RangeError(`expected ${expected.length} shares, was ${actual.length}`);
  }
  return expected.reduce((sum, share, bin) => {
    const e = Math.max(share, SHARE_FLOOR);
    const a = Math.max(actual[bin] ?? 0, SHARE_FLOOR);
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

/** Shares of the values per bin; bins are open at both ends, a value on an edge belongs to the upper bin. */
export function sharesOf(values: readonly number[], edges: readonly number[]): readonly number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    let bin = 0;
    while (bin < edges.length && value >= (edges[bin] ?? Infinity)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => count / values.length);
}

/** Linear interpolation between order statistics at `level` * (n - 1). Throws on an empty sample. */
export function quantile(sorted: ArrayLike<number>, level: number): number {
  const position = level * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError('expected at least one value, was none');
  return below + (above - below) * (position - Math.floor(position));
}

export const ascending = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);
