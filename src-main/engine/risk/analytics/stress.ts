import { cell, diagonal, type Matrix, quadraticForm, requireSymmetric, symmetric } from './numeric/matrix.ts';
import { requireLength, requireRange, requireSeries } from './numeric/refusal.ts';
import { at, sum, type Vector, vector } from './numeric/vector.ts';

/** One position under stress; amounts in the reporting asset. */
export type StressPosition = {
  /** Signed: positive is long. */
  readonly exposure: number;
  /** Half of the spread as a fraction of the price. */
  readonly halfSpread: number;
  /** Value traded in a day. */
  readonly dailyValue: number;
  /** Deviation of the daily return. */
  readonly dailyVolatility: number;
};

export type StressScenario = {
  /** Price change of each position as a fraction, at least -1. */
  readonly shocks: Vector;
  /** How many times wider the spread is, and how many times less is traded, than now. */
  readonly spreadTimes: number;
  readonly volumeDividedBy: number;
};

/** Losses are positive. */
export type StressLoss = {
  readonly price: number;
  readonly liquidity: number;
  readonly total: number;
  readonly byPosition: Float64Array;
};

/** Impact of trading a whole day's value, in daily deviations (square-root law; Almgren, Thum, Hauptmann and Li 2005 and Bouchaud 2010 find about one). */
const IMPACT = 1;

/**
 * What the book loses when the shocks come at once and everything is then sold into the thinner market: spread and a
 * square-root impact on what is left after the shock. Throws AnalyticsRefusal on uneven, negative or not finite input.
 */
export function stressLoss(positions: readonly StressPosition[], scenario: StressScenario): StressLoss {
  const { shocks, spreadTimes, volumeDividedBy } = scenario;
  requireLength(shocks, positions.length, 'shocks');
  for (const [what, factor] of Object.entries({ spreadTimes, volumeDividedBy }))
    requireRange(factor, 1, Number.MAX_VALUE, what);
  const prices = positions.map(({ exposure }, i) => {
    requireSeries([exposure], 1, 'exposure');
    requireRange(at(shocks, i), -1, Number.MAX_VALUE, 'shock');
    return -exposure * at(shocks, i);
  });
  const exits = positions.map((position, i) => {
    const left = Math.abs(position.exposure * (1 + at(shocks, i)));
    return exitCost(position, left, scenario);
  });
  const [price, liquidity] = [sum(prices), sum(exits)];
  return {
    price,
    liquidity,
    total: price + liquidity,
    byPosition: vector(prices.length, (i) => at(prices, i) + at(exits, i)),
  };
}

function exitCost(position: StressPosition, value: number, { spreadTimes, volumeDividedBy }: StressScenario): number {
  const { halfSpread, dailyValue, dailyVolatility } = position;
  requireRange(halfSpread, 0, Number.MAX_VALUE, 'half spread');
  requireRange(dailyVolatility, 0, Number.MAX_VALUE, 'daily volatility');
  requireRange(dailyValue, Number.MIN_VALUE, Number.MAX_VALUE, 'daily value');
  const days = (value * volumeDividedBy) / dailyValue;
  // More than everything cannot be lost on the way out of a position.
  return value * Math.min(1, halfSpread * spreadTimes + IMPACT * dailyVolatility * Math.sqrt(days));
}

export type CorrelationStress = {
  /** How far the correlations move, 0..1. */
  readonly share: number;
  /** To one, where hedges hold; or to whatever hurts this book, where they fail: one for a pair on the same side, else minus one. */
  readonly towards: 'one' | 'worst';
};

/**
 * Deviation of the book's value when its correlations move; the variances stay. At a full share towards the worst it is the sum of all
 * single deviations. Throws AnalyticsRefusal unless the covariance is symmetric with the length of the exposures.
 */
export function stressedDeviation(
  exposures: Vector,
  covariance: Matrix,
  { share, towards }: CorrelationStress,
): number {
  requireSymmetric(covariance, 'covariance');
  requireLength(exposures, covariance.length, 'exposures');
  requireSeries(exposures, 1, 'exposures');
  requireRange(share, 0, 1, 'share');
  const deviations = diagonal(covariance).map((variance) => {
    requireRange(variance, 0, Number.MAX_VALUE, 'variance');
    return Math.sqrt(variance);
  });
  const side = (i: number): number => (towards === 'worst' && at(exposures, i) < 0 ? -1 : 1);
  const stressed = symmetric(covariance.length, (i, j) => {
    const full = side(i) * side(j) * at(deviations, i) * at(deviations, j);
    return (1 - share) * cell(covariance, i, j) + share * full;
  });
  return Math.sqrt(Math.max(0, quadraticForm(stressed, exposures)));
}
