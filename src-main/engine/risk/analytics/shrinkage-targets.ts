import { correlationOf, covarianceMatrix, deviationsOf, periodsOf, type ReturnTable } from './covariance.ts';
import { blend, cell, diagonal, type Matrix, matrix, row, symmetric } from './numeric/matrix.ts';
import { centered } from './numeric/moments.ts';
import { refuse } from './numeric/refusal.ts';
import { at, dot, sum, vector } from './numeric/vector.ts';
import { type Shrunk, shareOf, squaredDeviations, sumOf } from './shrinkage.ts';

/**
 * Ledoit and Wolf 2004, "Honey, I shrunk the sample covariance matrix": the sample covariance towards one common correlation.
 * Throws AnalyticsRefusal for one asset alone or when an asset does not vary.
 */
export function ledoitWolfConstantCorrelation(table: ReturnTable): Shrunk {
  const periods = periodsOf(table);
  const size = table.length;
  if (size < 2) refuse({ code: 'TOO_FEW_SAMPLES', what: 'assets', samples: size, atLeast: 2 });
  const sample = covarianceMatrix(table);
  const spread = deviationsOf(sample);
  const correlation = correlationOf(sample);
  const common = (sumOf(size, (i, j) => cell(correlation, i, j)) - size) / (size * (size - 1));
  const target = symmetric(size, (i, j) => (i === j ? 1 : common) * at(spread, i) * at(spread, j));
  const deviations = table.map(centered);
  const population = covarianceMatrix(table, 0);
  const pi = pairNoise(table, population, sample);
  const cubed = deviations.map((series) => series.map((each) => each ** 3));
  const theta = (i: number, j: number): number => {
    const [variance, covariance] = [cell(sample, i, i), cell(sample, i, j)];
    const third = dot(row(cubed, i), row(deviations, j)) / periods;
    return third - cell(population, i, i) * covariance - cell(population, i, j) * variance + variance * covariance;
  };
  const rho = sumOf(size, (i, j) =>
    i === j ? cell(pi, i, i) : common * (at(spread, j) / at(spread, i)) * theta(i, j),
  );
  const share = shareOf(
    sumOf(size, (i, j) => cell(pi, i, j)),
    rho,
    distance(sample, target),
    periods,
  );
  return { share, covariance: blend(sample, target, share) };
}

/** Asymptotic variance of each covariance. */
function pairNoise(table: ReturnTable, population: Matrix, sample: Matrix): Matrix {
  const squared = squaredDeviations(table);
  const periods = row(squared, 0).length;
  return symmetric(table.length, (i, j) => {
    const covariance = cell(sample, i, j);
    return dot(row(squared, i), row(squared, j)) / periods - 2 * cell(population, i, j) * covariance + covariance ** 2;
  });
}

const distance = (a: Matrix, b: Matrix): number => sumOf(a.length, (i, j) => (cell(a, i, j) - cell(b, i, j)) ** 2);

/**
 * Ledoit and Wolf 2003, "Improved estimation of the covariance matrix of stock returns": the population covariance towards
 * a one-factor model whose factor is the mean of the assets. Throws AnalyticsRefusal when that mean does not vary.
 */
export function ledoitWolfSingleFactor(table: ReturnTable): Shrunk {
  const periods = periodsOf(table);
  const size = table.length;
  const deviations = table.map(centered);
  const market = vector(periods, (t) => sum(deviations.map((series) => at(series, t))) / size);
  const marketVariance = dot(market, market) / periods;
  if (marketVariance <= 0) refuse({ code: 'ZERO_VARIANCE', what: 'market' });
  const loadings = vector(size, (i) => dot(row(deviations, i), market) / periods);
  const sample = covarianceMatrix(table, 0);
  const target = symmetric(size, (i, j) =>
    i === j ? cell(sample, i, i) : (at(loadings, i) * at(loadings, j)) / marketVariance,
  );
  const noise = pairNoise(table, sample, sample);
  const rho = sum(diagonal(noise)) + factorNoise({ table, market, loadings, sample, marketVariance });
  const share = shareOf(
    sumOf(size, (i, j) => cell(noise, i, j)),
    rho,
    distance(sample, target),
    periods,
  );
  return { share, covariance: blend(sample, target, share) };
}

type Factor = {
  readonly table: ReturnTable;
  readonly market: Float64Array;
  /** Covariance of each asset with the market. */
  readonly loadings: Float64Array;
  readonly sample: Matrix;
  readonly marketVariance: number;
};

/** The off-diagonal part of rho. */
function factorNoise({ table, market, loadings, sample, marketVariance }: Factor): number {
  const size = table.length;
  const squared = squaredDeviations(table);
  const withMarket = table.map((series) => centered(series).map((each, t) => each * at(market, t)));
  const first = matrix(size, size, (i, j) => {
    const crossed = dot(row(squared, i), row(withMarket, j)) / market.length;
    return (crossed - at(loadings, i) * cell(sample, i, j)) * at(loadings, j);
  });
  const second = symmetric(size, (i, j) => {
    const crossed = dot(row(withMarket, i), row(withMarket, j)) / market.length;
    return (crossed - marketVariance * cell(sample, i, j)) * at(loadings, i) * at(loadings, j);
  });
  const offDiagonal = (of: Matrix): number => sumOf(size, (i, j) => (i === j ? 0 : cell(of, i, j)));
  return (2 * offDiagonal(first)) / marketVariance - offDiagonal(second) / marketVariance ** 2;
}
