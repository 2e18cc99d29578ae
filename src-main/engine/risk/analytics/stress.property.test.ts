import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covarianceMatrix, deviationsOf } from './covariance.ts';
import { quadraticForm } from './numeric/matrix.ts';
import { sum } from './numeric/vector.ts';
import { stressedDeviation, stressLoss, type StressPosition, type StressScenario } from './stress.ts';
import { fractions, refusalCode, returnTables } from './testing/return-tables.ts';

const LONG: StressPosition = { exposure: 1000, halfSpread: 0.001, dailyValue: 100_000, dailyVolatility: 0.05 };
const SHORT: StressPosition = { ...LONG, exposure: -500 };
const CRASH: StressScenario = { shocks: [-0.2, -0.2], spreadTimes: 5, volumeDividedBy: 4 };

describe('a shock', () => {
  it('costs its move, then the way out through a thin market', () => {
    const loss = stressLoss([LONG, SHORT], CRASH);
    expect(loss.price).toBeCloseTo(200 - 100, 12);
    // 800 and 400 are left: half spread five times, and 5 % times the root of 3.2 % and 1.6 % of a day's value.
    const exits = [800 * (0.005 + 0.05 * Math.sqrt(0.032)), 400 * (0.005 + 0.05 * Math.sqrt(0.016))];
    expect(loss.liquidity).toBeCloseTo(sum(exits), 10);
    expect(loss.total).toBeCloseTo(100 + sum(exits), 10);
    expect(sum(loss.byPosition)).toBeCloseTo(loss.total, 10);
  });

  it('never costs a long position more than it is worth', () => {
    const positions = fc.record({
      exposure: fractions(0, 1e6),
      halfSpread: fractions(0, 2),
      dailyValue: fractions(1, 1e6),
      dailyVolatility: fractions(0, 2),
    });
    fc.assert(
      fc.property(positions, fractions(-1, 1), (position, shock) => {
        const { total } = stressLoss([position], { shocks: [shock], spreadTimes: 3, volumeDividedBy: 10 });
        expect(total).toBeLessThanOrEqual(position.exposure * (1 + 1e-12));
      }),
    );
  });
});

describe('moved correlations', () => {
  const stress = (share: number, towards: 'one' | 'worst') => ({ share, towards });

  it('change nothing at a share of zero and add all deviations at the worst', () => {
    fc.assert(
      fc.property(
        returnTables,
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 7, maxLength: 7 }),
        (table, draw) => {
          const covariance = covarianceMatrix(table);
          const exposures = table.map((_, i) => draw[i] ?? 0);
          const plain = Math.sqrt(Math.max(0, quadraticForm(covariance, exposures)));
          const all = sum(deviationsOf(covariance).map((each, i) => each * Math.abs(exposures[i] ?? 0)));
          expect(stressedDeviation(exposures, covariance, stress(0, 'worst'))).toBeCloseTo(plain, 9);
          expect(stressedDeviation(exposures, covariance, stress(1, 'worst'))).toBeCloseTo(all, 9);
          const half = stressedDeviation(exposures, covariance, stress(0.5, 'worst'));
          expect(half).toBeGreaterThanOrEqual(plain - 1e-9);
          expect(half).toBeLessThanOrEqual(all + 1e-9);
        },
      ),
    );
  });

  it('let a perfect hedge hold at one and break at the worst', () => {
    const covariance = [Float64Array.of(0.04, 0.02), Float64Array.of(0.02, 0.04)];
    expect(stressedDeviation([10, -10], covariance, stress(1, 'one'))).toBeCloseTo(0, 7);
    expect(stressedDeviation([10, -10], covariance, stress(1, 'worst'))).toBeCloseTo(4, 12);
  });
});

describe('refusals', () => {
  const covariance = [Float64Array.of(1)];
  const one = (change: Partial<StressPosition>) => () =>
    stressLoss([{ ...LONG, ...change }], { ...CRASH, shocks: [0] });
  it.each<[string, () => unknown, string]>([
    ['shocks of another length', () => stressLoss([LONG], CRASH), 'LENGTHS_DIFFER'],
    ['a fall under zero', () => stressLoss([LONG, SHORT], { ...CRASH, shocks: [-1.1, 0] }), 'OUT_OF_RANGE'],
    ['a spread that narrows', () => stressLoss([LONG, SHORT], { ...CRASH, spreadTimes: 0.5 }), 'OUT_OF_RANGE'],
    ['volume that grows', () => stressLoss([LONG, SHORT], { ...CRASH, volumeDividedBy: 0.5 }), 'OUT_OF_RANGE'],
    ['an unknown exposure', one({ exposure: NaN }), 'NOT_FINITE'],
    ['a negative spread', one({ halfSpread: -1 }), 'OUT_OF_RANGE'],
    ['an unknown volatility', one({ dailyVolatility: NaN }), 'OUT_OF_RANGE'],
    ['no trade in a day', one({ dailyValue: 0 }), 'OUT_OF_RANGE'],
    ['other exposures', () => stressedDeviation([1, 2], covariance, { share: 1, towards: 'one' }), 'LENGTHS_DIFFER'],
    ['an exposure that is NaN', () => stressedDeviation([NaN], covariance, { share: 1, towards: 'one' }), 'NOT_FINITE'],
    ['a share over one', () => stressedDeviation([1], covariance, { share: 2, towards: 'one' }), 'OUT_OF_RANGE'],
    [
      'a negative variance',
      () => stressedDeviation([1], [Float64Array.of(-1)], { share: 1, towards: 'one' }),
      'OUT_OF_RANGE',
    ],
  ])('%s', (_name, compute, code) => {
    expect(refusalCode(compute)).toBe(code);
  });
});
