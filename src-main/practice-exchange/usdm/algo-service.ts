import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { ExchangeState, SymbolMarket } from '../matching/exchange-state.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import { type Refusal, UNKNOWN_ORDER } from '../matching/refusal.ts';
import { isLive, opposite, remainingLots, type VenueOrder } from '../matching/venue-order.ts';
import { type AlgoOrder, type AlgoRequest, isDue, isStop, isWaiting } from './algo-orders.ts';
import type { MarginClearing } from './margin-clearing.ts';
import type { Stop } from './protection.ts';
import { DUPLICATE_ID, NEEDS_POSITION, TOO_MANY_ALGOS, TRIGGERS_AT_ONCE } from './usdm-refusals.ts';

/** Conditional orders one account may have waiting over all symbols (change log of 2025-12-29). */
const MOST_WAITING = 200;

export type AlgoServiceParts = {
  readonly state: ExchangeState;
  readonly clearing: MarginClearing;
  /** Sends the ordinary order of a triggered one to the matching engine. */
  readonly place: (algo: AlgoOrder, request: OrderRequest) => Result<VenueOrder, Refusal>;
  readonly emit: (algo: AlgoOrder) => void;
};

/**
 * Conditional orders, apart from the matching engine as at the venue: own ids, no margin and no reduce-only check until
 * the price comes. What they become is an ordinary order that carries the same client id.
 */
export class AlgoService {
  readonly orders = new Map<number, AlgoOrder>();
  private readonly parts: AlgoServiceParts;
  private readonly byOrderId = new Map<number, AlgoOrder>();
  private lastId = 0;
  private isSettling = false;

  constructor(parts: AlgoServiceParts) {
    this.parts = parts;
  }

  of(account: string): AlgoOrder[] {
    return [...this.orders.values()].filter((algo) => algo.account === account);
  }

  waiting(account: string, symbol?: string): AlgoOrder[] {
    return this.of(account).filter((algo) => isWaiting(algo) && (symbol === undefined || algo.symbol === symbol));
  }

  /** Stops that wait or work, each with what it would still close; null for all there is. */
  stops(account: string, symbol: string): Stop[] {
    const { state } = this.parts;
    return this.of(account).flatMap((algo) => {
      const isLiveStop =
        isStop(algo.type) && (isWaiting(algo) || algo.status === 'TRIGGERING' || algo.status === 'TRIGGERED');
      if (algo.symbol !== symbol || !isLiveStop) return [];
      const { side, quantity } = algo;
      const actual = algo.actualOrderId === null ? undefined : state.orders.get(algo.actualOrderId);
      const asked = quantity === null ? null : (state.market(symbol).rules.sizes.stepsOf(quantity) ?? 0);
      return [{ side, lots: actual === undefined ? asked : remainingLots(actual) }];
    });
  }

  /** Denies a price that has come already, an id in use, one too many, and closePosition without a position. */
  create(account: string, request: AlgoRequest): Result<AlgoOrder, Refusal> {
    const { state, clearing } = this.parts;
    const waiting = this.waiting(account);
    if (waiting.some((algo) => algo.clientAlgoId === request.clientAlgoId)) return err(DUPLICATE_ID);
    if (waiting.length >= MOST_WAITING) return err(TOO_MANY_ALGOS);
    if (request.closePosition && !reduces(request, clearing.of(account).lotsOf(request.symbol))) {
      return err(NEEDS_POSITION);
    }
    const nowMs = state.now.marketMs;
    const algo: AlgoOrder = {
      ...request,
      id: this.lastId + 1,
      account,
      createdMs: nowMs,
      updatedMs: nowMs,
      triggeredMs: 0,
      status: 'NEW',
      actualOrderId: null,
      isActive: false,
      extremeTicks: 0,
      failure: '',
    };
    if (isDue(algo, state.market(request.symbol))) return err(TRIGGERS_AT_ONCE);
    this.lastId = algo.id;
    this.orders.set(algo.id, algo);
    this.parts.emit(algo);
    return ok(algo);
  }

  /** Denies what waits no longer. */
  cancel(algo: AlgoOrder | undefined): Result<AlgoOrder, Refusal> {
    if (algo === undefined || !isWaiting(algo)) return err(UNKNOWN_ORDER);
    this.move(algo, 'CANCELED');
    return ok(algo);
  }

  /** Sets off what is due on one symbol, oldest first; what that trades can set off more. */
  settle(symbol: string): void {
    if (this.isSettling) return;
    this.isSettling = true;
    const market = this.parts.state.market(symbol);
    for (let due = this.nextDue(market); due !== undefined; due = this.nextDue(market)) this.trigger(market, due);
    this.isSettling = false;
  }

  /** An ordinary order changed: the conditional one it came from ends with it. */
  noteOrder(order: Readonly<VenueOrder>): void {
    const algo = this.byOrderId.get(order.id);
    if (algo?.status === 'TRIGGERED' && !isLive(order)) this.move(algo, 'FINISHED');
  }

  /** Those that close a whole position end with it. */
  notePosition(account: string, symbol: string): void {
    const held = this.parts.clearing.of(account).lotsOf(symbol);
    for (const algo of this.waiting(account, symbol)) {
      if (algo.closePosition && !reduces(algo, held)) this.move(algo, 'EXPIRED');
    }
  }

  private nextDue(market: SymbolMarket): AlgoOrder | undefined {
    for (const algo of this.orders.values()) {
      if (algo.symbol === market.rules.symbol && isWaiting(algo) && isDue(algo, market)) return algo;
    }
    return undefined;
  }

  private trigger(market: SymbolMarket, algo: AlgoOrder): void {
    algo.triggeredMs = this.parts.state.now.marketMs;
    this.move(algo, 'TRIGGERING');
    const placed = this.parts.place(algo, this.ordinary(market, algo));
    if (!placed.ok) {
      algo.failure = placed.error.msg;
      this.move(algo, 'REJECTED');
      return;
    }
    algo.actualOrderId = placed.value.id;
    this.byOrderId.set(placed.value.id, algo);
    this.move(algo, 'TRIGGERED');
    const order = this.parts.state.orders.get(placed.value.id);
    if (order !== undefined) this.noteOrder(order);
  }

  private ordinary(market: SymbolMarket, algo: AlgoOrder): OrderRequest {
    const held = Math.abs(this.parts.clearing.of(algo.account).lotsOf(algo.symbol));
    return {
      symbol: algo.symbol,
      side: algo.side,
      type: algo.price === null ? 'MARKET' : 'LIMIT',
      timeInForce: algo.price === null ? 'GTC' : algo.timeInForce,
      quantity: algo.closePosition ? market.quantityOf(held) : algo.quantity,
      quoteOrderQty: null,
      price: algo.price,
      stopPrice: null,
      clientOrderId: algo.clientAlgoId,
      strategyId: null,
      strategyType: null,
      reduceOnly: algo.reduceOnly || algo.closePosition,
    };
  }

  private move(algo: AlgoOrder, status: AlgoOrder['status']): void {
    algo.status = status;
    algo.updatedMs = this.parts.state.now.marketMs;
    this.parts.emit(algo);
  }
}

const reduces = ({ side }: Pick<AlgoRequest, 'side'>, held: number): boolean =>
  opposite(side) === 'BUY' ? held > 0 : held < 0;
