import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fractions, refusalCode } from '../testing/return-tables.ts';
import { growthOptimalKelly, kellyStake, meanVarianceKelly, winLossKelly } from '../kelly.ts';
import { historicalRisk, normalRisk, tailOf } from '../value-at-risk.ts';
import { alpha, beta, capture, informationRatio, rSquared } from './benchmark-metrics.ts';
import { tradeDrawdown, tradeGrowth, tradeProfitFactor, tradeSharpe, tradeSortino } from './closed-trades.ts';
import { calmarRatio, drawdowns, drawdownSeries, maxDrawdown, recoveryFactor, ulcerIndex } from './drawdowns.ts';
import {
  annualReturn,
  gainToPain,
  omegaRatio,
  probabilisticSharpe,
  sharpeRatio,
  sortinoRatio,
  stability,
  tailRatio,
} from './return-metrics.ts';
import { cpcIndex, expectancy, longestRuns, winLoss } from './win-loss.ts';

const UP = [0.01, 0.02, 0.03];
const FLAT = [0, 0, 0, 0];
const MIXED = [0.1, -0.05, 0.2, -0.1];
const trades = (...profits: number[]) => ({ profits, startingBalance: 100, days: 10 });

describe('undefined figures', () => {
  it.each<[string, () => unknown, string]>([
    ['Sharpe of equal returns', () => sharpeRatio([0.01, 0.01], 252), 'ZERO_VARIANCE'],
    ['Sortino without a loss', () => sortinoRatio(UP, 252), 'UNDEFINED'],
    ['omega without a loss', () => omegaRatio(UP), 'UNDEFINED'],
    ['tail ratio of flat returns', () => tailRatio(FLAT), 'UNDEFINED'],
    ['Calmar without a drawdown', () => calmarRatio(UP, 252), 'UNDEFINED'],
    ['recovery without a drawdown', () => recoveryFactor(UP), 'UNDEFINED'],
    ['gain to pain of minutes', () => gainToPain(MIXED, 525_600), 'OUT_OF_RANGE'],
    ['ulcer of one return', () => ulcerIndex([0.1]), 'TOO_FEW_SAMPLES'],
    ['stability of flat returns', () => stability(FLAT), 'ZERO_VARIANCE'],
    ['growth through a loss of more than all', () => annualReturn([-1.2], 252), 'OUT_OF_RANGE'],
    ['probabilistic Sharpe of three returns', () => probabilisticSharpe(UP), 'TOO_FEW_SAMPLES'],
    ['win rate without a win', () => winLoss([-1, 0]), 'UNDEFINED'],
    ['win rate without a loss', () => winLoss([1, 0]), 'UNDEFINED'],
    ['win rate of nothing', () => winLoss([]), 'TOO_FEW_SAMPLES'],
    ['expectancy without a loss', () => expectancy([1, 2]), 'UNDEFINED'],
    ['beta to a flat benchmark', () => beta(MIXED, FLAT), 'ZERO_VARIANCE'],
    ['beta to another length', () => beta(MIXED, UP), 'LENGTHS_DIFFER'],
    ['information ratio against itself', () => informationRatio(MIXED, MIXED), 'ZERO_VARIANCE'],
    ['capture of a side that never came', () => capture(MIXED, [1, 1, 1, 1], 'down', 252), 'TOO_FEW_SAMPLES'],
    ['drawdowns without their times', () => drawdowns(MIXED, [0]), 'LENGTHS_DIFFER'],
    ['trades without a loss', () => tradeDrawdown(trades(1, 2)), 'UNDEFINED'],
    ['profit factor without a loss', () => tradeProfitFactor(trades(1, 2)), 'UNDEFINED'],
    ['Sharpe of one trade', () => tradeSharpe(trades(1)), 'ZERO_VARIANCE'],
    ['Sortino without losses', () => tradeSortino(trades(1, 2)), 'TOO_FEW_SAMPLES'],
    ['growth of a lost account', () => tradeGrowth(trades(-100)), 'OUT_OF_RANGE'],
    ['trades of no day', () => tradeGrowth({ ...trades(1), days: 0 }), 'OUT_OF_RANGE'],
    ['no trades', () => tradeGrowth(trades()), 'TOO_FEW_SAMPLES'],
    ['Kelly without a loss', () => winLossKelly([1, 1]), 'UNDEFINED'],
    ['Kelly without a win', () => winLossKelly([-1, -1]), 'UNDEFINED'],
    ['Kelly of equal returns', () => meanVarianceKelly([0.1, 0.1, 0.1]), 'ZERO_VARIANCE'],
    ['growth-optimal Kelly without a loss', () => growthOptimalKelly(UP), 'UNDEFINED'],
    ['a Kelly fraction that is NaN', () => kellyStake(NaN, 'half', 1), 'NOT_FINITE'],
    ['a negative cap', () => kellyStake(0.1, 'half', -1), 'OUT_OF_RANGE'],
    ['a level of a quarter', () => historicalRisk(MIXED, 0.25), 'OUT_OF_RANGE'],
    ['one return', () => historicalRisk([0.1], 0.95), 'TOO_FEW_SAMPLES'],
    ['a NaN mean', () => normalRisk({ mean: NaN, deviation: 1 }, 0.95), 'NOT_FINITE'],
    ['a negative deviation', () => normalRisk({ mean: 0, deviation: -1 }, 0.95), 'OUT_OF_RANGE'],
  ])('%s', (_name, compute, expected) => {
    expect(refusalCode(compute)).toBe(expected);
  });
});

describe('returns', () => {
  it('give figures worked by hand', () => {
    expect(Array.from(drawdownSeries([0.1, -0.5, 0.2]))).toEqual([0, -0.5, expect.closeTo(-0.4, 12)]);
    expect(maxDrawdown([-0.1, 0.05])).toBeCloseTo(-0.1, 12);
    expect(longestRuns([1, 1, 0, 1, -1, -1, -1])).toEqual({ wins: 2, losses: 3 });
    expect(winLoss([2, -1, 0, 4])).toMatchObject({ winRate: 2 / 3, averageWin: 3, payoff: 3, profitFactor: 6 });
    expect(cpcIndex([2, -1, 0, 4])).toBeCloseTo(12, 12);
    expect(rSquared([1, 2, 4], [2, 4, 8])).toBeCloseTo(1, 12);
    expect(alpha([0.01, 0.02], [0.01, 0.02], 252)).toBeCloseTo(0, 12);
  });

  it('give the probability of a true edge by the formula of its source', () => {
    // Python: r = [.1, -.05, .2, -.1, .04]; scipy 1.17 norm.cdf(b / sqrt((1 - s*b + (k + 2)/4 * b*b) / 4)), bias=False.
    expect(probabilisticSharpe([0.1, -0.05, 0.2, -0.1, 0.04])).toBeCloseTo(0.7454285238343945, 10);
  });

  it('list drawdowns deepest first, an open one to the last period', () => {
    const day = 86_400_000_000;
    const found = drawdowns([-0.1, 0.2, -0.3, 0.05], [0, day, 2 * day, 3 * day]);
    expect(found).toEqual([
      { start: 2, valley: 2, end: 3, days: 2, depth: expect.closeTo(-0.3, 12) as number },
      { start: 0, valley: 0, end: 0, days: 1, depth: expect.closeTo(-0.1, 12) as number },
    ]);
  });
});

describe('closed trades', () => {
  it('measure the account at its height, the start counting as one', () => {
    expect(tradeDrawdown(trades(-20, 10, 40, -30))).toEqual({
      amount: 30,
      ofAccount: 30 / 130,
      largestOfAccount: 30 / 130,
      high: 2,
      low: 3,
    });
    expect(expectancy([2, -1, -1])).toEqual({
      perTrade: expect.closeTo(0, 12) as number,
      ratio: expect.closeTo(0, 12) as number,
    });
    expect(expectancy([-1])).toEqual({ perTrade: -1, ratio: -1 });
  });
});

const returnsOf = (length: number) => fc.array(fractions(-0.5, 0.5), { minLength: length });
const LEVELS = fc.tuple(fractions(0.5, 0.999), fractions(0.5, 0.999));

describe('tail risk', () => {
  it('grows with the level, and the shortfall is never under the value at risk', () => {
    fc.assert(
      fc.property(returnsOf(2), LEVELS, (returns, levels) => {
        const [low, high] = [Math.min(...levels), Math.max(...levels)];
        const [a, b] = [historicalRisk(returns, low), historicalRisk(returns, high)];
        expect(b.valueAtRisk).toBeGreaterThanOrEqual(a.valueAtRisk - 1e-12);
        expect(b.expectedShortfall).toBeGreaterThanOrEqual(b.valueAtRisk - 1e-12);
      }),
    );
    fc.assert(
      fc.property(fractions(0, 1), LEVELS, (deviation, levels) => {
        const [low, high] = [Math.min(...levels), Math.max(...levels)];
        const [a, b] = [normalRisk({ mean: 0, deviation }, low), normalRisk({ mean: 0, deviation }, high)];
        expect(b.valueAtRisk).toBeGreaterThanOrEqual(a.valueAtRisk);
        expect(b.expectedShortfall).toBeGreaterThanOrEqual(b.valueAtRisk);
      }),
    );
  });

  it('takes exactly the tail of a level that binary fractions miss', () => {
    expect([tailOf(0.95), tailOf(0.99), tailOf(0.9)]).toEqual([0.05, 0.01, 0.1]);
    const returns = Array.from({ length: 11 }, (_, i) => i / 100 - 0.05);
    expect(historicalRisk(returns, 0.9).expectedShortfall).toBeCloseTo(0.045, 12);
  });
});

describe('Kelly', () => {
  it.each([
    [0.4, 'full', 1, 0.4],
    [0.4, 'half', 1, 0.2],
    [0.4, 'quarter', 1, 0.1],
    [0.4, 'full', 0.25, 0.25],
    [-0.3, 'full', 1, 0],
    [0, 'half', 1, 0],
    [3, 'full', 2, 2],
  ] as const)('of %d, %s, at most %d, stakes %d', (kelly, share, cap, expected) => {
    expect(kellyStake(kelly, share, cap)).toBe(expected);
  });

  it('agrees with the two-outcome formula and stakes nothing without an edge', () => {
    const coin = [1, 1, 1, -1, -1];
    expect(winLossKelly(coin)).toBeCloseTo(0.2, 12);
    expect(growthOptimalKelly(coin)).toBeCloseTo(0.2, 9);
    expect(growthOptimalKelly([-0.1, 0.05])).toBe(0);
    expect(winLossKelly([1, -1, -1])).toBeLessThan(0);
  });

  it('never risks the whole account', () => {
    fc.assert(
      fc.property(returnsOf(2), (returns) => {
        const worst = Math.min(...returns);
        fc.pre(worst < -1e-9);
        expect(growthOptimalKelly(returns) * -worst).toBeLessThanOrEqual(1);
      }),
    );
  });
});
