import { centered } from './numeric/moments.ts';
import { cell, diagonal, type Matrix, row, symmetric } from './numeric/matrix.ts';
import { refuse, requireLength, requireRange, requireSeries } from './numeric/refusal.ts';
import { at, dot, sum, type Vector, vector } from './numeric/vector.ts';

/** Returns of each asset over the same periods, oldest first. */
export type ReturnTable = readonly Vector[];

/** Periods of a table. Throws AnalyticsRefusal without assets, under `atLeast` periods, on uneven or not finite series. */
export function periodsOf(table: ReturnTable, atLeast = 2): number {
  const [first] = table;
  if (first === undefined) return refuse({ code: 'TOO_FEW_SAMPLES', what: 'assets', samples: 0, atLeast: 1 });
  for (const series of table) {
    requireLength(series, first.length, 'returns');
    requireSeries(series, atLeast, 'returns');
  }
  return first.length;
}

/** Divided by n - `lost`: 1 for a sample, 0 for a population. Throws AnalyticsRefusal as `periodsOf`. */
export function covarianceMatrix(table: ReturnTable, lost: 0 | 1 = 1): Matrix {
  const periods = periodsOf(table);
  const deviations = table.map(centered);
  return symmetric(table.length, (i, j) => dot(row(deviations, i), row(deviations, j)) / (periods - lost));
}

/** Pearson's. Throws AnalyticsRefusal when an asset does not vary. */
export const correlationMatrix = (table: ReturnTable): Matrix => correlationOf(covarianceMatrix(table));

/** Pearson's of the ranks, ties sharing their mean rank. Throws AnalyticsRefusal when an asset does not vary. */
export function rankCorrelation(table: ReturnTable): Matrix {
  periodsOf(table);
  return correlationMatrix(table.map(ranks));
}

/** Throws AnalyticsRefusal when a variance is not positive. */
export function correlationOf(covariance: Matrix): Matrix {
  const deviations = deviationsOf(covariance);
  return symmetric(covariance.length, (i, j) =>
    i === j ? 1 : cell(covariance, i, j) / (at(deviations, i) * at(deviations, j)),
  );
}

/** Throws AnalyticsRefusal when a variance is not positive. */
export function deviationsOf(covariance: Matrix): Float64Array {
  return diagonal(covariance).map((variance) =>
    variance > 0 ? Math.sqrt(variance) : refuse({ code: 'ZERO_VARIANCE', what: 'asset' }),
  );
}

/**
 * Exponentially weighted covariance around the plain means: the newest product weighs 1, each older one `decay` times as
 * much, and the weights sum to one. Throws AnalyticsRefusal unless 0 < decay < 1.
 */
export function ewmaCovariance(table: ReturnTable, decay: number): Matrix {
  const periods = periodsOf(table);
  requireRange(decay, Number.EPSILON, 1 - Number.EPSILON, 'decay');
  const weights = vector(periods, (t) => decay ** (periods - 1 - t));
  const total = sum(weights);
  const deviations = table.map(centered);
  const weighted = deviations.map((series) => series.map((each, t) => each * at(weights, t)));
  return symmetric(table.length, (i, j) => dot(row(weighted, i), row(deviations, j)) / total);
}

/** The decay of a span as in an n-period moving average. */
export const decayOfSpan = (span: number): number => 1 - 2 / (span + 1);

function ranks(values: Vector): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => at(values, a) - at(values, b));
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && at(values, at(order, to)) === at(values, at(order, from))) to++;
    for (const index of order.slice(from, to)) out[index] = (from + to + 1) / 2;
    from = to;
  }
  return out;
}
