import type { BookView } from '../engine/domain/book-view.ts';
import type { InstrumentId } from '../engine/domain/identifiers.ts';
import type { Bar } from '../engine/domain/market.ts';
import type { FeedListener, PublicTrade } from '../engine/ports/market-data-feed.ts';

/** What a client session needs of the market: it is told, it never asks the feed. */
export type MarketWatcher = {
  onBookChanged(instrumentId: InstrumentId, book: BookView, receivedMonotonicUs: number): void;
  onTrade(trade: PublicTrade): void;
  onBar(bar: Bar, closed: boolean): void;
};

const MAX_CLOSES = 240;

/** The market as the door shows it: last trades, closes for the watchlist, and the sessions that watch. */
export class MarketView {
  private readonly watchers = new Set<MarketWatcher>();
  private readonly closesOf = new Map<InstrumentId, number[]>();

  add(watcher: MarketWatcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  closes(instrumentId: InstrumentId): readonly number[] {
    return this.closesOf.get(instrumentId) ?? [];
  }

  /** Closed bars known before the stream began. */
  seed(bars: readonly Bar[]): void {
    for (const bar of bars) this.noteClose(bar);
  }

  /** Passes everything on to the engine's own listener first. */
  tee(engine: FeedListener): FeedListener {
    return {
      onBook: (instrumentId, book, receivedMonotonicUs) => {
        engine.onBook(instrumentId, book, receivedMonotonicUs);
        for (const watcher of this.watchers) watcher.onBookChanged(instrumentId, book, receivedMonotonicUs);
      },
      onTrade: (trade) => {
        engine.onTrade(trade);
        for (const watcher of this.watchers) watcher.onTrade(trade);
      },
      onBarClosed: (bar) => {
        engine.onBarClosed(bar);
        this.noteClose(bar);
        for (const watcher of this.watchers) watcher.onBar(bar, true);
      },
      onBarChanged: (bar) => {
        engine.onBarChanged(bar);
        for (const watcher of this.watchers) watcher.onBar(bar, false);
      },
      onState: (instrumentId, state, ageUs) => engine.onState(instrumentId, state, ageUs),
    };
  }

  private noteClose(bar: Bar): void {
    const closes = this.closesOf.get(bar.instrumentId) ?? [];
    closes.push(Number(bar.close));
    if (closes.length > MAX_CLOSES) closes.shift();
    this.closesOf.set(bar.instrumentId, closes);
  }
}
