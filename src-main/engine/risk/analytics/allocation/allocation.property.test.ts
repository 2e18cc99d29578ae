import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covarianceMatrix } from '../covariance.ts';
import { quadraticForm, times } from '../numeric/matrix.ts';
import { mean } from '../numeric/moments.ts';
import { sum, vector } from '../numeric/vector.ts';
import { correlatedReturns, fractions, refusalCode, returnTables } from '../testing/return-tables.ts';
import { LONG_ONLY, maximumRatio, minimumRisk, nearestWeights, riskParity } from './allocate.ts';
import { clusterOrder, type Linkage } from './clustering.ts';
import { solveProgram } from './convex-program.ts';
import { hierarchicalRiskParity } from './hierarchical-risk-parity.ts';
import { type RiskMeasure } from './risk-measures.ts';

const TABLE = correlatedReturns(11, 4, 60);
const VARIANCE: RiskMeasure = { kind: 'variance', covariance: covarianceMatrix(TABLE) };
const MEANS = TABLE.map((each) => mean(each) + 0.002);
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  sum(vector(a.length, (i) => Math.abs(a[i]! - b[i]!)));

describe('hierarchical risk parity', () => {
  it('gives positive weights that sum to one, for every linkage', () => {
    fc.assert(
      fc.property(returnTables, fc.constantFrom<Linkage>('single', 'average', 'ward'), (table, linkage) => {
        const weights = hierarchicalRiskParity(covarianceMatrix(table), linkage);
        expect(sum(weights)).toBeCloseTo(1, 12);
        expect(Math.min(...weights)).toBeGreaterThan(0);
      }),
    );
  });

  it('gives one asset everything and two of them by inverse variance', () => {
    expect(Array.from(hierarchicalRiskParity([Float64Array.of(2)]))).toEqual([1]);
    const two = [Float64Array.of(1, 0.3), Float64Array.of(0.3, 4)];
    expect(Array.from(hierarchicalRiskParity(two))).toEqual([0.8, 0.2]);
  });

  it('keeps the nearest together', () => {
    const line = [0, 10, 1, 11].map((a) => Float64Array.from([0, 10, 1, 11], (b) => Math.abs(a - b)));
    for (const linkage of ['single', 'average', 'ward'] as const)
      expect(clusterOrder(line, linkage)).toEqual([0, 2, 1, 3]);
  });
});

describe('minimum risk', () => {
  it('is at most that of other weights', () => {
    fc.assert(
      fc.property(returnTables, fc.array(fractions(0, 1), { minLength: 7, maxLength: 7 }), (table, draw) => {
        const covariance = covarianceMatrix(table);
        const weights = minimumRisk({ kind: 'variance', covariance });
        const other = vector(table.length, (i) => (draw[i] ?? 0) + 1e-3);
        const scaled = other.map((each) => each / sum(other));
        expect(sum(weights)).toBeCloseTo(1, 9);
        expect(Math.min(...weights)).toBeGreaterThan(-1e-9);
        expect(quadraticForm(covariance, weights)).toBeLessThanOrEqual(quadraticForm(covariance, scaled) + 1e-12);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps to caps, floors and turnover', () => {
    const capped = minimumRisk(VARIANCE, { lowest: 0.1, highest: 0.3 });
    expect(Math.min(...capped)).toBeGreaterThan(0.1 - 1e-8);
    expect(Math.max(...capped)).toBeLessThan(0.3 + 1e-8);
    const from = [0.25, 0.25, 0.25, 0.25];
    const free = minimumRisk(VARIANCE);
    expect(distance(free, from)).toBeGreaterThan(0.3);
    const slow = minimumRisk(VARIANCE, { ...LONG_ONLY, turnover: { from, most: 0.3 } });
    expect(distance(slow, from)).toBeCloseTo(0.3, 6);
    const still = minimumRisk(VARIANCE, { ...LONG_ONLY, turnover: { from, most: 1e-7 } });
    expect(distance(still, from)).toBeLessThan(1e-6);
  });

  it('is found for every scenario measure', () => {
    const kinds = [
      'meanAbsoluteDeviation',
      'semivariance',
      'maximumDrawdown',
      'expectedShortfall',
      'drawdownAtRisk',
    ] as const;
    for (const kind of kinds) {
      const weights = minimumRisk({ kind, returns: TABLE, level: 0.9 });
      expect(sum(weights)).toBeCloseTo(1, 9);
      expect(Math.min(...weights)).toBeGreaterThan(-1e-6);
    }
  });
});

describe('maximum ratio', () => {
  it('has a Sharpe ratio no other weights beat', () => {
    const weights = maximumRatio(VARIANCE, MEANS);
    const sharpe = (of: ArrayLike<number>) =>
      sum(vector(4, (i) => of[i]! * MEANS[i]!)) / Math.sqrt(quadraticForm(covarianceMatrix(TABLE), of));
    fc.assert(
      fc.property(fc.array(fractions(0.001, 1), { minLength: 4, maxLength: 4 }), (draw) => {
        expect(sharpe(draw)).toBeLessThanOrEqual(sharpe(weights) + 1e-9);
      }),
    );
    expect(sum(weights)).toBeCloseTo(1, 9);
  });

  it('keeps to caps and turnover', () => {
    const from = [0.25, 0.25, 0.25, 0.25];
    expect(Math.max(...maximumRatio(VARIANCE, MEANS, { lowest: 0, highest: 0.4 }))).toBeLessThan(0.4 + 1e-7);
    const slow = maximumRatio(VARIANCE, MEANS, { ...LONG_ONLY, turnover: { from, most: 0.2 } });
    expect(distance(slow, from)).toBeLessThan(0.2 + 1e-6);
  });
});

describe('risk parity', () => {
  it('has equal contributions to the variance', () => {
    fc.assert(
      fc.property(returnTables, (table) => {
        const covariance = covarianceMatrix(table);
        const weights = riskParity({ kind: 'variance', covariance });
        const slopes = times(covariance, weights);
        const shares = weights.map((each, i) => (each * slopes[i]!) / quadraticForm(covariance, weights));
        for (const share of shares) expect(share).toBeCloseTo(1 / table.length, 6);
        expect(Math.min(...weights)).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });
});

describe('nearest weights', () => {
  it('bring hierarchical risk parity within caps and turnover, and leave what already is', () => {
    const wanted = hierarchicalRiskParity(covarianceMatrix(TABLE));
    expect(distance(nearestWeights(wanted, LONG_ONLY), wanted)).toBeLessThan(1e-6);
    const capped = nearestWeights(wanted, { lowest: 0.05, highest: 0.35 });
    expect(Math.max(...capped)).toBeLessThan(0.35 + 1e-7);
    expect(Math.min(...capped)).toBeGreaterThan(0.05 - 1e-7);
    expect(sum(capped)).toBeCloseTo(1, 9);
    const from = [0.1, 0.2, 0.3, 0.4];
    expect(distance(wanted, from)).toBeGreaterThan(0.5);
    expect(distance(nearestWeights(wanted, { ...LONG_ONLY, turnover: { from, most: 0.5 } }), from)).toBeCloseTo(0.5, 5);
  });

  it('cut a cap evenly off the rest', () => {
    const found = nearestWeights([0.8, 0.1, 0.1], { lowest: 0, highest: 0.5 });
    [0.5, 0.25, 0.25].forEach((each, i) => expect(found[i]).toBeCloseTo(each, 7));
  });
});

describe('refusals', () => {
  const asymmetric: RiskMeasure = { kind: 'variance', covariance: [Float64Array.of(1, 0), Float64Array.of(1, 1)] };
  it.each<[string, () => unknown, string]>([
    ['caps that cannot sum to one', () => minimumRisk(VARIANCE, { lowest: 0, highest: 0.2 }), 'OUT_OF_RANGE'],
    ['floors over one', () => minimumRisk(VARIANCE, { lowest: 0.3, highest: 1 }), 'OUT_OF_RANGE'],
    ['a target of nothing', () => nearestWeights([0, 0], LONG_ONLY), 'INFEASIBLE'],
    ['a target that is NaN', () => nearestWeights([1, NaN], LONG_ONLY), 'NOT_FINITE'],
    ['means of another length', () => maximumRatio(VARIANCE, [1]), 'LENGTHS_DIFFER'],
    ['a mean that is NaN', () => maximumRatio(VARIANCE, [1, NaN, 1, 1]), 'NOT_FINITE'],
    ['no positive mean', () => maximumRatio(VARIANCE, [-1, -1, 0, -1]), 'INFEASIBLE'],
    ['an asymmetric covariance', () => minimumRisk(asymmetric), 'NOT_POSITIVE_DEFINITE'],
    ['returns that do not vary', () => minimumRisk({ kind: 'semivariance', returns: [[0, 0], [0, 0]] }), 'ZERO_VARIANCE'], // prettier-ignore
    ['a variance of zero', () => hierarchicalRiskParity([Float64Array.of(0)]), 'ZERO_VARIANCE'],
    [
      'weights before of another length',
      () => minimumRisk(VARIANCE, { ...LONG_ONLY, turnover: { from: [1], most: 1 } }),
      'LENGTHS_DIFFER',
    ],
    [
      'a negative turnover',
      () => minimumRisk(VARIANCE, { ...LONG_ONLY, turnover: { from: [1, 0, 0, 0], most: -1 } }),
      'OUT_OF_RANGE',
    ],
    [
      'constraints that contradict each other',
      () =>
        solveProgram({
          quadratic: [Float64Array.of(1)],
          linear: [0],
          logarithms: { weight: 0, count: 0 },
          equalities: [],
          inequalities: [
            { terms: [[0, 1]], bound: -1 },
            { terms: [[0, -1]], bound: -1 },
          ],
        }),
      'INFEASIBLE',
    ],
    [
      'a turnover that reaches no positive mean',
      () =>
        maximumRatio(VARIANCE, [1, -9, -9, -9], {
          ...LONG_ONLY,
          turnover: { from: [0.25, 0.25, 0.25, 0.25], most: 0.2 },
        }),
      'INFEASIBLE',
    ],
  ])('%s', (_name, compute, code) => {
    expect(refusalCode(compute)).toBe(code);
  });
});
