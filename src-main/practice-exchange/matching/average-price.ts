const MINUTE_MS = 60_000;
const KEPT_MINUTES = 60;

type Bucket = { readonly minute: number; ticksTimesLots: number; lots: number };

/** Volume-weighted price of the last minutes in ticks. A statistic for filters: floats are fine. */
export class AveragePrice {
  private readonly buckets: Bucket[] = [];

  add(atMs: number, ticks: number, lots: number): void {
    const minute = Math.floor(atMs / MINUTE_MS);
    let last = this.buckets.at(-1);
    if (last?.minute !== minute) {
      last = { minute, ticksTimesLots: 0, lots: 0 };
      this.buckets.push(last);
      if (this.buckets.length > KEPT_MINUTES) this.buckets.shift();
    }
    last.ticksTimesLots += ticks * lots;
    last.lots += lots;
  }

  /** Undefined when nothing traded in the last `minutes`. */
  ticks(nowMs: number, minutes: number): number | undefined {
    const from = Math.floor(nowMs / MINUTE_MS) - minutes;
    let volume = 0;
    let lots = 0;
    for (const bucket of this.buckets) {
      if (bucket.minute <= from) continue;
      volume += bucket.ticksTimesLots;
      lots += bucket.lots;
    }
    return lots === 0 ? undefined : Math.round(volume / lots);
  }
}
