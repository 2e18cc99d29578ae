import type { Account } from '../matching/account.ts';
import { costToTake } from '../matching/execution.ts';
import type { Clearing, ExchangeState, Match, Settled, SymbolMarket } from '../matching/exchange-state.ts';
import type { Amount } from '../matching/grid.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import { INSUFFICIENT_BALANCE, type Refusal } from '../matching/refusal.ts';
import { SPOT_CLEARING } from '../matching/spot-clearing.ts';
import { isLive, isMarketLike, remainingLots, type Side, type VenueOrder } from '../matching/venue-order.ts';
import { feeOn } from './fees.ts';
import { isMarginOrder, type KrakenMarginClearing } from './margin-clearing.ts';
import { isKrakenOrder, type KrakenOrder, type KrakenTerms, termsOf } from './terms.ts';

/** Whole coins, as on any spot market; the fee is paid in quote or base as the order asks. */
const KRAKEN_CLEARING: Clearing = { judge, reserve, canPay, settle, release };

/** Clears each order by the protocol it came in, margin orders by `margin`: all share accounts and books. */
export function spotClearingWithKraken(margin: KrakenMarginClearing): Clearing {
  const clearingOf = (order: Pick<OrderRequest, 'terms' | 'reduceOnly'>): Clearing => {
    if (termsOf(order) === null) return SPOT_CLEARING;
    return isMarginOrder(order) ? margin : KRAKEN_CLEARING;
  };
  return {
    judge: (state, market, account, request, lots) => clearingOf(request).judge(state, market, account, request, lots),
    reserve: (state, market, order) => clearingOf(order).reserve(state, market, order),
    canPay: (state, market, order) => clearingOf(order).canPay(state, market, order),
    settle: (state, market, order, match) => clearingOf(order).settle(state, market, order, match),
    release: (state, order) => clearingOf(order).release(state, order),
  };
}

type Due = { readonly asset: string; readonly amount: Amount };

type Payer = { readonly account: Account; readonly feeIn: KrakenTerms['feeIn']; readonly side: Side };

/** What an order hands over for so many lots at such a cost, its fee included where it is paid in the same asset. */
function due({ rules }: SymbolMarket, { account, feeIn, side }: Payer, lots: number, cost: Amount): Due {
  const buys = side === 'BUY';
  const amount = buys ? cost : rules.sizes.amountOf(lots);
  const paysFee = feeIn === (buys ? 'quote' : 'base');
  return {
    asset: buys ? rules.quote : rules.base,
    amount: paysFee ? amount + feeOn(amount, account.fees.taker) : amount,
  };
}

function requirement(market: SymbolMarket, account: Account, order: VenueOrder): Due | null {
  if (!isKrakenOrder(order)) return null;
  const lots = remainingLots(order);
  const cost = market.rules.notional(order.priceTicks === 0 ? order.stopTicks : order.priceTicks, lots);
  return due(market, payerOf(account, order), lots, cost);
}

const payerOf = (account: Account, order: KrakenOrder): Payer => ({
  account,
  feeIn: order.terms.feeIn,
  side: order.side,
});

function judge(
  _state: ExchangeState,
  market: SymbolMarket,
  account: Account,
  request: OrderRequest,
  lots: number,
): Refusal | null {
  const terms = termsOf(request);
  if (request.type !== 'MARKET' || terms === null) return null;
  const { side } = request;
  const cost = costToTake(market, { side, type: 'MARKET', priceTicks: 0 }, lots);
  const { asset, amount } = due(market, { account, feeIn: terms.feeIn, side }, lots, cost);
  return account.balance(asset).free < amount ? INSUFFICIENT_BALANCE : null;
}

function reserve(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean {
  const account = state.account(order.account);
  const needed = order.type === 'MARKET' ? null : requirement(market, account, order);
  if (needed === null) return true;
  order.reservation = account.reserve(needed.asset, needed.amount) ?? null;
  return order.reservation !== null;
}

/** A triggered buy locked its trigger price only: it can find too little now. */
function canPay(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean {
  const account = state.account(order.account);
  if (!isKrakenOrder(order)) return false;
  const lots = remainingLots(order);
  const { asset, amount } = due(market, payerOf(account, order), lots, costToTake(market, order, lots));
  return amount <= account.balance(asset).free + (order.reservation?.amount ?? 0n);
}

function settle(state: ExchangeState, market: SymbolMarket, order: VenueOrder, match: Match): Settled {
  const { rules } = market;
  const account = state.account(order.account);
  const quote = rules.notional(match.ticks, match.lots);
  const base = rules.sizes.amountOf(match.lots);
  const buys = order.side === 'BUY';
  const feeInBase = termsOf(order)?.feeIn === 'base';
  const rate = match.isMaker ? account.fees.maker : account.fees.taker;
  const fee = { asset: feeInBase ? rules.base : rules.quote, amount: feeOn(feeInBase ? base : quote, rate) };
  account.pay(buys ? rules.quote : rules.base, buys ? quote : base, order.reservation);
  account.credit(buys ? rules.base : rules.quote, buys ? base : quote);
  const paysFromHold = order.reservation !== null && order.reservation.asset === fee.asset;
  account.pay(fee.asset, fee.amount, paysFromHold ? order.reservation : null);
  return { fee, assets: [rules.base, rules.quote] };
}

/** Shrinks what the order holds to what it still needs. */
function release(state: ExchangeState, order: VenueOrder): void {
  const { reservation } = order;
  if (reservation === null) return;
  const account = state.account(order.account);
  const needed = isLive(order) ? requirement(state.market(order.symbol), account, order) : null;
  // A market-like order that works pays any price: it keeps what it holds until it ends.
  if (needed !== null && isMarketLike(order.type) && order.isWorking) return;
  account.shrink(reservation, needed?.amount ?? 0n);
}
