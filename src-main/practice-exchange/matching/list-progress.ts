import { close, enter, expire } from './execution.ts';
import type { ExchangeState, ListWork, SymbolMarket } from './exchange-state.ts';
import { judgeActivation, byEntry, reserveLegs } from './order-lists.ts';
import type { OrderList } from './order-list.ts';
import { ordersOf } from './order-list.ts';
import { INSUFFICIENT_BALANCE, type Refusal, refusal } from './refusal.ts';
import { isLive, type VenueOrder } from './venue-order.ts';

const DRILL = refusal(-2010, 'Refused by a fault drill.');

/** What a list does when one of its orders trades, starts or ends. */
export function progressList(state: ExchangeState, { kind, order }: ListWork): void {
  const list = state.lists.get(order.listId);
  if (list?.status !== 'EXECUTING') return;
  const market = state.market(list.symbol);
  if (list.working?.id === order.id) progressWorking(state, market, list, order);
  else progressLeg(state, market, list, { kind, order });
  if (ordersOf(list).some(isLive)) return;
  list.status = 'ALL_DONE';
  state.emit({ kind: 'list', list: { ...list }, at: state.now });
}

function progressWorking(state: ExchangeState, market: SymbolMarket, list: OrderList, working: VenueOrder): void {
  if (isLive(working) || list.legsPlaced) return;
  if (working.status === 'FILLED') activateLegs(state, market, list);
  else endLegs(state, market, list, working);
}

function endLegs(state: ExchangeState, market: SymbolMarket, list: OrderList, working: VenueOrder): void {
  releasePool(state, list);
  for (const { order } of list.legs) {
    if (!isLive(order)) continue;
    if (working.status === 'CANCELED') close(state, market, order, { type: 'CANCELED' });
    else expire(state, market, order, 'OTO_PHASE_ONE_EXPIRED');
  }
}

/** Places the pending legs. When one is refused the whole list ends and the position stands without them. */
function activateLegs(state: ExchangeState, market: SymbolMarket, list: OrderList): void {
  list.legsPlaced = true;
  sizeByPool(market, list);
  const refused = drilled(state) ?? judgeActivation(state, market, list) ?? fund(state, market, list);
  if (refused !== null) {
    refuseLegs(state, market, list, refused);
    return;
  }
  const account = state.account(list.account);
  for (const { order } of byEntry(list)) {
    order.status = 'NEW';
    order.updatedMs = state.now.marketMs;
    account.activate(order);
    state.report(order, { type: 'NEW' });
  }
  state.reportBalances(account, [market.rules.base, market.rules.quote]);
  for (const { order } of byEntry(list)) if (isLive(order)) enter(state, market, order);
}

function drilled(state: ExchangeState): Refusal | null {
  if (state.refusePendingLegs === 0) return null;
  state.refusePendingLegs -= 1;
  return DRILL;
}

function fund(state: ExchangeState, market: SymbolMarket, list: OrderList): Refusal | null {
  return reserveLegs(state, market, list) ? null : INSUFFICIENT_BALANCE;
}

function refuseLegs(state: ExchangeState, market: SymbolMarket, list: OrderList, refused: Refusal): void {
  releasePool(state, list);
  for (const { order } of list.legs) {
    order.expiryReason = 'REJECTED';
    close(state, market, order, { type: 'EXPIRED', reason: refused.reason });
  }
}

/** An OPO list sells what was received, in whole lots. */
function sizeByPool(market: SymbolMarket, list: OrderList): void {
  const pool = list.pool;
  if (pool === null) return;
  const step = market.rules.filters.lot?.step;
  const unit = step === undefined ? 1 : Math.max(1, market.rules.sizes.stepsOf(step) ?? 1);
  const lots = market.rules.sizes.stepsIn(pool.amount);
  for (const { order } of list.legs) order.lots = lots - (lots % unit);
}

function releasePool(state: ExchangeState, list: OrderList): void {
  if (list.pool === null) return;
  const account = state.account(list.account);
  account.shrink(list.pool, 0n);
  state.reportBalances(account, [list.pool.asset]);
}

/** One leg trades, works or ends: the other ends with it. A leg that ended for the other's sake ends nothing. */
function progressLeg(state: ExchangeState, market: SymbolMarket, list: OrderList, { kind, order }: ListWork): void {
  if (order.expiryReason === 'OCO_TRIGGER') return;
  for (const { order: other } of list.legs) {
    if (other.id === order.id || !isLive(other)) continue;
    if (kind === 'closed' && order.status === 'CANCELED') close(state, market, other, { type: 'CANCELED' });
    else expire(state, market, other, 'OCO_TRIGGER');
  }
}
