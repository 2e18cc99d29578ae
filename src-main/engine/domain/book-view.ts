/** What others may read of an order book: integer ticks and lots of its instrument, best level first. */
export type BookView = {
  readonly updateId: number;
  readonly bidCount: number;
  readonly askCount: number;
  /** Undefined on an empty side. */
  bestBid(): { readonly ticks: number; readonly lots: number } | undefined;
  bestAsk(): { readonly ticks: number; readonly lots: number } | undefined;
  /**
   * Writes [bidLevels, askLevels, then ticks and lots of the bids from the best, then of the asks from the best] into
   * `target` and returns the number of values written. Allocates nothing. `target` holds at least 2 + 4 * levels values.
   */
  writeTop(target: Float64Array, levels: number): number;
};
