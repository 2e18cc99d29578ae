import { ascending, quantile } from '../../model/population-stability.ts';
import { mean, type Moments } from './numeric/moments.ts';
import { normalDensity, normalQuantile } from './numeric/normal-distribution.ts';
import { requireRange, requireSeries } from './numeric/refusal.ts';
import type { Vector } from './numeric/vector.ts';

/**
 * Of one period, as fractions of the value at its start; positive is a loss, so a negative figure says that even the bad
 * case gains.
 */
export type TailRisk = {
  readonly valueAtRisk: number;
  /** Mean loss in the tail beyond the value at risk; never less than it. */
  readonly expectedShortfall: number;
};

/** Probability of the tail for a level as 0.95. Throws AnalyticsRefusal unless 0.5 <= level < 1. */
export function tailOf(level: number): number {
  requireRange(level, 0.5, 1 - 1e-9, 'level');
  // 1 - 0.95 is a little over 0.05 and would take one return more into the tail.
  return Math.round((1 - level) * 1e12) / 1e12;
}

/**
 * Value at risk: the quantile of the returns, interpolated linearly (type 7 of Hyndman and Fan 1996). Expected shortfall: mean of
 * the worst floor((n - 1) * tail) + 1 returns. Throws AnalyticsRefusal under two returns.
 */
export function historicalRisk(returns: Vector, level: number): TailRisk {
  requireSeries(returns, 2, 'returns');
  const tail = tailOf(level);
  const sorted = ascending(Array.from(returns));
  const worst = sorted.slice(0, Math.floor((sorted.length - 1) * tail) + 1);
  return { valueAtRisk: -quantile(sorted, tail), expectedShortfall: -mean(worst) };
}

/** Closed form for normal returns. Throws AnalyticsRefusal when a moment is not finite or the deviation negative. */
export function normalRisk(returns: Pick<Moments, 'mean' | 'deviation'>, level: number): TailRisk {
  const tail = tailOf(level);
  requireSeries([returns.mean], 1, 'mean');
  requireRange(returns.deviation, 0, Number.MAX_VALUE, 'deviation');
  const z = normalQuantile(tail);
  return {
    valueAtRisk: -returns.mean - z * returns.deviation,
    expectedShortfall: -returns.mean + (normalDensity(z) / tail) * returns.deviation,
  };
}
