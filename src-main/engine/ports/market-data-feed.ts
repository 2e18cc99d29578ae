import type { InstrumentId } from '../domain/identifiers.ts';
import type { Bar, BarInterval, DataOrigin, FeedState } from '../domain/market.ts';
import type { ListedInstrument } from '../domain/events.ts';
import type { QueryFailure } from './venue-gateway.ts';
import type { Result } from '../domain/result.ts';
import type { BookView } from '../domain/book-view.ts';

/** A public trade in integer ticks and lots of the instrument. */
export type PublicTrade = {
  readonly instrumentId: InstrumentId;
  readonly ticks: number;
  readonly lots: number;
  readonly aggressor: 'buy' | 'sell';
  /** The venue's time of the trade (market time on the practice exchange). */
  readonly tradedAtUs: number;
  readonly receivedAtUs: number;
};

export type FeedListener = {
  /** After the book of the instrument changed; the book object is the feed's own and lives on. */
  onBook(instrumentId: InstrumentId, book: BookView, receivedMonotonicUs: number): void;
  onTrade(trade: PublicTrade): void;
  onBarClosed(bar: Bar): void;
  /** The forming bar, for the chart only. */
  onBarChanged(bar: Bar): void;
  onState(instrumentId: InstrumentId, state: FeedState, ageUs: number | null): void;
};

/** Public market data of one venue. Owns reconnects, resyncs and staleness; never invents a book. */
export type MarketDataFeed = {
  readonly origin: DataOrigin;
  start(instruments: readonly ListedInstrument[], interval: BarInterval, listener: FeedListener): Promise<void>;
  /** Closed bars, oldest first. */
  history(
    instrumentId: InstrumentId,
    interval: BarInterval,
    limit: number,
  ): Promise<Result<readonly Bar[], QueryFailure>>;
  /** Undefined while the book is not live. */
  book(instrumentId: InstrumentId): BookView | undefined;
  close(): Promise<void>;
};
