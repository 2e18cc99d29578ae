export type Spread = { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };

/** Nearest-rank percentiles, rounded to a thousandth. Throws on no values. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('expected at least one value, was none');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (fraction: number): number => rounded(sorted[Math.ceil(fraction * sorted.length) - 1] ?? Number.NaN);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Each figure is the median of that figure over the runs. */
export function medianSpread(spreads: readonly Spread[]): Spread {
  const median = (pick: (spread: Spread) => number): number => spreadOf(spreads.map(pick)).p50;
  return { p50: median((s) => s.p50), p95: median((s) => s.p95), p99: median((s) => s.p99), max: median((s) => s.max) };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
