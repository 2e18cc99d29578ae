import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covarianceMatrix } from '../covariance.ts';
import { cell, times } from '../numeric/matrix.ts';
import { dot } from '../numeric/vector.ts';
import { refusalCode, returnTables } from '../testing/return-tables.ts';
import { maximumRatio } from './allocate.ts';
import { blackLitterman, type MarketView } from './black-litterman.ts';

const COVARIANCE = [
  Float64Array.of(0.04, 0.01, 0.006),
  Float64Array.of(0.01, 0.09, 0.02),
  Float64Array.of(0.006, 0.02, 0.0625),
];
const MARKET: MarketView = {
  covariance: COVARIANCE,
  marketWeights: [0.5, 0.3, 0.2],
  riskAversion: 2.5,
  tau: 0.05,
  views: [],
};
const RISES = { weights: [1, 0, 0], expected: 0.08, confidence: 0.5 };

describe('Black-Litterman', () => {
  it('matches the inverse form of the posterior', () => {
    // numpy: inv(inv(tau S) + P' inv(O) P) (inv(tau S) pi + P' inv(O) q).
    const found = blackLitterman({
      ...MARKET,
      views: [RISES, { weights: [0, 1, -1], expected: 0.02, confidence: 0.25 }],
    });
    [0.07017341040462428, 0.08977601156069362, 0.05685151734104046].forEach((each, i) => {
      expect(found.means[i]).toBeCloseTo(each, 12);
    });
    expect(cell(found.covariance, 0, 0)).toBeCloseTo(0.04099955535793686, 12);
    expect(cell(found.covariance, 2, 1)).toBeCloseTo(0.021293158070253445, 12);
  });

  it('holds the market where there is no view', () => {
    fc.assert(
      fc.property(returnTables, (table) => {
        const covariance = covarianceMatrix(table);
        const marketWeights = table.map((_, i) => (i + 1) / ((table.length * (table.length + 1)) / 2));
        const outlook = blackLitterman({ ...MARKET, covariance, marketWeights });
        const weights = maximumRatio({ kind: 'variance', covariance: outlook.covariance }, outlook.means);
        weights.forEach((each, i) => expect(each).toBeCloseTo(marketWeights[i]!, 6));
      }),
      { numRuns: 30 },
    );
  });

  it('believes a certain view and moves a doubted one part of the way', () => {
    const implied = times(COVARIANCE, [0.5, 0.3, 0.2]).map((each) => each * 2.5)[0]!;
    const expectedAt = (confidence: number) =>
      blackLitterman({ ...MARKET, views: [{ ...RISES, confidence }] }).means[0]!;
    expect(expectedAt(1)).toBeCloseTo(0.08, 12);
    expect(expectedAt(0.5)).toBeCloseTo((implied + 0.08) / 2, 12);
    expect(expectedAt(0.25)).toBeCloseTo(implied + (0.08 - implied) / 4, 12);
    const relative = { weights: [0, 1, -1], expected: 0.05, confidence: 1 };
    expect(dot([0, 1, -1], blackLitterman({ ...MARKET, views: [relative] }).means)).toBeCloseTo(0.05, 12);
  });

  it.each<[string, Partial<MarketView>, string]>([
    ['no certainty at all', { views: [{ ...RISES, confidence: 0 }] }, 'OUT_OF_RANGE'],
    ['a view of another length', { views: [{ ...RISES, weights: [1] }] }, 'LENGTHS_DIFFER'],
    ['a view of nothing known', { views: [{ ...RISES, expected: NaN }] }, 'NOT_FINITE'],
    [
      'the same certain view twice',
      {
        views: [
          { ...RISES, confidence: 1 },
          { ...RISES, confidence: 1 },
        ],
      },
      'NOT_POSITIVE_DEFINITE',
    ],
    ['market weights of another length', { marketWeights: [1] }, 'LENGTHS_DIFFER'],
    ['no risk aversion', { riskAversion: 0 }, 'OUT_OF_RANGE'],
    ['no tau', { tau: 0 }, 'OUT_OF_RANGE'],
    ['no covariance', { covariance: [] }, 'TOO_FEW_SAMPLES'],
  ])('refuses %s', (_name, change, code) => {
    expect(refusalCode(() => blackLitterman({ ...MARKET, ...change }))).toBe(code);
  });
});
