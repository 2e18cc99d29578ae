import type { SymbolMarket } from '../../matching/exchange-state.ts';
import { formatAmount } from '../../matching/grid.ts';
import { ALGO_TYPES } from '../../usdm/algo-orders.ts';
import { FUNDING_MS, FUNDING_RATE, nextFundingMs } from '../../usdm/funding.ts';
import { MARGIN_ASSET } from '../../usdm/futures-account.ts';
import { doubleMarkTicks } from '../../usdm/margin-figures.ts';
import { MAX_OPEN_ORDERS, MIN_NOTIONAL } from '../../usdm/usdm-symbols.ts';
import type { UsdmVenue } from '../../usdm/usdm-venue.ts';
import { ApiError } from '../api-error.ts';
import {
  aggregateTrades,
  bookTicker,
  chosen,
  dayTicker,
  depth,
  klines,
  lastPrice,
  marketOf,
  perSymbol,
  trades,
} from '../market-routes.ts';
import type { Parameters } from '../parameters.ts';
import { type BoardContext, publicRoute, type Route, type RouteContext, type Routes } from '../route.ts';

type UsdmBoard = { readonly venue: UsdmVenue; readonly parameters: Parameters };

/** A public route of this product. Throws -1121 while no account has a wallet here: then no symbol is listed. */
const board = (weight: Route['weight'], answer: (context: UsdmBoard) => unknown): Route =>
  publicRoute(weight, ({ venue, parameters }) => {
    if (venue.usdm === null) throw new ApiError(-1121, 'Invalid symbol.');
    return answer({ venue: venue.usdm, parameters });
  });

/** Public market data of USD-M. */
export const USDM_MARKET_ROUTES: Routes = {
  'GET /fapi/v1/ping': publicRoute(1, () => ({})),
  'GET /fapi/v1/time': publicRoute(1, ({ venue }) => ({ serverTime: venue.clock.apiMs() })),
  'GET /fapi/v1/exchangeInfo': publicRoute(1, exchangeInfo),
  'GET /fapi/v1/depth': board(depthWeight, (context) => stamped(context, depth(context))),
  'GET /fapi/v1/trades': board(5, trades),
  'GET /fapi/v1/aggTrades': board(20, aggregateTrades),
  'GET /fapi/v1/klines': board(5, klines),
  'GET /fapi/v1/ticker/24hr': board(tickerWeight, (context) => perSymbol(context, dayTicker)),
  'GET /fapi/v1/ticker/bookTicker': board(5, (context) => perSymbol(context, timedTop(context.venue))),
  'GET /fapi/v1/ticker/price': board(2, (context) => perSymbol(context, lastPrice)),
  'GET /fapi/v2/ticker/price': board(2, (context) => perSymbol(context, lastPrice)),
  'GET /fapi/v1/premiumIndex': board(10, (context) =>
    perSymbol(context, (_board, market) => premiumIndex(context.venue, market)),
  ),
  'GET /fapi/v1/fundingRate': board(1, fundingRate),
  'GET /fapi/v1/fundingInfo': board(1, () => []),
};

function exchangeInfo({ venue }: RouteContext) {
  const { usdm } = venue;
  return {
    timezone: 'UTC',
    serverTime: venue.clock.apiMs(),
    futuresType: 'U_MARGINED',
    rateLimits: usdm?.limits.published() ?? [],
    exchangeFilters: [],
    assets: [{ asset: MARGIN_ASSET, marginAvailable: true, autoAssetExchange: '-10000' }],
    symbols: usdm === null ? [] : [...usdm.engine.state.markets.values()].map(contract),
  };
}

function contract({ rules }: SymbolMarket) {
  return {
    symbol: rules.symbol,
    pair: rules.symbol,
    contractType: 'PERPETUAL',
    deliveryDate: 4_133_404_800_000,
    onboardDate: 1_569_398_400_000,
    status: rules.status === 'TRADING' ? 'TRADING' : 'PENDING_TRADING',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: rules.base,
    quoteAsset: rules.quote,
    marginAsset: MARGIN_ASSET,
    pricePrecision: rules.prices.size.scale,
    quantityPrecision: rules.sizes.size.scale,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    triggerProtect: '0.0500',
    liquidationFee: '0.000000',
    marketTakeBound: '0.05',
    maxMoveOrderLimit: 10_000,
    filters: rules.rawFilters.map(published),
    orderTypes: ['LIMIT', 'MARKET', ...ALGO_TYPES],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
    /** Not a field of the venue: what the practice exchange plays on this symbol. */
    practiceOrigin: rules.origin,
  };
}

/** Filters in this product's words. */
function published(filter: Readonly<Record<string, unknown>>) {
  if (filter['filterType'] === 'MIN_NOTIONAL') return { filterType: 'MIN_NOTIONAL', notional: MIN_NOTIONAL };
  if (filter['filterType'] === 'MAX_NUM_ORDERS') return { filterType: 'MAX_NUM_ORDERS', limit: MAX_OPEN_ORDERS };
  if (filter['filterType'] !== 'PERCENT_PRICE') return filter;
  const { multiplierUp, multiplierDown } = filter;
  return { filterType: 'PERCENT_PRICE', multiplierUp, multiplierDown, multiplierDecimal: '4' };
}

function depthWeight(parameters: Parameters): number {
  const limit = parameters.integer('limit') ?? 500;
  if (limit <= 50) return 2;
  if (limit <= 100) return 5;
  return limit <= 500 ? 10 : 20;
}

function tickerWeight(parameters: Parameters): number {
  return parameters.optional('symbol') === undefined ? 40 : 1;
}

function stamped({ venue }: UsdmBoard, book: object) {
  const { marketMs } = venue.clock.now();
  return { ...book, E: marketMs, T: marketMs };
}

const timedTop = (usdm: UsdmVenue) => (board: BoardContext['venue'], market: SymbolMarket) => ({
  ...bookTicker(board, market),
  time: usdm.clock.now().marketMs,
});

/** Mark and index price are both the middle of the book. */
export function premiumIndex(usdm: UsdmVenue, market: SymbolMarket) {
  const nowMs = usdm.clock.now().marketMs;
  const price = formatAmount(market.rules.prices.amountOf(doubleMarkTicks(market)) / 2n);
  return {
    symbol: market.rules.symbol,
    markPrice: price,
    indexPrice: price,
    estimatedSettlePrice: price,
    lastFundingRate: FUNDING_RATE,
    interestRate: FUNDING_RATE,
    nextFundingTime: nextFundingMs(nowMs),
    time: nowMs,
  };
}

/** Rates of past payments, oldest first. */
function fundingRate(context: UsdmBoard) {
  const { venue, parameters } = context;
  const markets =
    parameters.optional('symbol') === undefined ? chosen(venue, parameters) : [marketOf(venue, parameters)];
  const nowMs = venue.clock.now().marketMs;
  const newest = Math.floor((parameters.integer('endTime') ?? nowMs) / FUNDING_MS);
  const oldest = Math.ceil((parameters.integer('startTime') ?? 0) / FUNDING_MS);
  const count = Math.min(parameters.limit(100, 1000), newest - oldest + 1);
  return markets.flatMap(({ rules }) =>
    Array.from({ length: Math.max(0, count) }, (_, index) => ({
      symbol: rules.symbol,
      fundingRate: FUNDING_RATE,
      fundingTime: (newest - count + 1 + index) * FUNDING_MS,
    })),
  );
}
