import type { Account } from '../matching/account.ts';
import type { Execution } from '../matching/exchange-events.ts';
import type { Moment } from '../matching/order-request.ts';
import { isLive } from '../matching/venue-order.ts';
import type { PracticeVenue } from '../practice-venue.ts';
import { liquidationOrders } from '../usdm/liquidation.ts';
import { KrakenAccess } from './access.ts';
import { isMarginOrder } from './margin-clearing.ts';
import { closeRequest, trailTicks } from './order-reading.ts';
import { Pairs } from './pairs.ts';
import { type KrakenLimits, KrakenRates } from './rates.ts';
import { isKrakenOrder, type KrakenOrder, type KrakenTerms, orderIdOf, txidOf } from './terms.ts';

/** What the venue's own closing orders say. */
const LIQUIDATION: KrakenTerms = {
  ...{ protocol: 'KRAKEN', type: 'market', clientOrderId: null, userref: null, feeIn: 'quote', leverage: null },
  ...{ timeInForce: 'GTC', expiresMs: null, close: null, trail: null, primary: null },
};

/** Kraken's counter at the practice exchange: the same markets, accounts and funds under Kraken's names. */
export class KrakenDesk {
  readonly venue: PracticeVenue;
  readonly pairs: Pairs;
  readonly access: KrakenAccess;
  readonly rates: KrakenRates;
  /** Fills that conditional closes have not answered yet, by primary order. */
  private readonly traded = new Map<number, { readonly order: KrakenOrder; lots: number }>();
  private readonly trailing = new Set<number>();
  private readonly expiring = new Set<number>();
  /** API time at which all orders of an account are canceled. */
  private readonly deadMen = new Map<string, number>();

  constructor(venue: PracticeVenue, limits: KrakenLimits) {
    this.venue = venue;
    this.pairs = new Pairs(venue.engine.state.markets.values());
    this.access = new KrakenAccess(venue.keys);
    this.rates = new KrakenRates(limits);
    venue.listen((event) => {
      if (event.kind === 'execution') this.note(event);
      else if (event.kind === 'print' && this.trailing.size > 0) this.trail(event.symbol, event.ticks);
    });
  }

  now(): Moment {
    return this.venue.clock.now();
  }

  /** Orders of an account that came in Kraken's protocol, oldest first. */
  orders(account: string): KrakenOrder[] {
    return [...this.venue.engine.state.orders.values()].filter(
      (order): order is KrakenOrder => order.account === account && isKrakenOrder(order),
    );
  }

  openOrders(account: Account): KrakenOrder[] {
    return account.openOrders().filter(isKrakenOrder);
  }

  orderOf(account: string, txid: string): KrakenOrder | undefined {
    const order = this.venue.engine.state.orders.get(orderIdOf(txid) ?? -1);
    return order?.account === account && isKrakenOrder(order) ? order : undefined;
  }

  cancel(order: KrakenOrder): boolean {
    return this.venue.engine.cancel(order, '', this.now()).ok;
  }

  cancelAll(account: string): number {
    return this.openOrders(this.venue.account(account)).filter((order) => this.cancel(order)).length;
  }

  /** A time of 0 disarms. */
  setDeadMan(account: string, atMs: number): void {
    if (atMs === 0) this.deadMen.delete(account);
    else this.deadMen.set(account, atMs);
  }

  /** What is due: closes of what traded, ends of GTD orders, dead-man timers, rollover fees, liquidations. */
  settle(): void {
    const apiMs = this.venue.clock.apiMs();
    for (const [account, atMs] of this.deadMen) {
      if (apiMs < atMs) continue;
      this.deadMen.delete(account);
      this.cancelAll(account);
    }
    for (const id of this.expiring) this.expireIfDue(id, apiMs);
    for (const [id, { order, lots }] of this.traded) {
      this.traded.delete(id);
      this.close(order, lots);
    }
    this.keepMargin();
  }

  private keepMargin(): void {
    const { engine, krakenMargin } = this.venue;
    const now = this.now();
    for (const margin of krakenMargin.all()) {
      margin.rollOver(now.marketMs);
      if (margin.isBreached(engine.state)) this.liquidate(margin.account);
    }
  }

  /** Ends the account's margin orders and closes its positions at the market. */
  private liquidate(account: Account): void {
    const { engine, krakenMargin } = this.venue;
    for (const order of this.openOrders(account).filter(isMarginOrder)) this.cancel(order);
    for (const order of liquidationOrders(engine.state, krakenMargin.of(account).book, this.now())) {
      engine.place(account, { ...order, terms: LIQUIDATION }, this.now());
    }
  }

  private note({ order, fill, type }: Execution): void {
    if (!isKrakenOrder(order)) return;
    if (type === 'NEW' && order.terms.trail !== null) this.trailing.add(order.id);
    if (type === 'NEW' && order.terms.expiresMs !== null) this.expiring.add(order.id);
    if (!isLive(order)) {
      this.trailing.delete(order.id);
      this.expiring.delete(order.id);
    }
    if (fill === null || order.terms.close === null) return;
    const waiting = this.traded.get(order.id);
    this.traded.set(order.id, { order, lots: (waiting?.lots ?? 0) + fill.lots });
  }

  /** Fills of one match make one close order. One that cannot be placed is lost, as at the venue. */
  private close(primary: KrakenOrder, lots: number): void {
    const { terms, side, symbol } = primary;
    if (terms.close === null) return;
    const pair = this.pairs.of(symbol);
    const request = closeRequest(
      pair,
      { side, terms, txid: txidOf(primary) },
      terms.close,
      pair.market.quantityOf(lots),
    );
    this.venue.engine.place(this.venue.account(primary.account), request, this.now());
  }

  private expireIfDue(id: number, apiMs: number): void {
    const order = this.venue.engine.state.orders.get(id);
    if (order === undefined || !isKrakenOrder(order) || apiMs < (order.terms.expiresMs ?? 0)) return;
    this.expiring.delete(id);
    this.venue.engine.expire(order, this.now());
  }

  /** A trailing trigger follows the best price and never goes back. */
  private trail(symbol: string, ticks: number): void {
    for (const id of this.trailing) {
      const order = this.venue.engine.state.orders.get(id);
      if (order === undefined || !isKrakenOrder(order) || order.symbol !== symbol || order.terms.trail === null)
        continue;
      const wanted = trailTicks(this.pairs.of(symbol), order.side, order.terms.trail, ticks);
      const better = order.side === 'SELL' ? wanted > order.stopTicks : wanted < order.stopTicks;
      if (better && !order.isWorking) order.stopTicks = wanted;
    }
  }
}
