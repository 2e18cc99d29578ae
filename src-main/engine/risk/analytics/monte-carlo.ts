import { cholesky, type Matrix, requireSymmetric, row } from './numeric/matrix.ts';
import { normalDraws } from './numeric/normal-draws.ts';
import { requireLength, requireRange, requireSeries } from './numeric/refusal.ts';
import { at, dot, type Vector, vector } from './numeric/vector.ts';

export type Simulation = {
  readonly weights: Vector;
  /** Mean return of each asset and their covariance, of one period. */
  readonly means: Vector;
  readonly covariance: Matrix;
  readonly draws: number;
  /** The same seed gives the same returns. */
  readonly seed: number;
};

/**
 * Portfolio returns of one period under multivariate normal assets, drawn through the Cholesky factor.
 * Throws AnalyticsRefusal unless the covariance is positive definite, the lengths agree and 1 <= draws <= 10,000,000.
 */
export function simulateReturns({ weights, means, covariance, draws, seed }: Simulation): Float64Array {
  requireSymmetric(covariance, 'covariance');
  requireRange(draws, 1, 10_000_000, 'draws');
  requireRange(seed, 0, Number.MAX_SAFE_INTEGER, 'seed');
  for (const [what, series] of Object.entries({ weights, means })) {
    requireLength(series, covariance.length, what);
    requireSeries(series, 1, what);
  }
  const lower = cholesky(covariance, 'covariance');
  const normal = normalDraws(seed);
  const shocks = new Float64Array(weights.length);
  return vector(draws, () => {
    for (let i = 0; i < shocks.length; i++) shocks[i] = normal();
    let total = 0;
    for (let i = 0; i < shocks.length; i++) total += at(weights, i) * (at(means, i) + dot(row(lower, i), shocks));
    return total;
  });
}
