import { describe, expect, it } from 'vitest';
import { type Candle, realizedVolatility } from './realized-volatility.ts';
import { refusalCode } from './testing/return-tables.ts';

const CANDLES: readonly Candle[] = [
  { open: 100, high: 103, low: 99, close: 102 },
  { open: 102.5, high: 104, low: 101, close: 101.5 },
  { open: 101, high: 105, low: 100.5, close: 104 },
  { open: 104.2, high: 104.9, low: 102, close: 102.4 },
  { open: 102, high: 103, low: 98, close: 99 },
];

describe('realized volatility', () => {
  // numpy 2.4.6, the formulas of each paper over the last four candles, 365 periods a year.
  it.each([
    ['close', 0.5676001803977623],
    ['parkinson', 0.44576407572259663],
    ['garmanKlass', 0.44694381463282373],
    ['rogersSatchell', 0.4277839170501929],
    ['garmanKlassYangZhang', 0.4537627763327116],
    ['yangZhang', 0.4441352180974597],
  ] as const)('%s', (estimator, expected) => {
    expect(realizedVolatility(CANDLES, estimator, 4, 365)).toBeCloseTo(expected, 12);
  });

  it('is zero for a flat market', () => {
    const flat = CANDLES.map(() => ({ open: 5, high: 5, low: 5, close: 5 }));
    expect(realizedVolatility(flat, 'yangZhang', 4, 365)).toBe(0);
  });

  it.each<[string, () => unknown, string]>([
    ['no close before the window', () => realizedVolatility(CANDLES, 'yangZhang', 5, 365), 'TOO_FEW_SAMPLES'],
    ['too few candles', () => realizedVolatility(CANDLES, 'close', 6, 365), 'TOO_FEW_SAMPLES'],
    ['a window of two', () => realizedVolatility(CANDLES, 'close', 2, 365), 'OUT_OF_RANGE'],
    ['no periods in a year', () => realizedVolatility(CANDLES, 'close', 4, 0), 'OUT_OF_RANGE'],
    ['a price of zero', () => withLast({ open: 1, high: 1, low: 0, close: 0 }), 'OUT_OF_RANGE'],
    ['a close over the high', () => withLast({ open: 1, high: 2, low: 1, close: 3 }), 'OUT_OF_RANGE'],
    ['a NaN', () => withLast({ open: 1, high: NaN, low: 1, close: 1 }), 'OUT_OF_RANGE'],
  ])('is refused for %s', (_name, compute, code) => {
    expect(refusalCode(compute)).toBe(code);
  });
});

const withLast = (candle: Candle): number => realizedVolatility([...CANDLES, candle], 'parkinson', 4, 365);
