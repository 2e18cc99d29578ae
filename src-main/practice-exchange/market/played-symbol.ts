import type { Kline, KlineInterval, MarketEvent, MarketSymbol } from './market-source.ts';

/** One market of a source: it plays its own events, the source merges them in time. */
export type PlayedSymbol = {
  readonly symbol: MarketSymbol;
  /** Appends the events after the previous call up to and including `marketTimeMs`, in time order. */
  advance(marketTimeMs: number, events: MarketEvent[]): void;
  history(interval: KlineInterval, endTimeMs: number, limit: number): readonly Kline[];
};
