import { refuse, requireLength, requireSeries } from './refusal.ts';
import { at, sum, type Vector, vector } from './vector.ts';

/** A spread this small beside the values themselves is rounding, not variance. */
const ROUNDING = 1e-24;

/** Throws AnalyticsRefusal on an empty or not finite series. */
export function mean(values: Vector): number {
  requireSeries(values, 1, 'mean');
  return sum(values) / values.length;
}

/** Zeros for equal values, whatever their mean rounds to. Throws AnalyticsRefusal on an empty or not finite series. */
export function centered(values: Vector): Float64Array {
  const middle = mean(values);
  const deviations = vector(values.length, (i) => at(values, i) - middle);
  return squares(deviations) > ROUNDING * squares(values) ? deviations : deviations.fill(0);
}

/**
 * Divides by n - `lost`: 1 for a sample, 0 for a population. Zero for equal values.
 * Throws AnalyticsRefusal when fewer than `lost` + 1 values are given or one is not finite.
 */
export function variance(values: Vector, lost: 0 | 1): number {
  requireSeries(values, lost + 1, 'variance');
  return squares(centered(values)) / (values.length - lost);
}

/** Square root of the variance. Throws AnalyticsRefusal when the values do not vary. */
export function deviation(values: Vector, lost: 0 | 1): number {
  const found = variance(values, lost);
  if (found === 0) refuse({ code: 'ZERO_VARIANCE', what: 'deviation' });
  return Math.sqrt(found);
}

export type Moments = {
  readonly mean: number;
  readonly deviation: number;
  readonly skewness: number;
  readonly excessKurtosis: number;
};

/** Population moments (divided by n). Throws AnalyticsRefusal when the values do not vary. */
export function moments(values: Vector): Moments {
  const spread = deviation(values, 0);
  const scaled = centered(values).map((each) => each / spread);
  return {
    mean: mean(values),
    deviation: spread,
    skewness: mean(scaled.map((each) => each ** 3)),
    excessKurtosis: mean(scaled.map((each) => each ** 4)) - 3,
  };
}

/**
 * Skewness and excess kurtosis corrected for bias (G1 and G2 of Joanes and Gill 1998).
 * Throws AnalyticsRefusal under four values or without variance.
 */
export function sampleShape(values: Vector): Pick<Moments, 'skewness' | 'excessKurtosis'> {
  requireSeries(values, 4, 'sample shape');
  const n = values.length;
  const { skewness, excessKurtosis } = moments(values);
  return {
    skewness: (skewness * Math.sqrt(n * (n - 1))) / (n - 2),
    excessKurtosis: ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * excessKurtosis + 6),
  };
}

/** Sample covariance (divided by n - 1). Throws AnalyticsRefusal under two values or on different lengths. */
export function covariance(a: Vector, b: Vector): number {
  requireLength(b, a.length, 'covariance');
  requireSeries(a, 2, 'covariance');
  const [da, db] = [centered(a), centered(b)];
  return da.reduce((total, each, i) => total + each * at(db, i), 0) / (a.length - 1);
}

function squares(values: Vector): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += at(values, i) ** 2;
  return total;
}
