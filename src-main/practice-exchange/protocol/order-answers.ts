import type { AnsweredList } from '../matching/matching-engine.ts';
import type { BalancesChanged, Execution, Fill, ListChanged } from '../matching/exchange-events.ts';
import type { ExchangeState, SymbolMarket } from '../matching/exchange-state.ts';
import { formatAmount } from '../matching/grid.ts';
import { type OrderList, ordersOf } from '../matching/order-list.ts';
import { hasTrigger, isLive, type VenueOrder } from '../matching/venue-order.ts';

export type ResponseType = 'ACK' | 'RESULT' | 'FULL';

const ZERO = '0.00000000';

/** Fields that every answer about an order shares. */
function core(market: SymbolMarket, order: Readonly<VenueOrder>) {
  const { prices, sizes } = market.rules;
  return {
    price: prices.format(order.priceTicks),
    origQty: sizes.format(order.lots),
    executedQty: sizes.format(order.filledLots),
    origQuoteOrderQty: formatAmount(order.quoteOrderAmount),
    cummulativeQuoteQty: formatAmount(order.filledQuote),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    ...(hasTrigger(order.type) ? { stopPrice: prices.format(order.stopTicks) } : {}),
    ...(order.strategyId === null ? {} : { strategyId: order.strategyId }),
    ...(order.strategyType === null ? {} : { strategyType: order.strategyType }),
    ...(order.expiryReason === null ? {} : { expiryReason: order.expiryReason }),
    selfTradePreventionMode: 'NONE',
  };
}

const names = (order: Readonly<VenueOrder>) => ({
  symbol: order.symbol,
  orderId: order.id,
  orderListId: order.listId,
  clientOrderId: order.clientOrderId,
});

/** The answer to a create. `fills` are those the order had when it was answered. */
export function placedAnswer(
  market: SymbolMarket,
  order: Readonly<VenueOrder>,
  fills: readonly Fill[],
  type: ResponseType,
) {
  const acknowledged = { ...names(order), transactTime: order.updatedMs };
  if (type === 'ACK') return acknowledged;
  const result = { ...acknowledged, ...core(market, order), workingTime: order.workingMs };
  return type === 'RESULT'
    ? result
    : { ...result, fills: answeredFills(order, fills).map((fill) => fillAnswer(market, fill)) };
}

/** Fills up to the state that was answered: a stop that triggered since may have met the rest. */
function answeredFills(order: Readonly<VenueOrder>, fills: readonly Fill[]): Fill[] {
  let lots = 0;
  return fills.filter((fill) => (lots += fill.lots) <= order.filledLots);
}

const fillAnswer = (market: SymbolMarket, fill: Fill) => ({
  price: market.rules.prices.format(fill.ticks),
  qty: market.rules.sizes.format(fill.lots),
  commission: formatAmount(fill.commission),
  commissionAsset: fill.commissionAsset,
  tradeId: fill.tradeId,
});

export const canceledAnswer = (market: SymbolMarket, order: Readonly<VenueOrder>, cancelId: string) => ({
  ...names(order),
  origClientOrderId: order.clientOrderId,
  clientOrderId: cancelId,
  transactTime: order.updatedMs,
  ...core(market, order),
});

export const queriedAnswer = (market: SymbolMarket, order: Readonly<VenueOrder>) => ({
  ...names(order),
  ...core(market, order),
  stopPrice: market.rules.prices.format(order.stopTicks),
  icebergQty: ZERO,
  time: order.createdMs,
  updateTime: order.updatedMs,
  isWorking: order.isWorking,
  workingTime: order.workingMs,
});

export const tradeAnswer = (market: SymbolMarket, order: Readonly<VenueOrder>, fill: Fill) => ({
  symbol: order.symbol,
  id: fill.tradeId,
  orderId: order.id,
  orderListId: order.listId,
  price: market.rules.prices.format(fill.ticks),
  qty: market.rules.sizes.format(fill.lots),
  quoteQty: formatAmount(fill.quote),
  commission: formatAmount(fill.commission),
  commissionAsset: fill.commissionAsset,
  time: fill.atMs,
  isBuyer: order.side === 'BUY',
  isMaker: fill.isMaker,
  isBestMatch: true,
});

export const listAnswer = (list: Readonly<OrderList>, atMs: number) => ({
  orderListId: list.id,
  contingencyType: list.contingency,
  listStatusType: list.status === 'ALL_DONE' ? 'ALL_DONE' : 'EXEC_STARTED',
  listOrderStatus: list.status,
  listClientOrderId: list.clientId,
  transactionTime: atMs,
  symbol: list.symbol,
  orders: ordersOf(list).map((order) => ({
    symbol: order.symbol,
    orderId: order.id,
    clientOrderId: order.clientOrderId,
  })),
});

/** The answer to a new list, with its orders as they were when it was answered. */
export function placedListAnswer(state: ExchangeState, { list, orders }: AnsweredList, type: ResponseType) {
  const market = state.market(list.symbol);
  const reports = orders.map((order) => placedAnswer(market, order, state.fills.get(order.id) ?? [], type));
  return { ...listAnswer(list, list.createdMs), orderReports: reports };
}

export function canceledListAnswer(state: ExchangeState, { list, orders }: AnsweredList, cancelId: string) {
  const market = state.market(list.symbol);
  const done = { ...list, status: 'ALL_DONE' as const };
  const reports = orders.map((order) => canceledAnswer(market, order, cancelId));
  return { ...listAnswer(done, orders[0]?.updatedMs ?? list.createdMs), orderReports: reports };
}

/** The private `executionReport` event, all fields. */
export function executionReport(market: SymbolMarket, { type, order, fill, at, ...rest }: Execution) {
  const { prices, sizes } = market.rules;
  return {
    e: 'executionReport',
    E: at.marketMs,
    s: order.symbol,
    c: rest.cancelClientOrderId ?? order.clientOrderId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: sizes.format(order.lots),
    p: prices.format(order.priceTicks),
    P: prices.format(order.stopTicks),
    F: ZERO,
    g: order.listId,
    C: rest.cancelClientOrderId === null ? '' : order.clientOrderId,
    x: type,
    X: order.status,
    r: rest.reason,
    i: order.id,
    z: sizes.format(order.filledLots),
    ...(fill === null ? NO_FILL : lastFill(market, fill)),
    T: at.marketMs,
    I: rest.executionId,
    w: order.isWorking && isLive(order),
    M: false,
    O: order.createdMs,
    Z: formatAmount(order.filledQuote),
    Q: formatAmount(order.quoteOrderAmount),
    V: 'NONE',
    ...sometimes(order),
  };
}

const NO_FILL = { l: ZERO, L: ZERO, n: '0', N: null, t: -1, m: false, Y: ZERO };

const lastFill = (market: SymbolMarket, fill: Fill) => ({
  l: market.rules.sizes.format(fill.lots),
  L: market.rules.prices.format(fill.ticks),
  n: formatAmount(fill.commission),
  N: fill.commissionAsset,
  t: fill.tradeId,
  m: fill.isMaker,
  Y: formatAmount(fill.quote),
});

/** Fields that appear under conditions only. */
const sometimes = (order: Readonly<VenueOrder>) => ({
  ...(order.workingMs < 0 ? {} : { W: order.workingMs }),
  ...(order.strategyId === null ? {} : { j: order.strategyId }),
  ...(order.strategyType === null ? {} : { J: order.strategyType }),
  ...(order.expiryReason === null ? {} : { eR: order.expiryReason }),
});

export const accountPosition = ({ at, balances }: BalancesChanged) => ({
  e: 'outboundAccountPosition',
  E: at.marketMs,
  u: at.marketMs,
  B: balances.map(({ asset, free, locked }) => ({ a: asset, f: formatAmount(free), l: formatAmount(locked) })),
});

export const listStatus = ({ list, at }: ListChanged) => ({
  e: 'listStatus',
  E: at.marketMs,
  s: list.symbol,
  g: list.id,
  c: list.contingency,
  l: list.status === 'ALL_DONE' ? 'ALL_DONE' : 'EXEC_STARTED',
  L: list.status,
  r: 'NONE',
  C: list.clientId,
  T: at.marketMs,
  O: ordersOf(list).map((order) => ({ s: order.symbol, i: order.id, c: order.clientOrderId })),
});
