import { ensure } from '../../../domain/result.ts';
import { requireLength, requireSeries } from '../numeric/refusal.ts';
import { at, sum, vector } from '../numeric/vector.ts';
import { annualReturn, growth, ratio, type Returns } from './return-metrics.ts';

/** Fraction below the highest value so far, never positive; the start counts as a height. */
export function drawdownSeries(returns: Returns): Float64Array {
  let peak = 1;
  return growth(returns).map((value) => {
    peak = Math.max(peak, value);
    return value / peak - 1;
  });
}

/** The deepest drawdown as a negative fraction; zero when value never fell. */
export const maxDrawdown = (returns: Returns): number => drawdownSeries(returns).reduce((a, b) => Math.min(a, b), 0);

/** Young 1991. Throws AnalyticsRefusal when value never fell. */
export const calmarRatio = (returns: Returns, periodsPerYear: number): number =>
  ratio(annualReturn(returns, periodsPerYear), -maxDrawdown(returns), 'maximum drawdown');

/** Size of the summed returns over the deepest drawdown. Throws AnalyticsRefusal when value never fell. */
export const recoveryFactor = (returns: Returns): number =>
  ratio(Math.abs(sum(returns)), -maxDrawdown(returns), 'maximum drawdown');

/** Martin and McCann 1989 with n - 1. Throws AnalyticsRefusal under two returns. */
export function ulcerIndex(returns: Returns): number {
  requireSeries(returns, 2, 'returns');
  return Math.sqrt(sum(drawdownSeries(returns).map((depth) => depth ** 2)) / (returns.length - 1));
}

export type Drawdown = {
  /** First and last period below the height, as indices of the returns. */
  readonly start: number;
  readonly valley: number;
  readonly end: number;
  /** Calendar days from start to end, both counted. */
  readonly days: number;
  /** Negative fraction. */
  readonly depth: number;
};

const DAY_US = 86_400_000_000;

/** Deepest first. `timesUs` holds the end of each period. Throws AnalyticsRefusal when the lengths differ. */
export function drawdowns(returns: Returns, timesUs: readonly number[]): readonly Drawdown[] {
  requireLength(timesUs, returns.length, 'times');
  const depths = drawdownSeries(returns);
  const day = (index: number): number => Math.floor(ensure(timesUs[index], 'a time per return') / DAY_US);
  const starts = Array.from(depths.keys()).filter((i) => at(depths, i) < 0 && !(i > 0 && at(depths, i - 1) < 0));
  return starts
    .map((start) => {
      const recovered = depths.findIndex((depth, i) => i > start && depth >= 0);
      const end = (recovered < 0 ? depths.length : recovered) - 1;
      const valley = lowest(depths, start, end);
      return { start, valley, end, days: day(end) - day(start) + 1, depth: at(depths, valley) };
    })
    .sort((a, b) => a.depth - b.depth);
}

function lowest(depths: Float64Array, from: number, to: number): number {
  const within = vector(to - from + 1, (i) => at(depths, from + i));
  return from + within.indexOf(Math.min(...within));
}
