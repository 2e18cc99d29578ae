import type { Fill } from '../matching/exchange-events.ts';
import { formatAmount } from '../matching/grid.ts';
import type { OrderList } from '../matching/order-list.ts';
import { NO_SUCH_ORDER, refusal } from '../matching/refusal.ts';
import type { VenueOrder } from '../matching/venue-order.ts';
import type { PracticeVenue } from '../practice-venue.ts';
import { ApiError, fromRefusal } from './api-error.ts';
import { listAnswer, queriedAnswer, tradeAnswer } from './order-answers.ts';
import { readSymbol } from './order-parameters.ts';
import type { Parameters } from './parameters.ts';
import { publicRoute, type RouteContext, type Routes, signedRoute } from './route.ts';
import { findOrder } from './trading-routes.ts';

const DAY_MS = 86_400_000;

/** Queries of one account, and the few other endpoints that ccxt's loadMarkets calls. */
export const ACCOUNT_ROUTES: Routes = {
  'GET /api/v3/account': signedRoute(20, account),
  'GET /api/v3/account/commission': signedRoute(20, commission),
  'GET /api/v3/order': signedRoute(4, order),
  'GET /api/v3/openOrders': signedRoute(
    (parameters) => (parameters.optional('symbol') === undefined ? 80 : 6),
    openOrders,
  ),
  'GET /api/v3/allOrders': signedRoute(20, allOrders),
  'GET /api/v3/myTrades': signedRoute(
    (parameters) => (parameters.optional('orderId') === undefined ? 20 : 5),
    myTrades,
  ),
  'GET /api/v3/orderList': signedRoute(4, orderList),
  'GET /api/v3/allOrderList': signedRoute(20, ({ venue, account: name }) => listsOf(venue, name).map(answerList)),
  'GET /api/v3/openOrderList': signedRoute(6, ({ venue, account: name }) =>
    listsOf(venue, name)
      .filter((list) => list.status === 'EXECUTING')
      .map(answerList),
  ),
  'GET /api/v3/rateLimit/order': signedRoute(40, orderCounts),
  'GET /sapi/v1/capital/config/getall': signedRoute(1, () => []),
  'GET /sapi/v1/system/status': publicRoute(1, () => ({ status: 0, msg: 'normal' })),
  'GET /dapi/v1/exchangeInfo': publicRoute(1, emptyVenue),
};

function emptyVenue({ venue }: RouteContext) {
  return {
    timezone: 'UTC',
    serverTime: venue.clock.apiMs(),
    rateLimits: [],
    exchangeFilters: [],
    assets: [],
    symbols: [],
  };
}

function account({ venue, account: name, parameters }: RouteContext) {
  const { fees, balances } = venue.account(name);
  const points = (fee: bigint): number => Number(fee / 10n ** 12n);
  const omitZero = parameters.optional('omitZeroBalances') === 'true';
  return {
    makerCommission: points(fees.maker),
    takerCommission: points(fees.taker),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: rates(venue, name),
    canTrade: true,
    canWithdraw: false,
    canDeposit: false,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: venue.clock.now().marketMs,
    accountType: 'SPOT',
    balances: [...balances]
      .filter(([, { free, locked }]) => !omitZero || free + locked > 0n)
      .map(([asset, { free, locked }]) => ({ asset, free: formatAmount(free), locked: formatAmount(locked) })),
    permissions: ['SPOT'],
    uid: 1 + [...venue.engine.state.accounts.keys()].indexOf(name),
  };
}

function rates(venue: PracticeVenue, name: string) {
  const { fees } = venue.account(name);
  const zero = formatAmount(0n);
  return { maker: formatAmount(fees.maker), taker: formatAmount(fees.taker), buyer: zero, seller: zero };
}

function commission({ venue, account: name, parameters }: RouteContext) {
  const symbol = readSymbol(parameters, venue.engine.state.markets);
  const none = { maker: '0.00000000', taker: '0.00000000', buyer: '0.00000000', seller: '0.00000000' };
  const { discountAsset } = venue.account(name).fees;
  return {
    symbol,
    standardCommission: rates(venue, name),
    specialCommission: none,
    taxCommission: none,
    discount: {
      enabledForAccount: discountAsset !== null,
      enabledForSymbol: true,
      discountAsset: discountAsset ?? 'BNB',
      discount: '0.75000000',
    },
  };
}

function order({ venue, account: name, parameters }: RouteContext) {
  const found = findOrder(venue.account(name), venue, parameters);
  if (found === undefined) throw fromRefusal(NO_SUCH_ORDER);
  return answerOrder(venue, found);
}

const answerOrder = (venue: PracticeVenue, found: VenueOrder) =>
  queriedAnswer(venue.engine.state.market(found.symbol), found);

function openOrders({ venue, account: name, parameters }: RouteContext) {
  const mine = venue.account(name);
  const open =
    parameters.optional('symbol') === undefined
      ? mine.openOrders()
      : [...mine.openOn(readSymbol(parameters, venue.engine.state.markets)).orders];
  return open.map((found) => answerOrder(venue, found));
}

/** Orders of one account and symbol, oldest first. */
function ordersOf(venue: PracticeVenue, name: string, symbol: string): VenueOrder[] {
  return [...venue.engine.state.orders.values()].filter((found) => found.account === name && found.symbol === symbol);
}

function allOrders({ venue, account: name, parameters }: RouteContext) {
  const symbol = readSymbol(parameters, venue.engine.state.markets);
  const fromId = parameters.integer('orderId');
  const isWanted = timeFilter(parameters);
  const found = ordersOf(venue, name, symbol).filter(
    (one) => (fromId === undefined || one.id >= fromId) && isWanted(one.createdMs),
  );
  return page(found, parameters, fromId !== undefined).map((one) => answerOrder(venue, one));
}

function myTrades({ venue, account: name, parameters }: RouteContext) {
  const symbol = readSymbol(parameters, venue.engine.state.markets);
  const market = venue.engine.state.market(symbol);
  const orderId = parameters.integer('orderId');
  const fromId = parameters.integer('fromId');
  const isWanted = timeFilter(parameters);
  const trades = ordersOf(venue, name, symbol)
    .filter((one) => orderId === undefined || one.id === orderId)
    .flatMap((one) => (venue.engine.state.fills.get(one.id) ?? []).map((fill): [VenueOrder, Fill] => [one, fill]))
    .filter(([, fill]) => (fromId === undefined || fill.tradeId >= fromId) && isWanted(fill.atMs))
    .sort(([, a], [, b]) => a.tradeId - b.tradeId);
  return page(trades, parameters, fromId !== undefined).map(([one, fill]) => tradeAnswer(market, one, fill));
}

/** Times are market time, as on the orders. */
function timeFilter(parameters: Parameters): (atMs: number) => boolean {
  const startMs = parameters.integer('startTime') ?? 0;
  const endMs = parameters.integer('endTime') ?? Infinity;
  if (startMs > 0 && endMs !== Infinity && endMs - startMs > DAY_MS) {
    throw new ApiError(-1127, 'More than 24 hours between startTime and endTime.');
  }
  return (atMs) => atMs >= startMs && atMs <= endMs;
}

/** The oldest rows from an id on, else the newest. */
function page<T>(rows: readonly T[], parameters: Parameters, isFromId: boolean): T[] {
  const limit = parameters.limit(500, 1000);
  const fromTime = parameters.optional('startTime') !== undefined;
  return isFromId || fromTime ? rows.slice(0, limit) : rows.slice(-limit);
}

const listsOf = (venue: PracticeVenue, name: string): OrderList[] =>
  [...venue.engine.state.lists.values()].filter((list) => list.account === name);

const answerList = (list: OrderList) => listAnswer(list, list.createdMs);

function orderList({ venue, account: name, parameters }: RouteContext) {
  const id = parameters.integer('orderListId');
  const clientId = parameters.optional('origClientOrderId');
  if (id === undefined && clientId === undefined) {
    throw new ApiError(-1102, "Param 'orderListId' or 'origClientOrderId' must be sent, but both were empty/null!");
  }
  const found = listsOf(venue, name).findLast((list) =>
    id === undefined ? list.clientId === clientId : list.id === id,
  );
  if (found === undefined) throw fromRefusal(refusal(-2018, 'Order list does not exist.'));
  return answerList(found);
}

function orderCounts({ venue, account: name }: RouteContext) {
  const counts = venue.limits.orderCounts(name, venue.clock.apiMs());
  return venue.limits
    .published()
    .filter((limit) => limit.rateLimitType === 'ORDERS')
    .map((limit, index) => ({ ...limit, count: counts[index] ?? 0 }));
}
