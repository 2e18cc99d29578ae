import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalCode } from './testing/return-tables.ts';
import { backtestExceptions, backtestVar } from './var-backtest.ts';

const exceeded = (periods: number, ...at: number[]): readonly boolean[] =>
  Array.from({ length: periods }, (_, t) => at.includes(t));

describe('value at risk against what came', () => {
  it('gives the likelihood ratios of Kupiec and Christoffersen', () => {
    // Python, scipy 1.17: likelihoods written out, chi2.sf.
    const found = backtestExceptions(exceeded(250, 10, 11, 12, 60, 61, 130, 200, 240), 0.99);
    expect(found).toMatchObject({ periods: 250, exceptions: 8, expected: 2.5 });
    expect(found.coverage.statistic).toBeCloseTo(7.7335507244945205, 9);
    expect(found.coverage.pValue).toBeCloseTo(0.0054204051941277994, 10);
    expect(found.independence.statistic).toBeCloseTo(11.514213173456795, 9);
    expect(found.independence.pValue).toBeCloseTo(0.000690660595377144, 10);
    expect(found.conditional.pValue).toBeCloseTo(6.61304038771175e-5, 11);
  });

  it('accepts exactly as many as expected, apart from each other', () => {
    const found = backtestExceptions(exceeded(100, 9, 29, 49, 69, 89), 0.95);
    expect(found.coverage).toEqual({ statistic: 0, pValue: 1 });
    expect(found.independence.pValue).toBeGreaterThan(0.4);
  });

  it('has an answer without any exception and with nothing else', () => {
    const none = backtestExceptions(exceeded(250), 0.99);
    expect(none.coverage.statistic).toBeCloseTo(-2 * 250 * Math.log(0.99), 9);
    expect(none.independence).toEqual({ statistic: 0, pValue: 1 });
    const all = backtestExceptions([true, true, true], 0.99);
    expect(all.coverage.statistic).toBeCloseTo(-6 * Math.log(0.01), 9);
    expect(all.independence).toEqual({ statistic: 0, pValue: 1 });
  });

  it('counts a loss beyond the forecast, not one of its size', () => {
    expect(backtestVar([-0.02, -0.03, 0.1, -0.031], [0.03, 0.03, 0.03, 0.03], 0.95).exceptions).toBe(1);
  });

  it('never gives a probability outside 0..1', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 300 }), (hits) => {
        const { coverage, independence, conditional } = backtestExceptions(hits, 0.95);
        for (const { statistic, pValue } of [coverage, independence, conditional]) {
          expect(statistic).toBeGreaterThanOrEqual(0);
          expect(pValue).toBeGreaterThanOrEqual(0);
          expect(pValue).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it.each<[string, () => unknown, string]>([
    ['one period', () => backtestExceptions([true], 0.95), 'TOO_FEW_SAMPLES'],
    ['no series', () => backtestVar([], [], 0.95), 'TOO_FEW_SAMPLES'],
    ['forecasts of another length', () => backtestVar([0.1, 0.2], [0.1], 0.95), 'LENGTHS_DIFFER'],
    ['an unknown forecast', () => backtestVar([0.1, 0.2], [0.1, NaN], 0.95), 'NOT_FINITE'],
    ['a level of one', () => backtestExceptions([true, false], 1), 'OUT_OF_RANGE'],
  ])('refuses %s', (_name, compute, code) => {
    expect(refusalCode(compute)).toBe(code);
  });
});
