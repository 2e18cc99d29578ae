import { type Decimal } from '../../engine/domain/decimal.ts';
import { ensure } from '../../engine/domain/result.ts';
import type { MarketSymbol } from '../market/market-source.ts';
import { type Account } from './account.ts';
import { AveragePrice } from './average-price.ts';
import type { ExchangeEvent, Execution, Fill } from './exchange-events.ts';
import type { Amount } from './grid.ts';
import type { OrderList } from './order-list.ts';
import type { Moment, OrderRequest } from './order-request.ts';
import type { Refusal } from './refusal.ts';
import { SymbolBook } from './symbol-book.ts';
import { SymbolRules } from './symbol-rules.ts';
import type { VenueOrder } from './venue-order.ts';

/** One symbol: its rules, its book, and the stops that wait for its last price. */
export class SymbolMarket {
  readonly rules: SymbolRules;
  readonly book = new SymbolBook();
  readonly average = new AveragePrice();
  /** Waiting orders in the order of their arrival. */
  readonly stops: VenueOrder[] = [];
  lastTicks: number | null = null;
  lastTradeId = 0;
  /** Spreads the sending of many symbols over time. */
  readonly phase: number;

  constructor(market: MarketSymbol, phase: number) {
    this.rules = new SymbolRules(market);
    this.phase = phase;
  }

  printed(ticks: number, lots: number, atMs: number): number {
    this.lastTicks = ticks;
    this.average.add(atMs, ticks, lots);
    return ++this.lastTradeId;
  }

  /** Price that filters compare with, or null before the first trade. */
  averagePrice(nowMs: number): Decimal | null {
    const ticks = this.average.ticks(nowMs, this.rules.filters.percent?.minutes ?? 5) ?? this.lastTicks;
    return ticks === null ? null : this.priceOf(ticks);
  }

  priceOf(ticks: number): Decimal {
    const { size } = this.rules.prices;
    return { units: BigInt(ticks) * size.units, scale: size.scale };
  }

  quantityOf(lots: number): Decimal {
    const { size } = this.rules.sizes;
    return { units: BigInt(lots) * size.units, scale: size.scale };
  }
}

/** One match of an order: what it traded, at which price, on which side of the queue. */
export type Match = {
  readonly tradeId: number;
  readonly ticks: number;
  readonly lots: number;
  readonly isMaker: boolean;
};

/** What one fill cost, and the assets whose balances it changed. */
export type Settled = {
  readonly fee: { readonly asset: string; readonly amount: Amount };
  readonly assets: readonly string[];
};

/** How the orders of one product are paid for: whole coins on spot, margin and positions on futures. */
export type Clearing = {
  /** Denies an order whose funds or position limits forbid it. */
  judge(
    state: ExchangeState,
    market: SymbolMarket,
    account: Account,
    order: OrderRequest,
    lots: number,
  ): Refusal | null;
  /** Sets aside what an order needs. False when funds are missing. */
  reserve(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean;
  /** Whether an order that takes any price can pay what the book asks now. */
  canPay(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean;
  /** Moves the money of one match. */
  settle(state: ExchangeState, market: SymbolMarket, order: VenueOrder, match: Match): Settled;
  /** Gives back what an order no longer needs. */
  release(state: ExchangeState, order: VenueOrder): void;
};

/** Something a list must react to once the current match is done. */
export type ListWork = { readonly kind: 'started' | 'closed'; readonly order: VenueOrder };

export type StateOptions = {
  readonly symbols: readonly MarketSymbol[];
  readonly emit: (event: ExchangeEvent) => void;
  readonly clearing: Clearing;
  /** Price of one unit of the discount asset by quote asset; fees are not discounted without one. */
  readonly discountPrices?: ReadonlyMap<string, Amount>;
};

export class ExchangeState {
  readonly markets: ReadonlyMap<string, SymbolMarket>;
  readonly accounts = new Map<string, Account>();
  readonly orders = new Map<number, VenueOrder>();
  readonly lists = new Map<number, OrderList>();
  readonly fills = new Map<number, Fill[]>();
  readonly discountPrices: ReadonlyMap<string, Amount>;
  readonly clearing: Clearing;
  readonly listWork: ListWork[] = [];
  /** Stops whose price printed, in the order in which they start to work. */
  readonly triggered: VenueOrder[] = [];
  /** Pending legs the venue shall refuse at activation: a drill. */
  refusePendingLegs = 0;
  now: Moment = { wallMs: 0, marketMs: 0 };
  private readonly emitEvent: (event: ExchangeEvent) => void;
  private lastOrderId = 0;
  private lastListId = -1;
  private lastExecutionId = 0;

  constructor(options: StateOptions) {
    this.markets = new Map(options.symbols.map((symbol, index) => [symbol.symbol, new SymbolMarket(symbol, index)]));
    this.emitEvent = options.emit;
    this.clearing = options.clearing;
    this.discountPrices = options.discountPrices ?? new Map();
  }

  market(symbol: string): SymbolMarket {
    return ensure(this.markets.get(symbol), `a market named ${symbol}`);
  }

  account(name: string): Account {
    return ensure(this.accounts.get(name), `an account named ${name}`);
  }

  nextOrderId(): number {
    return ++this.lastOrderId;
  }

  nextListId(): number {
    return ++this.lastListId;
  }

  emit(event: ExchangeEvent): void {
    this.emitEvent(event);
  }

  report(
    order: VenueOrder,
    details: Partial<Pick<Execution, 'fill' | 'reason' | 'cancelClientOrderId'>> & { readonly type: Execution['type'] },
  ): void {
    this.emit({
      kind: 'execution',
      fill: null,
      reason: 'NONE',
      cancelClientOrderId: null,
      ...details,
      order: { ...order },
      executionId: ++this.lastExecutionId,
      at: this.now,
    });
  }

  reportBalances(account: Account, assets: readonly string[]): void {
    const balances = [...new Set(assets)].map((asset) => ({ asset, ...account.balance(asset) }));
    this.emit({ kind: 'balances', account: account.name, at: this.now, balances });
  }

  addFill(fill: Fill): void {
    const fills = this.fills.get(fill.orderId);
    if (fills === undefined) this.fills.set(fill.orderId, [fill]);
    else fills.push(fill);
  }
}
