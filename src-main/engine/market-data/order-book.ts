import type { BookView } from '../domain/book-view.ts';
import { BookSide, type Level } from './book-side.ts';

export type { Level } from './book-side.ts';

/** An order book in integer ticks and lots. It holds what it is told; who synchronizes it answers for its truth. */
export class OrderBook implements BookView {
  readonly bids = new BookSide('bid');
  readonly asks = new BookSide('ask');
  /** The venue's number of the last change that was applied; 0 before the first. */
  updateId = 0;

  get bidCount(): number {
    return this.bids.count;
  }

  get askCount(): number {
    return this.asks.count;
  }

  bestBid(): Level | undefined {
    return this.bids.best();
  }

  bestAsk(): Level | undefined {
    return this.asks.best();
  }

  /** True when someone would sell below what someone would pay: on a venue's book that is an error of the data. */
  isCrossed(): boolean {
    return this.bids.count > 0 && this.asks.count > 0 && this.bids.ticksAt(0) >= this.asks.ticksAt(0);
  }

  clear(): void {
    this.bids.clear();
    this.asks.clear();
    this.updateId = 0;
  }

  /** Drops the worst levels of each side beyond `depth`. */
  truncate(depth: number): void {
    this.bids.truncate(depth);
    this.asks.truncate(depth);
  }

  /** Counts the same book in smaller ticks and lots. Throws when a level no longer fits a safe integer. */
  rescale(tickFactor: number, lotFactor: number): void {
    this.bids.rescale(tickFactor, lotFactor);
    this.asks.rescale(tickFactor, lotFactor);
  }

  writeTop(target: Float64Array, levels: number): number {
    const bidLevels = this.bids.writeTop(target, 2, levels);
    const askLevels = this.asks.writeTop(target, 2 + 2 * bidLevels, levels);
    target[0] = bidLevels;
    target[1] = askLevels;
    return 2 + 2 * (bidLevels + askLevels);
  }
}
