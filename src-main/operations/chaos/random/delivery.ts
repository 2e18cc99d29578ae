import type { Wire } from './wire.ts';

const LATE_EVENT_MS = 3_000;

/** The way of private events to one life: in order, unless a disaster waits for one. */
export class Delivery<T> {
  private readonly wire: Wire;
  private lastUs = 0;
  private swapped: { readonly event: T } | undefined;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** Forgets what it holds back, as the end of a connection does. */
  clear(): void {
    this.swapped = undefined;
  }

  take(event: T, deliver: (event: T) => void): void {
    const { clock } = this.wire;
    const fate = this.wire.fateOfEvent();
    if (fate === 'dropped') return;
    if (fate === 'late') {
      clock.after(LATE_EVENT_MS, () => deliver(event));
      return;
    }
    if (fate === 'swapped' && this.swapped === undefined) {
      this.swapped = { event };
      return;
    }
    const dueUs = Math.max(this.lastUs, clock.monotonicUs() + this.wire.latencyMs() * 1000);
    this.lastUs = dueUs;
    const { swapped } = this;
    this.swapped = undefined;
    clock.after((dueUs - clock.monotonicUs()) / 1000, () => {
      deliver(event);
      if (fate === 'twice') deliver(event);
      if (swapped !== undefined) deliver(swapped.event);
    });
  }
}
