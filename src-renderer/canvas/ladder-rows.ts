import type { BookFrame } from '../stores/book-frame.ts';

/** Prices are group indices: price = index * group ticks. Row 0 is the top; asks above, bids below. */
export type LadderRows = {
  readonly topIndex: number;
  readonly group: number;
  readonly bidLots: Float64Array;
  readonly askLots: Float64Array;
  /** Lots from the best price outwards, up to and with the row. */
  readonly bidSum: Float64Array;
  readonly askSum: Float64Array;
  readonly maxLots: number;
  /** The larger side in all: what a full depth column means. */
  readonly wholeLots: number;
};

const STEPS = [1, 2, 5];

/** The largest of 1, 2, 5, 10, 20, ... ticks with which `rows` a side still lie inside the depth that is known. */
export function autoGroup(frame: BookFrame, rows: number): number {
  const span = (side: Float64Array): number => Math.abs((side.at(-2) ?? 0) - (side[0] ?? 0));
  const known = Math.min(span(frame.bids), span(frame.asks)) / Math.max(1, rows);
  let best = 1;
  for (let decade = 1; decade <= known; decade *= 10) {
    for (const step of STEPS) if (decade * step <= known) best = decade * step;
  }
  return best;
}

export const finerGroup = (group: number): number => {
  const decade = 10 ** Math.floor(Math.log10(group));
  const head = Math.round(group / decade);
  if (head === 1) return Math.max(1, decade / 2);
  return head === 2 ? decade : 2 * decade;
};
export const coarserGroup = (group: number): number => {
  const decade = 10 ** Math.floor(Math.log10(group));
  const head = Math.round(group / decade);
  if (head === 1) return 2 * decade;
  return head === 2 ? 5 * decade : 10 * decade;
};

/**
 * The group index of the first row above the middle. Held (pointer over it): stays where it is, whatever the market does,
 * so that no price moves under the pointer.
 */
export function nextAnchor(current: number | null, frame: BookFrame, group: number, isHeld: boolean): number | null {
  const [bid, ask] = [frame.bids[0], frame.asks[0]];
  if (bid === undefined && ask === undefined) return current;
  const middle = ((bid ?? ask ?? 0) + (ask ?? bid ?? 0)) / 2;
  const wanted = Math.ceil(middle / group);
  return isHeld && current !== null ? current : wanted;
}

type Side = { readonly lots: Float64Array; readonly sum: Float64Array; readonly total: number };

function gather(levels: Float64Array, rows: number, rowOf: (ticks: number) => number): Side {
  const lots = new Float64Array(rows);
  const sum = new Float64Array(rows);
  let total = 0;
  for (let index = 0; index < levels.length; index += 2) {
    const row = rowOf(levels[index] ?? 0);
    const quantity = levels[index + 1] ?? 0;
    total += quantity;
    if (row < 0 || row >= rows) continue;
    lots[row] = (lots[row] ?? 0) + quantity;
    sum[row] = total;
  }
  return { lots, sum, total };
}

/** Asks round up to their group and bids down, so that no group ever promises a better price than it holds. */
export function ladderRows(frame: BookFrame, group: number, anchor: number, rowsPerSide: number): LadderRows {
  const topIndex = anchor + rowsPerSide - 1;
  const rows = 2 * rowsPerSide;
  const bids = gather(frame.bids, rows, (ticks) => topIndex - Math.floor(ticks / group));
  const asks = gather(frame.asks, rows, (ticks) => topIndex - Math.ceil(ticks / group));
  let maxLots = 0;
  for (let row = 0; row < rows; row++) maxLots = Math.max(maxLots, bids.lots[row] ?? 0, asks.lots[row] ?? 0);
  return {
    topIndex,
    group,
    bidLots: bids.lots,
    askLots: asks.lots,
    bidSum: bids.sum,
    askSum: asks.sum,
    maxLots,
    wholeLots: Math.max(bids.total, asks.total, 1),
  };
}
