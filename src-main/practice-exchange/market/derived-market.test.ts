import { describe, expect, it } from 'vitest';
import { BarSeries, parseBars } from './bar-series.ts';
import { bookShape } from './book-shape.ts';
import { createMarketSource } from './create-market-source.ts';
import { openDemoData } from './demo-data.ts';
import { DerivedMarket } from './derived-market.ts';
import type { MarketEvent, MarketSymbol } from './market-source.ts';
import { decimalStep, textOf } from './step-text.ts';
import { PlayedBook } from './testing/played-book.ts';

const FIVE_MINUTES_MS = 300_000;
const DAY_MS = 86_400_000;
const NINE_MS = Date.UTC(2024, 0, 1, 9);

const symbol: MarketSymbol = {
  symbol: 'AAAUSDT',
  base: 'AAA',
  quote: 'USDT',
  origin: 'derived',
  tickSize: '0.01',
  lotSize: '0.1',
  filters: [],
};
const model = {
  depth: [
    { bps: 0, turnoverMinutes: 0.05 },
    { bps: 10, turnoverMinutes: 1 },
  ],
  spread: { oneTickRatio: 0.8, wideMeanBps: 3 },
};

const bar = (openTimeMs: number, open: number, close: number, volume: number) => ({
  openTimeMs,
  open,
  high: Math.max(open, close) + (volume > 0 ? 5 : 0),
  low: Math.min(open, close) - (volume > 0 ? 5 : 0),
  close,
  volume,
});
/** A hole of ten minutes after the second bar, and a bar in which nothing traded. */
const series = new BarSeries(FIVE_MINUTES_MS, [
  bar(NINE_MS, 10_000, 10_040, 5_000),
  bar(NINE_MS + FIVE_MINUTES_MS, 10_040, 10_020, 7),
  bar(NINE_MS + 4 * FIVE_MINUTES_MS, 10_200, 10_200, 0),
  bar(NINE_MS + 5 * FIVE_MINUTES_MS, 10_190, 10_150, 9_000_000),
]);

const market = (startTimeMs = NINE_MS): DerivedMarket =>
  new DerivedMarket({ symbol, series, shape: bookShape(model, 10_000, 1_000), startTimeMs });

function play(played: DerivedMarket, fromMs: number, untilMs: number, frameMs: number): MarketEvent[] {
  const events: MarketEvent[] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += frameMs) played.advance(nowMs, events);
  return events;
}

describe('a derived market', () => {
  it('plays every bar, keeps quiet in gaps and begins again after its last', () => {
    const events = play(market(), NINE_MS, NINE_MS + DAY_MS + FIVE_MINUTES_MS, 1_000);
    const book = new PlayedBook();
    for (const event of events) book.apply(event);
    expect(book.faults).toEqual([]);
    const trades = events.filter((event) => event.kind === 'trade');
    const inGap = trades.filter(
      ({ marketTimeMs }) =>
        marketTimeMs >= NINE_MS + 2 * FIVE_MINUTES_MS && marketTimeMs < NINE_MS + 5 * FIVE_MINUTES_MS,
    );
    expect(inGap).toEqual([]);
    const breaks = events.flatMap((event, index) => (event.kind === 'discontinuity' ? [index] : []));
    expect(breaks).toHaveLength(1);
    const after = events.slice(breaks[0]);
    expect(after[1]).toMatchObject({ kind: 'book', snapshot: true, marketTimeMs: after[0]!.marketTimeMs });
    expect(after.find((event) => event.kind === 'trade')).toMatchObject({ ticks: 10_000 });
    expect(after[0]!.marketTimeMs).toBeGreaterThanOrEqual(NINE_MS + DAY_MS);
  });

  it('starts inside a bar with the price reached there', () => {
    const startMs = NINE_MS + 100_000;
    const whole = play(market(), NINE_MS, NINE_MS + FIVE_MINUTES_MS - 1, 1);
    const part: MarketEvent[] = [];
    const late = market(startMs);
    late.advance(startMs - 1, part);
    expect(part).toEqual([]);
    late.advance(startMs, part);
    const before = whole.findLast((event) => event.kind === 'trade' && event.marketTimeMs < startMs);
    expect(part[0]).toMatchObject({ kind: 'book', snapshot: true });
    expect(part[0]!.kind === 'book' && part[0]!.bids[0]?.[0]).toBe(before?.kind === 'trade' && before.ticks);
  });

  it('plays nothing twice', () => {
    const events: MarketEvent[] = [];
    const played = market();
    played.advance(NINE_MS + 60_000, events);
    const count = events.length;
    played.advance(NINE_MS + 60_000, events);
    played.advance(NINE_MS, events);
    expect(events).toHaveLength(count);
  });
});

describe('history of a derived market', () => {
  const endMs = NINE_MS + 6 * FIVE_MINUTES_MS - 1;

  it('has the recorded bars at 5m, gaps as gaps, quiet bars with volume 0', () => {
    const klines = market().history('5m', endMs, 10);
    expect(klines.map(({ openTimeMs, open, close, volume }) => [openTimeMs - NINE_MS, open, close, volume])).toEqual([
      [0, '100.00', '100.40', '500.0'],
      [FIVE_MINUTES_MS, '100.40', '100.20', '0.7'],
      [4 * FIVE_MINUTES_MS, '102.00', '102.00', '0.0'],
      [5 * FIVE_MINUTES_MS, '101.90', '101.50', '900000.0'],
    ]);
  });

  it('sums to 1h and shows only closed bars', () => {
    expect(market().history('1h', endMs, 10)).toEqual([]);
    const [hour] = market().history('1h', NINE_MS + 3_600_000 - 1, 10);
    expect(hour).toMatchObject({ open: '100.00', close: '101.50', high: '101.95', volume: '900500.7' });
    const fives = market().history('5m', endMs, 10);
    expect(hour?.trades).toBe(fives.reduce((sum, { trades }) => sum + trades, 0));
    expect(market().history('5m', NINE_MS + FIVE_MINUTES_MS - 2, 10)).toEqual([]);
    expect(market().history('5m', NINE_MS + FIVE_MINUTES_MS - 1, 10)).toHaveLength(1);
  });

  it('gives the newest within the limit, across laps', () => {
    const klines = market().history('5m', endMs + DAY_MS, 6);
    expect(klines.map(({ openTimeMs }) => (openTimeMs - NINE_MS) / FIVE_MINUTES_MS)).toEqual([
      4, 5, 288, 289, 292, 293,
    ]);
    expect(
      market()
        .history('1m', NINE_MS + 150_000, 10)
        .map(({ openTimeMs }) => openTimeMs - NINE_MS),
    ).toEqual([0, 60_000]);
    expect(market().history('5m', endMs, 0)).toEqual([]);
  });

  it('equals every recorded bar of a shipped pair', () => {
    const data = openDemoData();
    const source = createMarketSource({ kind: 'demo', symbols: ['DOGEUSDT'] });
    for (const shipped of source.symbols) {
      const [tick, lot] = [decimalStep(shipped.tickSize), decimalStep(shipped.lotSize)];
      const file = data.files.find((entry) => entry.symbol === shipped.symbol && entry.kind === 'bars')!;
      const recorded = parseBars(data.text(file), FIVE_MINUTES_MS, tick, lot);
      const klines = source.history(shipped.symbol, '5m', Date.UTC(2024, 1, 1) - 1, 10_000);
      expect(klines).toHaveLength(recorded.length);
      const wrong = klines.filter((kline, index) => {
        const { openTimeMs, open, high, low, close, volume } = recorded.at(index);
        const expected = [open, high, low, close].map((ticks) => textOf(ticks, tick)).join();
        const shown = [kline.open, kline.high, kline.low, kline.close].join();
        return kline.openTimeMs !== openTimeMs || shown !== expected || kline.volume !== textOf(volume, lot);
      });
      expect(wrong).toEqual([]);
    }
  });
});
