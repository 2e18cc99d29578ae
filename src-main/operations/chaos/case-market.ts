import type { Kline, MarketEvent, MarketSource, MarketSymbol } from '../../practice-exchange/market/market-source.ts';

/** Filters in today's style; the numbers are round ones of our own. */
const FILTERS = [
  { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
  { filterType: 'LOT_SIZE', minQty: '0.00100000', maxQty: '9000.00000000', stepSize: '0.00100000' },
  { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '500.00000000', stepSize: '0.00000000' },
  {
    filterType: 'PERCENT_PRICE_BY_SIDE',
    bidMultiplierUp: '5',
    bidMultiplierDown: '0.2',
    askMultiplierUp: '5',
    askMultiplierDown: '0.2',
    avgPriceMins: 5,
  },
  {
    filterType: 'NOTIONAL',
    minNotional: '5.00000000',
    applyMinToMarket: true,
    maxNotional: '9000000.00000000',
    applyMaxToMarket: false,
    avgPriceMins: 5,
  },
  { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
  { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
] as const;

const symbolOf = (base: string): MarketSymbol => ({
  symbol: `${base}USDT`,
  base,
  quote: 'USDT',
  origin: 'synthetic',
  tickSize: '0.01',
  lotSize: '0.001',
  filters: FILTERS,
});

const START_MS = 1_704_276_000_000;
const START_TICKS = 10_000;
const LEVELS = 40;
const LEVEL_LOTS = 5_000;
/** Frames between two trades that keep the last price fresh. */
const TRADE_EVERY = 8;

/**
 * A market that a case drives by hand: 40 levels of 5.000 a side, 0.01 from 100.00, that stay until the case moves them. Between
 * its moves one far level flickers and small trades print at the ask, so that a silent stream is a dead one.
 */
export class CaseMarket implements MarketSource {
  readonly symbols: readonly MarketSymbol[];
  readonly startTimeMs = START_MS;
  private readonly pending: ((marketTimeMs: number) => MarketEvent)[] = [];
  private readonly middle = new Map<string, number>();
  private frames = 0;

  constructor(bases: readonly string[] = ['BTC', 'ETH']) {
    this.symbols = bases.map(symbolOf);
    for (const { symbol } of this.symbols) this.moveTo(START_TICKS, symbol);
  }

  /** The whole book around `ticks` and a trade there. Orders of ours that it crosses are filled. */
  moveTo(ticks: number, symbol = 'BTCUSDT'): void {
    this.quoteAt(ticks, symbol);
    this.trade(ticks, 1, 'sell', symbol);
  }

  /** The book alone moves; the next trade comes frames later. */
  quoteAt(ticks: number, symbol = 'BTCUSDT'): void {
    this.middle.set(symbol, ticks);
    this.frames = 0;
    this.pending.push((marketTimeMs) => ({
      ...{ kind: 'book', symbol, marketTimeMs, snapshot: true },
      ...levelsAround(ticks),
    }));
  }

  /** A trade of a stranger: one that sells fills resting bids at or above `ticks`, up to `lots`. */
  trade(ticks: number, lots: number, aggressor: 'buy' | 'sell' = 'sell', symbol = 'BTCUSDT'): void {
    this.pending.push((marketTimeMs) => ({ kind: 'trade', symbol, marketTimeMs, ticks, lots, aggressor }));
  }

  advance(marketTimeMs: number): MarketEvent[] {
    const events = this.pending.splice(0).map((make) => make(marketTimeMs));
    this.frames += 1;
    for (const [symbol, ticks] of this.middle) {
      const lots = LEVEL_LOTS + (this.frames % 7);
      const flicker = [[ticks - LEVELS - 1, lots] as const];
      events.push({ kind: 'book', symbol, marketTimeMs, snapshot: false, bids: flicker, asks: [] });
      if (this.frames % TRADE_EVERY === 0)
        events.push({ kind: 'trade', symbol, marketTimeMs, ticks: ticks + 1, lots: 1, aggressor: 'buy' });
    }
    return events;
  }

  history(_symbol: string, interval: '1m' | '5m' | '1h', endTimeMs: number, limit: number): Kline[] {
    const lengthMs = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000 }[interval];
    const last = Math.floor((endTimeMs + 1) / lengthMs) * lengthMs;
    return Array.from({ length: limit }, (_, index) => stillBar(last - (limit - index) * lengthMs, lengthMs));
  }
}

function levelsAround(ticks: number): {
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
} {
  const distances = Array.from({ length: LEVELS }, (_, index) => index + 1);
  return {
    bids: distances.map((distance) => [ticks - distance, LEVEL_LOTS] as const),
    asks: distances.map((distance) => [ticks + distance, LEVEL_LOTS] as const),
  };
}

const stillBar = (openTimeMs: number, lengthMs: number): Kline => ({
  openTimeMs,
  closeTimeMs: openTimeMs + lengthMs - 1,
  open: '100.00000000',
  high: '101.00000000',
  low: '99.00000000',
  close: '100.00000000',
  volume: '10.00000000',
  quoteVolume: '1000.00000000',
  trades: 3,
  takerBuyVolume: '4.00000000',
});
