import { covarianceMatrix, periodsOf, type ReturnTable } from './covariance.ts';
import { blend, cell, diagonal, type Matrix, row, symmetric } from './numeric/matrix.ts';
import { centered } from './numeric/moments.ts';
import { finite, refuse } from './numeric/refusal.ts';
import { dot, sum, type Vector } from './numeric/vector.ts';

/** A covariance pulled towards a simple target; `share` of the target is in 0..1. */
export type Shrunk = { readonly share: number; readonly covariance: Matrix };

/**
 * Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices": the population covariance
 * towards the mean variance on the diagonal. Throws AnalyticsRefusal when no asset varies.
 */
export function ledoitWolf(table: ReturnTable): Shrunk {
  const { periods, covariance, target, meanVariance } = towardsIdentity(table);
  const size = table.length;
  const squared = squaredDeviations(table);
  const beta = sumOf(size, (i, j) => dot(row(squared, i), row(squared, j)));
  const norm = sumOf(size, (i, j) => cell(covariance, i, j) ** 2);
  const noise = (beta / periods - norm) / (size * periods);
  const distance = norm / size - meanVariance ** 2;
  const share = distance <= 0 ? 0 : Math.min(noise, distance) / distance;
  return { share, covariance: blend(covariance, target, share) };
}

/** Chen, Wiesel, Eldar and Hero 2010, oracle approximating shrinkage, to the same target. Throws as `ledoitWolf`. */
export function oracleApproximating(table: ReturnTable): Shrunk {
  const { periods, covariance, target, meanVariance } = towardsIdentity(table);
  const size = table.length;
  const alpha = sumOf(size, (i, j) => cell(covariance, i, j) ** 2) / size ** 2;
  const denominator = (periods + 1) * (alpha - meanVariance ** 2 / size);
  const share = denominator <= 0 ? 1 : Math.min((alpha + meanVariance ** 2) / denominator, 1);
  return { share, covariance: blend(covariance, target, share) };
}

function towardsIdentity(table: ReturnTable) {
  const periods = periodsOf(table);
  const covariance = covarianceMatrix(table, 0);
  const meanVariance = sum(diagonal(covariance)) / table.length;
  if (meanVariance <= 0) refuse({ code: 'ZERO_VARIANCE', what: 'returns' });
  const target = symmetric(table.length, (i, j) => (i === j ? meanVariance : 0));
  return { periods, covariance, target, meanVariance };
}

export const squaredDeviations = (table: ReturnTable): Matrix =>
  table.map((series: Vector) => centered(series).map((each) => each ** 2));

/** Sum over all cells of a square. */
export function sumOf(size: number, value: (i: number, j: number) => number): number {
  let total = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) total += value(i, j);
  return total;
}

/** The shrinkage of Ledoit and Wolf's later papers: (pi - rho) / gamma over the periods, within 0..1. */
export function shareOf(pi: number, rho: number, gamma: number, periods: number): number {
  return gamma <= 0 ? 0 : Math.max(0, Math.min(1, finite((pi - rho) / gamma / periods, 'shrinkage')));
}
