import type { Clock } from '../../../engine/ports/clock.ts';
import type { DepthSnapshot } from '../../../engine/market-data/depth-synchronizer.ts';
import type { InstrumentStream } from './instrument-stream.ts';

export type WatchTiming = {
  /** Silence of a book after which it is looked at a second time by REST, and the least time between two such looks. */
  readonly compareAfterMs: number;
  /** Silence, not explained by a second look, after which a book is shown as stale. */
  readonly staleAfterMs: number;
  /** How long an update the venue already has may still be under way. */
  readonly graceMs: number;
  /** A connected instrument has a proven book by then, or is shown as failed. */
  readonly verifyWithinMs: number;
};

export const BINANCE_WATCH_TIMING: WatchTiming = {
  compareAfterMs: 5_000,
  staleAfterMs: 10_000,
  graceMs: 1_000,
  verifyWithinMs: 30_000,
};

export type WatchOptions = {
  readonly clock: Clock;
  readonly timing: WatchTiming;
  readonly streams: readonly InstrumentStream[];
  /** Trades and bars are both streamed, so each can tell of the other's silence. */
  readonly hasTape: boolean;
  readonly compare: (stream: InstrumentStream) => void;
  readonly reconnect: (stream: InstrumentStream, reason: string) => void;
};

const EVERY_MS = 250;
/** Between two looks at one stream for each stream there is: a third of a minute's weight when all are silent. */
const COMPARE_SPACING_MS = 150;

/**
 * Tells a quiet market from a dead stream. A second snapshot of a silent book either says that nothing changed at the
 * venue (quiet: it counts as heard) or that we missed it (dead: the connection is replaced). Until it is known, a book
 * that is silent too long is stale.
 */
export class StreamWatch {
  private readonly options: WatchOptions;
  private readonly stop: () => void;
  /** When each stream was last looked at, and since when it has no proven book; monotonic microseconds. */
  private readonly comparedUs = new Map<InstrumentStream, number>();
  private readonly unprovenUs = new Map<InstrumentStream, number>();

  constructor(options: WatchOptions) {
    this.options = options;
    this.stop = options.clock.every(EVERY_MS, () => this.look());
  }

  close(): void {
    this.stop();
  }

  /** The second look has come. */
  compared(stream: InstrumentStream, snapshot: DepthSnapshot): void {
    const { clock, timing, reconnect } = this.options;
    if (stream.compare(snapshot, clock.monotonicUs())) return;
    const { session } = stream;
    clock.after(timing.graceMs, () => {
      const isBehind = stream.session === session && stream.updateId < snapshot.lastUpdateId;
      if (isBehind) reconnect(stream, `silent while the venue went on to ${snapshot.lastUpdateId}`);
    });
  }

  private look(): void {
    const nowUs = this.options.clock.monotonicUs();
    for (const stream of this.options.streams) this.lookAt(stream, nowUs);
  }

  private lookAt(stream: InstrumentStream, nowUs: number): void {
    const { timing } = this.options;
    if (stream.book !== undefined || stream.state === 'connecting') this.unprovenUs.delete(stream);
    else if (!this.unprovenUs.has(stream)) this.unprovenUs.set(stream, nowUs);
    if (stream.state === 'live' && stream.silentUs(nowUs) > timing.staleAfterMs * 1_000) stream.markStale(nowUs);
    if (stream.hasBook && stream.silentUs(nowUs) > timing.compareAfterMs * 1_000) this.compareAgain(stream, nowUs);
    const silent = this.options.hasTape ? stream.tape.silent(nowUs, timing.staleAfterMs * 1_000) : null;
    if (silent !== null) {
      stream.tape.reset();
      this.options.reconnect(stream, `the ${silent} stream is silent`);
    }
    const sinceUs = this.unprovenUs.get(stream) ?? nowUs;
    if (nowUs - sinceUs > timing.verifyWithinMs * 1_000) {
      this.unprovenUs.set(stream, nowUs);
      stream.fail(nowUs);
    }
  }

  private compareAgain(stream: InstrumentStream, nowUs: number): void {
    const lastUs = this.comparedUs.get(stream);
    const { timing, streams } = this.options;
    const spacingMs = Math.max(timing.compareAfterMs, streams.length * COMPARE_SPACING_MS);
    if (lastUs !== undefined && nowUs - lastUs < spacingMs * 1_000) return;
    this.comparedUs.set(stream, nowUs);
    this.options.compare(stream);
  }
}
