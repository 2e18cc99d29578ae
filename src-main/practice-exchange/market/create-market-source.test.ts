import { describe, expect, it } from 'vitest';
import { createMarketSource, DEMO_START_MS } from './create-market-source.ts';
import { klineOf } from './minute-bar.ts';
import type { MarketEvent, MarketSource } from './market-source.ts';
import { PlayedBook } from './testing/played-book.ts';

const MINUTE_MS = 60_000;

function play(source: MarketSource, fromMs: number, untilMs: number, frameMs: number): MarketEvent[] {
  const events: MarketEvent[] = [];
  for (let nowMs = fromMs; nowMs < untilMs; nowMs += frameMs) events.push(...source.advance(nowMs));
  events.push(...source.advance(untilMs));
  return events;
}

function booksOf(events: readonly MarketEvent[]): ReadonlyMap<string, PlayedBook> {
  const books = new Map<string, PlayedBook>();
  for (const event of events) {
    const book = books.get(event.symbol) ?? new PlayedBook();
    books.set(event.symbol, book);
    book.apply(event);
  }
  return books;
}

describe('the demo markets', () => {
  const endMs = DEMO_START_MS + 40 * MINUTE_MS - 1;

  it('play 14 pairs whose books never cross and whose trades hit the best price', () => {
    const source = createMarketSource({ kind: 'demo' });
    const books = booksOf(play(source, DEMO_START_MS, endMs, 100));
    expect(books.size).toBe(14);
    for (const [symbol, book] of books) {
      expect({ symbol, faults: book.faults.slice(0, 3) }).toEqual({ symbol, faults: [] });
      expect(book.bookEvents / (40 * 60)).toBeGreaterThan(1);
      expect(book.bookEvents / (40 * 60)).toBeLessThan(3);
    }
  });

  it('agree with their own history in every field of every minute when each burst is played', () => {
    const source = createMarketSource({ kind: 'demo', symbols: ['BTCUSDT', 'SHIBUSDT', 'OPUSDT'] });
    const books = booksOf(play(source, DEMO_START_MS, endMs, 1));
    for (const symbol of source.symbols) {
      const played = books
        .get(symbol.symbol)!
        .minutes()
        .map((bar) => klineOf(bar, MINUTE_MS, symbol));
      expect(played).toEqual(source.history(symbol.symbol, '1m', endMs, 40));
    }
  });

  it.each([700, 2_000, 5_000, 60_000, 3_600_000])(
    'keep each minute’s prices and volume in frames of %i ms',
    (frameMs) => {
      const source = createMarketSource({ kind: 'demo' });
      const books = booksOf(play(source, DEMO_START_MS, endMs, frameMs));
      for (const symbol of source.symbols) {
        const book = books.get(symbol.symbol)!;
        expect(book.faults.slice(0, 3)).toEqual([]);
        const shape = ({
          open,
          high,
          low,
          close,
          volume,
        }: Record<'open' | 'high' | 'low' | 'close' | 'volume', string>) => [open, high, low, close, volume].join(' ');
        const played = book.minutes().map((bar) => shape(klineOf(bar, MINUTE_MS, symbol)));
        expect(played).toEqual(source.history(symbol.symbol, '1m', endMs, 40).map(shape));
      }
    },
  );

  it('show about ten books a wall second at speed 20', () => {
    const source = createMarketSource({ kind: 'demo' });
    const books = booksOf(play(source, DEMO_START_MS, endMs, 2_000));
    const wallSeconds = (40 * 60) / 20;
    for (const book of books.values()) expect(book.bookEvents / wallSeconds).toBeLessThan(12);
  });

  it('are the same twice', () => {
    const first = play(createMarketSource({ kind: 'demo' }), DEMO_START_MS, DEMO_START_MS + 60_000, 100);
    const second = play(createMarketSource({ kind: 'demo' }), DEMO_START_MS, DEMO_START_MS + 60_000, 100);
    expect(second).toEqual(first);
  });

  it('refuse a symbol without data by name', () => {
    expect(() => createMarketSource({ kind: 'demo', symbols: ['EURUSDT'] })).toThrow('was EURUSDT');
  });
});

describe('the recorded market', () => {
  it('plays the recording with its sequence, then begins again after a discontinuity', () => {
    const source = createMarketSource({ kind: 'recorded' });
    const start = source.startTimeMs;
    expect(new Date(start).toISOString()).toBe('2024-08-08T23:54:14.206Z');
    const events = play(source, start, start + 651_000, 1_000);
    expect(source.symbols.map(({ symbol, origin }) => [symbol, origin])).toEqual([['BTCUSDT', 'recorded']]);
    expect(events[0]).toMatchObject({ kind: 'book', snapshot: true, marketTimeMs: start });
    const again = events.findIndex((event) => event.kind === 'discontinuity');
    expect(events[again]?.marketTimeMs).toBe(start + 650_329);
    expect(events[again + 1]).toEqual({ ...events[0], marketTimeMs: start + 650_329 });
    const lap = events.slice(0, again);
    expect(lap.filter((event) => event.kind === 'book')).toHaveLength(6_494);
    expect(lap.filter((event) => event.kind === 'trade')).toHaveLength(19_903);
  });

  it('keeps klines of what it played and refuses symbols it does not have', () => {
    const source = createMarketSource({ kind: 'recorded', startTimeMs: DEMO_START_MS });
    expect(source.startTimeMs).toBe(DEMO_START_MS);
    const books = booksOf(
      play(source, DEMO_START_MS, DEMO_START_MS + 1_300_000, 1_000).filter((event) => event.kind === 'trade'),
    );
    const minutes = books.get('BTCUSDT')!.minutes();
    const expected = minutes.slice(0, 21).map((bar) => klineOf(bar, MINUTE_MS, source.symbols[0]!));
    expect(source.history('BTCUSDT', '1m', DEMO_START_MS + 1_300_000, 100)).toEqual(expected);
    expect(source.history('BTCUSDT', '5m', DEMO_START_MS + 1_300_000, 2)).toHaveLength(2);
    expect(() => createMarketSource({ kind: 'recorded', symbols: ['ETHUSDT'] })).toThrow('was ETHUSDT');
    expect(() => source.history('ETHUSDT', '1m', 0, 1)).toThrow('was ETHUSDT');
  });
});
