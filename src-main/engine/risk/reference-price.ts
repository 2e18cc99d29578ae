import { addDecimals, compareDecimals, type Decimal, multiplyDecimals } from '../domain/decimal.ts';
import type { PriceReference } from '../domain/market.ts';
import { Price } from '../domain/quantities.ts';

/** Which references were young enough to count, and their median; null when too few vouch for a price. */
export type ReferenceMedian = {
  readonly median: Decimal | null;
  readonly fresh: readonly ReferenceName[];
  readonly missing: readonly ReferenceName[];
  readonly stale: readonly ReferenceName[];
};

export type ReferenceName = 'bookMid' | 'lastTrade' | 'barClose';

/** One source cannot vouch for itself: an order is judged by the book and at least one more. */
export const MIN_FRESH_REFERENCES = 2;

const HALF: Decimal = { units: 5n, scale: 1 };
const US_PER_MS = 1000;

/**
 * Median of book mid, last trade and bar close, of those not older than `maxAgeMs`; of two it is their mean. The median
 * is null when the book mid is not among them or fewer than {@link MIN_FRESH_REFERENCES} are left.
 */
export function referenceMedian(reference: PriceReference, maxAgeMs: number): ReferenceMedian {
  const sources: readonly (readonly [ReferenceName, Decimal | null, number | null])[] = [
    ['bookMid', bookMid(reference), reference.bookAgeUs],
    ['lastTrade', positivePrice(reference.lastTrade), reference.lastTradeAgeUs],
    ['barClose', positivePrice(reference.barClose), reference.barCloseAgeUs],
  ];
  const prices: Decimal[] = [];
  const names = { fresh: [] as ReferenceName[], missing: [] as ReferenceName[], stale: [] as ReferenceName[] };
  for (const [name, price, ageUs] of sources) {
    if (price === null || ageUs === null) names.missing.push(name);
    else if (!isFresh(ageUs, maxAgeMs)) names.stale.push(name);
    else {
      names.fresh.push(name);
      prices.push(price);
    }
  }
  const enough = names.fresh.includes('bookMid') && prices.length >= MIN_FRESH_REFERENCES;
  return { median: enough ? medianOf(prices) : null, ...names };
}

/** Null when a side is missing, is no price, or the book is crossed. */
export function bookMid(book: Pick<PriceReference, 'bid' | 'ask'>): Decimal | null {
  const bid = positivePrice(book.bid);
  const ask = positivePrice(book.ask);
  if (bid === null || ask === null || bid.compare(ask) > 0) return null;
  return multiplyDecimals(addDecimals(bid, ask), HALF);
}

export function positivePrice(text: string | null): Price | null {
  if (text === null) return null;
  const parsed = Price.parse(text);
  return parsed.ok ? parsed.value : null;
}

/** NaN and negative ages are not fresh: a clock that went wrong proves nothing. */
export const isFresh = (ageUs: number, maxAgeMs: number): boolean => ageUs >= 0 && ageUs <= maxAgeMs * US_PER_MS;

function medianOf(prices: readonly Decimal[]): Decimal | null {
  const sorted = [...prices].sort(compareDecimals);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) return null;
  return upper === lower ? upper : multiplyDecimals(addDecimals(upper, lower), HALF);
}
