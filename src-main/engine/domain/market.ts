import type { DecimalText } from './decimal.ts';
import type { InstrumentId } from './identifiers.ts';

export const BAR_INTERVALS = ['1m', '5m', '1h'] as const;
export type BarInterval = (typeof BAR_INTERVALS)[number];

export const BAR_INTERVAL_US: Readonly<Record<BarInterval, number>> = {
  '1m': 60_000_000,
  '5m': 300_000_000,
  '1h': 3_600_000_000,
};

/** A closed bar. `openTimeUs` is market time. */
export type Bar = {
  readonly instrumentId: InstrumentId;
  readonly interval: BarInterval;
  readonly openTimeUs: number;
  readonly open: DecimalText;
  readonly high: DecimalText;
  readonly low: DecimalText;
  readonly close: DecimalText;
  readonly volume: DecimalText;
};

/** The prices a decision was judged by, each with its age; null where there is none. Ages are monotonic microseconds. */
export type PriceReference = {
  readonly bid: DecimalText | null;
  readonly bidQuantity: DecimalText | null;
  readonly ask: DecimalText | null;
  readonly askQuantity: DecimalText | null;
  readonly bookAgeUs: number | null;
  readonly lastTrade: DecimalText | null;
  readonly lastTradeAgeUs: number | null;
  readonly barClose: DecimalText | null;
  readonly barCloseAgeUs: number | null;
  /** Book of the same underlying in the same quote asset on another venue; absent where there is none. */
  readonly otherVenue?: OtherVenuePrice;
};

export type OtherVenuePrice = {
  readonly instrumentId: InstrumentId;
  readonly bid: DecimalText;
  readonly ask: DecimalText;
  readonly ageUs: number;
  /** Our own book is gone or silent: this one tells the price until it is back. */
  readonly standsIn: boolean;
};

/** Extremes of public trades in a stretch of time, each with the age of the last trade there. */
export type TradedRange = {
  readonly low: { readonly price: DecimalText; readonly ageUs: number };
  readonly high: { readonly price: DecimalText; readonly ageUs: number };
};

/** State of one stream of one instrument. `unsynchronized`: a book without a snapshot, never shown as a book. */
export type FeedState = 'connecting' | 'unsynchronized' | 'live' | 'stale' | 'failed';

/** Where a shown number comes from. */
export type DataOrigin = 'live' | 'recorded' | 'derived' | 'synthetic';
