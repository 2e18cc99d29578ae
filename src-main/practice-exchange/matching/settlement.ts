import { divide, pow10 } from '../../engine/domain/decimal.ts';
import type { Account } from './account.ts';
import type { Reservation } from './reservation.ts';
import type { ExchangeState, SymbolMarket } from './exchange-state.ts';
import { type Amount, AMOUNT_SCALE, WIRE_SCALE } from './grid.ts';
import type { Fill } from './exchange-events.ts';
import { ordersOf } from './order-list.ts';
import type { SymbolRules } from './symbol-rules.ts';
import { isLive, remainingLots, type VenueOrder } from './venue-order.ts';

const ONE = pow10(AMOUNT_SCALE);
/** Fees paid in the discount asset cost three quarters. */
const DISCOUNT = { times: 3n, per: 4n } as const;

export type Execution = {
  readonly tradeId: number;
  readonly ticks: number;
  readonly lots: number;
  readonly isMaker: boolean;
};

/** What an order still has to hold: quote at its price for a buy, base for a sell. */
export function requirement(rules: SymbolRules, order: VenueOrder): Amount {
  const lots = remainingLots(order);
  if (order.side === 'SELL') return rules.sizes.amountOf(lots);
  return rules.notional(order.priceTicks === 0 ? order.stopTicks : order.priceTicks, lots);
}

/** Moves the money of one fill, updates the order and reports both. */
export function settle(state: ExchangeState, market: SymbolMarket, order: VenueOrder, execution: Execution): void {
  const { rules } = market;
  const account = state.account(order.account);
  const quote = rules.notional(execution.ticks, execution.lots);
  const base = rules.sizes.amountOf(execution.lots);
  const buys = order.side === 'BUY';
  const received = { asset: buys ? rules.base : rules.quote, amount: buys ? base : quote };
  account.pay(buys ? rules.quote : rules.base, buys ? quote : base, order.reservation);
  const fee = commission(state, account, { ...received, quote, quoteAsset: rules.quote, isMaker: execution.isMaker });
  receive(state, account, order, received, fee);
  order.filledLots += execution.lots;
  order.filledQuote += quote;
  order.updatedMs = state.now.marketMs;
  order.status = remainingLots(order) === 0 ? 'FILLED' : 'PARTIALLY_FILLED';
  const fill: Fill = {
    ...execution,
    orderId: order.id,
    quote,
    commission: fee.amount,
    commissionAsset: fee.asset,
    atMs: state.now.marketMs,
  };
  state.addFill(fill);
  afterFill(state, market, account, order);
  state.report(order, { type: 'TRADE', fill });
  state.reportBalances(account, [rules.base, rules.quote, fee.asset]);
}

function afterFill(state: ExchangeState, market: SymbolMarket, account: Account, order: VenueOrder): void {
  if (order.status === 'FILLED') {
    account.removeOpen(order, false);
    market.book.remove(order);
  } else {
    market.book.side(order.side).orderShrank(order);
  }
  releaseUnused(state, order);
  if (order.listId >= 0) state.listWork.push({ kind: order.status === 'FILLED' ? 'closed' : 'started', order });
}

/** Shrinks a reservation to what its live holders need. */
export function releaseUnused(state: ExchangeState, order: VenueOrder): void {
  const { reservation } = order;
  if (reservation === null) return;
  const list = state.lists.get(order.listId);
  const holders = (list === undefined ? [order] : ordersOf(list)).filter(
    (holder) => holder.reservation === reservation && isLive(holder),
  );
  const { rules } = state.market(order.symbol);
  const needed = holders.map((holder) => requirement(rules, holder));
  const most = needed.reduce((a, b) => (a > b ? a : b), 0n);
  state.account(order.account).shrink(reservation, most);
}

type Earned = {
  readonly asset: string;
  readonly amount: Amount;
  readonly quote: Amount;
  readonly quoteAsset: string;
  readonly isMaker: boolean;
};

/** The venue charges in the received asset, or in its discount asset while that balance lasts. Rounded down to eight digits. */
function commission(state: ExchangeState, account: Account, earned: Earned): { asset: string; amount: Amount } {
  const rate = earned.isMaker ? account.fees.maker : account.fees.taker;
  const discountAsset = account.fees.discountAsset;
  const price = state.discountPrices.get(earned.quoteAsset);
  if (discountAsset !== null && price !== undefined) {
    const value = (earned.quote * rate * DISCOUNT.times) / (ONE * DISCOUNT.per);
    const amount = toWireScale((value * ONE) / price);
    if (account.balance(discountAsset).free >= amount) return { asset: discountAsset, amount };
  }
  return { asset: earned.asset, amount: toWireScale((earned.amount * rate) / ONE) };
}

function toWireScale(amount: Amount): Amount {
  const unit = pow10(AMOUNT_SCALE - WIRE_SCALE);
  return divide(amount, unit, 'down') * unit;
}

function receive(
  state: ExchangeState,
  account: Account,
  order: VenueOrder,
  received: { readonly asset: string; readonly amount: Amount },
  fee: { readonly asset: string; readonly amount: Amount },
): void {
  const pool = poolOf(state, order);
  const feeFromReceived = fee.asset === received.asset;
  if (pool === null) {
    account.credit(received.asset, received.amount);
    account.pay(fee.asset, fee.amount, null);
    return;
  }
  // An OPO list locks what it bought; the fee comes out of the free balance when that is large enough.
  const free = account.balance(fee.asset).free;
  const fromFree = !feeFromReceived || free >= fee.amount;
  account.grow(pool, fromFree ? received.amount : received.amount - fee.amount);
  if (fromFree) account.pay(fee.asset, fee.amount, null);
}

function poolOf(state: ExchangeState, order: VenueOrder): Reservation | null {
  const list = state.lists.get(order.listId);
  return list?.working?.id === order.id ? list.pool : null;
}
