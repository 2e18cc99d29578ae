import { invariant } from '../../engine/domain/result.ts';
import type { Chunk } from './book-side.ts';
import type { Execution } from './exchange-events.ts';
import type { Amount } from './grid.ts';
import type { RejectReason } from './refusal.ts';
import type { ExchangeState, SymbolMarket } from './exchange-state.ts';
import { triggers } from './judgement.ts';
import { settle } from './settlement.ts';
import { type ExpiryReason, hasTrigger, isLive, isMarketLike, remainingLots, type VenueOrder } from './venue-order.ts';

/** Worst price a taker accepts: any for market orders. */
export function limitOf(order: Pick<VenueOrder, 'side' | 'type' | 'priceTicks'>): number {
  if (!isMarketLike(order.type)) return order.priceTicks;
  return order.side === 'BUY' ? Infinity : 0;
}

/** Puts an order to work: a stop waits for its price, all others match now and rest what remains. */
export function enter(state: ExchangeState, market: SymbolMarket, order: VenueOrder): void {
  if (hasTrigger(order.type)) market.stops.push(order);
  else work(state, market, order);
}

/** Matches an order against the book and rests or expires the remainder. */
export function work(state: ExchangeState, market: SymbolMarket, order: VenueOrder): void {
  order.isWorking = true;
  order.workingMs = state.now.marketMs;
  if ((isMarketLike(order.type) || order.reduceOnly) && !state.clearing.canPay(state, market, order)) {
    expire(state, market, order, 'REJECTED', 'INSUFFICIENT_BALANCES');
    return;
  }
  if (order.timeInForce === 'FOK' && reachableLots(market, order, remainingLots(order)) < remainingLots(order)) {
    expire(state, market, order, 'UNFILLED_FOK_ORDER_EXPIRED');
    return;
  }
  for (const chunk of market.book.take(order.side, limitOf(order), remainingLots(order))) {
    trade(state, market, order, chunk);
  }
  if (!isLive(order)) return;
  if (isMarketLike(order.type)) expire(state, market, order, 'INSUFFICIENT_LIQUIDITY');
  else if (order.timeInForce === 'IOC') expire(state, market, order, 'UNFILLED_IOC_QUANTITY_EXPIRED');
  else market.book.rest(order);
}

function trade(state: ExchangeState, market: SymbolMarket, taker: VenueOrder, chunk: Chunk): void {
  const { ticks, maker } = chunk;
  const lots = tradableLots(chunk, taker);
  if (lots === 0) return;
  const tradeId = print(state, market, { ticks, lots, buyerIsMaker: taker.side === 'SELL', isOurs: true });
  if (maker !== null) settle(state, market, maker, { tradeId, ticks, lots, isMaker: true });
  settle(state, market, taker, { tradeId, ticks, lots, isMaker: false });
}

/** A fill before this one in the same match can have ended or shrunk an order that may only reduce a position. */
function tradableLots({ lots, maker }: Chunk, taker: VenueOrder | null): number {
  const open = (order: VenueOrder): number => (isLive(order) ? remainingLots(order) : 0);
  return Math.min(lots, maker === null ? lots : open(maker), taker === null ? lots : open(taker));
}

/** Fills resting orders that the recording met. */
export function fillMakers(state: ExchangeState, market: SymbolMarket, chunks: readonly Chunk[]): void {
  for (const chunk of chunks) {
    const { ticks, maker } = chunk;
    invariant(maker !== null, 'expected one of our orders, was recorded liquidity');
    const lots = tradableLots(chunk, null);
    if (lots === 0) continue;
    const tradeId = print(state, market, { ticks, lots, buyerIsMaker: maker.side === 'BUY', isOurs: true });
    settle(state, market, maker, { tradeId, ticks, lots, isMaker: true });
  }
}

type Printed = {
  readonly ticks: number;
  readonly lots: number;
  readonly buyerIsMaker: boolean;
  readonly isOurs: boolean;
};

/** Puts a trade on the tape and remembers that stops have to be judged. Returns its id. */
export function print(state: ExchangeState, market: SymbolMarket, printed: Printed): number {
  const atMs = state.now.marketMs;
  const tradeId = market.printed(printed.ticks, printed.lots, atMs);
  for (const stop of market.stops.filter((waiting) => triggers(waiting, printed.ticks))) {
    market.stops.splice(market.stops.indexOf(stop), 1);
    state.triggered.push(stop);
  }
  state.emit({ kind: 'print', symbol: market.rules.symbol, tradeId, atMs, ...printed });
  return tradeId;
}

/** Lots a taker can reach, as far as `wanted`. */
export function reachableLots(
  market: SymbolMarket,
  order: Pick<VenueOrder, 'side' | 'type' | 'priceTicks'>,
  wanted: number,
): number {
  let lots = 0;
  for (const chunk of market.book.reachable(order.side, limitOf(order))) {
    lots += chunk.lots;
    if (lots >= wanted) break;
  }
  return lots;
}

/** Cost of taking `lots`, as far as the book reaches. */
export function costToTake(
  market: SymbolMarket,
  order: Pick<VenueOrder, 'side' | 'type' | 'priceTicks'>,
  lots: number,
): Amount {
  let rest = lots;
  let cost = 0n;
  for (const chunk of market.book.reachable(order.side, limitOf(order))) {
    const part = Math.min(rest, chunk.lots);
    cost += market.rules.notional(chunk.ticks, part);
    rest -= part;
    if (rest === 0) break;
  }
  return cost;
}

export function expire(
  state: ExchangeState,
  market: SymbolMarket,
  order: VenueOrder,
  expiryReason: ExpiryReason,
  reason: RejectReason = 'NONE',
): void {
  order.expiryReason = expiryReason;
  close(state, market, order, { type: 'EXPIRED', reason });
}

/** Ends an order: off the book, funds released, reported. */
export function close(
  state: ExchangeState,
  market: SymbolMarket,
  order: VenueOrder,
  details: Partial<Pick<Execution, 'reason' | 'cancelClientOrderId'>> & { readonly type: 'CANCELED' | 'EXPIRED' },
): void {
  const account = state.account(order.account);
  account.removeOpen(order, order.status === 'PENDING_NEW');
  order.status = details.type;
  order.updatedMs = state.now.marketMs;
  const waiting = market.stops.indexOf(order);
  if (waiting >= 0) market.stops.splice(waiting, 1);
  market.book.remove(order);
  order.isWorking = false;
  state.clearing.release(state, order);
  state.report(order, details);
  if (order.reservation !== null) state.reportBalances(account, [order.reservation.asset]);
  if (order.listId >= 0) state.listWork.push({ kind: 'closed', order });
}
