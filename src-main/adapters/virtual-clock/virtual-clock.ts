import type { Clock } from '../../engine/ports/clock.ts';

type Timer = { dueUs: number; readonly intervalUs: number | null; readonly callback: () => void };

/** A clock that moves only when told to; timers fire in order of their due time, then of their creation. */
export class VirtualClock implements Clock {
  private wallUs: number;
  private elapsedUs = 0;
  private readonly timers = new Set<Timer>();

  constructor(startUs = 1_704_272_400_000_000) {
    this.wallUs = startUs;
  }

  nowUs(): number {
    return this.wallUs + this.elapsedUs;
  }

  monotonicUs(): number {
    return this.elapsedUs;
  }

  every(intervalMs: number, callback: () => void): () => void {
    return this.add({ dueUs: this.elapsedUs + intervalMs * 1000, intervalUs: intervalMs * 1000, callback });
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.add({ dueUs: this.elapsedUs + delayMs * 1000, intervalUs: null, callback });
  }

  /** Moves time on, firing what falls due. */
  advance(ms: number): void {
    const endUs = this.elapsedUs + ms * 1000;
    for (let timer = this.nextDue(endUs); timer !== undefined; timer = this.nextDue(endUs)) {
      this.elapsedUs = Math.max(this.elapsedUs, timer.dueUs);
      if (timer.intervalUs === null) this.timers.delete(timer);
      else timer.dueUs = this.elapsedUs + timer.intervalUs;
      timer.callback();
    }
    this.elapsedUs = endUs;
  }

  /** Milliseconds until a timer falls due; null when none runs. */
  nextDueInMs(): number | null {
    const next = this.nextDue(Infinity);
    return next === undefined ? null : Math.max(0, next.dueUs - this.elapsedUs) / 1000;
  }

  /** As {@link advance}, letting promises settle between timers. */
  async advanceAsync(ms: number, stepMs = 10): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.advance(Math.min(stepMs, left));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** The process was held up: time passes, and what falls due fires late, at the next {@link advance}. */
  holdUp(ms: number): void {
    this.elapsedUs += ms * 1000;
  }

  /** The operating system moved the wall clock; monotonic time does not notice. */
  stepWall(ms: number): void {
    this.wallUs += ms * 1000;
  }

  private add(timer: Timer): () => void {
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  private nextDue(endUs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.dueUs <= endUs && (next === undefined || timer.dueUs < next.dueUs)) next = timer;
    }
    return next;
  }
}
