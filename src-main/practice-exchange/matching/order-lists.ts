import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { Account } from './account.ts';
import type { Reservation } from './reservation.ts';
import { enter } from './execution.ts';
import type { ExchangeState, SymbolMarket } from './exchange-state.ts';
import type { Counted } from './filters.ts';
import { judgeClientIds, judgeOrder, judgePosition, judgePrices, judgeSlots } from './judgement.ts';
import { newOrder, register } from './order-placement.ts';
import type { OrderList } from './order-list.ts';
import { ordersOf } from './order-list.ts';
import type { ListRequest, OrderRequest } from './order-request.ts';
import { BAD_PRICES, DUPLICATE_ORDER, filterFailure, INSUFFICIENT_BALANCE, type Refusal } from './refusal.ts';
import { requirement } from './settlement.ts';
import { hasTrigger, type VenueOrder } from './venue-order.ts';

/** Accepts a list: its working order, or for a plain OCO both legs, go to work; pending legs wait. */
export function placeList(state: ExchangeState, account: Account, request: ListRequest): Result<OrderList, Refusal> {
  const market = state.market(request.symbol);
  const refused = judgeList(state, market, account, request);
  if (refused !== null) return err(refused);
  const counted = countAll(state, market, request);
  if (!counted.ok) return counted;
  const list = buildList(state, account, request, counted.value);
  const funded =
    list.working === null ? reserveLegs(state, market, list) : state.clearing.reserve(state, market, list.working);
  if (!funded) return err(INSUFFICIENT_BALANCE);
  state.lists.set(list.id, list);
  account.byListClientOrderId.set(list.clientId, list.id);
  announce(state, account, list);
  if (list.working !== null) enter(state, market, list.working);
  else for (const { order } of byEntry(list)) enter(state, market, order);
  return ok(list);
}

function judgeList(state: ExchangeState, market: SymbolMarket, account: Account, request: ListRequest): Refusal | null {
  const requests = allOf(request);
  const atOnce = request.working === null ? request.legs : [request.working];
  const algos = atOnce.filter((order) => hasTrigger(order.type)).length;
  return (
    judgeClientIds(account, requests) ??
    judgeListId(state, account, request.listClientOrderId) ??
    judgeSlots(market, account, { orders: requests.length, algos }) ??
    (openLists(state, account, request.symbol) >= market.rules.filters.maxOrderLists
      ? filterFailure('MAX_NUM_ORDER_LISTS')
      : null)
  );
}

function judgeListId(state: ExchangeState, account: Account, clientId: string): Refusal | null {
  const id = account.byListClientOrderId.get(clientId);
  const list = id === undefined ? undefined : state.lists.get(id);
  return list?.status === 'EXECUTING' ? DUPLICATE_ORDER : null;
}

function openLists(state: ExchangeState, account: Account, symbol: string): number {
  const ids = new Set([...account.openOn(symbol).orders].map((order) => order.listId));
  ids.delete(-1);
  return [...ids].filter((id) => state.lists.get(id)?.status === 'EXECUTING').length;
}

/** Filters judge every order of the list now; what depends on the market then is judged again at activation. */
function countAll(state: ExchangeState, market: SymbolMarket, request: ListRequest): Result<Counted[], Refusal> {
  const counted: Counted[] = [];
  for (const order of allOf(request)) {
    const judged = judgeOrder(market, order, state.now.marketMs);
    if (!judged.ok) return judged;
    counted.push(judged.value);
  }
  const first = counted[0];
  if (request.working !== null && first !== undefined) {
    const refused = judgePrices(market, { ...request.working, ...first });
    const bad = refused ?? judgeOrderOfPrices(counted.slice(1), null);
    return bad === null ? ok(counted) : err(bad);
  }
  const refused = judgePair(market, request.legs, counted, market.lastTicks);
  return refused === null ? ok(counted) : err(refused);
}

/** The two legs of an OCO lie on either side of the last price; a post-only leg must not take. */
function judgePair(
  market: SymbolMarket,
  legs: readonly OrderRequest[],
  counted: readonly Counted[],
  last: number | null,
): Refusal | null {
  for (const [index, leg] of legs.entries()) {
    const ticks = counted[index];
    if (ticks === undefined) continue;
    const order = { ...leg, ...ticks };
    const refused = judgePrices(market, order);
    if (refused !== null)
      return legs.length === 2 && refused.reason !== 'WOULD_MATCH_IMMEDIATELY' ? BAD_PRICES : refused;
  }
  return judgeOrderOfPrices(counted, last);
}

function judgeOrderOfPrices(legs: readonly Counted[], last: number | null): Refusal | null {
  const [above, below] = legs.map((ticks) => (ticks.stopTicks === 0 ? ticks.priceTicks : ticks.stopTicks));
  if (above === undefined || below === undefined) return null;
  return above <= below || (last !== null && (above <= last || below >= last)) ? BAD_PRICES : null;
}

const allOf = (request: ListRequest): OrderRequest[] =>
  request.working === null ? [...request.legs] : [request.working, ...request.legs];

function buildList(
  state: ExchangeState,
  account: Account,
  request: ListRequest,
  counted: readonly Counted[],
): OrderList {
  const id = state.nextListId();
  const orders = allOf(request).map((order, index) =>
    newOrder(state, account, order, counted[index] ?? { priceTicks: 0, stopTicks: 0, lots: 0 }, id),
  );
  const working = request.working === null ? null : (orders.shift() ?? null);
  if (working !== null) for (const leg of orders) leg.status = 'PENDING_NEW';
  return {
    id,
    account: account.name,
    symbol: request.symbol,
    contingency: request.contingency,
    clientId: request.listClientOrderId,
    working,
    legs: request.legs.flatMap((leg, index) => {
      const order = orders[index];
      return order === undefined ? [] : [{ order, request: leg }];
    }),
    createdMs: state.now.marketMs,
    pool: request.sizedByWorking ? { asset: state.market(request.symbol).rules.base, amount: 0n } : null,
    status: 'EXECUTING',
    legsPlaced: working === null,
  };
}

function announce(state: ExchangeState, account: Account, list: OrderList): void {
  state.emit({ kind: 'list', list: { ...list }, at: state.now });
  for (const order of ordersOf(list)) {
    register(state, account, order);
    state.report(order, { type: 'NEW' });
  }
  const held = ordersOf(list).flatMap((order) => (order.reservation === null ? [] : [order.reservation.asset]));
  if (held.length > 0) state.reportBalances(account, held);
}

/** Legs hold one reservation together: only one of them can trade. */
export function reserveLegs(state: ExchangeState, market: SymbolMarket, list: OrderList): boolean {
  const account = state.account(list.account);
  const orders = list.legs.map((leg) => leg.order);
  const side = orders[0]?.side;
  if (list.pool === null && orders.every((order) => order.type === 'MARKET')) return true;
  const needed = orders.map((order) => requirement(market.rules, order)).reduce((a, b) => (a > b ? a : b), 0n);
  const reservation =
    takePool(account, list, needed) ?? account.reserve(side === 'BUY' ? market.rules.quote : market.rules.base, needed);
  if (reservation === undefined) return false;
  for (const order of orders) order.reservation = reservation;
  return true;
}

function takePool(account: Account, list: OrderList, needed: bigint): Reservation | null {
  if (list.pool === null) return null;
  account.shrink(list.pool, needed);
  return list.pool;
}

/** The leg that can rest goes first; stops after it only wait. */
export const byEntry = (list: OrderList): OrderList['legs'] =>
  [...list.legs].sort((a, b) => Number(hasTrigger(a.order.type)) - Number(hasTrigger(b.order.type)));

/** Denies legs that the filters, the slots, their own prices or the funds forbid at the moment they would be placed. */
export function judgeActivation(state: ExchangeState, market: SymbolMarket, list: OrderList): Refusal | null {
  const account = state.account(list.account);
  const algos = list.legs.filter(({ order }) => hasTrigger(order.type)).length;
  const counted: Counted[] = [];
  for (const { order, request } of list.legs) {
    const sized = list.pool === null ? request : { ...request, quantity: market.quantityOf(order.lots) };
    const judged = judgeOrder(market, sized, state.now.marketMs);
    if (!judged.ok) return judged.error;
    counted.push(judged.value);
  }
  const orders = list.legs.map((leg) => leg.order);
  return (
    judgeSlots(market, account, { orders: 0, algos }) ??
    judgePosition(market, account, orders[0]?.side ?? 'SELL', 0) ??
    judgeLegPrices(market, orders)
  );
}

function judgeLegPrices(market: SymbolMarket, orders: readonly VenueOrder[]): Refusal | null {
  for (const order of orders) {
    const refused = judgePrices(market, order);
    if (refused !== null) return refused;
  }
  return null;
}
