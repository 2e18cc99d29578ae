import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modifiedVarByAsset, normalEsByAsset, normalVarByAsset, portfolioReturns } from './component-risk.ts';
import {
  correlationMatrix,
  correlationOf,
  covarianceMatrix,
  decayOfSpan,
  ewmaCovariance,
  rankCorrelation,
} from './covariance.ts';
import { ewmaVariance, ewmaVolatility } from './ewma.ts';
import { modifiedRisk } from './modified-risk.ts';
import { type Simulation, simulateReturns } from './monte-carlo.ts';
import { cell, cholesky, type Matrix, matrix, requireSymmetric } from './numeric/matrix.ts';
import { mean, moments } from './numeric/moments.ts';
import { uniformDraws } from './numeric/normal-draws.ts';
import { sum } from './numeric/vector.ts';
import { ledoitWolf, oracleApproximating } from './shrinkage.ts';
import { ledoitWolfConstantCorrelation, ledoitWolfSingleFactor } from './shrinkage-targets.ts';
import { correlatedReturns, refusalCode, returnTables } from './testing/return-tables.ts';
import { historicalRisk, normalRisk } from './value-at-risk.ts';

const TABLE = correlatedReturns(7, 3, 50);
const CONSTANT = [new Float64Array(50).fill(0.01), TABLE[0]!];
const WEIGHTS = [0.5, 0.3, 0.2];
const IDENTITY = matrix(2, 2, (i, j) => (i === j ? 1 : 0));
const SIMULATION: Simulation = { weights: [0.5, 0.5], means: [0, 0], covariance: IDENTITY, draws: 1000, seed: 1 };
const of = (...rows: number[][]): Matrix => rows.map((row) => Float64Array.from(row));

describe('refusals', () => {
  it.each<[string, () => unknown, string]>([
    ['covariance of no asset', () => covarianceMatrix([]), 'TOO_FEW_SAMPLES'],
    ['covariance of one period', () => covarianceMatrix([[1], [2]]), 'TOO_FEW_SAMPLES'],
    ['covariance of uneven series', () => covarianceMatrix([[1, 2], [1, 2, 3]]), 'LENGTHS_DIFFER'], // prettier-ignore
    ['covariance with a NaN', () => covarianceMatrix([[1, NaN]]), 'NOT_FINITE'],
    ['correlation with a constant', () => correlationMatrix(CONSTANT), 'ZERO_VARIANCE'],
    ['rank correlation with a constant', () => rankCorrelation(CONSTANT), 'ZERO_VARIANCE'],
    ['a decay of one', () => ewmaCovariance(TABLE, 1), 'OUT_OF_RANGE'],
    ['EWMA without returns', () => ewmaVariance([], 0.9), 'TOO_FEW_SAMPLES'],
    ['EWMA with a decay of zero', () => ewmaVariance([1], 0), 'OUT_OF_RANGE'],
    ['shrinkage of constants', () => ledoitWolf([new Float64Array(9), new Float64Array(9)]), 'ZERO_VARIANCE'],
    ['one correlation for one asset', () => ledoitWolfConstantCorrelation([TABLE[0]!]), 'TOO_FEW_SAMPLES'],
    ['one factor of constants', () => ledoitWolfSingleFactor([new Float64Array(9)]), 'ZERO_VARIANCE'],
    ['weights of another length', () => portfolioReturns(TABLE, [1]), 'LENGTHS_DIFFER'],
    ['a weight that is NaN', () => portfolioReturns(TABLE, [1, NaN, 0]), 'NOT_FINITE'],
    ['parts of an empty portfolio', () => normalVarByAsset(TABLE, [0, 0, 0], 0.95), 'ZERO_VARIANCE'],
    ['parts of a level of two', () => normalEsByAsset(TABLE, WEIGHTS, 2), 'OUT_OF_RANGE'],
    ['modified risk of constants', () => modifiedRisk([0.1, 0.1, 0.1], 0.95), 'ZERO_VARIANCE'],
    ['modified risk of one return', () => modifiedRisk([0.1], 0.95), 'TOO_FEW_SAMPLES'],
    ['a simulation without draws', () => simulateReturns({ ...SIMULATION, draws: 0 }), 'OUT_OF_RANGE'],
    ['a simulation with other weights', () => simulateReturns({ ...SIMULATION, weights: [1] }), 'LENGTHS_DIFFER'],
    [
      'a simulation of an impossible covariance',
      () => simulateReturns({ ...SIMULATION, covariance: of([1, 2], [2, 1]) }),
      'NOT_POSITIVE_DEFINITE',
    ],
    ['a factor of dependent assets', () => cholesky(of([1, 1], [1, 1]), 'm'), 'NOT_POSITIVE_DEFINITE'],
    ['no matrix', () => requireSymmetric([], 'm'), 'TOO_FEW_SAMPLES'],
    ['a matrix that is not square', () => requireSymmetric(of([1, 2]), 'm'), 'LENGTHS_DIFFER'],
    ['an asymmetric matrix', () => requireSymmetric(of([1, 0.2], [0.3, 1]), 'm'), 'NOT_POSITIVE_DEFINITE'],
    ['a matrix with an infinity', () => requireSymmetric(of([Infinity]), 'm'), 'NOT_FINITE'],
  ])('%s', (_name, compute, code) => {
    expect(refusalCode(compute)).toBe(code);
  });
});

describe('risk by asset', () => {
  it('sums to the total, which is the risk of the portfolio', () => {
    fc.assert(
      fc.property(returnTables, fc.double({ min: 0.9, max: 0.995, noNaN: true }), (table, level) => {
        const weights = table.map((_, i) => (i + 1) / table.length);
        const returns = portfolioReturns(table, weights);
        const normal = normalRisk(moments(returns), level);
        const totals = [
          [normalVarByAsset(table, weights, level), normal.valueAtRisk],
          [normalEsByAsset(table, weights, level), normal.expectedShortfall],
          [modifiedVarByAsset(table, weights, level), modifiedRisk(returns, level).valueAtRisk],
        ] as const;
        for (const [parts, total] of totals) {
          expect(sum(parts.component)).toBeCloseTo(parts.total, 12);
          expect(parts.total).toBeCloseTo(total, 10);
        }
      }),
    );
  });

  it('has the slope of the total', () => {
    const step = 1e-6;
    for (const parts of [normalVarByAsset, normalEsByAsset, modifiedVarByAsset]) {
      const { total, marginal } = parts(TABLE, WEIGHTS, 0.99);
      WEIGHTS.forEach((_, i) => {
        const moved = parts(TABLE, WEIGHTS.map((weight, at) => (at === i ? weight + step : weight)), 0.99); // prettier-ignore
        expect((moved.total - total) / step).toBeCloseTo(marginal[i]!, 5);
      });
    }
  });
});

describe('modified risk', () => {
  it('is the normal one for a normal shape, and at least the value at risk in the tail', () => {
    const symmetric = [-1, -0.5, 0, 0.5, 1];
    expect(modifiedRisk(symmetric, 0.95).monotone).toBe(false);
    fc.assert(
      fc.property(returnTables, (table) => {
        const found = modifiedRisk(table[0]!, 0.99);
        expect(found.expectedShortfall).toBeGreaterThanOrEqual(found.valueAtRisk);
      }),
    );
  });

  it('says when the expansion cannot be trusted', () => {
    const crash = Array.from({ length: 100 }, (_, i) => (i === 0 ? -0.6 : 0.001 * (i % 3)));
    expect(modifiedRisk(crash, 0.95).monotone).toBe(false);
  });
});

describe('covariances', () => {
  it('shrink towards their target by a share of zero to one and stay invertible', () => {
    const estimators = [ledoitWolf, oracleApproximating, ledoitWolfConstantCorrelation, ledoitWolfSingleFactor];
    fc.assert(
      fc.property(returnTables, fc.constantFrom(...estimators), (table, estimate) => {
        const { share, covariance } = estimate(table);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(refusalCode(() => cholesky(covariance, 'shrunk'))).toBeUndefined();
      }),
    );
  });

  it('leave one asset alone as it is', () => {
    const alone = [TABLE[0]!];
    expect(ledoitWolf(alone)).toEqual({ share: 0, covariance: covarianceMatrix(alone, 0) });
    expect(cell(oracleApproximating(alone).covariance, 0, 0)).toBeCloseTo(cell(covarianceMatrix(alone, 0), 0, 0), 15);
  });

  it('have correlations of at most one, also of ranks with ties', () => {
    fc.assert(
      fc.property(returnTables, (table) => {
        for (const each of [
          correlationMatrix(table),
          rankCorrelation(table),
          correlationOf(ewmaCovariance(table, 0.9)),
        ]) {
          each.forEach((row, i) => {
            row.forEach((value) => expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-12));
            expect(row[i]).toBe(1);
          });
        }
      }),
    );
    // scipy.stats.spearmanr([1, 2, 2, 3], [4, 1, 3, 2]).statistic
    expect(cell(rankCorrelation([[1, 2, 2, 3], [4, 1, 3, 2]]), 0, 1)).toBeCloseTo(-0.6324555320336759, 12); // prettier-ignore
  });

  it('weigh the newest period most', () => {
    expect(Array.from(ewmaVariance([0.1, 0.2], 0.9))).toEqual([0.1 ** 2, 0.9 * 0.1 ** 2 + (1 - 0.9) * 0.2 ** 2]);
    expect(ewmaVolatility([0.3], 0.9)[0]).toBeCloseTo(0.3, 12);
    expect(decayOfSpan(3)).toBe(0.5);
  });
});

describe('simulation', () => {
  it('repeats itself for a seed and differs for another', () => {
    expect(simulateReturns(SIMULATION)).toEqual(simulateReturns(SIMULATION));
    expect(simulateReturns({ ...SIMULATION, seed: 2 })).not.toEqual(simulateReturns(SIMULATION));
    expect(simulateReturns({ ...SIMULATION, seed: 2 ** 40 })).not.toEqual(simulateReturns({ ...SIMULATION, seed: 0 }));
  });

  it('has the moments it was asked for', () => {
    const covariance = of([4, 1], [1, 2]);
    const drawn = simulateReturns({ weights: [1, -1], means: [1, 0.5], covariance, draws: 200_000, seed: 3 });
    const found = moments(drawn);
    // Standard errors of mean, deviation and skewness for 200,000 draws are 0.0045, 0.0032 and 0.0055.
    expect(Math.abs(found.mean - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(found.deviation - 2)).toBeLessThan(0.015);
    expect(Math.abs(found.skewness)).toBeLessThan(0.025);
    expect(Math.abs(historicalRisk(drawn, 0.99).valueAtRisk - (2.3263 * 2 - 0.5))).toBeLessThan(0.07);
  });

  it('draws uniformly', () => {
    const uniform = uniformDraws(5);
    const drawn = Float64Array.from({ length: 20_000 }, () => uniform());
    expect(Math.min(...drawn)).toBeGreaterThan(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    expect(Math.abs(mean(drawn) - 0.5)).toBeLessThan(0.01);
  });
});
