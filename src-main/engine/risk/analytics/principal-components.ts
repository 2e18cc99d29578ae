import { correlationOf, covarianceMatrix, type ReturnTable } from './covariance.ts';
import { eigenSymmetric } from './numeric/eigen.ts';
import { type Matrix, row } from './numeric/matrix.ts';
import { centered } from './numeric/moments.ts';
import { requireRange } from './numeric/refusal.ts';
import { at, dot, sum, vector } from './numeric/vector.ts';

export type PrincipalComponents = {
  /** Share of the total variance each component explains, largest first; they sum to one. */
  readonly shares: Float64Array;
  /** Row k: the weights of the assets in component k, of length one, the largest positive. */
  readonly loadings: Matrix;
};

/**
 * Of the correlation matrix, so that no asset leads by its volatility alone, or of the covariance matrix.
 * Throws AnalyticsRefusal on uneven or not finite returns, and for correlations when an asset does not vary.
 */
export function principalComponents(table: ReturnTable, of: 'correlation' | 'covariance'): PrincipalComponents {
  const covariance = covarianceMatrix(table);
  const { values, vectors } = eigenSymmetric(of === 'correlation' ? correlationOf(covariance) : covariance);
  const positive = values.map((each) => Math.max(0, each));
  const total = sum(positive);
  requireRange(total, Number.MIN_VALUE, Number.MAX_VALUE, 'total variance');
  return { shares: positive.map((each) => each / total), loadings: vectors };
}

/** Returns of the first `count` components over time, for use as factors. Throws AnalyticsRefusal unless there are so many. */
export function componentReturns(table: ReturnTable, { loadings }: PrincipalComponents, count: number): Matrix {
  requireRange(count, 1, loadings.length, 'components');
  const deviations = table.map(centered);
  return Array.from({ length: count }, (_, k) =>
    vector(row(deviations, 0).length, (t) =>
      dot(
        row(loadings, k),
        vector(table.length, (i) => at(row(deviations, i), t)),
      ),
    ),
  );
}
