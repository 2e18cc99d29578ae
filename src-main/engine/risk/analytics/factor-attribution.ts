import { covarianceMatrix, periodsOf } from './covariance.ts';
import { cholesky, matrix, cell, solveCholesky } from './numeric/matrix.ts';
import { mean } from './numeric/moments.ts';
import { refuse, requireLength } from './numeric/refusal.ts';
import { at, sum, type Vector, vector } from './numeric/vector.ts';

export type FactorShare = {
  readonly beta: number;
  /** Part of the mean return of a period. */
  readonly meanReturn: number;
  /** Part of the variance; negative when the factor hedges the rest. */
  readonly varianceShare: number;
};

export type FactorAttribution<Name extends string> = {
  readonly factors: Readonly<Record<Name, FactorShare>>;
  /** Mean return of a period that no factor explains. */
  readonly alpha: number;
  /** Of the variance; the shares of the factors and this one sum to one. */
  readonly residualShare: number;
};

/**
 * Ordinary least squares of the returns on the factors with an intercept; variance by Euler's parts, beta times covariance.
 * Throws AnalyticsRefusal without variance, with dependent factors or with fewer than two periods more than coefficients.
 */
export function attributeToFactors<Name extends string>(
  returns: Vector,
  factors: Readonly<Record<Name, Vector>>,
): FactorAttribution<Name> {
  const names = Object.keys(factors) as Name[];
  const table = names.map((name) => factors[name]);
  const periods = periodsOf([returns, ...table], names.length + 3);
  requireLength(returns, periods, 'returns');
  const all = covarianceMatrix([returns, ...table]);
  const variance = cell(all, 0, 0);
  if (variance === 0) refuse({ code: 'ZERO_VARIANCE', what: 'returns' });
  const withReturns = vector(names.length, (k) => cell(all, 0, k + 1));
  const among = matrix(names.length, names.length, (i, j) => cell(all, i + 1, j + 1));
  const betas = solveCholesky(cholesky(among, 'factors'), withReturns);
  const shares = names.map((name, k): [Name, FactorShare] => [
    name,
    {
      beta: at(betas, k),
      meanReturn: at(betas, k) * mean(factors[name]),
      varianceShare: (at(betas, k) * at(withReturns, k)) / variance,
    },
  ]);
  return {
    factors: Object.fromEntries(shares) as Record<Name, FactorShare>,
    alpha: mean(returns) - sum(shares.map(([, { meanReturn }]) => meanReturn)),
    residualShare: 1 - sum(shares.map(([, { varianceShare }]) => varianceShare)),
  };
}
