import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BarSeries, type TickBar } from './bar-series.ts';
import { bookShape } from './book-shape.ts';
import { DerivedMarket } from './derived-market.ts';
import type { MarketEvent, MarketSymbol } from './market-source.ts';
import { MINUTE_MS } from './minute-bar.ts';
import { PlayedBook } from './testing/played-book.ts';

const INTERVAL_MS = 300_000;
const END_MS = 4 * INTERVAL_MS - 1;
const symbol: MarketSymbol = {
  symbol: 'AAAUSDT',
  base: 'AAA',
  quote: 'USDT',
  origin: 'derived',
  tickSize: '1',
  lotSize: '1',
  filters: [],
};

const priceTicks = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 900, max: 1_100 }));
const barAt = (openTimeMs: number) =>
  fc
    .record({
      prices: fc.array(priceTicks, { minLength: 4, maxLength: 4 }),
      volume: fc.oneof(fc.constant(0), fc.integer({ min: 4, max: 30 }), fc.integer({ min: 4, max: 10_000_000 })),
    })
    .map(({ prices, volume }): TickBar => {
      const [open = 1, close = 1] = prices;
      return { openTimeMs, open, high: Math.max(...prices), low: Math.min(...prices), close, volume };
    });
const bars = fc.tuple(barAt(0), barAt(INTERVAL_MS), barAt(3 * INTERVAL_MS));
const model = fc.record({
  oneTickRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  wideMeanBps: fc.double({ min: 0.1, max: 500, noNaN: true }),
});
const frames = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 40 });

function play(series: BarSeries, spread: { oneTickRatio: number; wideMeanBps: number }, steps: readonly number[]) {
  const depth = [
    { bps: 0, turnoverMinutes: 0.05 },
    { bps: 10, turnoverMinutes: 1 },
  ];
  const shape = bookShape({ depth, spread }, 1_000, 500);
  const market = new DerivedMarket({ symbol, series, shape, startTimeMs: 0 });
  const events: MarketEvent[] = [];
  let nowMs = 0;
  for (const step of steps) market.advance(Math.min(END_MS, (nowMs += step)), events);
  market.advance(END_MS, events);
  return { market, events };
}

describe('a derived market of any bars, spread and frames', () => {
  it('never crosses its book, trades at the best price only and stays inside the book', () => {
    fc.assert(
      fc.property(bars, model, frames, (drawn, spread, steps) => {
        const book = new PlayedBook();
        for (const event of play(new BarSeries(INTERVAL_MS, drawn), spread, steps).events) book.apply(event);
        expect(book.faults).toEqual([]);
      }),
    );
  });

  it('plays the open, high, low, close and volume of each minute whatever the frames', () => {
    fc.assert(
      fc.property(bars, model, frames, (drawn, spread, steps) => {
        const { market, events } = play(new BarSeries(INTERVAL_MS, drawn), spread, steps);
        const book = new PlayedBook();
        for (const event of events) book.apply(event);
        const played = book.minutes().map((minute) => Object.values(minute).slice(0, 6).map(String));
        const traded = market.history('1m', END_MS, 100).filter(({ volume }) => volume !== '0');
        expect(played).toEqual(
          traded.map((kline) => [
            String(kline.openTimeMs),
            ...[kline.open, kline.high, kline.low, kline.close, kline.volume],
          ]),
        );
        expect(played.every(([openTimeMs]) => Number(openTimeMs) % MINUTE_MS === 0)).toBe(true);
      }),
    );
  });
});
