import { z } from 'zod';
import { ensure } from '../../engine/domain/result.ts';

/**
 * What a book looks like around its best prices, measured on the recorded BTCUSDT book and carried to other markets
 * in the two units that travel: basis points of price and minutes of the market's own turnover.
 */
export const bookModelSchema = z.object({
  /** Resting size within `bps` of the best price on one side, in minutes of turnover; bps ascending from 0. */
  depth: z.array(z.object({ bps: z.number().nonnegative(), turnoverMinutes: z.number().positive() })).min(2),
  spread: z.object({
    /** Share of book updates with a spread of one tick. */
    oneTickRatio: z.number().min(0).max(1),
    /** Mean extra width of the other updates. */
    wideMeanBps: z.number().positive(),
  }),
});

export type BookModel = z.infer<typeof bookModelSchema>;

/** The model applied to one market. Distances in ticks, sizes in lots. */
export type BookShape = {
  readonly tickBps: number;
  readonly maxLevels: number;
  /** Gap between levels grows as this times the distance, never under one tick. */
  readonly gapGrowth: number;
  readonly oneTickRatio: number;
  readonly wideMeanTicks: number;
  /** Mean lots resting between the best price and `ticks` away from it. */
  lotsWithin(ticks: number): number;
};

const MAX_LEVELS = 40;
const MIN_LEVELS = 20;
const REACH_BPS = 50;

/** `lotsPerMinute` is the market's usual turnover, `priceTicks` a price of the period. */
export function bookShape(model: BookModel, priceTicks: number, lotsPerMinute: number): BookShape {
  const tickBps = 10_000 / priceTicks;
  const reachTicks = Math.max(MIN_LEVELS, Math.round(REACH_BPS / tickBps));
  return {
    tickBps,
    maxLevels: Math.min(MAX_LEVELS, reachTicks),
    gapGrowth: gapGrowthFor(reachTicks, MAX_LEVELS),
    oneTickRatio: model.spread.oneTickRatio,
    wideMeanTicks: Math.max(1, model.spread.wideMeanBps / tickBps),
    lotsWithin: (ticks) => lotsPerMinute * turnoverMinutesWithin(model, ticks * tickBps),
  };
}

function turnoverMinutesWithin({ depth }: BookModel, bps: number): number {
  let index = 1;
  while (index < depth.length - 1 && ensure(depth[index], 'a depth point').bps < bps) index += 1;
  const from = ensure(depth[index - 1], 'a depth point');
  const to = ensure(depth[index], 'a depth point');
  const slope = (to.turnoverMinutes - from.turnoverMinutes) / (to.bps - from.bps);
  return from.turnoverMinutes + slope * (bps - from.bps);
}

/** Growth with which gaps of max(1, growth x distance) reach `reachTicks` in `levels` levels: found by halving. */
function gapGrowthFor(reachTicks: number, levels: number): number {
  if (reachTicks <= levels) return 0;
  let low = 0;
  let high = 1;
  for (let round = 0; round < 30; round += 1) {
    const growth = (low + high) / 2;
    let distance = 0;
    for (let level = 0; level < levels && distance < reachTicks; level += 1) distance += Math.max(1, growth * distance);
    if (distance < reachTicks) low = growth;
    else high = growth;
  }
  return high;
}
