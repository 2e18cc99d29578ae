export type ClientTier = 'starter' | 'intermediate' | 'pro';

/** https://docs.kraken.com/api/docs/guides/spot-rest-ratelimits and .../spot-ratelimits */
export const TIER_LIMITS = {
  starter: { callsMax: 15, callsPerSecond: 0.33, ordersMax: 60, ordersPerSecond: 1, openOrders: 60 },
  intermediate: { callsMax: 20, callsPerSecond: 0.5, ordersMax: 125, ordersPerSecond: 2.34, openOrders: 80 },
  pro: { callsMax: 20, callsPerSecond: 1, ordersMax: 180, ordersPerSecond: 3.75, openOrders: 225 },
} as const satisfies Record<ClientTier, object>;

/** A counter of the venue as we reckon it: grows with use, shrinks each second. */
export class DecayingCounter {
  private readonly perSecond: number;
  private value = 0;
  private atUs = 0;

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  add(cost: number, nowUs: number): void {
    this.value = this.at(nowUs) + cost;
    this.atUs = nowUs;
  }

  /** The venue says that it is at least there. */
  raiseTo(level: number, nowUs: number): void {
    this.value = Math.max(this.at(nowUs), level);
    this.atUs = nowUs;
  }

  /** 0 when it is at or below already. */
  untilBelowMs(level: number, nowUs: number): number {
    return Math.max(0, Math.ceil(((this.at(nowUs) - level) / this.perSecond) * 1000));
  }

  private at(nowUs: number): number {
    return Math.max(0, this.value - (Math.max(0, nowUs - this.atUs) / 1_000_000) * this.perSecond);
  }
}
