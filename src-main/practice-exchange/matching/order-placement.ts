import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { Account } from './account.ts';
import { close, enter, limitOf, work } from './execution.ts';
import type { ExchangeState, SymbolMarket } from './exchange-state.ts';
import type { Counted } from './filters.ts';
import { passesMarketLot } from './filters.ts';
import { amountOf } from './grid.ts';
import { judgeClientIds, judgeOrder, judgePrices, judgeSlots } from './judgement.ts';
import type { OrderRequest } from './order-request.ts';
import { filterFailure, INSUFFICIENT_BALANCE, NO_LIQUIDITY_FOR_QUOTE, type Refusal } from './refusal.ts';
import { hasTrigger, type VenueOrder } from './venue-order.ts';

/** Judges an order without placing it. */
export function judge(state: ExchangeState, account: Account, request: OrderRequest): Result<Counted, Refusal> {
  const market = state.market(request.symbol);
  const judged = judgeOrder(market, request, state.now.marketMs);
  if (!judged.ok) return judged;
  const sized = sizeByQuote(market, request, judged.value);
  if (!sized.ok) return sized;
  const order = { ...sized.value, side: request.side, type: request.type };
  const refused =
    judgePrices(market, order) ??
    slotRefusal(market, account, request) ??
    judgeClientIds(account, [request]) ??
    state.clearing.judge(state, market, account, request, order.lots);
  return refused === null ? sized : err(refused);
}

/** The filters state Binance's slots; other protocols count their own. */
function slotRefusal(market: SymbolMarket, account: Account, request: OrderRequest): Refusal | null {
  if (request.terms !== undefined) return null;
  return judgeSlots(market, account, { orders: 1, algos: hasTrigger(request.type) ? 1 : 0 });
}

/** Accepts an order and puts it to work. Denies with the venue's own codes. */
export function placeOrder(state: ExchangeState, account: Account, request: OrderRequest): Result<VenueOrder, Refusal> {
  const judged = judge(state, account, request);
  if (!judged.ok) return judged;
  const market = state.market(request.symbol);
  const order = newOrder(state, account, request, judged.value);
  if (!state.clearing.reserve(state, market, order)) return err(INSUFFICIENT_BALANCE);
  register(state, account, order);
  state.report(order, { type: 'NEW' });
  if (order.reservation !== null) state.reportBalances(account, [order.reservation.asset]);
  enter(state, market, order);
  return ok(order);
}

export function newOrder(
  state: ExchangeState,
  account: Account,
  request: OrderRequest,
  counted: Counted,
  listId = -1,
): VenueOrder {
  return {
    ...(request.terms === undefined ? {} : { terms: request.terms }),
    ...(request.funding === undefined ? {} : { funding: request.funding }),
    id: state.nextOrderId(),
    account: account.name,
    symbol: request.symbol,
    clientOrderId: request.clientOrderId,
    listId,
    side: request.side,
    type: request.type,
    timeInForce: request.timeInForce,
    ...counted,
    quoteOrderAmount: request.quoteOrderQty === null ? 0n : amountOf(request.quoteOrderQty),
    strategyId: request.strategyId,
    strategyType: request.strategyType,
    reduceOnly: request.reduceOnly === true,
    filledLots: 0,
    filledQuote: 0n,
    status: 'NEW',
    isWorking: false,
    aheadLots: 0,
    createdMs: state.now.marketMs,
    updatedMs: state.now.marketMs,
    workingMs: -1,
    expiryReason: null,
    reservation: null,
  };
}

export function register(state: ExchangeState, account: Account, order: VenueOrder): void {
  state.orders.set(order.id, order);
  account.byClientOrderId.set(order.clientOrderId, order);
  account.addOpen(order);
}

/**
 * Gives a resting limit order another price and size. It ends when no more is wanted than was filled, and when it is
 * post-only and would take at the new price. Denies what the filters or the funds forbid; the order then stays.
 */
export function amendOrder(
  state: ExchangeState,
  order: VenueOrder,
  request: OrderRequest,
): Result<VenueOrder, Refusal> {
  const market = state.market(order.symbol);
  const judged = judgeOrder(market, request, state.now.marketMs);
  if (!judged.ok) return judged;
  const { priceTicks, stopTicks, lots } = judged.value;
  const added = Math.max(0, lots - order.lots);
  const refused = state.clearing.judge(state, market, state.account(order.account), request, added);
  if (refused !== null) return err(refused);
  const priceRefused = judgePrices(market, { ...judged.value, side: order.side, type: order.type });
  if (priceRefused !== null && hasTrigger(order.type)) return err(priceRefused);
  const wouldTake = priceRefused !== null;
  if (lots <= order.filledLots || wouldTake) {
    close(state, market, order, { type: wouldTake ? 'EXPIRED' : 'CANCELED' });
    return ok(order);
  }
  const before = { priceTicks: order.priceTicks, stopTicks: order.stopTicks, lots: order.lots };
  const after = { priceTicks, stopTicks, lots };
  if (!holdFor(state, market, order, after)) {
    holdFor(state, market, order, before);
    return err(INSUFFICIENT_BALANCE);
  }
  Object.assign(order, before);
  market.book.remove(order);
  Object.assign(order, after);
  order.updatedMs = state.now.marketMs;
  state.report(order, { type: 'AMENDMENT' });
  if (!hasTrigger(order.type) || order.isWorking) work(state, market, order);
  return ok(order);
}

/** Gives the order these numbers and holds what they need instead of what it held. False when funds are missing. */
function holdFor(state: ExchangeState, market: SymbolMarket, order: VenueOrder, numbers: Counted): boolean {
  if (order.reservation !== null) state.account(order.account).shrink(order.reservation, 0n);
  Object.assign(order, numbers);
  return state.clearing.reserve(state, market, order);
}

/** A triggered stop starts to work; true stop-market buys may cost more than they locked. */
export function startTriggered(state: ExchangeState, market: SymbolMarket, order: VenueOrder): void {
  state.report({ ...order, isWorking: true, workingMs: state.now.marketMs }, { type: 'NEW' });
  work(state, market, order);
}

/** Turns quoteOrderQty into the lots that come closest to it without exceeding it. */
function sizeByQuote(market: SymbolMarket, request: OrderRequest, counted: Counted): Result<Counted, Refusal> {
  if (request.quoteOrderQty === null) return ok(counted);
  const { rules } = market;
  let rest = amountOf(request.quoteOrderQty);
  let lots = 0;
  const order = { side: request.side, type: request.type, priceTicks: 0 };
  for (const chunk of market.book.reachable(request.side, limitOf(order))) {
    const affordable = Math.min(chunk.lots, Number(rest / rules.notional(chunk.ticks, 1)));
    lots += affordable;
    rest -= rules.notional(chunk.ticks, affordable);
    if (affordable < chunk.lots) break;
  }
  const step = rules.filters.lot === null ? 1 : (rules.sizes.stepsOf(rules.filters.lot.step) ?? 1);
  lots -= lots % Math.max(1, step);
  if (lots === 0) return err(NO_LIQUIDITY_FOR_QUOTE);
  if (!passesMarketLot(rules, market.quantityOf(lots))) return err(filterFailure('MARKET_LOT_SIZE'));
  return ok({ ...counted, lots });
}
