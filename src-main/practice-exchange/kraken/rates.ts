import { KrakenError } from './kraken-error.ts';

/** Counters that grow with each call and shrink each second; what a client tier allows. */
export type KrakenLimits = {
  readonly callsMax: number;
  readonly callsPerSecond: number;
  readonly ordersMax: number;
  readonly ordersPerSecond: number;
  readonly openOrdersPerPair: number;
};

/**
 * https://docs.kraken.com/api/docs/guides/spot-rest-ratelimits for calls of a key,
 * https://docs.kraken.com/api/docs/guides/spot-ratelimits for orders of an account on a pair.
 */
export const TIERS = {
  starter: { callsMax: 15, callsPerSecond: 0.33, ordersMax: 60, ordersPerSecond: 1, openOrdersPerPair: 60 },
  intermediate: { callsMax: 20, callsPerSecond: 0.5, ordersMax: 125, ordersPerSecond: 2.34, openOrdersPerPair: 80 },
  pro: { callsMax: 20, callsPerSecond: 1, ordersMax: 180, ordersPerSecond: 3.75, openOrdersPerPair: 225 },
} as const satisfies Record<string, KrakenLimits>;

type Counter = { value: number; atMs: number };
type Steps = readonly (readonly [belowMs: number, cost: number])[];

/** Extra cost by the age of the order since it was made or last amended. */
const AMEND_STEPS: Steps = [
  [5_000, 3],
  [10_000, 2],
  [15_000, 1],
];
const CANCEL_STEPS: Steps = [
  [5_000, 8],
  [10_000, 6],
  [15_000, 5],
  [45_000, 4],
  [90_000, 2],
  [300_000, 1],
];

const extra = (steps: Steps, ageMs: number): number => steps.find(([belowMs]) => ageMs < belowMs)?.[1] ?? 0;
export const amendCost = (ageMs: number): number => 1 + extra(AMEND_STEPS, ageMs);
export const cancelCost = (ageMs: number): number => extra(CANCEL_STEPS, ageMs);

export class KrakenRates {
  readonly limits: KrakenLimits;
  private readonly counters = new Map<string, Counter>();

  constructor(limits: KrakenLimits) {
    this.limits = limits;
  }

  /** Counts a call of a key. Throws `EAPI:Rate limit exceeded`. */
  countCall(key: string, cost: number, nowMs: number): void {
    const counter = this.decayed(`call ${key}`, this.limits.callsPerSecond, nowMs);
    counter.value += cost;
    if (counter.value > this.limits.callsMax) throw new KrakenError('EAPI:Rate limit exceeded');
  }

  /** Counts a transaction on a pair, also one that is refused. Throws `EOrder:Rate limit exceeded`. */
  countTransaction(account: string, pair: string, cost: number, nowMs: number): void {
    const counter = this.decayed(`order ${account} ${pair}`, this.limits.ordersPerSecond, nowMs);
    counter.value += cost;
    if (counter.value > this.limits.ordersMax) throw new KrakenError('EOrder:Rate limit exceeded');
  }

  private decayed(name: string, perSecond: number, nowMs: number): Counter {
    const counter = this.counters.get(name) ?? { value: 0, atMs: nowMs };
    this.counters.set(name, counter);
    counter.value = Math.max(0, counter.value - (Math.max(0, nowMs - counter.atMs) / 1000) * perSecond);
    counter.atMs = nowMs;
    return counter;
  }
}
