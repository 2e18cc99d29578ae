import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BookSide } from './book-side.ts';
import { OrderBook } from './order-book.ts';

type Change = { readonly side: 'bid' | 'ask'; readonly ticks: number; readonly lots: number };

const change: fc.Arbitrary<Change> = fc.record({
  side: fc.constantFrom('bid' as const, 'ask' as const),
  // Few prices, so that changes and removals hit levels that exist.
  ticks: fc.integer({ min: 1, max: 40 }),
  lots: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000 }), fc.constant(Number.MAX_SAFE_INTEGER)),
});

/** The book everyone believes: a map, sorted when asked. */
function naive(changes: readonly Change[], side: 'bid' | 'ask'): [number, number][] {
  const levels = new Map<number, number>();
  for (const { side: of, ticks, lots } of changes) {
    if (of !== side) continue;
    if (lots === 0) levels.delete(ticks);
    else levels.set(ticks, lots);
  }
  return [...levels].sort(([a], [b]) => (side === 'bid' ? b - a : a - b));
}

function levelsOf(side: BookSide): [number, number][] {
  return Array.from({ length: side.count }, (_, rank) => [side.ticksAt(rank), side.lotsAt(rank)]);
}

function built(changes: readonly Change[]): OrderBook {
  const book = new OrderBook();
  for (const { side, ticks, lots } of changes) book[side === 'bid' ? 'bids' : 'asks'].set(ticks, lots);
  return book;
}

describe('OrderBook', () => {
  it('holds the same levels in the same order as a map of prices', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        const book = built(changes);
        expect(levelsOf(book.bids)).toEqual(naive(changes, 'bid'));
        expect(levelsOf(book.asks)).toEqual(naive(changes, 'ask'));
        const [bid] = naive(changes, 'bid');
        const [ask] = naive(changes, 'ask');
        expect(book.bestBid()).toEqual(bid && { ticks: bid[0], lots: bid[1] });
        expect(book.bestAsk()).toEqual(ask && { ticks: ask[0], lots: ask[1] });
        expect(book.isCrossed()).toBe(bid !== undefined && ask !== undefined && bid[0] >= ask[0]);
      }),
    );
  });

  it('finds the lots at each price and zero elsewhere', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 100 }), (changes) => {
        const book = built(changes);
        const asks = new Map(naive(changes, 'ask'));
        for (let ticks = 1; ticks <= 41; ticks++) expect(book.asks.lotsOf(ticks)).toBe(asks.get(ticks) ?? 0);
      }),
    );
  });

  it('writes its top into a caller-owned array: counts, then bids, then asks', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), fc.integer({ min: 0, max: 50 }), (changes, levels) => {
        const bids = naive(changes, 'bid').slice(0, levels);
        const asks = naive(changes, 'ask').slice(0, levels);
        const target = new Float64Array(2 + 4 * levels).fill(Number.NaN);
        const written = built(changes).writeTop(target, levels);
        expect([...target.subarray(0, written)]).toEqual([bids.length, asks.length, ...bids.flat(), ...asks.flat()]);
        expect(target.subarray(written).every(Number.isNaN)).toBe(true);
      }),
    );
  });

  it('keeps the best levels when truncated', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), fc.integer({ min: 0, max: 30 }), (changes, depth) => {
        const book = built(changes);
        book.truncate(depth);
        expect(levelsOf(book.bids)).toEqual(naive(changes, 'bid').slice(0, depth));
        expect(levelsOf(book.asks)).toEqual(naive(changes, 'ask').slice(0, depth));
      }),
    );
  });

  it('grows past its first capacity and rescales exactly', () => {
    const book = new OrderBook();
    for (let ticks = 1; ticks <= 1_000; ticks++) book.asks.set(ticks * 3, ticks);
    book.rescale(10, 100);
    expect([book.askCount, book.asks.ticksAt(0), book.asks.lotsAt(999)]).toEqual([1_000, 30, 100_000]);
    expect(() => book.rescale(1, Number.MAX_SAFE_INTEGER)).toThrow('expected fewer than 2^53 steps');
    book.clear();
    expect([book.askCount, book.bestAsk(), book.asks.ticksAt(0), book.asks.lotsAt(0)]).toEqual([0, undefined, 0, 0]);
  });

  it.each([
    [0, 1],
    [-1, 1],
    [1.5, 1],
    [Number.NaN, 1],
    [1, -1],
    [1, 0.5],
    [1, Number.NaN],
    [2 ** 53, 1],
  ])('refuses ticks %d with lots %d', (ticks, lots) => {
    expect(() => new OrderBook().bids.set(ticks, lots)).toThrow(RangeError);
  });
});
