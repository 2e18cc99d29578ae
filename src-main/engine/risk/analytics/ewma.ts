import { requireRange, requireSeries } from './numeric/refusal.ts';
import { at, type Vector, vector } from './numeric/vector.ts';

/**
 * RiskMetrics 1996: v[0] = r[0]^2, v[t] = decay * v[t-1] + (1 - decay) * r[t]^2, mean zero. v[t] holds r[t]: it is the
 * forecast for the next period. Throws AnalyticsRefusal on no returns or unless 0 < decay < 1.
 */
export function ewmaVariance(returns: Vector, decay: number): Float64Array {
  requireSeries(returns, 1, 'returns');
  requireRange(decay, Number.EPSILON, 1 - Number.EPSILON, 'decay');
  let variance = at(returns, 0) ** 2;
  return vector(returns.length, (t) => (variance = decay * variance + (1 - decay) * at(returns, t) ** 2));
}

/** Root of `ewmaVariance`. */
export const ewmaVolatility = (returns: Vector, decay: number): Float64Array =>
  ewmaVariance(returns, decay).map(Math.sqrt);
