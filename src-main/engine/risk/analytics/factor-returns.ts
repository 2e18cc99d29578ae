import { periodsOf, type ReturnTable } from './covariance.ts';
import { mean, variance } from './numeric/moments.ts';
import { refuse, requireLength, requireRange } from './numeric/refusal.ts';
import { at, sum, type Vector, vector } from './numeric/vector.ts';

export type FactorName = 'market' | 'momentum' | 'volatility' | 'size';

export type FactorInput = {
  readonly returns: ReturnTable;
  /** What an instrument's size is measured by, such as the value traded; same shape as the returns. */
  readonly sizes: ReturnTable;
  /** Periods that momentum, volatility and size look back. */
  readonly lookback: number;
};

/** Fewest assets that have a top, a middle and a bottom third. */
const FEWEST_ASSETS = 3;

/**
 * Returns of four factors from period `lookback` on. Market: the mean of all assets. The others hold the top third of the assets against the
 * bottom third, in equal weights and sorted by what was known before the period: momentum by the return of the look-back,
 * volatility by its variance, size by its mean size with the small ones on top (after Fama and French 1993, Carhart 1997).
 * Throws AnalyticsRefusal on under three assets, uneven or not finite input, or a look-back under two or over the history.
 */
export function factorReturns({ returns, sizes, lookback }: FactorInput): Readonly<Record<FactorName, Float64Array>> {
  const periods = periodsOf(returns);
  if (returns.length < FEWEST_ASSETS) {
    refuse({ code: 'TOO_FEW_SAMPLES', what: 'assets', samples: returns.length, atLeast: FEWEST_ASSETS });
  }
  requireLength(sizes, returns.length, 'sizes');
  requireLength({ length: periodsOf(sizes) }, periods, 'sizes');
  requireRange(lookback, 2, periods - 1, 'look-back');
  const held = (scores: (before: (series: Vector) => readonly number[]) => readonly number[]): Float64Array =>
    vector(periods - lookback, (index) => {
      const now = lookback + index;
      const before = (series: Vector): readonly number[] =>
        Array.from({ length: lookback }, (_, i) => at(series, index + i));
      return spread(
        scores(before),
        returns.map((series) => at(series, now)),
      );
    });
  return {
    market: vector(periods - lookback, (index) => mean(returns.map((series) => at(series, lookback + index)))),
    momentum: held((before) => returns.map((series) => sum(before(series)))),
    volatility: held((before) => returns.map((series) => variance(before(series), 1))),
    size: held((before) => sizes.map((series) => -sum(before(series)))),
  };
}

/** Mean return of the assets with the highest third of the scores less that of the lowest third. */
function spread(scores: readonly number[], returns: readonly number[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => at(scores, a) - at(scores, b));
  const third = Math.floor(scores.length / 3);
  const meanOf = (assets: readonly number[]): number => mean(assets.map((asset) => at(returns, asset)));
  return meanOf(order.slice(-third)) - meanOf(order.slice(0, third));
}
