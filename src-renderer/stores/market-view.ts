import type { BarDto, ServerMessage, TradeTuple } from '../../src-preload/contract/messages.ts';
import type { BookFrame } from './book-frame.ts';

export type BarMessage = Extract<ServerMessage, { readonly t: 'bar' }>;

/** What a canvas may keep of the tape; older prints scroll out. */
export const KEPT_TRADES = 200;

export type MarketListener = {
  readonly onBook?: (frame: BookFrame) => void;
  readonly onTrades?: (trades: readonly TradeTuple[]) => void;
  readonly onBar?: (bar: BarDto, interval: string) => void;
};

/**
 * The market data of one linked group: the newest book (latest wins), a bounded tape, forming bars. Listeners are painters;
 * nothing here passes through React.
 */
export type MarketView = {
  readonly name: string;
  readonly instrumentId: () => string | null;
  readonly book: () => BookFrame | null;
  /** Newest first. */
  readonly trades: () => readonly TradeTuple[];
  readonly listen: (listener: MarketListener) => () => void;
  /** Fires when the first book of an instrument comes and when the view is cleared: this much React may know. */
  readonly subscribeReady: (listener: () => void) => () => void;
};

export type MarketViewFeed = MarketView & {
  readonly clear: (instrumentId: string | null) => void;
  readonly pushBook: (frame: BookFrame) => void;
  readonly pushTrades: (trades: readonly TradeTuple[]) => void;
  readonly pushBar: (message: BarMessage) => void;
};

type Kept = {
  instrumentId: string | null;
  book: BookFrame | null;
  trades: TradeTuple[];
};

export function createMarketView(name: string): MarketViewFeed {
  const listeners = new Set<MarketListener>();
  const readyListeners = new Set<() => void>();
  const kept: Kept = { instrumentId: null, book: null, trades: [] };
  const tellReady = (): void => readyListeners.forEach((listener) => listener());
  return {
    name,
    instrumentId: () => kept.instrumentId,
    book: () => kept.book,
    trades: () => kept.trades,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribeReady: (listener) => {
      readyListeners.add(listener);
      return () => readyListeners.delete(listener);
    },
    clear: (instrumentId) => {
      Object.assign(kept, { instrumentId, book: null, trades: [] } satisfies Kept);
      tellReady();
    },
    pushBook: (frame) => {
      const isFirst = kept.book === null;
      kept.book = frame;
      if (isFirst) tellReady();
      for (const listener of listeners) listener.onBook?.(frame);
    },
    pushTrades: (trades) => {
      const isFirst = kept.trades.length === 0;
      kept.trades = [...trades.toReversed(), ...kept.trades].slice(0, KEPT_TRADES);
      if (isFirst) tellReady();
      for (const listener of listeners) listener.onTrades?.(trades);
    },
    pushBar: (message) => {
      for (const listener of listeners) listener.onBar?.(message.bar, message.interval);
    },
  };
}
