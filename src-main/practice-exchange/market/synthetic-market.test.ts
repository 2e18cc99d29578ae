import { describe, expect, it } from 'vitest';
import { createMarketSource, DEMO_START_MS } from './create-market-source.ts';
import type { MarketEvent, MarketSource } from './market-source.ts';
import { PlayedBook } from './testing/played-book.ts';

const pairs = (count: number, seed = 'test', updatesPerSecond = 10) => ({ count, seed, updatesPerSecond });
const START_MS = DEMO_START_MS + 17_000;

function source(count: number, seed = 'test', updatesPerSecond = 10): MarketSource {
  return createMarketSource({
    kind: 'synthetic',
    startTimeMs: START_MS,
    synthetic: pairs(count, seed, updatesPerSecond),
  });
}

function play(market: MarketSource, frames: number, frameMs: number): MarketEvent[] {
  return Array.from({ length: frames + 1 }, (_, frame) => [...market.advance(START_MS + frame * frameMs)]).flat();
}

describe('synthetic pairs', () => {
  it('play 500 books that never cross, ten updates a second each', () => {
    const market = source(500);
    const books = new Map(market.symbols.map(({ symbol }) => [symbol, new PlayedBook()]));
    for (const event of play(market, 100, 100)) books.get(event.symbol)!.apply(event);
    expect(books.size).toBe(500);
    expect(market.symbols[499]?.symbol).toBe('SYN500USDT');
    for (const book of books.values()) {
      expect(book.faults.slice(0, 3)).toEqual([]);
      expect(book.bookEvents).toBeGreaterThanOrEqual(100);
      expect(book.bookEvents).toBeLessThanOrEqual(101);
      expect(book.trades).toBeGreaterThan(2);
    }
  });

  it('are the same for the same seed and differ for another', () => {
    const first = play(source(3), 50, 100);
    expect(play(source(3), 50, 100)).toEqual(first);
    expect(play(source(3, 'other'), 50, 100)).not.toEqual(first);
  });

  it('make at most one update in a long frame', () => {
    const books = play(source(1), 10, 60_000).filter((event) => event.kind === 'book' && !event.snapshot);
    expect(books).toHaveLength(10);
  });

  it('have gapless history that ends before the start and goes on with the played trades', () => {
    const market = source(1);
    const symbol = market.symbols[0]!.symbol;
    const before = market.history(symbol, '1m', START_MS, 300);
    expect(before).toHaveLength(300);
    expect(before.at(-1)?.closeTimeMs).toBe(Math.floor(START_MS / 60_000) * 60_000 - 1);
    const endMs = START_MS + 600_000;
    const events = play(market, 6_000, 100);
    const after = market.history(symbol, '1m', endMs, 310);
    expect(after).toHaveLength(310);
    after.slice(1).forEach((kline, index) => expect(kline.openTimeMs - after[index]!.openTimeMs).toBe(60_000));
    const lastFull = after.at(-1)!;
    const played = events.filter(
      (event) =>
        event.kind === 'trade' &&
        event.marketTimeMs >= lastFull.openTimeMs &&
        event.marketTimeMs <= lastFull.closeTimeMs,
    );
    expect(played.length).toBe(lastFull.trades);
    expect(market.history(symbol, '1h', endMs, 24)).toHaveLength(24);
  });

  it('join the shipped pairs', () => {
    const market = createMarketSource({ kind: 'demo', symbols: ['ETHUSDT'], synthetic: pairs(2) });
    expect(market.symbols.map(({ symbol, origin }) => `${symbol} ${origin}`)).toEqual([
      'ETHUSDT derived',
      'SYN001USDT synthetic',
      'SYN002USDT synthetic',
    ]);
  });

  it.each([0, -1, 501, 1.5, Number.NaN])('refuse %d pairs', (count) => {
    expect(() => source(count)).toThrow('expected 1 to 500 synthetic pairs');
  });

  it.each([0, -1, 101, Number.NaN])('refuse %d updates a second', (rate) => {
    expect(() => source(1, 'test', rate)).toThrow('updates per second');
  });
});
