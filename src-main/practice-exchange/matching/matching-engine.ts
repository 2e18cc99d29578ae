import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { MarketEvent } from '../market/market-source.ts';
import { Account, type FeeSchedule } from './account.ts';
import { close, fillMakers, print } from './execution.ts';
import { type Clearing, ExchangeState, type StateOptions, type SymbolMarket } from './exchange-state.ts';
import { progressList } from './list-progress.ts';
import type { OrderList } from './order-list.ts';
import { ordersOf } from './order-list.ts';
import { placeList } from './order-lists.ts';
import { amendOrder, judge, placeOrder, startTriggered } from './order-placement.ts';
import type { ListRequest, Moment, OrderRequest } from './order-request.ts';
import { type Refusal, UNKNOWN_ORDER } from './refusal.ts';
import { SPOT_CLEARING } from './spot-clearing.ts';
import { isLive, type VenueOrder } from './venue-order.ts';

/**
 * The venue: recorded markets and the orders of its accounts in one book per symbol. Deterministic: it reads no clock,
 * the moment comes with each call. Every public method leaves lists progressed and stops triggered.
 */
export class MatchingEngine {
  readonly state: ExchangeState;

  constructor(options: Omit<StateOptions, 'clearing'> & { readonly clearing?: Clearing }) {
    this.state = new ExchangeState({ ...options, clearing: options.clearing ?? SPOT_CLEARING });
  }

  addAccount(name: string, fees: FeeSchedule): Account {
    const account = new Account(name, fees);
    this.state.accounts.set(name, account);
    return account;
  }

  /** Judges an order as {@link place} would and leaves everything as it was. */
  test(account: Account, request: OrderRequest, at: Moment): Result<unknown, Refusal> {
    this.state.now = at;
    return judge(this.state, account, request);
  }

  /** The order as it was when the venue answered: stops triggered and lists progressed come later, as events. */
  place(account: Account, request: OrderRequest, at: Moment): Result<VenueOrder, Refusal> {
    this.state.now = at;
    const placed = placeOrder(this.state, account, request);
    const answered = placed.ok ? ok({ ...placed.value }) : placed;
    this.settleConsequences();
    return answered;
  }

  /** Changes price and size of a resting limit order; it loses its place in the queue. Denies what is not open. */
  amend(order: VenueOrder | undefined, request: OrderRequest, at: Moment): Result<VenueOrder, Refusal> {
    if (order === undefined || !isLive(order)) return err(UNKNOWN_ORDER);
    this.state.now = at;
    const amended = amendOrder(this.state, order, request);
    const answered = amended.ok ? ok({ ...order }) : amended;
    this.settleConsequences();
    return answered;
  }

  placeList(account: Account, request: ListRequest, at: Moment): Result<AnsweredList, Refusal> {
    this.state.now = at;
    const placed = placeList(this.state, account, request);
    const answered = placed.ok ? ok(answer(placed.value)) : placed;
    this.settleConsequences();
    return answered;
  }

  /** Cancels an open order; an order of a list takes its list along. Denies what is not open. */
  cancel(order: VenueOrder | undefined, cancelClientOrderId: string, at: Moment): Result<VenueOrder, Refusal> {
    if (order === undefined || !isLive(order)) return err(UNKNOWN_ORDER);
    this.state.now = at;
    const list = this.state.lists.get(order.listId);
    const ended = list === undefined ? [order] : ordersOf(list);
    this.cancelEach(ended, cancelClientOrderId);
    return ok({ ...order });
  }

  /** Ends an open order whose time has come. */
  expire(order: VenueOrder, at: Moment): void {
    if (!isLive(order)) return;
    this.state.now = at;
    close(this.state, this.state.market(order.symbol), order, { type: 'EXPIRED' });
    this.settleConsequences();
  }

  cancelList(list: OrderList | undefined, cancelClientOrderId: string, at: Moment): Result<AnsweredList, Refusal> {
    if (list?.status !== 'EXECUTING') return err(UNKNOWN_ORDER);
    this.state.now = at;
    this.cancelEach(ordersOf(list), cancelClientOrderId);
    return ok(answer(list));
  }

  private cancelEach(orders: readonly VenueOrder[], cancelClientOrderId: string): void {
    for (const order of orders) {
      if (!isLive(order)) continue;
      close(this.state, this.state.market(order.symbol), order, { type: 'CANCELED', cancelClientOrderId });
    }
    for (const list of new Set(orders.map((order) => this.state.lists.get(order.listId)))) this.releasePool(list);
    this.settleConsequences();
  }

  private releasePool(list: OrderList | undefined): void {
    if (list === undefined || list.pool === null) return;
    const account = this.state.account(list.account);
    account.shrink(list.pool, 0n);
    this.state.reportBalances(account, [list.pool.asset]);
  }

  /** Plays one event of the recording. */
  apply(event: MarketEvent, at: Moment): void {
    this.state.now = at;
    const market = this.state.market(event.symbol);
    if (event.kind === 'book') {
      market.book.applyExternal(event.bids, event.asks, event.snapshot);
      fillMakers(this.state, market, market.book.fillsFromCrossing());
    } else if (event.kind === 'trade') {
      this.replayTrade(market, event);
    } else {
      market.book.clearExternal();
    }
    this.settleConsequences();
  }

  /** A recorded trade first meets our resting orders; the tape shows what remains of it at its own price. */
  private replayTrade(market: SymbolMarket, event: Extract<MarketEvent, { kind: 'trade' }>): void {
    const makerSide = event.aggressor === 'buy' ? 'SELL' : 'BUY';
    print(this.state, market, {
      ticks: event.ticks,
      lots: event.lots,
      buyerIsMaker: event.aggressor === 'sell',
      isOurs: false,
    });
    fillMakers(this.state, market, market.book.fillsFromTrade(makerSide, event.ticks, event.lots));
  }

  /** Lists first: the other leg of an OCO must be gone before its price can trigger. */
  private settleConsequences(): void {
    for (;;) {
      const work = this.state.listWork.shift();
      if (work !== undefined) {
        progressList(this.state, work);
        continue;
      }
      const order = this.state.triggered.shift();
      if (order === undefined) return;
      if (isLive(order)) this.trigger(order);
    }
  }

  private trigger(order: VenueOrder): void {
    if (order.listId >= 0) progressList(this.state, { kind: 'started', order });
    startTriggered(this.state, this.state.market(order.symbol), order);
  }
}

/** A list as the venue answers it: later changes come as events. */
export type AnsweredList = { readonly list: Readonly<OrderList>; readonly orders: readonly Readonly<VenueOrder>[] };

const answer = (list: OrderList): AnsweredList => ({
  list: { ...list },
  orders: ordersOf(list).map((order) => ({ ...order })),
});
