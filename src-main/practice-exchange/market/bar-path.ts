import { ensure, invariant } from '../../engine/domain/result.ts';
import type { TickBar } from './bar-series.ts';
import { MINUTE_MS } from './minute-bar.ts';
import { SeededRandom } from './seeded-random.ts';

/**
 * The trades invented inside one recorded bar. Real tapes print about 9.5 bursts a second on BTCUSDT; this path prints
 * at most 0.7, so that 14 markets stay readable and a replay at speed 20 stays affordable.
 */
const BURSTS_PER_SECOND = 0.7;
/** Measured on the recorded BTCUSDT tape: 19,903 trades in 6,166 bursts of one side within 2 ms. */
const PRINTS_PER_BURST = 3.2;

/** Prints of one aggressor at one price and time. `lots` is their sum. */
export type Burst = {
  readonly timeMs: number;
  readonly ticks: number;
  readonly lots: number;
  readonly prints: number;
  readonly aggressor: 'buy' | 'sell';
  /** First, highest, lowest or last of its minute: conflation may not skip it. */
  readonly shapesBar: boolean;
};

/**
 * A path of bursts whose first price is the open, highest the high, lowest the low, last the close and whose lots sum
 * to the volume, the same on every call for the same seed. A bar without volume has no bursts.
 */
export function burstsOfBar(bar: TickBar, intervalMs: number, seed: string): readonly Burst[] {
  if (bar.volume === 0) return [];
  const random = new SeededRandom(`${seed}:${bar.openTimeMs}`);
  const anchors = anchorsOf(bar, burstCount(bar, intervalMs), random);
  const count = ensure(anchors.at(-1), 'a last anchor').index + 1;
  const prices = bridge(anchors, bar, random);
  const times = burstTimes(bar.openTimeMs, intervalMs, count, random);
  const lots = splitLots(bar.volume, count, random);
  return assemble(prices, times, lots, random);
}

type Anchor = { readonly index: number; readonly ticks: number };

function burstCount({ volume }: TickBar, intervalMs: number): number {
  return Math.min(volume, Math.max(4, Math.round((intervalMs / 1000) * BURSTS_PER_SECOND)));
}

/** Where the four prices of the bar fall in the path. Open and close may also be the high or the low. */
function anchorsOf({ open, high, low, close }: TickBar, count: number, random: SeededRandom): readonly Anchor[] {
  const inner = [high, low].filter((ticks) => ticks !== open && ticks !== close);
  invariant(
    count >= inner.length + 2 || (count === 1 && open === close && inner.length === 0),
    () => `expected room for ${inner.length + 2} bursts, was ${count}`,
  );
  if (count === 1) return [{ index: 0, ticks: open }];
  const slots = count - 2;
  const first = 1 + random.below(slots);
  const second = 1 + ((first + random.below(Math.max(1, slots - 1))) % Math.max(1, slots));
  const placed = inner.map((ticks, order): Anchor => ({ index: order === 0 ? first : second, ticks }));
  placed.sort((a, b) => a.index - b.index);
  return [{ index: 0, ticks: open }, ...placed, { index: count - 1, ticks: close }];
}

/** Fills between the anchors with a random bridge kept inside the bar; its steps span about the bar's range. */
function bridge(anchors: readonly Anchor[], { high, low }: TickBar, random: SeededRandom): Float64Array {
  const last = ensure(anchors.at(-1), 'a last anchor').index;
  const prices = new Float64Array(last + 1);
  const deviation = (high - low) / (1.6 * Math.sqrt(last + 1));
  for (let segment = 0; segment < anchors.length; segment += 1) {
    const from = ensure(anchors[segment], 'an anchor');
    prices[from.index] = from.ticks;
    const to = anchors[segment + 1];
    if (to === undefined) break;
    let price = from.ticks;
    for (let index = from.index + 1; index < to.index; index += 1) {
      const pull = (to.ticks - price) / (to.index - index + 1);
      price = Math.min(high, Math.max(low, price + pull + deviation * random.bell()));
      prices[index] = Math.round(price);
    }
  }
  return prices;
}

/** No two in the same millisecond. Bunched like a real tape: three in ten follow their predecessor closely. */
function burstTimes(openTimeMs: number, intervalMs: number, count: number, random: SeededRandom): Float64Array {
  const times = new Float64Array(count);
  let elapsed = 0;
  for (let index = 0; index < count; index += 1) {
    elapsed += random.exponential() * (random.unit() < 0.3 ? 0.1 : 1.4);
    times[index] = elapsed;
  }
  const scale = (intervalMs - count) / (elapsed + random.exponential());
  return times.map((time, index) => openTimeMs + Math.floor(time * scale) + index);
}

/** Whole lots, at least one each, heavy-tailed, summing exactly to `volume`. */
function splitLots(volume: number, count: number, random: SeededRandom): Float64Array {
  const cumulative = new Float64Array(count);
  let weight = 0;
  for (let index = 0; index < count; index += 1) {
    weight += random.exponential() * random.exponential();
    cumulative[index] = weight;
  }
  const spare = volume - count;
  let given = 0;
  return cumulative.map((reached, index) => {
    const due = index === count - 1 ? spare : Math.min(spare, Math.floor(spare * (reached / weight)));
    const lots = 1 + due - given;
    given = due;
    return lots;
  });
}

function assemble(
  prices: Float64Array,
  times: Float64Array,
  lots: Float64Array,
  random: SeededRandom,
): readonly Burst[] {
  const shaping = shapingIndexes(prices, times);
  let aggressor: Burst['aggressor'] = random.unit() < 0.5 ? 'buy' : 'sell';
  const bursts: Burst[] = [];
  let previous = at(prices, 0);
  for (let index = 0; index < prices.length; index += 1) {
    const ticks = at(prices, index);
    if (ticks !== previous) aggressor = ticks > previous ? 'buy' : 'sell';
    // Nothing can be bid under one tick, so nobody can have bought there.
    if (ticks === 1) aggressor = 'sell';
    previous = ticks;
    const size = at(lots, index);
    const prints = Math.min(size, 1 + Math.floor(random.exponential() * (PRINTS_PER_BURST - 0.5)));
    bursts.push({ timeMs: at(times, index), ticks, lots: size, prints, aggressor, shapesBar: shaping.has(index) });
  }
  return bursts;
}

function shapingIndexes(prices: Float64Array, times: Float64Array): ReadonlySet<number> {
  const shaping = new Set<number>();
  for (let start = 0; start < prices.length;) {
    const minute = Math.floor(at(times, start) / MINUTE_MS);
    let end = start;
    let high = start;
    let low = start;
    while (end < prices.length && Math.floor(at(times, end) / MINUTE_MS) === minute) {
      if (at(prices, end) > at(prices, high)) high = end;
      if (at(prices, end) < at(prices, low)) low = end;
      end += 1;
    }
    for (const index of [start, high, low, end - 1]) shaping.add(index);
    start = end;
  }
  return shaping;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

/** Sizes of the single prints of `lots`: whole lots, at least one each, summing exactly. */
export function splitPrints(lots: number, prints: number, random: SeededRandom): number[] {
  const sizes: number[] = [];
  let left = lots;
  for (let remaining = Math.min(prints, lots); remaining > 1; remaining -= 1) {
    const share = Math.floor((left / remaining) * 2 * random.unit());
    const size = Math.min(left - (remaining - 1), Math.max(1, share));
    sizes.push(size);
    left -= size;
  }
  sizes.push(left);
  return sizes;
}
