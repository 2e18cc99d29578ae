import type { Lane } from '../../engine/domain/events.ts';
import type { Clock } from '../../engine/ports/clock.ts';

const ORDER: readonly Lane[] = ['cancel', 'reduce', 'new', 'query'];
/** Venues that number requests refuse one that was overtaken; an answer that takes longer holds up nothing else. */
const OVERTAKE_AFTER_MS = 250;

type Waiter = { readonly lane: Lane; readonly costMs: number; readonly grant: () => void };

/**
 * Lets requests leave one after the other, as far apart as the venue wants by the costs that ccxt knows, cancels and exits
 * before what only asks. ccxt's own limiter has one line for all, and counts time without requests as none.
 */
export class RequestPace {
  private readonly clock: Clock;
  private readonly waiting: Waiter[] = [];
  private freeAtUs = 0;
  private overtakeAtUs = 0;
  private isAnswerAwaited = false;
  private wakeUp: (() => void) | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Resolves when the request may leave. `costMs` is the time the venue wants after it. */
  async wait(lane: Lane, costMs: number): Promise<void> {
    const granted = new Promise<void>((grant) => this.waiting.push({ lane, costMs, grant }));
    this.serve();
    await granted;
  }

  /** Nothing leaves for so long: the venue asked for it. */
  pause(pauseMs: number): void {
    this.freeAtUs = Math.max(this.freeAtUs, this.clock.monotonicUs() + pauseMs * 1_000);
  }

  /** The request that left last has its answer, or never left. */
  answered(): void {
    this.isAnswerAwaited = false;
    this.serve();
  }

  private serve(): void {
    const nowUs = this.clock.monotonicUs();
    const readyUs = this.isAnswerAwaited ? Math.max(this.freeAtUs, this.overtakeAtUs) : this.freeAtUs;
    if (this.waiting.length === 0) return;
    if (nowUs < readyUs) {
      this.wakeUp?.();
      this.wakeUp = this.clock.after(Math.ceil((readyUs - nowUs) / 1_000), () => {
        this.wakeUp = undefined;
        this.serve();
      });
      return;
    }
    const lane = ORDER.find((one) => this.waiting.some((waiter) => waiter.lane === one));
    const [waiter] = this.waiting.splice(
      this.waiting.findIndex((one) => one.lane === lane),
      1,
    );
    if (waiter === undefined) return;
    this.freeAtUs = nowUs + waiter.costMs * 1_000;
    this.overtakeAtUs = nowUs + OVERTAKE_AFTER_MS * 1_000;
    this.isAnswerAwaited = true;
    waiter.grant();
    this.serve();
  }
}
