import type { Clock } from '../../../engine/ports/clock.ts';
import type { Random } from '../../../engine/ports/random.ts';
import type { Result } from '../../../engine/domain/result.ts';
import type { QueryFailure } from '../../../engine/ports/venue-gateway.ts';
import type { DepthSnapshot } from '../../../engine/market-data/depth-synchronizer.ts';
import type { InstrumentStream } from './instrument-stream.ts';

export type SnapshotSource = (
  venueSymbol: string,
  purpose: SnapshotPurpose,
) => Promise<Result<DepthSnapshot, QueryFailure>>;

export type SnapshotHandler = {
  /** `compare`: the stream has a book and the snapshot is a second look at it. */
  deliver(stream: InstrumentStream, snapshot: DepthSnapshot, purpose: SnapshotPurpose): void;
  failed(stream: InstrumentStream, failure: QueryFailure): void;
};

export type SnapshotPurpose = 'synchronize' | 'compare';

const CONCURRENT = 4;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

/** Fetches snapshots one stream at a time each, a few at once, and again with growing, jittered pauses while needed. */
export class SnapshotScheduler {
  private readonly source: SnapshotSource;
  private readonly handler: SnapshotHandler;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly queue: { readonly stream: InstrumentStream; readonly purpose: SnapshotPurpose }[] = [];
  private readonly busy = new Set<InstrumentStream>();
  private readonly attempts = new Map<InstrumentStream, number>();
  private running = 0;
  private closed = false;

  constructor(source: SnapshotSource, handler: SnapshotHandler, clock: Clock, random: Random) {
    this.source = source;
    this.handler = handler;
    this.clock = clock;
    this.random = random;
  }

  want(stream: InstrumentStream, purpose: SnapshotPurpose): void {
    if (this.busy.has(stream) || this.closed) return;
    this.busy.add(stream);
    const attempt = this.attempts.get(stream) ?? 0;
    this.attempts.set(stream, attempt + 1);
    if (attempt === 0) this.enqueue(stream, purpose);
    else this.clock.after(this.retryMs(attempt), () => this.enqueue(stream, purpose));
  }

  close(): void {
    this.closed = true;
    this.queue.length = 0;
  }

  private enqueue(stream: InstrumentStream, purpose: SnapshotPurpose): void {
    this.queue.push({ stream, purpose });
    this.serve();
  }

  private serve(): void {
    while (this.running < CONCURRENT && !this.closed) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.running++;
      void this.fetch(next.stream, next.purpose).finally(() => {
        this.running--;
        this.serve();
      });
    }
  }

  private async fetch(stream: InstrumentStream, purpose: SnapshotPurpose): Promise<void> {
    const { session } = stream;
    const result = await this.source(stream.instrument.venueSymbol, purpose);
    this.busy.delete(stream);
    if (this.closed) return;
    if (!result.ok) this.handler.failed(stream, result.error);
    else if (stream.session === session) this.handler.deliver(stream, result.value, purpose);
    // What it was wanted for may have changed meanwhile: another connection, a break.
    if (stream.needsSnapshot) this.want(stream, 'synchronize');
    else this.attempts.delete(stream);
  }

  private retryMs(attempt: number): number {
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 10));
    return Math.ceil(ceiling * (0.5 + this.random.next() / 2));
  }
}
