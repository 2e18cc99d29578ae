import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burstsOfBar, splitPrints } from './bar-path.ts';
import { parseBars, type TickBar } from './bar-series.ts';
import { openDemoData } from './demo-data.ts';
import { SeededRandom } from './seeded-random.ts';
import { decimalStep } from './step-text.ts';

const INTERVAL_MS = 300_000;

function barOfBursts(bar: TickBar): TickBar {
  const bursts = burstsOfBar(bar, INTERVAL_MS, 'TEST');
  const prices = bursts.map((burst) => burst.ticks);
  return {
    openTimeMs: bar.openTimeMs,
    open: prices[0] ?? bar.open,
    high: prices.length > 0 ? Math.max(...prices) : bar.high,
    low: prices.length > 0 ? Math.min(...prices) : bar.low,
    close: prices.at(-1) ?? bar.close,
    volume: bursts.reduce((sum, burst) => sum + burst.lots, 0),
  };
}

const arbitraryBar = fc
  .record({
    prices: fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5_000_000 })), {
      minLength: 4,
      maxLength: 4,
    }),
    lots: fc.oneof(fc.integer({ min: 4, max: 20 }), fc.integer({ min: 4, max: 500_000_000_000 })),
    time: fc.integer({ min: 0, max: 6_000_000 }),
  })
  .map(({ prices, lots, time }): TickBar => {
    const [open = 1, close = 1] = prices;
    return {
      openTimeMs: time * INTERVAL_MS,
      open,
      close,
      high: Math.max(...prices),
      low: Math.min(...prices),
      volume: lots,
    };
  });

describe('bursts of a bar', () => {
  it('reproduce open, high, low, close and volume of any bar', () => {
    fc.assert(
      fc.property(arbitraryBar, (bar) => {
        expect(barOfBursts(bar)).toEqual(bar);
      }),
    );
  });

  it('stay inside the bar in time, each with whole lots', () => {
    fc.assert(
      fc.property(arbitraryBar, (bar) => {
        let previousMs = bar.openTimeMs;
        for (const burst of burstsOfBar(bar, INTERVAL_MS, 'TEST')) {
          expect(burst.timeMs).toBeGreaterThanOrEqual(previousMs);
          expect(burst.timeMs).toBeLessThan(bar.openTimeMs + INTERVAL_MS);
          expect(Number.isSafeInteger(burst.lots) && burst.lots >= burst.prints && burst.prints >= 1).toBe(true);
          previousMs = burst.timeMs;
        }
      }),
    );
  });

  it('are the same for the same seed and differ for another', () => {
    const bar = { openTimeMs: 0, open: 100, high: 120, low: 90, close: 110, volume: 10_000 };
    expect(burstsOfBar(bar, INTERVAL_MS, 'A')).toEqual(burstsOfBar(bar, INTERVAL_MS, 'A'));
    expect(burstsOfBar(bar, INTERVAL_MS, 'A')).not.toEqual(burstsOfBar(bar, INTERVAL_MS, 'B'));
  });

  it('are none in a bar without volume', () => {
    expect(burstsOfBar({ openTimeMs: 0, open: 5, high: 5, low: 5, close: 5, volume: 0 }, INTERVAL_MS, 'A')).toEqual([]);
  });

  it.each(['BTCUSDT', 'SHIBUSDT', 'ARBUSDT'])('reproduce every shipped bar of %s', (symbol) => {
    const data = openDemoData();
    const file = data.files.find((entry) => entry.kind === 'bars' && entry.symbol === symbol)!;
    const listed = data.listed.find((entry) => entry.symbol === symbol)!;
    const tick = decimalStep(listed.tickSize);
    const series = parseBars(data.text(file), INTERVAL_MS, tick, decimalStep(listed.lotSize));
    expect(series.length).toBe(8928);
    const wrong: number[] = [];
    for (let index = 0; index < series.length; index += 1) {
      const bar = series.at(index);
      const made = barOfBursts(bar);
      const same = (Object.keys(bar) as (keyof TickBar)[]).every((key) => bar[key] === made[key]);
      if (!same) wrong.push(bar.openTimeMs);
    }
    expect(wrong).toEqual([]);
  });
});

describe('prints of a burst', () => {
  it('sum to its lots, at least one each', () => {
    const lots = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(lots, fc.integer({ min: 1, max: 20 }), fc.string(), (size, prints, seed) => {
        const sizes = splitPrints(size, prints, new SeededRandom(seed));
        expect(sizes.length).toBe(Math.min(prints, size));
        expect(sizes.every((part) => Number.isSafeInteger(part) && part >= 1)).toBe(true);
        expect(sizes.reduce((sum, part) => sum + part, 0)).toBe(size);
      }),
    );
  });
});
