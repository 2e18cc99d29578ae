import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StrategyConfig } from '../domain/config.ts';
import { DEFAULT_STRATEGY } from '../domain/config-defaults.ts';
import { instrumentId, strategyId } from '../domain/identifiers.ts';
import { type Bar, BAR_INTERVAL_US } from '../domain/market.ts';
import type { JsonValue } from '../ports/store.ts';
import { createEmaCross, type EmaCrossSignal } from './ema-cross.ts';
import { EMA_CROSS_FEATURES, warmUpBars } from './ema-cross-features.ts';

const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });
const ETH = instrumentId({ base: 'ETH', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });
const MINUTE_US = BAR_INTERVAL_US['1m'];

const CONFIG: StrategyConfig = {
  ...DEFAULT_STRATEGY,
  strategyId: strategyId('ema'),
  enabled: true,
  interval: '1m',
  fastPeriod: 3,
  slowPeriod: 8,
  atrPeriod: 5,
};

function bar(index: number, close: number, id = BTC, wick = 0.5): Bar {
  return {
    instrumentId: id,
    interval: '1m',
    openTimeUs: index * MINUTE_US,
    open: close.toFixed(4),
    high: (close + wick).toFixed(4),
    low: (close - wick).toFixed(4),
    close: close.toFixed(4),
    volume: '1',
  };
}

/** Falls for `down` bars, then rises: exactly one crossing upwards. */
const valley = (down: number, up: number): readonly number[] =>
  Array.from({ length: down + up }, (_, index) => 100 + Math.abs(index - down));

const signalsOf = (closes: readonly number[], config = CONFIG): readonly (EmaCrossSignal | null)[] => {
  const strategy = createEmaCross(config);
  return closes.map((close, index) => strategy.onBar(bar(index, close)));
};

describe('EMA cross', () => {
  it('signals once, on the closed bar of the crossing', () => {
    const signals = signalsOf(valley(30, 30));
    const raised = signals.filter((signal) => signal !== null);
    expect(raised).toHaveLength(1);
    const at = signals.findIndex((signal) => signal !== null);
    expect(at).toBeGreaterThan(30);
    expect(at).toBeLessThan(36);
    expect(raised[0]).toMatchObject({
      close: valley(30, 30)[at],
      signal: { strategyId: 'ema', instrumentId: BTC, side: 'buy', barOpenTimeUs: at * MINUTE_US },
    });
    // Each bar spans one, and moves one from the bar before: its true range is 1.5.
    expect(raised[0]?.atr).toBeCloseTo(1.5, 9);
  });

  it('never signals on the way down, flat, or while warming up', () => {
    expect(signalsOf(Array.from({ length: 60 }, (_, index) => 200 - index)).every((one) => one === null)).toBe(true);
    expect(signalsOf(new Array<number>(60).fill(100)).every((one) => one === null)).toBe(true);
    expect(signalsOf([100, 99, 98, 97, 96, 95, 96, 97]).every((one) => one === null)).toBe(true);
  });

  it('takes leaving equality upwards for a crossing', () => {
    const signals = signalsOf([...new Array<number>(20).fill(100), 101, 102, 103]);
    expect(signals.map((signal) => signal !== null)).toEqual([
      ...new Array<boolean>(20).fill(false),
      true,
      false,
      false,
    ]);
  });

  it('keeps instruments apart', () => {
    const strategy = createEmaCross(CONFIG);
    const closes = valley(30, 30);
    const alone = signalsOf(closes);
    const together = closes.map((close, index) => {
      strategy.onBar(bar(index, 500 - index, ETH));
      return strategy.onBar(bar(index, close));
    });
    expect(together).toEqual(alone);
  });

  it('ignores other instruments, intervals, repeated and late bars, and bars without prices', () => {
    const strategy = createEmaCross({ ...CONFIG, instruments: [BTC] });
    valley(30, 30).forEach((close, index) => strategy.onBar(bar(index, close)));
    const before = JSON.stringify(strategy.snapshot());
    const ignored: readonly Bar[] = [
      bar(60, 1, ETH),
      { ...bar(60, 1), interval: '5m' },
      bar(59, 1),
      bar(58, 1),
      { ...bar(60, 1), low: 'NaN' },
      { ...bar(60, 1), low: '0' },
      { ...bar(60, 1), high: '0.1' },
    ];
    for (const one of ignored) expect(strategy.onBar(one)).toBeNull();
    expect(JSON.stringify(strategy.snapshot())).toBe(before);
  });

  it.each([1_000, -1_000])('warms up anew after a jump of %i bars', (jump) => {
    const strategy = createEmaCross(CONFIG);
    const closes = valley(30, 30);
    closes.forEach((close, index) => strategy.onBar(bar(5_000 + index, close)));
    const again = closes.map((close, index) => strategy.onBar(bar(5_000 + jump + index, close)));
    const fresh = signalsOf(closes);
    expect(again.map((one) => one?.atr ?? null)).toEqual(fresh.map((one) => one?.atr ?? null));
  });

  it('has all features once warm, none before', () => {
    const strategy = createEmaCross(CONFIG);
    const needed = warmUpBars(CONFIG);
    for (let index = 0; index < needed; index++) {
      if (index < needed - 1) expect(strategy.features(BTC)).toBeNull();
      strategy.onBar(bar(index, 100 + Math.sin(index)));
    }
    const features = strategy.features(BTC);
    expect(Object.keys(features ?? {}).sort()).toEqual([...EMA_CROSS_FEATURES].sort());
    expect(Object.values(features ?? {}).every((value) => Number.isFinite(value))).toBe(true);
  });

  it('has finite features in a market that does not move', () => {
    const strategy = createEmaCross(CONFIG);
    for (let index = 0; index < 100; index++) strategy.onBar(bar(index, 100, BTC, 0));
    expect(strategy.features(BTC)).toEqual({ emaGapAtr: 0, atrRatio: 0, rangeAtr: 0, returnZ: 0, rsi: 0 });
  });

  it('goes on from a snapshot as if nothing had happened', () => {
    const closes = fc.array(fc.double({ min: 50, max: 150, noNaN: true }), { minLength: 20, maxLength: 120 });
    fc.assert(
      fc.property(closes, fc.nat(100), (prices, cut) => {
        const straight = createEmaCross(CONFIG);
        let resumed = createEmaCross(CONFIG);
        prices.forEach((price, index) => {
          if (index === cut % prices.length) {
            const stored = JSON.parse(JSON.stringify(resumed.snapshot())) as JsonValue;
            resumed = createEmaCross(CONFIG);
            resumed.restore(stored);
          }
          expect(resumed.onBar(bar(index, price))).toEqual(straight.onBar(bar(index, price)));
        });
        expect(resumed.snapshot()).toEqual(straight.snapshot());
      }),
    );
  });

  it('looks at nothing that comes later', () => {
    const closes = fc.array(fc.double({ min: 50, max: 150, noNaN: true }), { minLength: 80, maxLength: 120 });
    fc.assert(
      fc.property(
        closes,
        fc.integer({ min: 70, max: 79 }),
        fc.double({ min: 50, max: 150, noNaN: true }),
        (prices, cut, other) => {
          const changed = prices.map((price, index) => (index > cut ? other : price));
          expect(signalsOf(changed).slice(0, cut + 1)).toEqual(signalsOf(prices).slice(0, cut + 1));
        },
      ),
    );
  });
});
