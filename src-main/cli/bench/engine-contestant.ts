import type { CommandOutcome } from '../../engine/domain/events.ts';
import { type InstrumentId, instrumentId } from '../../engine/domain/identifiers.ts';
import type { Price } from '../../engine/domain/quantities.ts';
import type { Failpoint } from '../../engine/engine.ts';
import { type BenchEngine, createBenchEngine, within } from './bench-engine.ts';
import { OTOCO_PATH } from './order-contestants.ts';
import type { PracticeVenueAddress } from './practice-process.ts';
import { SentBytes } from './sent-bytes.ts';

/** Milliseconds from the bar that signals to the last byte of its bracket, and where they went. */
export type PathTimes = {
  readonly total: number;
  /** Bar, features, signal, sizing, gate, intent. */
  readonly verdict: number;
  /** The one FULL-sync transaction. */
  readonly commit: number;
  /** Limiter, fence, ccxt, signature, socket. */
  readonly send: number;
};

/** One order after the other through a whole engine. */
export class EngineContestant {
  readonly outcomes: Record<CommandOutcome['kind'], number> = { accepted: 0, rejected: 0, unknown: 0 };
  private readonly bench: BenchEngine;
  private readonly instrument: InstrumentId;
  private readonly sent = new SentBytes(OTOCO_PATH);
  private readonly stampsMs = new Map<Failpoint, number>();
  private lastMessage = '';
  private answered: () => void = () => undefined;

  constructor(venue: PracticeVenueAddress, directory: string, market: { base: string; quote: string }) {
    this.instrument = instrumentId({ ...market, venue: 'BINANCE', product: 'SPOT' });
    this.bench = createBenchEngine({
      ...{ venue, directory, instruments: [this.instrument] },
      failpoints: (name) => void this.stampsMs.set(name, performance.now()),
    });
    this.bench.engine.onEvent(({ event }) => {
      if (event.kind === 'order.judged' && !event.verdict.allowed) this.lastMessage = JSON.stringify(event);
      if (event.kind !== 'submit.answered') return;
      this.outcomes[event.outcome.kind] += 1;
      if (event.outcome.kind !== 'accepted') this.lastMessage = JSON.stringify(event.outcome);
      this.answered();
    });
  }

  /** Resolves once the account is known and the averages are warm. */
  async start(price: Price): Promise<void> {
    await this.bench.start(new Map([[this.instrument, price]]));
  }

  /** Throws CommandFailure when no order follows. */
  async send(price: Price): Promise<PathTimes> {
    this.bench.fall(this.instrument, price);
    const bytes = this.sent.next();
    const answer = new Promise<void>((resolve) => (this.answered = resolve));
    const startMs = performance.now();
    this.bench.rise(this.instrument, price);
    const [commitMs, committedMs] = [this.at('commit.before'), this.at('commit.after')];
    const sentMs = await this.within(bytes);
    await this.within(answer);
    return {
      total: sentMs - startMs,
      verdict: commitMs - startMs,
      commit: committedMs - commitMs,
      send: sentMs - committedMs,
    };
  }

  async close(): Promise<void> {
    this.sent.close();
    await this.bench.close();
  }

  private at(name: Failpoint): number {
    return this.stampsMs.get(name) ?? Number.NaN;
  }

  private async within<T>(promise: Promise<T>): Promise<T> {
    return within(promise, () => `expected a signal to become an order, was none; last word: ${this.lastMessage}`);
  }
}
