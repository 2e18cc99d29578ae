import type { LevelChange } from '../market/market-source.ts';
import { BookSide, type Chunk } from './book-side.ts';
import type { Side, VenueOrder } from './venue-order.ts';
import { opposite, remainingLots } from './venue-order.ts';

/** Levels that changed since one kind of diff stream was last sent. */
export type DiffWindow = { firstUpdateId: number; readonly bids: Set<number>; readonly asks: Set<number> };

/**
 * One market: the recorded liquidity of others and the resting orders of our accounts, matched by price, then time.
 * What our takers consume stays consumed until the recording changes that level.
 */
export class SymbolBook {
  readonly bids = new BookSide('BUY', (ticks) => this.touch('bids', ticks));
  readonly asks = new BookSide('SELL', (ticks) => this.touch('asks', ticks));
  /** Grows by one per level change, as the venue's does. */
  lastUpdateId = 1;
  private readonly windows: DiffWindow[] = [];

  side(side: Side): BookSide {
    return side === 'BUY' ? this.bids : this.asks;
  }

  /** Starts collecting changes for one stream; the first diff begins with the next change. */
  openWindow(): DiffWindow {
    const window = { firstUpdateId: this.lastUpdateId + 1, bids: new Set<number>(), asks: new Set<number>() };
    this.windows.push(window);
    return window;
  }

  closeWindow(window: DiffWindow): void {
    const index = this.windows.indexOf(window);
    if (index >= 0) this.windows.splice(index, 1);
  }

  /** Empties the window: the next diff continues where this one ends. */
  restartWindow(window: DiffWindow): void {
    window.firstUpdateId = this.lastUpdateId + 1;
    window.bids.clear();
    window.asks.clear();
  }

  applyExternal(bids: readonly LevelChange[], asks: readonly LevelChange[], snapshot: boolean): void {
    if (snapshot) {
      this.bids.dropExternalExcept(bids);
      this.asks.dropExternalExcept(asks);
    }
    for (const [ticks, lots] of bids) this.bids.setExternal(ticks, lots);
    for (const [ticks, lots] of asks) this.asks.setExternal(ticks, lots);
  }

  /** Forgets all recorded liquidity and what was consumed of it: the recording jumped. */
  clearExternal(): void {
    this.bids.dropExternalExcept([]);
    this.asks.dropExternalExcept([]);
  }

  /** Liquidity a taker of `side` can reach at `limitTicks` or better, best first. Nothing is consumed. */
  *reachable(side: Side, limitTicks: number): Generator<Chunk> {
    yield* this.side(opposite(side)).chunks(limitTicks);
  }

  /** Consumes up to `lots` for a taker of `side`. Orders among the makers are not yet marked as filled. */
  take(side: Side, limitTicks: number, lots: number): Chunk[] {
    return this.side(opposite(side)).take(limitTicks, lots);
  }

  rest(order: VenueOrder): void {
    this.side(order.side).addOrder(order);
  }

  remove(order: VenueOrder): void {
    this.side(order.side).removeOrder(order);
  }

  bestTicks(side: Side): number | undefined {
    return this.side(side).bestTicks();
  }

  /** Fills due to a recorded trade: it meets our better-priced orders first, then those at its price behind the queue. */
  fillsFromTrade(makerSide: Side, ticks: number, lots: number): Chunk[] {
    return this.side(makerSide).fillsFromTrade(ticks, lots);
  }

  /** Fills due to recorded levels that now cross our resting orders: each trades at our order's price. */
  fillsFromCrossing(): Chunk[] {
    return [...this.crossing('BUY'), ...this.crossing('SELL')];
  }

  private crossing(makerSide: Side): Chunk[] {
    const own = this.side(makerSide);
    const external = this.side(opposite(makerSide));
    const fills: Chunk[] = [];
    for (const order of own.orders) {
      const taken = external.takeExternal(order.priceTicks, remainingLots(order));
      if (taken === 0) break;
      fills.push({ ticks: order.priceTicks, lots: taken, maker: order });
    }
    return fills;
  }

  private touch(side: 'bids' | 'asks', ticks: number): void {
    this.lastUpdateId += 1;
    for (const window of this.windows) window[side].add(ticks);
  }
}
