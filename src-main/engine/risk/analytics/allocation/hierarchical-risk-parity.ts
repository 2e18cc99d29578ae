import { correlationOf } from '../covariance.ts';
import { cell, type Matrix, matrix, quadraticForm, requireSymmetric } from '../numeric/matrix.ts';
import { at, sum, vector } from '../numeric/vector.ts';
import { clusterOrder, type Linkage } from './clustering.ts';

/**
 * Weights of Lopez de Prado 2016, "Building diversified portfolios that outperform out of sample": positive, summing to one.
 * The distance sqrt((1 - correlation) / 2) is used as it is, not the distance between its columns.
 * Throws AnalyticsRefusal unless the covariance is symmetric with positive variances.
 */
export function hierarchicalRiskParity(covariance: Matrix, linkage: Linkage = 'single'): Float64Array {
  requireSymmetric(covariance, 'covariance');
  const correlation = correlationOf(covariance);
  const size = covariance.length;
  const distance = matrix(size, size, (i, j) => Math.sqrt(Math.max(0, (1 - cell(correlation, i, j)) / 2)));
  const weights = new Float64Array(size).fill(1);
  bisect(covariance, clusterOrder(distance, linkage), weights);
  return weights;
}

/** Splits the weight of a cluster between its halves, against their variances; the left half is the smaller one. */
function bisect(covariance: Matrix, cluster: readonly number[], weights: Float64Array): void {
  if (cluster.length < 2) return;
  const half = Math.floor(cluster.length / 2);
  const [left, right] = [cluster.slice(0, half), cluster.slice(half)];
  const [a, b] = [clusterVariance(covariance, left), clusterVariance(covariance, right)];
  for (const asset of left) weights[asset] = (at(weights, asset) * b) / (a + b);
  for (const asset of right) weights[asset] = (at(weights, asset) * a) / (a + b);
  bisect(covariance, left, weights);
  bisect(covariance, right, weights);
}

/** Variance of the cluster held in inverse proportion to the variances of its members. */
function clusterVariance(covariance: Matrix, cluster: readonly number[]): number {
  const within = matrix(cluster.length, cluster.length, (i, j) => cell(covariance, at(cluster, i), at(cluster, j)));
  const inverse = vector(cluster.length, (i) => 1 / cell(within, i, i));
  const total = sum(inverse);
  return quadraticForm(
    within,
    inverse.map((each) => each / total),
  );
}
