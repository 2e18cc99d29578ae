/** Buckets a window is divided into: spending is forgotten a bucket late at most, never early. */
const BUCKETS = 200;

/**
 * What was spent of one venue limit during the last `windowUs`, as an upper bound. The venue counts in fixed windows that
 * start when it likes; a sliding sum of our own spending is never below our part of any such window. What others spend
 * from the same address shows in the venue's header only: the last header plus what we sent since is the other bound.
 */
export class SpendingWindow {
  readonly windowUs: number;
  private readonly bucketUs: number;
  private readonly buckets: { readonly startUs: number; amount: number }[] = [];
  private recent = 0;
  private total = 0;
  private reported: { readonly amount: number; readonly mark: number; readonly atUs: number } | undefined;

  constructor(windowUs: number) {
    this.windowUs = windowUs;
    this.bucketUs = Math.max(1, Math.ceil(windowUs / BUCKETS));
  }

  /** Returns the mark of this spending: all that was ever spent, itself included. */
  spend(amount: number, nowUs: number): number {
    const startUs = nowUs - (nowUs % this.bucketUs);
    const last = this.buckets.at(-1);
    if (last?.startUs === startUs) last.amount += amount;
    else this.buckets.push({ startUs, amount });
    this.recent += amount;
    this.total += amount;
    return this.total;
  }

  /** The venue's own count in a reply to the request with this mark. Replies overtaken by later ones are ignored. */
  report(amount: number, mark: number, nowUs: number): void {
    if (this.reported === undefined || mark >= this.reported.mark) this.reported = { amount, mark, atUs: nowUs };
  }

  used(nowUs: number): number {
    this.forget(nowUs);
    if (this.reported === undefined) return this.recent;
    return Math.max(this.recent, this.reported.amount + this.total - this.reported.mark);
  }

  /** When something will be forgotten next; Infinity when nothing is remembered. */
  nextChangeUs(): number {
    const first = this.buckets[0];
    const bucketUs = first === undefined ? Infinity : this.endOf(first.startUs);
    return Math.min(bucketUs, this.reported === undefined ? Infinity : this.endOf(this.reported.atUs));
  }

  private forget(nowUs: number): void {
    for (let first = this.buckets[0]; first !== undefined; first = this.buckets[0]) {
      if (this.endOf(first.startUs) > nowUs) break;
      this.recent -= first.amount;
      this.buckets.shift();
    }
    if (this.reported !== undefined && this.endOf(this.reported.atUs) <= nowUs) this.reported = undefined;
  }

  private endOf(startUs: number): number {
    return startUs + this.bucketUs + this.windowUs;
  }
}
