import { covarianceMatrix, periodsOf, type ReturnTable } from './covariance.ts';
import { cornishFisherQuantile } from './modified-risk.ts';
import { quadraticForm, times } from './numeric/matrix.ts';
import { centered, mean, moments } from './numeric/moments.ts';
import { normalDensity, normalQuantile } from './numeric/normal-distribution.ts';
import { finite, refuse, requireLength, requireSeries } from './numeric/refusal.ts';
import { at, dot, sum, type Vector, vector } from './numeric/vector.ts';
import { tailOf } from './value-at-risk.ts';

/** A risk by asset, in the order of the table. */
export type Attribution = {
  readonly total: number;
  /** Change of the total per unit of weight. */
  readonly marginal: Float64Array;
  /** Weight times marginal; they sum to the total (Euler: the risk grows in proportion to the weights). */
  readonly component: Float64Array;
};

/** Returns of a portfolio whose weights are restored each period. Throws AnalyticsRefusal on uneven or not finite input. */
export function portfolioReturns(table: ReturnTable, weights: Vector): Float64Array {
  const periods = periodsOf(table);
  requireLength(weights, table.length, 'weights');
  requireSeries(weights, 1, 'weights');
  return vector(periods, (t) =>
    dot(
      weights,
      vector(table.length, (i) => at(table[i] ?? [], t)),
    ),
  );
}

/** Value at risk of normal returns with population moments. Throws AnalyticsRefusal when the portfolio does not vary. */
export function normalVarByAsset(table: ReturnTable, weights: Vector, level: number): Attribution {
  return normalAttribution(table, weights, -normalQuantile(tailOf(level)));
}

/** Expected shortfall of normal returns. Throws as `normalVarByAsset`. */
export function normalEsByAsset(table: ReturnTable, weights: Vector, level: number): Attribution {
  const tail = tailOf(level);
  return normalAttribution(table, weights, normalDensity(normalQuantile(tail)) / tail);
}

function normalAttribution(table: ReturnTable, weights: Vector, deviations: number): Attribution {
  requireLength(weights, table.length, 'weights');
  const covariance = covarianceMatrix(table, 0);
  const variance = quadraticForm(covariance, weights);
  if (!(variance > 0)) refuse({ code: 'ZERO_VARIANCE', what: 'portfolio' });
  const slopes = times(covariance, weights);
  return attribution(weights, (i) => -mean(table[i] ?? []) + (deviations * at(slopes, i)) / Math.sqrt(variance));
}

/** Cornish-Fisher value at risk (Boudt, Peterson and Croux 2008). Throws as `normalVarByAsset`. */
export function modifiedVarByAsset(table: ReturnTable, weights: Vector, level: number): Attribution {
  const z = normalQuantile(tailOf(level));
  const portfolio = portfolioReturns(table, weights);
  const { deviation, skewness: s, excessKurtosis: k } = moments(portfolio);
  const scaled = centered(portfolio).map((each) => each / deviation);
  const quantile = cornishFisherQuantile(z, { skewness: s, excessKurtosis: k });
  return attribution(weights, (i) => {
    const asset = centered(table[i] ?? []);
    const comoment = (power: number): number => mean(asset.map((each, t) => each * at(scaled, t) ** power));
    const spread = comoment(1);
    // Slopes of the portfolio's deviation, skewness and kurtosis, the last two times the deviation.
    const skew = 3 * (comoment(2) - s * spread);
    const kurtosis = 4 * (comoment(3) - (k + 3) * spread);
    const stretch =
      ((z ** 2 - 1) * skew) / 6 + ((z ** 3 - 3 * z) * kurtosis) / 24 - ((2 * z ** 3 - 5 * z) * s * skew) / 18;
    return -mean(table[i] ?? []) - quantile * spread - stretch;
  });
}

function attribution(weights: Vector, slope: (asset: number) => number): Attribution {
  const marginal = vector(weights.length, (asset) => finite(slope(asset), 'marginal risk'));
  const component = marginal.map((each, i) => each * at(weights, i));
  return { total: sum(component), marginal, component };
}
