import {
  cell,
  cholesky,
  type Matrix,
  matrix,
  requireSymmetric,
  row,
  solveCholesky,
  symmetric,
  times,
} from '../numeric/matrix.ts';
import { requireLength, requireRange, requireSeries } from '../numeric/refusal.ts';
import { at, dot, type Vector, vector } from '../numeric/vector.ts';

/** An opinion: the portfolio of these weights (1 for one asset, 1 and -1 for one over another) will return so much a period. */
export type View = {
  readonly weights: Vector;
  readonly expected: number;
  /** Over 0 and up to 1, where 1 is certain and 0.5 weighs the view as much as the market (Idzorek 2005). */
  readonly confidence: number;
};

export type MarketView = {
  readonly covariance: Matrix;
  /** Weights the market holds; their implied returns are the start. */
  readonly marketWeights: Vector;
  /** Excess return of the market over its variance. */
  readonly riskAversion: number;
  /** How uncertain the implied returns are, as a fraction of the covariance; 0.05 is usual. */
  readonly tau: number;
  readonly views: readonly View[];
};

/** Excess returns of a period and the covariance of what they predict. */
export type Outlook = { readonly means: Float64Array; readonly covariance: Matrix };

/**
 * Black and Litterman 1992 in the form of He and Litterman 1999: implied returns pulled towards the views.
 * Throws AnalyticsRefusal on a covariance that is not symmetric, uneven input, a confidence outside (0, 1] or certain views that repeat each other.
 */
export function blackLitterman({ covariance, marketWeights, riskAversion, tau, views }: MarketView): Outlook {
  requireSymmetric(covariance, 'covariance');
  const size = covariance.length;
  requireWeights(marketWeights, size, 'market weights');
  requireRange(riskAversion, Number.MIN_VALUE, Number.MAX_VALUE, 'risk aversion');
  requireRange(tau, Number.MIN_VALUE, Number.MAX_VALUE, 'tau');
  for (const { weights, expected, confidence } of views) {
    requireWeights(weights, size, 'view');
    requireSeries([expected], 1, 'view');
    requireRange(confidence, Number.MIN_VALUE, 1, 'confidence');
  }
  const implied = times(covariance, marketWeights).map((each) => each * riskAversion);
  // How the assets move with each view.
  const pulls = views.map(({ weights }) => times(covariance, weights).map((each) => each * tau));
  const certain = symmetric(views.length, (i, j) => dot(row(pulls, i), views[j]?.weights ?? []));
  const doubted = matrix(
    views.length,
    views.length,
    (i, j) => cell(certain, i, j) * (i === j ? 1 + doubt(views[i]) : 1),
  );
  const lower = cholesky(doubted, 'views');
  const surprise = vector(views.length, (i) => (views[i]?.expected ?? NaN) - dot(views[i]?.weights ?? [], implied));
  const strength = solveCholesky(lower, surprise);
  const settled = Array.from({ length: size }, (_, asset) =>
    solveCholesky(
      lower,
      pulls.map((pull) => at(pull, asset)),
    ),
  );
  return {
    means: vector(
      size,
      (i) =>
        at(implied, i) +
        dot(
          pulls.map((pull) => at(pull, i)),
          strength,
        ),
    ),
    covariance: symmetric(
      size,
      (i, j) =>
        (1 + tau) * cell(covariance, i, j) -
        dot(
          pulls.map((pull) => at(pull, i)),
          row(settled, j),
        ),
    ),
  };
}

const doubt = (view: View | undefined): number => (view === undefined ? NaN : (1 - view.confidence) / view.confidence);

function requireWeights(weights: Vector, size: number, what: string): void {
  requireLength(weights, size, what);
  requireSeries(weights, 1, what);
}
