import { type Decimal, decimal, divide, pow10 } from '../../../engine/domain/decimal.ts';
import { BookIntegrityError } from '../../../engine/market-data/steps.ts';
import type { OrderBook } from '../../../engine/market-data/order-book.ts';
import { plainDecimal } from '../plain-decimal.ts';

export type Steps = { readonly tick: Decimal; readonly lot: Decimal };

/** Deep enough for what is shown and what an entry is judged by. */
const DEPTH = 50;

/**
 * Puts what ccxt keeps as a book into ours. A price between ticks counts as the worse tick and a size as its whole lots, so that
 * nothing looks better than it is. Throws BookIntegrityError when it is no book, is crossed, or lacks a side.
 */
export function readBook(book: OrderBook, kept: unknown, steps: Steps): void {
  const { bids, asks } = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>;
  book.clear();
  for (const [price, lots] of levelsOf(bids, steps)) book.bids.set(stepsIn(price, steps.tick, 'down'), lots);
  for (const [price, lots] of levelsOf(asks, steps)) book.asks.set(stepsIn(price, steps.tick, 'up'), lots);
  if (book.bidCount === 0 || book.askCount === 0)
    throw new BookIntegrityError('expected two sides, was a book without');
  if (book.isCrossed()) throw new BookIntegrityError('expected bids below asks, was a crossed book');
}

function levelsOf(side: unknown, { lot }: Steps): readonly (readonly [Decimal, number])[] {
  if (!Array.isArray(side)) throw new BookIntegrityError('expected a list of levels, was none');
  return side.slice(0, DEPTH).flatMap((level: unknown) => {
    const [price, amount] = Array.isArray(level) ? (level as readonly unknown[]) : [];
    const lots = stepsIn(numberOf(amount), lot, 'down');
    return lots === 0 ? [] : [[numberOf(price), lots] as const];
  });
}

function numberOf(value: unknown): Decimal {
  const text = plainDecimal(value);
  if (text === undefined || text.startsWith('-')) {
    throw new BookIntegrityError(`expected a number of the book, was ${JSON.stringify(value)}`);
  }
  return decimal(text);
}

/** How many steps a number holds, rounded to `side`. Throws BookIntegrityError beyond 2^53. */
export function stepsIn(value: Decimal, step: Decimal, side: 'down' | 'up'): number {
  const count = Number(divide(value.units * pow10(step.scale), step.units * pow10(value.scale), side));
  if (!Number.isSafeInteger(count)) throw new BookIntegrityError(`expected less than 2^53 steps, was ${count}`);
  return count;
}
