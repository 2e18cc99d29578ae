import type { Kline, MarketEvent, MarketSource, MarketSymbol } from '../market/market-source.ts';

/** Filters in today's style; the numbers are made up for tests. */
export const TEST_FILTERS = [
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

export const testSymbol = (symbol: string, base: string): MarketSymbol => ({
  symbol,
  base,
  quote: 'USDT',
  origin: 'synthetic',
  tickSize: '0.01',
  lotSize: '0.001',
  filters: TEST_FILTERS,
});

/** Epoch ms at which the hand-made market begins: 2024-01-03 10:00 UTC. */
export const TEST_START_MS = 1_704_276_000_000;

type Script = readonly MarketEvent[];

/** A still book of 50 levels a side around 100.00 for each symbol, then what the script says. */
export class HandMadeMarket implements MarketSource {
  readonly symbols: readonly MarketSymbol[];
  readonly startTimeMs = TEST_START_MS;
  private readonly pending: MarketEvent[];

  constructor(
    symbols: readonly MarketSymbol[] = [testSymbol('BTCUSDT', 'BTC'), testSymbol('ETHUSDT', 'ETH')],
    script: Script = [],
  ) {
    this.symbols = symbols;
    this.pending = [...symbols.flatMap((symbol) => opening(symbol.symbol)), ...script];
  }

  /** Adds what happens next, in time order. */
  push(...events: readonly MarketEvent[]): void {
    this.pending.push(...events);
  }

  advance(marketTimeMs: number): MarketEvent[] {
    const later = this.pending.findIndex((event) => event.marketTimeMs > marketTimeMs);
    return this.pending.splice(0, later < 0 ? this.pending.length : later);
  }

  history(_symbol: string, interval: '1m' | '5m' | '1h', endTimeMs: number, limit: number): Kline[] {
    const lengthMs = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000 }[interval];
    const end = Math.min(endTimeMs, this.startTimeMs);
    const last = Math.floor(end / lengthMs) * lengthMs;
    return Array.from({ length: limit }, (_, index) => stillBar(last - (limit - index) * lengthMs, lengthMs));
  }
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

function opening(symbol: string): MarketEvent[] {
  const levels = Array.from({ length: 50 }, (_, index) => index + 1);
  return [
    {
      kind: 'book',
      symbol,
      marketTimeMs: TEST_START_MS,
      snapshot: true,
      bids: levels.map((distance) => [10_000 - distance, 1_000] as const),
      asks: levels.map((distance) => [10_000 + distance, 1_000] as const),
    },
    { kind: 'trade', symbol, marketTimeMs: TEST_START_MS, ticks: 10_000, lots: 1, aggressor: 'buy' },
  ];
}
