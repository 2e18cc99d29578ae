import type { SymbolMarket } from '../matching/exchange-state.ts';
import { formatAmount } from '../matching/grid.ts';
import { ORDER_TYPES } from '../matching/venue-order.ts';
import type { Print } from '../matching/exchange-events.ts';
import { type Bar, INTERVALS, klineRow } from '../tape.ts';
import { ApiError } from './api-error.ts';
import { readSymbol } from './order-parameters.ts';
import type { Parameters } from './parameters.ts';
import { type BoardContext, type MarketBoard, publicRoute, type RouteContext, type Routes } from './route.ts';
import { levelRows } from './stream-messages.ts';

const BAD_SYMBOL = new ApiError(-1121, 'Invalid symbol.');

/** Public market data of the spot API. */
export const MARKET_ROUTES: Routes = {
  'GET /api/v3/ping': publicRoute(1, () => ({})),
  'GET /api/v3/time': publicRoute(1, ({ venue }) => ({ serverTime: venue.clock.apiMs() })),
  'GET /api/v3/exchangeInfo': publicRoute(20, exchangeInfo),
  'GET /api/v3/depth': publicRoute(depthWeight, depth),
  'GET /api/v3/trades': publicRoute(25, trades),
  'GET /api/v3/aggTrades': publicRoute(4, aggregateTrades),
  'GET /api/v3/klines': publicRoute(2, klines),
  'GET /api/v3/uiKlines': publicRoute(2, klines),
  'GET /api/v3/avgPrice': publicRoute(2, averagePrice),
  'GET /api/v3/ticker/24hr': publicRoute(tickerWeight, (context) => perSymbol(context, dayTicker)),
  'GET /api/v3/ticker/bookTicker': publicRoute(4, (context) => perSymbol(context, bookTicker)),
  'GET /api/v3/ticker/price': publicRoute(4, (context) => perSymbol(context, lastPrice)),
};

function exchangeInfo({ venue, parameters }: RouteContext) {
  return {
    timezone: 'UTC',
    serverTime: venue.clock.apiMs(),
    rateLimits: venue.limits.published(),
    exchangeFilters: [],
    symbols: chosen(venue, parameters).map((market) => symbolInfo(market, venue.margin.hasAccounts)),
  };
}

const symbolInfo = ({ rules }: SymbolMarket, isMarginTradingAllowed: boolean) => ({
  symbol: rules.symbol,
  status: rules.status,
  baseAsset: rules.base,
  baseAssetPrecision: 8,
  quoteAsset: rules.quote,
  quotePrecision: 8,
  quoteAssetPrecision: 8,
  baseCommissionPrecision: 8,
  quoteCommissionPrecision: 8,
  orderTypes: ORDER_TYPES,
  icebergAllowed: false,
  ocoAllowed: true,
  otoAllowed: true,
  opoAllowed: true,
  quoteOrderQtyMarketAllowed: true,
  allowTrailingStop: false,
  cancelReplaceAllowed: true,
  amendAllowed: false,
  pegInstructionsAllowed: false,
  isSpotTradingAllowed: true,
  isMarginTradingAllowed,
  filters: rules.rawFilters,
  permissions: [],
  permissionSets: [isMarginTradingAllowed ? ['SPOT', 'MARGIN'] : ['SPOT']],
  defaultSelfTradePreventionMode: 'NONE',
  allowedSelfTradePreventionModes: ['NONE'],
  /** Not a field of the venue: what the practice exchange plays on this symbol. */
  practiceOrigin: rules.origin,
});

export function chosen(venue: MarketBoard, parameters: Parameters): SymbolMarket[] {
  const { markets } = venue.engine.state;
  const one = parameters.optional('symbol');
  const many = parameters.optional('symbols');
  if (one !== undefined && many !== undefined) throw new ApiError(-1128, 'Combination of optional parameters invalid.');
  if (one === undefined && many === undefined) return [...markets.values()];
  return (one === undefined ? symbolNames(many ?? '') : [one]).map((symbol) => {
    const market = markets.get(symbol);
    if (market === undefined) throw BAD_SYMBOL;
    return market;
  });
}

function symbolNames(text: string): string[] {
  if (!/^\["[A-Z0-9_.-]{1,20}"(,"[A-Z0-9_.-]{1,20}")*\]$/.test(text)) {
    throw new ApiError(
      -1100,
      'Illegal characters found in parameter \'symbols\'; legal range is \'^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$\'.',
    );
  }
  return text.slice(2, -2).split('","');
}

function depthWeight(parameters: Parameters): number {
  const limit = parameters.integer('limit') ?? 100;
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1000 ? 50 : 250;
}

export function depth({ venue, parameters }: BoardContext) {
  const { book, rules } = marketOf(venue, parameters);
  const limit = parameters.limit(100, 5000);
  return {
    lastUpdateId: book.lastUpdateId,
    bids: levelRows(rules, book.bids.top(limit)),
    asks: levelRows(rules, book.asks.top(limit)),
  };
}

export function trades({ venue, parameters }: BoardContext) {
  const market = marketOf(venue, parameters);
  return printsOf(venue, parameters).map((print) => ({
    id: print.tradeId,
    price: market.rules.prices.format(print.ticks),
    qty: market.rules.sizes.format(print.lots),
    quoteQty: formatAmount(market.rules.notional(print.ticks, print.lots)),
    time: print.atMs,
    isBuyerMaker: print.buyerIsMaker,
    isBestMatch: true,
  }));
}

/** Each print is an aggregate of itself: the recordings do not name the taker. */
export function aggregateTrades({ venue, parameters }: BoardContext) {
  const market = marketOf(venue, parameters);
  const fromId = parameters.integer('fromId') ?? 0;
  const startMs = parameters.integer('startTime') ?? 0;
  const endMs = parameters.integer('endTime') ?? Infinity;
  return printsOf(venue, parameters)
    .filter((print) => print.tradeId >= fromId && print.atMs >= startMs && print.atMs <= endMs)
    .map((print) => ({
      a: print.tradeId,
      p: market.rules.prices.format(print.ticks),
      q: market.rules.sizes.format(print.lots),
      f: print.tradeId,
      l: print.tradeId,
      T: print.atMs,
      m: print.buyerIsMaker,
      M: true,
    }));
}

function printsOf(venue: MarketBoard, parameters: Parameters): Print[] {
  const symbol = readSymbol(parameters, venue.tapes);
  return venue.tape(symbol)?.trades.slice(-parameters.limit(500, 1000)) ?? [];
}

/** `startTime` and `endTime` are market time, as in the events. */
export function klines({ venue, parameters }: BoardContext) {
  const symbol = readSymbol(parameters, venue.tapes);
  const interval = parameters.text('interval');
  if (INTERVALS[interval] === undefined) throw new ApiError(-1120, 'Invalid interval.');
  const limit = parameters.limit(500, 1000);
  const startMs = parameters.integer('startTime');
  const nowMs = venue.clock.now().marketMs;
  const endMs = Math.min(parameters.integer('endTime') ?? nowMs, nowMs);
  const length = INTERVALS[interval];
  const reach = startMs === undefined ? limit : Math.ceil((endMs - startMs) / length) + 1;
  const bars = venue.tape(symbol)?.bars(interval, endMs, reach) ?? [];
  const wanted = startMs === undefined ? bars : bars.filter((bar) => bar.openMs >= startMs).slice(0, limit);
  return wanted.map(klineRow);
}

function averagePrice({ venue, parameters }: RouteContext) {
  const market = marketOf(venue, parameters);
  const nowMs = venue.clock.now().marketMs;
  const ticks = market.average.ticks(nowMs, 5) ?? market.lastTicks ?? 0;
  return { mins: 5, price: market.rules.prices.format(ticks), closeTime: nowMs };
}

function tickerWeight(parameters: Parameters): number {
  if (parameters.optional('symbol') !== undefined) return 2;
  const many = parameters.optional('symbols');
  if (many === undefined) return 80;
  const count = many.split(',').length;
  if (count <= 20) return 2;
  return count <= 100 ? 40 : 80;
}

export function perSymbol(
  { venue, parameters }: BoardContext,
  one: (venue: MarketBoard, market: SymbolMarket) => unknown,
) {
  const rows = chosen(venue, parameters).map((market) => one(venue, market));
  return parameters.optional('symbol') === undefined ? rows : rows[0];
}

export function dayTicker(venue: MarketBoard, market: SymbolMarket) {
  const { rules } = market;
  const nowMs = venue.clock.now().marketMs;
  const trades = venue.tape(rules.symbol)?.trades ?? [];
  const bar = dayBar(venue, market, nowMs);
  const change = bar.close - bar.open;
  return {
    symbol: rules.symbol,
    priceChange: formatAmount(change),
    priceChangePercent: bar.open === 0n ? '0.000' : (Number((change * 100_000n) / bar.open) / 1000).toFixed(3),
    weightedAvgPrice: formatAmount(bar.volume === 0n ? bar.close : (bar.quoteVolume * 10n ** 16n) / bar.volume),
    prevClosePrice: formatAmount(bar.open),
    lastPrice: formatAmount(bar.close),
    lastQty: rules.sizes.format(trades.at(-1)?.lots ?? 0),
    ...bestOf(market),
    openPrice: formatAmount(bar.open),
    highPrice: formatAmount(bar.high),
    lowPrice: formatAmount(bar.low),
    volume: formatAmount(bar.volume),
    quoteVolume: formatAmount(bar.quoteVolume),
    openTime: bar.openMs,
    closeTime: bar.closeMs,
    firstId: trades[0]?.tradeId ?? -1,
    lastId: trades.at(-1)?.tradeId ?? -1,
    count: bar.trades,
  };
}

/** The last day, or a bar of the last price without volume when nothing is recorded. */
export function dayBar(venue: MarketBoard, { rules, lastTicks }: SymbolMarket, nowMs: number): Bar {
  const last = rules.prices.amountOf(lastTicks ?? 0);
  const bar = venue.tape(rules.symbol)?.day(nowMs) ?? null;
  if (bar !== null) return { ...bar, close: last };
  const flat = { open: last, high: last, low: last, close: last };
  return { openMs: nowMs, closeMs: nowMs, ...flat, volume: 0n, quoteVolume: 0n, takerBuyVolume: 0n, trades: 0 };
}

export function bestOf({ book, rules }: SymbolMarket) {
  const bid = book.bids.bestTicks();
  const ask = book.asks.bestTicks();
  return {
    bidPrice: rules.prices.format(bid ?? 0),
    bidQty: rules.sizes.format(bid === undefined ? 0 : book.bids.visibleLots(bid)),
    askPrice: rules.prices.format(ask ?? 0),
    askQty: rules.sizes.format(ask === undefined ? 0 : book.asks.visibleLots(ask)),
  };
}

export const bookTicker = (_venue: MarketBoard, market: SymbolMarket) => ({
  symbol: market.rules.symbol,
  ...bestOf(market),
});

export const lastPrice = (_venue: MarketBoard, { rules, lastTicks }: SymbolMarket) => ({
  symbol: rules.symbol,
  price: rules.prices.format(lastTicks ?? 0),
});

export const marketOf = (venue: MarketBoard, parameters: Parameters): SymbolMarket =>
  venue.engine.state.market(readSymbol(parameters, venue.engine.state.markets));
