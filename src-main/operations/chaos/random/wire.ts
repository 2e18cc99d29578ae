import type { VirtualClock } from '../../../adapters/virtual-clock/virtual-clock.ts';
import type { SeededRandom } from '../../../practice-exchange/market/seeded-random.ts';

/** What becomes of one request between engine and venue. */
export type Fate =
  | { readonly kind: 'fine' }
  /** Never arrives; the connection breaks. */
  | { readonly kind: 'lost' }
  /** Executed, and its answer is lost. */
  | { readonly kind: 'answerLost' }
  /** Arrives late: the venue executes it then, unless its window has closed. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Executed at once, answered late. */
  | { readonly kind: 'answerLate'; readonly ms: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'throttled' };

export type EventFate = 'dropped' | 'twice' | 'late' | 'swapped';
export type RequestClass = 'create' | 'cancel' | 'query';

/** The connection of one life: what may befall it as a whole. */
export type Line = {
  /** The private stream is lost, and refused for as long. */
  loseStream(forMs: number): void;
  /** The process that holds it was killed: what it sent is under way, nothing comes back. */
  die(): void;
};

const FINE: Fate = { kind: 'fine' };

/** The way between engine and venue: its latency, and the disasters that wait on it. */
export class Wire {
  readonly clock: VirtualClock;
  /** Requests and events that met a disaster. */
  struck = 0;
  private readonly random: SeededRandom;
  private readonly fates: Record<RequestClass, Fate[]> = { create: [], cancel: [], query: [] };
  private eventFates: EventFate[] = [];

  constructor(clock: VirtualClock, random: SeededRandom) {
    this.clock = clock;
    this.random = random;
  }

  /** The next `times` requests of the class meet this fate. */
  doom(of: RequestClass, fate: Fate, times = 1): void {
    for (let time = 0; time < times; time++) this.fates[of].push(fate);
  }

  doomEvents(fate: EventFate, times: number): void {
    for (let time = 0; time < times; time++) this.eventFates.push(fate);
  }

  calm(): void {
    for (const of of ['create', 'cancel', 'query'] as const) this.fates[of].length = 0;
    this.eventFates = [];
  }

  fateOf(of: RequestClass): Fate {
    const fate = this.fates[of].shift();
    if (fate !== undefined) this.struck += 1;
    return fate ?? FINE;
  }

  fateOfEvent(): EventFate | undefined {
    const fate = this.eventFates.shift();
    if (fate !== undefined) this.struck += 1;
    return fate;
  }

  /** One way, in milliseconds. */
  latencyMs(): number {
    return 1 + this.random.below(30);
  }

  async pass(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.clock.after(ms, resolve));
  }
}
