import { BAR_INTERVAL_US, type Bar, type BarInterval } from '../../engine/domain/market.ts';

/** Closed bars between two times; null when they could not be had. */
export type BarFill = (afterUs: number, beforeUs: number | null) => Promise<readonly Bar[] | null>;

/**
 * Hands on each closed bar once and in order. Bars that closed while nothing was connected, or between the history and
 * the stream, are fetched before the next one goes on. A bar the venue does not have stays missing: nothing is invented.
 */
export class BarSequence {
  private readonly intervalUs: number;
  private readonly fill: BarFill;
  private readonly emit: (bar: Bar) => void;
  private lastUs: number | undefined;
  private pending: Promise<void> | undefined;

  constructor(interval: BarInterval, fill: BarFill, emit: (bar: Bar) => void) {
    this.intervalUs = BAR_INTERVAL_US[interval];
    this.fill = fill;
    this.emit = emit;
  }

  /** The consumer has these bars already. */
  noteHistory(bars: readonly Bar[]): void {
    const last = bars.at(-1);
    if (last !== undefined) this.lastUs = Math.max(this.lastUs ?? 0, last.openTimeUs);
  }

  /** After a connection came up: what closed meanwhile. */
  catchUp(): void {
    this.enqueue(async () => {
      if (this.lastUs !== undefined) this.emitAll(await this.fill(this.lastUs, null));
    });
  }

  closed(bar: Bar): void {
    if (this.pending === undefined && !this.isGap(bar)) this.hand(bar);
    else {
      this.enqueue(async () => {
        if (this.lastUs !== undefined && this.isGap(bar)) this.emitAll(await this.fill(this.lastUs, bar.openTimeUs));
        this.hand(bar);
      });
    }
  }

  private enqueue(step: () => Promise<void>): void {
    const run = (this.pending ?? Promise.resolve()).then(step).finally(() => {
      if (this.pending === run) this.pending = undefined;
    });
    this.pending = run;
  }

  private isGap(bar: Bar): boolean {
    return this.lastUs !== undefined && bar.openTimeUs > this.lastUs + this.intervalUs;
  }

  private emitAll(bars: readonly Bar[] | null): void {
    for (const bar of bars ?? []) this.hand(bar);
  }

  /** Repeated bars are dropped. An earlier one means the venue's time went back (a recording that loops): a new start. */
  private hand(bar: Bar): void {
    if (bar.openTimeUs === this.lastUs) return;
    this.lastUs = bar.openTimeUs;
    this.emit(bar);
  }
}
