/** What the practice exchange plays: the markets, their history, and what happens next on the market's own clock. */

/** Price in ticks, size in lots: safe integers. Size 0 removes the level. */
export type LevelChange = readonly [ticks: number, lots: number];

/** `live`: what another venue trades now. */
export type MarketOrigin = 'recorded' | 'derived' | 'synthetic' | 'live';

export type MarketSymbol = {
  /** Venue symbol, such as BTCUSDT. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly origin: MarketOrigin;
  /** Decimal text of one tick and one lot; every event of this symbol counts in these. */
  readonly tickSize: string;
  readonly lotSize: string;
  /** The venue's filter objects in today's style, ready for exchangeInfo. */
  readonly filters: readonly Readonly<Record<string, unknown>>[];
};

export type MarketEvent =
  | {
      readonly kind: 'book';
      readonly symbol: string;
      readonly marketTimeMs: number;
      /** True when the changes are the whole book: levels not named are gone. */
      readonly snapshot: boolean;
      readonly bids: readonly LevelChange[];
      readonly asks: readonly LevelChange[];
    }
  | {
      readonly kind: 'trade';
      readonly symbol: string;
      readonly marketTimeMs: number;
      readonly ticks: number;
      readonly lots: number;
      readonly aggressor: 'buy' | 'sell';
    }
  /** The recording jumped or looped: to a client this is a reconnect with a fresh snapshot. A full book follows. */
  | { readonly kind: 'discontinuity'; readonly symbol: string; readonly marketTimeMs: number };

export type KlineInterval = '1m' | '5m' | '1h';

/** Prices and sizes are decimal text in the symbol's own digits. */
export type Kline = {
  readonly openTimeMs: number;
  readonly closeTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly trades: number;
  readonly takerBuyVolume: string;
};

export type MarketSource = {
  readonly symbols: readonly MarketSymbol[];
  /** Market time at which play begins, epoch ms. */
  readonly startTimeMs: number;
  /**
   * Events after the previous call up to and including `marketTimeMs`, in time order over all symbols. The first call
   * begins with a snapshot of each book. One call is one frame: derived and synthetic markets conflate what falls into
   * it, so ten calls a second give about ten books a second and symbol at any speed. Trades do not change the book by
   * themselves: what a derived or recorded trade took is gone in a later book event.
   */
  advance(marketTimeMs: number): Iterable<MarketEvent>;
  /**
   * Bars with closeTimeMs <= `endTimeMs`, oldest first, at most `limit`. Prices and volume agree with the trades that
   * were played; of derived markets count, quote volume and taker share too unless frames conflated them.
   */
  history(symbol: string, interval: KlineInterval, endTimeMs: number, limit: number): readonly Kline[];
};
