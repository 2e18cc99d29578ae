import { invariant } from '../../engine/domain/result.ts';
import type { Chunk } from './book-side.ts';
import type { Execution } from './exchange-events.ts';
import type { Amount } from './grid.ts';
import type { RejectReason } from './refusal.ts';
import type { ExchangeState, SymbolMarket } from './exchange-state.ts';
import { triggers } from './judgement.ts';
import { releaseUnused, settle } from './settlement.ts';
import { type ExpiryReason, hasTrigger, isMarketLike, remainingLots, type VenueOrder } from './venue-order.ts';

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
  if (isMarketLike(order.type) && !canPay(state, market, order)) {
    expire(state, market, order, 'REJECTED', 'INSUFFICIENT_BALANCES');
    return;
  }
  if (order.timeInForce === 'FOK' && reachableLots(market, order) < remainingLots(order)) {
    expire(state, market, order, 'UNFILLED_FOK_ORDER_EXPIRED');
    return;
  }
  for (const chunk of market.book.take(order.side, limitOf(order), remainingLots(order))) {
    trade(state, market, order, chunk);
  }
  if (remainingLots(order) === 0) return;
  if (isMarketLike(order.type)) expire(state, market, order, 'INSUFFICIENT_LIQUIDITY');
  else if (order.timeInForce === 'IOC') expire(state, market, order, 'UNFILLED_IOC_QUANTITY_EXPIRED');
  else market.book.rest(order);
}

function trade(state: ExchangeState, market: SymbolMarket, taker: VenueOrder, chunk: Chunk): void {
  const { ticks, lots, maker } = chunk;
  const tradeId = print(state, market, { ticks, lots, buyerIsMaker: taker.side === 'SELL', isOurs: true });
  if (maker !== null) settle(state, market, maker, { tradeId, ticks, lots, isMaker: true });
  settle(state, market, taker, { tradeId, ticks, lots, isMaker: false });
}

/** Fills resting orders that the recording met. */
export function fillMakers(state: ExchangeState, market: SymbolMarket, chunks: readonly Chunk[]): void {
  for (const { ticks, lots, maker } of chunks) {
    invariant(maker !== null, 'expected one of our orders, was recorded liquidity');
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

export function reachableLots(market: SymbolMarket, order: VenueOrder): number {
  let lots = 0;
  for (const chunk of market.book.reachable(order.side, limitOf(order))) {
    lots += chunk.lots;
    if (lots >= remainingLots(order)) break;
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

/** A triggered buy locked its stop price only, and a pending market leg nothing: both can find too little now. */
function canPay(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean {
  const { rules } = market;
  const lots = remainingLots(order);
  const buys = order.side === 'BUY';
  const needed = buys ? costToTake(market, order, lots) : rules.sizes.amountOf(lots);
  const { free } = state.account(order.account).balance(buys ? rules.quote : rules.base);
  return needed <= free + (order.reservation?.amount ?? 0n);
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
  releaseUnused(state, order);
  state.report(order, details);
  if (order.reservation !== null) state.reportBalances(account, [order.reservation.asset]);
  if (order.listId >= 0) state.listWork.push({ kind: 'closed', order });
}
