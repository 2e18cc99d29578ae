import type { Account } from '../matching/account.ts';
import { costToTake } from '../matching/execution.ts';
import type { Clearing, ExchangeState, Match, Settled, SymbolMarket } from '../matching/exchange-state.ts';
import type { Amount } from '../matching/grid.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import { type Refusal, refusal } from '../matching/refusal.ts';
import { requirement } from '../matching/settlement.ts';
import { isLive, type VenueOrder } from '../matching/venue-order.ts';
import type { MarginAccount } from './loans.ts';
import { maxBorrowable } from './risk.ts';

export const OVER_BORROWED = refusal(-3006, 'Your borrow amount has exceed maximum borrow amount.');

/** What an order borrowed when it was placed. */
export type OrderLoan = { readonly asset: string; readonly amount: Amount };

/**
 * Spot's clearing for accounts that may owe: an order borrows what it lacks when it is placed, its fills pay debts back in
 * what they receive, and one that ends unfilled gives back what it borrowed.
 */
export class LendingClearing implements Clearing {
  readonly loans = new Map<number, OrderLoan>();
  private readonly spot: Clearing;
  private readonly marginOf: (account: string) => MarginAccount | undefined;

  constructor(spot: Clearing, marginOf: (account: string) => MarginAccount | undefined) {
    this.spot = spot;
    this.marginOf = marginOf;
  }

  judge(
    state: ExchangeState,
    market: SymbolMarket,
    account: Account,
    request: OrderRequest,
    lots: number,
  ): Refusal | null {
    const margin = this.marginOf(account.name);
    if (margin === undefined || request.funding?.borrows !== true) {
      return this.spot.judge(state, market, account, request, lots);
    }
    const { asset, amount } = neededBy(market, request, lots);
    const lacking = amount - account.balance(asset).free;
    return lacking > maxBorrowable(state, margin, asset) ? OVER_BORROWED : null;
  }

  reserve(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean {
    const margin = this.marginOf(order.account);
    if (margin !== undefined && order.funding?.borrows === true && !this.lend(state, market, margin, order))
      return false;
    return this.spot.reserve(state, market, order);
  }

  canPay(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean {
    return this.spot.canPay(state, market, order);
  }

  settle(state: ExchangeState, market: SymbolMarket, order: VenueOrder, match: Match): Settled {
    const settled = this.spot.settle(state, market, order, match);
    const margin = this.marginOf(order.account);
    if (margin === undefined || order.funding?.repays !== true) return settled;
    const { rules } = market;
    const buys = order.side === 'BUY';
    const asset = buys ? rules.base : rules.quote;
    const received = buys ? rules.sizes.amountOf(match.lots) : rules.notional(match.ticks, match.lots);
    const fee = settled.fee.asset === asset ? settled.fee.amount : 0n;
    margin.repay(asset, received - fee, state.now.marketMs, true);
    return settled;
  }

  release(state: ExchangeState, order: VenueOrder): void {
    this.spot.release(state, order);
    const loan = this.loans.get(order.id);
    if (loan === undefined || isLive(order) || order.status === 'FILLED') return;
    if (order.funding?.repaysAtCancel === true) {
      this.marginOf(order.account)?.repay(loan.asset, loan.amount, state.now.marketMs, true);
    }
  }

  private lend(state: ExchangeState, market: SymbolMarket, margin: MarginAccount, order: VenueOrder): boolean {
    const amount = order.type === 'MARKET' ? takenBy(market, order.side, order.lots) : requirement(market.rules, order);
    const asset = order.side === 'BUY' ? market.rules.quote : market.rules.base;
    const lacking = amount - margin.account.balance(asset).free;
    if (lacking <= 0n) return true;
    if (lacking > maxBorrowable(state, margin, asset)) return false;
    margin.borrow(asset, lacking, state.now.marketMs, true);
    this.loans.set(order.id, { asset, amount: lacking });
    return true;
  }
}

function takenBy(market: SymbolMarket, side: VenueOrder['side'], lots: number): Amount {
  if (side === 'SELL') return market.rules.sizes.amountOf(lots);
  return costToTake(market, { side, type: 'MARKET', priceTicks: 0 }, lots);
}

function neededBy(market: SymbolMarket, request: OrderRequest, lots: number): OrderLoan {
  const { rules } = market;
  const { side } = request;
  if (side === 'SELL') return { asset: rules.base, amount: rules.sizes.amountOf(lots) };
  const price = request.price ?? request.stopPrice;
  const ticks = price === null ? undefined : rules.prices.stepsOf(price);
  return {
    asset: rules.quote,
    amount: ticks === undefined ? takenBy(market, side, lots) : rules.notional(ticks, lots),
  };
}
