import type { Capture } from '../capture.ts';

export type MeasuredBook = {
  readonly updates: number;
  readonly turnoverPerMinute: number;
  readonly oneTickRatio: number;
  readonly wideMeanTicks: number;
  /** Mean of both sides: notional within each distance of the best price, in minutes of turnover. */
  readonly depth: readonly number[];
};

const DEPTH_EVERY = 10;

/** How `book-model.json` was measured; notionals in ticks x lots. */
export function measureBook(capture: Capture, distancesBps: readonly number[]): MeasuredBook {
  const bids = new Map(capture.snapshot.bids);
  const asks = new Map(capture.snapshot.asks);
  const sums = distancesBps.map(() => 0);
  let [updates, samples, traded, oneTick, wide] = [0, 0, 0, 0, 0];
  for (const event of capture.events) {
    if (event.kind === 'trade') {
      traded += event.ticks * event.lots;
      continue;
    }
    for (const [side, changes] of [
      [bids, event.bids],
      [asks, event.asks],
    ] as const) {
      for (const [ticks, lots] of changes) {
        if (lots === 0) side.delete(ticks);
        else side.set(ticks, lots);
      }
    }
    updates += 1;
    const [bid, ask] = [Math.max(...bids.keys()), Math.min(...asks.keys())];
    if (ask - bid === 1) oneTick += 1;
    else wide += ask - bid - 1;
    if (updates % DEPTH_EVERY !== 0) continue;
    samples += 1;
    distancesBps.forEach((bps, index) => {
      sums[index]! += (within(bids, bid, bps) + within(asks, ask, bps)) / 2;
    });
  }
  const turnoverPerMinute = (traded / capture.durationMs) * 60_000;
  return {
    updates,
    turnoverPerMinute,
    oneTickRatio: oneTick / updates,
    wideMeanTicks: wide / (updates - oneTick),
    depth: sums.map((sum) => sum / samples / turnoverPerMinute),
  };
}

function within(side: ReadonlyMap<number, number>, best: number, bps: number): number {
  let sum = 0;
  for (const [ticks, lots] of side) if (Math.abs(ticks - best) / best <= (bps + 1e-9) / 10_000) sum += ticks * lots;
  return sum;
}
