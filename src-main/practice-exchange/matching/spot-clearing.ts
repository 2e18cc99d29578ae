import { divide, pow10 } from '../../engine/domain/decimal.ts';
import type { Account } from './account.ts';
import { costToTake } from './execution.ts';
import type { Clearing, ExchangeState, Match, Settled, SymbolMarket } from './exchange-state.ts';
import { type Amount, AMOUNT_SCALE, WIRE_SCALE } from './grid.ts';
import { judgePosition } from './judgement.ts';
import { ordersOf } from './order-list.ts';
import type { OrderRequest } from './order-request.ts';
import { INSUFFICIENT_BALANCE, type Refusal } from './refusal.ts';
import type { Reservation } from './reservation.ts';
import { requirement } from './settlement.ts';
import { isLive, remainingLots, type VenueOrder } from './venue-order.ts';

const ONE = pow10(AMOUNT_SCALE);
/** Fees paid in the discount asset cost three quarters. */
const DISCOUNT = { times: 3n, per: 4n } as const;

/** Spot: a resting order locks what it would pay, a fill swaps base for quote, the fee comes out of what is received. */
export const SPOT_CLEARING: Clearing = {
  judge: (state, market, account, request, lots) =>
    judgePosition(market, account, request.side, lots) ?? judgeMarketFunds(market, account, request, lots),
  reserve: (state, market, order) => reserve(state, market, order),
  canPay,
  settle,
  release: releaseUnused,
};

function judgeMarketFunds(market: SymbolMarket, account: Account, request: OrderRequest, lots: number): Refusal | null {
  if (request.type !== 'MARKET') return null;
  const { rules } = market;
  const needed =
    request.side === 'SELL'
      ? rules.sizes.amountOf(lots)
      : costToTake(market, { side: 'BUY', type: 'MARKET', priceTicks: 0 }, lots);
  const asset = request.side === 'SELL' ? rules.base : rules.quote;
  return account.balance(asset).free < needed ? INSUFFICIENT_BALANCE : null;
}

/** Locks what the order needs; market orders pay from the free balance as they trade. */
function reserve(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean {
  if (order.type === 'MARKET') return true;
  const { rules } = market;
  const asset = order.side === 'BUY' ? rules.quote : rules.base;
  const reservation = state.account(order.account).reserve(asset, requirement(rules, order));
  order.reservation = reservation ?? null;
  return reservation !== undefined;
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

function settle(state: ExchangeState, market: SymbolMarket, order: VenueOrder, match: Match): Settled {
  const { rules } = market;
  const account = state.account(order.account);
  const quote = rules.notional(match.ticks, match.lots);
  const base = rules.sizes.amountOf(match.lots);
  const buys = order.side === 'BUY';
  const received = { asset: buys ? rules.base : rules.quote, amount: buys ? base : quote };
  account.pay(buys ? rules.quote : rules.base, buys ? quote : base, order.reservation);
  const fee = commission(state, account, { ...received, quote, quoteAsset: rules.quote, isMaker: match.isMaker });
  receive(state, account, order, received, fee);
  return { fee, assets: [rules.base, rules.quote, fee.asset] };
}

/** Shrinks a reservation to what its live holders need. */
function releaseUnused(state: ExchangeState, order: VenueOrder): void {
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
