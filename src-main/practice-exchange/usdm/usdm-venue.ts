import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { FaultBoard } from '../faults.ts';
import { Ledger } from '../ledger.ts';
import type { MarketClock } from '../market-clock.ts';
import type { MarketEvent, MarketSource } from '../market/market-source.ts';
import type { Account } from '../matching/account.ts';
import type { ExchangeEvent, Print } from '../matching/exchange-events.ts';
import type { SymbolMarket } from '../matching/exchange-state.ts';
import { reachableLots } from '../matching/execution.ts';
import { parseAmount } from '../matching/grid.ts';
import { MatchingEngine } from '../matching/matching-engine.ts';
import type { Moment, OrderRequest } from '../matching/order-request.ts';
import { type Refusal, UNKNOWN_ORDER } from '../matching/refusal.ts';
import { isLive, type VenueOrder } from '../matching/venue-order.ts';
import { A_MINUTE, type LimitOptions, RateLimits, TRUE_LIMITS } from '../protocol/rate-limits.ts';
import { Tape } from '../tape.ts';
import type { AlgoOrder } from './algo-orders.ts';
import { AlgoService } from './algo-service.ts';
import { Countdowns } from './countdowns.ts';
import type { FuturesAccount } from './futures-account.ts';
import { payFunding } from './funding.ts';
import { findBreached, liquidationOrders } from './liquidation.ts';
import { ListenKeys } from './listen-keys.ts';
import { MarginClearing } from './margin-clearing.ts';
import { bareAmount } from './protection.ts';
import { FOK_REJECTED, NOTHING_TO_MODIFY, onUsdm, REDUCE_REJECTED } from './usdm-refusals.ts';
import { perpetuals } from './usdm-symbols.ts';

/** What an order says on this product's wire beside what the matching engine needs. */
export type Terms = {
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD';
  /** Wall time, 0 unless GTD. */
  readonly goodTillMs: number;
  /** The conditional order it came from. */
  readonly algo: AlgoOrder | null;
  readonly isLiquidation: boolean;
};

export const PLAIN: Terms = { timeInForce: 'GTC', goodTillMs: 0, algo: null, isLiquidation: false };

/** Things that happen here and not in the matching engine. */
export type UsdmEvent =
  | ExchangeEvent
  | { readonly kind: 'algo'; readonly algo: Readonly<AlgoOrder>; readonly at: Moment }
  | { readonly kind: 'funding'; readonly account: string; readonly symbol: string; readonly at: Moment }
  | { readonly kind: 'leverage'; readonly account: string; readonly symbol: string; readonly at: Moment }
  | { readonly kind: 'keyExpired'; readonly account: string; readonly key: string; readonly at: Moment };

export type UsdmOptions = {
  readonly limits: LimitOptions;
  readonly market: MarketSource;
  readonly clock: MarketClock;
  readonly faults: FaultBoard;
};

/** Weight per minute and orders per ten seconds and per minute, as exchangeInfo of this product states them. */
const USDM_LIMITS: LimitOptions = { weightPerMinute: 2400, ordersPer10s: 300, ordersPerDay: 1200 };
const MAKER_FEE = '0.0002';
const TAKER_FEE = '0.0005';

/** The USD-M side: perpetual contracts on the same recordings, with books, orders, accounts and a ledger of their own. */
export class UsdmVenue {
  readonly engine: MatchingEngine;
  readonly clearing = new MarginClearing();
  readonly algos: AlgoService;
  readonly ledger: Ledger;
  readonly listenKeys: ListenKeys;
  readonly countdowns = new Countdowns();
  readonly limits: RateLimits;
  readonly clock: MarketClock;
  readonly faults: FaultBoard;
  readonly tapes: ReadonlyMap<string, Tape>;
  private readonly terms = new Map<number, Terms>();
  private readonly goodTill = new Set<VenueOrder>();
  private readonly listeners: ((event: UsdmEvent) => void)[] = [];
  private readonly jumpListeners: ((symbol: string) => void)[] = [];
  private placing: Terms = PLAIN;
  private fundedMs: number;

  constructor({ market, clock, faults, limits }: UsdmOptions) {
    this.limits = new RateLimits(raised(limits), A_MINUTE);
    this.clock = clock;
    this.faults = faults;
    this.engine = new MatchingEngine({
      symbols: perpetuals(market.symbols),
      clearing: this.clearing,
      emit: (event) => this.dispatch(event),
    });
    this.algos = new AlgoService({
      state: this.engine.state,
      clearing: this.clearing,
      place: (algo, request) => this.placeTriggered(algo, request),
      emit: (algo) => this.emitAlgo(algo),
    });
    this.ledger = new Ledger(this.engine.state, (account, symbolMarket, held) =>
      bareAmount(this.algos.stops(account.name, symbolMarket.rules.symbol), symbolMarket, held),
    );
    this.listenKeys = new ListenKeys(() => clock.now().wallMs);
    this.tapes = new Map(
      [...this.engine.state.markets].map(([symbol, { rules }]) => [symbol, new Tape(rules, market)]),
    );
    this.fundedMs = market.startTimeMs;
    this.engine.state.now = clock.now();
  }

  openAccount(name: string, wallet: string): void {
    const account = this.engine.addAccount(name, {
      maker: parseAmount(MAKER_FEE),
      taker: parseAmount(TAKER_FEE),
      discountAsset: null,
    });
    const futures = this.clearing.open(account);
    const atMs = this.clock.now().marketMs;
    futures.book({ symbol: '', incomeType: 'TRANSFER', amount: parseAmount(wallet), atMs, tradeId: null });
  }

  /** Undefined for accounts without a futures wallet. */
  account(name: string): { readonly orders: Account; readonly futures: FuturesAccount } | undefined {
    const orders = this.engine.state.accounts.get(name);
    return orders === undefined ? undefined : { orders, futures: this.clearing.of(name) };
  }

  tape(symbol: string): Tape | undefined {
    return this.tapes.get(symbol);
  }

  termsOf(orderId: number): Terms {
    return this.terms.get(orderId) ?? PLAIN;
  }

  listen(listener: (event: UsdmEvent) => void): void {
    this.listeners.push(listener);
  }

  listenPrints(listener: (print: Print) => void): void {
    this.listen((event) => {
      if (event.kind === 'print') listener(event);
    });
  }

  listenJumps(listener: (symbol: string) => void): void {
    this.jumpListeners.push(listener);
  }

  /** Plays one event of the recording; conditional orders whose price came go to work. */
  apply(event: MarketEvent, at: Moment): void {
    if (!this.engine.state.markets.has(event.symbol)) return;
    this.engine.apply(event, at);
    if (event.kind === 'discontinuity') for (const listener of this.jumpListeners) listener(event.symbol);
    this.algos.settle(event.symbol);
  }

  /** What time alone brings: good-till dates, countdowns, expired listen keys, funding, liquidations. */
  tick(): void {
    const now = this.clock.now();
    this.engine.state.now = now;
    for (const order of [...this.goodTill]) {
      if (!isLive(order)) this.goodTill.delete(order);
      else if (now.wallMs >= this.termsOf(order.id).goodTillMs) this.engine.expire(order, now);
    }
    for (const { account, symbol } of this.countdowns.due(now.wallMs)) this.cancelAll(account, symbol);
    for (const { account, key } of this.listenKeys.takeExpired())
      this.emit({ kind: 'keyExpired', account, key, at: now });
    this.fund(now);
    this.liquidate(now);
  }

  /** Denies what `place` would deny, and places nothing. */
  test(account: Account, request: OrderRequest): Result<unknown, Refusal> {
    const market = this.engine.state.market(request.symbol);
    const sized = this.sized(market, account, request);
    if (!sized.ok) return sized;
    const tested = this.engine.test(account, sized.value, this.clock.now());
    return tested.ok ? tested : err(onUsdm(tested.error, market.rules, sized.value));
  }

  private sized(market: SymbolMarket, account: Account, request: OrderRequest): Result<OrderRequest, Refusal> {
    const sized = this.sizeToPosition(market, account, request);
    if (sized.ok && this.cannotFillWhole(market, sized.value)) return err(FOK_REJECTED);
    return sized;
  }

  /** Denies as the venue does; see the refusals. The answer is the order as it was when it was answered. */
  place(account: Account, request: OrderRequest, terms: Terms): Result<VenueOrder, Refusal> {
    const market = this.engine.state.market(request.symbol);
    const sized = this.sized(market, account, request);
    if (!sized.ok) return sized;
    this.placing = terms;
    const placed = this.engine.place(account, sized.value, this.clock.now());
    this.placing = PLAIN;
    this.algos.settle(request.symbol);
    if (!placed.ok) return err(onUsdm(placed.error, market.rules, sized.value));
    const order = this.engine.state.orders.get(placed.value.id);
    if (terms.goodTillMs > 0 && order !== undefined) this.goodTill.add(order);
    return placed;
  }

  /** Gives an open limit order another price and size. Denies as the venue does. */
  modify(order: VenueOrder | undefined, request: OrderRequest): Result<VenueOrder, Refusal> {
    if (order === undefined || !isLive(order)) return err(UNKNOWN_ORDER);
    const market = this.engine.state.market(order.symbol);
    const price = request.price === null ? undefined : market.rules.prices.stepsOf(request.price);
    const lots = request.quantity === null ? undefined : market.rules.sizes.stepsOf(request.quantity);
    if (price === order.priceTicks && lots === order.lots) return err(NOTHING_TO_MODIFY);
    const amended = this.engine.amend(order, request, this.clock.now());
    this.algos.settle(order.symbol);
    return amended.ok ? amended : err(onUsdm(amended.error, market.rules, request));
  }

  cancel(order: VenueOrder | undefined): Result<VenueOrder, Refusal> {
    return order === undefined ? err(UNKNOWN_ORDER) : this.engine.cancel(order, order.clientOrderId, this.clock.now());
  }

  /** Ordinary orders of one symbol only: the conditional ones live elsewhere and stay. */
  cancelAll(account: string, symbol: string): void {
    for (const order of [...(this.account(account)?.orders.openOn(symbol).orders ?? [])]) this.cancel(order);
  }

  setLeverage(account: string, symbol: string, leverage: number): void {
    this.clearing.of(account).setLeverage(symbol, leverage);
    this.emit({ kind: 'leverage', account, symbol, at: this.clock.now() });
  }

  private placeTriggered(algo: AlgoOrder, request: OrderRequest): Result<VenueOrder, Refusal> {
    const account = this.engine.state.account(algo.account);
    return this.place(account, request, { ...PLAIN, timeInForce: request.timeInForce, algo });
  }

  /** A reduce-only order is cut to the position it reduces. Denies when there is none on the other side. */
  private sizeToPosition(market: SymbolMarket, account: Account, request: OrderRequest): Result<OrderRequest, Refusal> {
    if (request.reduceOnly !== true || request.quantity === null) return ok(request);
    const held = this.clearing.of(account.name).lotsOf(request.symbol);
    const reducible = request.side === 'SELL' ? held : -held;
    if (reducible <= 0) return err(REDUCE_REJECTED);
    const lots = market.rules.sizes.stepsOf(request.quantity);
    if (lots === undefined || lots <= reducible) return ok(request);
    return ok({ ...request, quantity: market.quantityOf(reducible) });
  }

  /** This product refuses a fill-or-kill order that spot would accept and expire. */
  private cannotFillWhole(market: SymbolMarket, { timeInForce, quantity, price, side, type }: OrderRequest): boolean {
    if (timeInForce !== 'FOK' || quantity === null || price === null) return false;
    const [priceTicks, lots] = [market.rules.prices.stepsOf(price), market.rules.sizes.stepsOf(quantity)];
    if (priceTicks === undefined || lots === undefined) return false;
    return reachableLots(market, { side, type, priceTicks }, lots) < lots;
  }

  private fund(now: Moment): void {
    for (const payment of payFunding(this.engine.state, this.clearing, this.fundedMs, now.marketMs)) {
      this.emit({ kind: 'funding', ...payment, at: now });
    }
    this.fundedMs = Math.max(this.fundedMs, now.marketMs);
  }

  /** Cancels what the account has open and closes its positions at the market. */
  private liquidate(now: Moment): void {
    for (const name of findBreached(this.engine.state, this.clearing)) {
      const account = this.engine.state.account(name);
      for (const order of account.openOrders()) this.engine.cancel(order, order.clientOrderId, now);
      for (const request of liquidationOrders(this.engine.state, this.clearing.of(name), now)) {
        this.place(account, request, { ...PLAIN, timeInForce: 'IOC', isLiquidation: true });
      }
    }
  }

  private dispatch(event: ExchangeEvent): void {
    if (event.kind === 'execution' && !this.terms.has(event.order.id)) this.terms.set(event.order.id, this.placing);
    if (event.kind === 'print') this.tapes.get(event.symbol)?.add(event);
    else this.ledger.record(event);
    this.emit(event);
    if (event.kind !== 'execution') return;
    this.algos.noteOrder(event.order);
    if (event.fill !== null) this.algos.notePosition(event.order.account, event.order.symbol);
  }

  private emitAlgo(algo: AlgoOrder): void {
    const at = this.clock.now();
    this.ledger.reviewProtection(algo.account, algo.symbol, at.wallMs);
    this.emit({ kind: 'algo', algo: { ...algo }, at });
  }

  private emit(event: UsdmEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** Limits that were raised for a load test are raised here too. */
const raised = (limits: LimitOptions): LimitOptions => ({
  weightPerMinute:
    limits.weightPerMinute > TRUE_LIMITS.weightPerMinute ? limits.weightPerMinute : USDM_LIMITS.weightPerMinute,
  ordersPer10s: Math.max(USDM_LIMITS.ordersPer10s, limits.ordersPer10s),
  ordersPerDay: limits.ordersPer10s > USDM_LIMITS.ordersPer10s ? limits.ordersPerDay : USDM_LIMITS.ordersPerDay,
});
