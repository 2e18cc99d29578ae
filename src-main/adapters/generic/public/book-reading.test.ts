import { expect, it } from 'vitest';
import { decimal } from '../../../engine/domain/decimal.ts';
import { OrderBook } from '../../../engine/market-data/order-book.ts';
import { readBook } from './book-reading.ts';

const STEPS = { tick: decimal('0.5'), lot: decimal('0.01') };
const read = (kept: unknown): OrderBook => {
  const book = new OrderBook();
  readBook(book, kept, STEPS);
  return book;
};

it('counts a price between ticks as the worse one and a size as its whole lots', () => {
  const book = read({
    bids: [
      [100.3, 1.999],
      [99, 0.009],
    ],
    asks: [['100.6', '0.3', 7]],
  });
  expect(book.bestBid()).toEqual({ ticks: 200, lots: 199 });
  expect(book.bestAsk()).toEqual({ ticks: 202, lots: 30 });
  expect(book.bidCount).toBe(1);
});

it('keeps fifty levels a side', () => {
  const side = (sign: number) => Array.from({ length: 80 }, (_, index) => [100 + sign * (index + 1), 1]);
  expect(read({ bids: side(-1), asks: side(1) }).askCount).toBe(50);
});

it.each([
  ['no book', undefined, 'expected a list of levels, was none'],
  ['a side that is none', { bids: {}, asks: [] }, 'expected a list of levels, was none'],
  ['an empty side', { bids: [], asks: [[1, 1]] }, 'expected two sides, was a book without'],
  ['a crossed book', { bids: [[2, 1]], asks: [[1, 1]] }, 'expected bids below asks, was a crossed book'],
  ['a negative size', { bids: [[1, -1]], asks: [[2, 1]] }, 'expected a number of the book, was -1'],
  ['a level without a price', { bids: [[null, 1]], asks: [[2, 1]] }, 'expected a number of the book, was null'],
  ['too many steps', { bids: [['1e30', 1]], asks: [[2, 1]] }, /expected less than 2\^53 steps/],
])('refuses %s', (_name, kept, message) => {
  expect(() => read(kept)).toThrow(message);
});
