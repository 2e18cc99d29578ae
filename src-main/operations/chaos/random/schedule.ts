import type { ExecutorParams } from '../../../engine/domain/executor.ts';
import { FAILPOINTS, type Failpoint } from '../../../engine/engine.ts';
import { SeededRandom } from '../../../practice-exchange/market/seeded-random.ts';
import type { Product } from '../life-venues.ts';
import type { EventFate, Fate, RequestClass } from './wire.ts';

/** One thing that happens; everything random about it is drawn already, so that a schedule can be played in parts. */
export type Act =
  | { readonly kind: 'enter'; readonly entry: 'fok' | 'resting'; readonly lots: number }
  | { readonly kind: 'execute'; readonly params: ExecutorParams; readonly lots: number }
  | { readonly kind: 'trade'; readonly lots: number; readonly aggressor: 'buy' | 'sell' }
  | { readonly kind: 'move'; readonly ticks: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'cancelAll' }
  | { readonly kind: 'emergencyStop' }
  | { readonly kind: 'wire'; readonly of: RequestClass; readonly fate: Fate; readonly times: number }
  | { readonly kind: 'events'; readonly fate: EventFate; readonly times: number }
  | { readonly kind: 'stream'; readonly forMs: number }
  | { readonly kind: 'refuseLegs'; readonly times: number }
  | { readonly kind: 'filters'; readonly filters: Readonly<Record<string, unknown>> }
  /** The engine dies at that passage of the failpoint, or after 3 s when it does not pass there. */
  | { readonly kind: 'kill'; readonly at: Failpoint | null; readonly hit: number; readonly downMs: number };

export type Step = { readonly afterMs: number; readonly act: Act };

export type Schedule = {
  readonly seed: string;
  readonly product: Product;
  /** Of every entry. */
  readonly side: 'buy' | 'sell';
  readonly steps: readonly Step[];
};

/** Products in the order of their schedules; shorts where the product has them. */
const MARKETS: readonly Pick<Schedule, 'product' | 'side'>[] = [
  { product: 'spot', side: 'buy' },
  { product: 'usdm', side: 'buy' },
  { product: 'spot', side: 'buy' },
  { product: 'margin', side: 'buy' },
  { product: 'spot', side: 'buy' },
  { product: 'usdm', side: 'sell' },
  { product: 'kraken', side: 'buy' },
  { product: 'margin', side: 'sell' },
  { product: 'spot', side: 'buy' },
  { product: 'kraken', side: 'buy' },
];

const PRICES = [9_600, 9_740, 9_790, 9_900, 9_990, 10_000, 10_000, 10_010, 10_100, 10_450];
const FILTERS: readonly Readonly<Record<string, unknown>>[] = [
  { filterType: 'LOT_SIZE', minQty: '0.01', maxQty: '9000', stepSize: '0.01' },
  { filterType: 'PRICE_FILTER', minPrice: '0.05', maxPrice: '1000000', tickSize: '0.05' },
  {
    filterType: 'NOTIONAL',
    minNotional: '60',
    applyMinToMarket: true,
    maxNotional: '9000000',
    applyMaxToMarket: false,
    avgPriceMins: 5,
  },
  { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 1 },
  {
    filterType: 'PERCENT_PRICE_BY_SIDE',
    ...{ bidMultiplierUp: '5', bidMultiplierDown: '0.2', askMultiplierUp: '5', askMultiplierDown: '0.99' },
    avgPriceMins: 5,
  },
];

/** 5 to 16 steps within about a minute. The same seed gives the same schedule. */
export function makeSchedule(seed: string): Schedule {
  const random = new SeededRandom(seed);
  const { product, side } = MARKETS[random.below(MARKETS.length)] ?? { product: 'spot', side: 'buy' };
  const steps: Step[] = [{ afterMs: 200, act: enter(random) }];
  const count = 5 + random.below(12);
  while (steps.length < count) steps.push({ afterMs: gap(random), act: draw(random) });
  return { seed, product, side, steps };
}

/** Many things come right after each other, some after a pause. */
const gap = (random: SeededRandom): number =>
  random.below(3) === 0 ? random.below(8_000) : random.below(3) === 0 ? random.below(600) : random.below(40);

const pick = <T>(random: SeededRandom, values: readonly [T, ...T[]]): T =>
  values[random.below(values.length)] ?? values[0];

function enter(random: SeededRandom): Act {
  return { kind: 'enter', entry: pick(random, ['fok', 'resting', 'resting']), lots: 100 + random.below(1_900) };
}

/** Parent orders that are done, or not, within the schedule. */
const WORKED: readonly [ExecutorParams, ...ExecutorParams[]] = [
  { kind: 'twap', durationMs: 6_000, slices: 3, jitterRatio: '0', limitPrice: null },
  { kind: 'iceberg', price: '100.00', displayQuantity: '0.200', jitterRatio: '0' },
  { kind: 'chase', limitPrice: null, maxRepegs: 5 },
  { kind: 'dca', tranches: 3, intervalMs: 2_000, dropRatio: null },
];

const execute = (random: SeededRandom): Act => ({
  kind: 'execute',
  params: pick(random, WORKED),
  lots: 300 + random.below(900),
});

type Draw = (random: SeededRandom) => Act;

/** How often each comes up of a hundred. */
const DRAWS: readonly (readonly [share: number, draw: Draw])[] = [
  [16, enter],
  [5, execute],
  [14, (random) => ({ kind: 'trade', lots: 1 + random.below(900), aggressor: pick(random, ['buy', 'sell']) })],
  [8, (random) => ({ kind: 'move', ticks: PRICES[random.below(PRICES.length)] ?? 10_000 })],
  [6, () => ({ kind: 'close' })],
  [4, () => ({ kind: 'cancelAll' })],
  [2, () => ({ kind: 'emergencyStop' })],
  [15, wire],
  [9, events],
  [4, (random) => ({ kind: 'stream', forMs: random.below(6_000) })],
  [3, (random) => ({ kind: 'refuseLegs', times: 1 + random.below(2) })],
  [3, (random) => ({ kind: 'filters', filters: FILTERS[random.below(FILTERS.length)] ?? {} })],
  [11, kill],
];

function draw(random: SeededRandom): Act {
  let roll = random.below(100);
  for (const [share, make] of DRAWS) {
    if (roll < share) return make(random);
    roll -= share;
  }
  return kill(random);
}

function wire(random: SeededRandom): Act {
  const of = pick<RequestClass>(random, ['create', 'create', 'cancel', 'query']);
  const fate = pick<Fate>(random, [
    { kind: 'lost' },
    { kind: 'answerLost' },
    { kind: 'answerLost' },
    { kind: 'late', ms: random.below(7_000) },
    { kind: 'answerLate', ms: random.below(15_000) },
    { kind: 'busy' },
    { kind: 'throttled' },
  ]);
  return { kind: 'wire', of, fate, times: 1 + random.below(of === 'query' ? 6 : 2) };
}

function events(random: SeededRandom): Act {
  return {
    kind: 'events',
    fate: pick<EventFate>(random, ['dropped', 'twice', 'late', 'swapped']),
    times: 1 + random.below(6),
  };
}

function kill(random: SeededRandom): Act {
  return {
    kind: 'kill',
    at: random.below(3) === 0 ? null : (FAILPOINTS[random.below(FAILPOINTS.length)] ?? null),
    hit: 1 + random.below(3),
    downMs: random.below(5_000),
  };
}
