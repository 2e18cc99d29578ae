import { err, type Result } from '../../engine/domain/result.ts';
import type { Account } from './account.ts';
import type { SymbolMarket } from './exchange-state.ts';
import { checkFilters, type Counted } from './filters.ts';
import type { OrderRequest } from './order-request.ts';
import { DUPLICATE_ORDER, filterFailure, MARKET_CLOSED, type Refusal, WOULD_MATCH, WOULD_TRIGGER } from './refusal.ts';
import { hasTrigger, isLive, isStopLoss, opposite, type OrderType, type Side } from './venue-order.ts';

/** Denies an order that the symbol's state, its filters or its own prices forbid. */
export function judgeOrder(market: SymbolMarket, request: OrderRequest, nowMs: number): Result<Counted, Refusal> {
  if (market.rules.status !== 'TRADING') return err(MARKET_CLOSED);
  return checkFilters(market.rules, request, market.averagePrice(nowMs));
}

/** Denies a stop that would trigger at once and a post-only order that would take. */
export function judgePrices(
  market: SymbolMarket,
  order: { readonly side: Side; readonly type: OrderType } & Counted,
): Refusal | null {
  if (hasTrigger(order.type) && triggers(order, market.lastTicks)) return WOULD_TRIGGER;
  if (order.type !== 'LIMIT_MAKER') return null;
  const best = market.book.bestTicks(opposite(order.side));
  if (best === undefined) return null;
  const takes = order.side === 'BUY' ? order.priceTicks >= best : order.priceTicks <= best;
  return takes ? WOULD_MATCH : null;
}

/** Stop-loss sells and take-profit buys wait for lower prices, the others for higher ones; equal counts. */
export function triggers(
  order: { readonly side: Side; readonly type: OrderType; readonly stopTicks: number },
  last: number | null,
): boolean {
  if (last === null) return false;
  const waitsForFall = isStopLoss(order.type) === (order.side === 'SELL');
  return waitsForFall ? last <= order.stopTicks : last >= order.stopTicks;
}

/** Slots: pending legs count towards MAX_NUM_ORDERS from the start, towards MAX_NUM_ALGO_ORDERS once placed. */
export function judgeSlots(
  market: SymbolMarket,
  account: Account,
  added: { readonly orders: number; readonly algos: number },
): Refusal | null {
  const { maxOrders, maxAlgoOrders } = market.rules.filters;
  const open = account.openOn(market.rules.symbol);
  if (open.orders.size + added.orders > maxOrders) return filterFailure('MAX_NUM_ORDERS');
  if (added.algos > 0 && open.algos + added.algos > maxAlgoOrders) return filterFailure('MAX_NUM_ALGO_ORDERS');
  return null;
}

/** Denies a buy that could carry the balance of the base asset beyond MAX_POSITION. */
export function judgePosition(market: SymbolMarket, account: Account, side: Side, lots: number): Refusal | null {
  const { rules } = market;
  const limit = rules.filters.maxPosition;
  if (side === 'SELL' || limit === null) return null;
  const { free, locked } = account.balance(rules.base);
  const open = rules.sizes.amountOf(account.openBuyLots(rules.symbol) + lots);
  const limitLots = rules.sizes.stepsOf(limit) ?? Number.MAX_SAFE_INTEGER;
  return free + locked + open > rules.sizes.amountOf(limitLots) ? filterFailure('MAX_POSITION') : null;
}

/** An id is taken while an order with it is open. */
export function judgeClientIds(account: Account, requests: readonly OrderRequest[]): Refusal | null {
  const seen = new Set<string>();
  for (const { clientOrderId } of requests) {
    const earlier = account.byClientOrderId.get(clientOrderId);
    if (seen.has(clientOrderId) || (earlier !== undefined && isLive(earlier))) return DUPLICATE_ORDER;
    seen.add(clientOrderId);
  }
  return null;
}
