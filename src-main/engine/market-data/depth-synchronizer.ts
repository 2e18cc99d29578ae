import { OrderBook } from './order-book.ts';
import type { BookSide } from './book-side.ts';
import { BookIntegrityError, powerOfTen, type StepSize, stepsOf } from './steps.ts';

/** Price and quantity as the venue wrote them; what stands behind them is not read. */
export type LevelText = readonly [price: string, quantity: string, ...rest: unknown[]];

/** One numbered change of a book: absolute quantities at the named prices, covering a range of update ids. */
export type DepthUpdate = {
  readonly firstUpdateId: number;
  readonly lastUpdateId: number;
  /** Last id of the update before (USD-M `pu`); null where the venue does not say. */
  readonly previousUpdateId: number | null;
  readonly bids: readonly LevelText[];
  readonly asks: readonly LevelText[];
};

/** A change whose levels are steps already: bids first, then asks. Its arrays belong to the one who read it. */
export type DepthSteps = {
  firstUpdateId: number;
  lastUpdateId: number;
  previousUpdateId: null;
  bidCount: number;
  askCount: number;
  ticks: Float64Array;
  lots: Float64Array;
};

/** What tells the place of an update in its sequence. */
type Numbered = Pick<DepthUpdate, 'firstUpdateId' | 'lastUpdateId' | 'previousUpdateId'>;

export type DepthSnapshot = {
  readonly lastUpdateId: number;
  readonly bids: readonly LevelText[];
  readonly asks: readonly LevelText[];
};

/** unsynced: nothing known. buffering: updates wait for a snapshot. resync: as buffering, after a break. */
export type SyncState = 'unsynced' | 'buffering' | 'live' | 'stale' | 'resync';

/** applied: in the book. buffered: waits for a snapshot. discarded: older than the book. broken: a gap or an integrity failure. */
export type DepthOutcome = 'applied' | 'buffered' | 'discarded' | 'broken';

/** tooOld: updates between the snapshot and the first buffered one are missing, ask again. ignored: there is a book. */
export type SnapshotOutcome = 'live' | 'tooOld' | 'ignored' | 'broken';

export type SynchronizerOptions = {
  readonly tick: StepSize;
  readonly lot: StepSize;
  /** Updates kept while waiting; the oldest leave first, so a later snapshot still fits. */
  readonly maxBuffered?: number;
};

export type SyncCounts = {
  applied: number;
  discarded: number;
  sequenceBreaks: number;
  integrityFailures: number;
  bufferDropped: number;
  snapshots: number;
};

const DEFAULT_BUFFERED = 1_000;

/**
 * Keeps one book in step with a venue that numbers its changes (Binance U/u, USD-M pu). A book is shown as live only
 * while an unbroken chain of updates leads from a snapshot to it; a gap, a crossed book or a value off tick ends that.
 */
export class DepthSynchronizer {
  readonly book = new OrderBook();
  readonly counts: SyncCounts = {
    applied: 0,
    discarded: 0,
    sequenceBreaks: 0,
    integrityFailures: 0,
    bufferDropped: 0,
    snapshots: 0,
  };
  private tick: StepSize;
  private lot: StepSize;
  private readonly maxBuffered: number;
  private buffer: DepthUpdate[] = [];
  private current: SyncState = 'unsynced';
  /** False between a snapshot (or a changed connection) and the update that bridges to it. */
  private bridged = false;
  private problem: string | null = null;

  constructor(options: SynchronizerOptions) {
    this.tick = options.tick;
    this.lot = options.lot;
    this.maxBuffered = options.maxBuffered ?? DEFAULT_BUFFERED;
  }

  get state(): SyncState {
    return this.current;
  }

  /** What ended the last live book, for people; null when nothing did. */
  get lastProblem(): string | null {
    return this.problem;
  }

  get bufferedCount(): number {
    return this.buffer.length;
  }

  /** True while an update or a snapshot has verified the book against the stream and nothing broke since. */
  get isVerified(): boolean {
    return this.bridged && this.current === 'live';
  }

  apply(update: DepthUpdate): DepthOutcome {
    if (!this.hasBook) return this.hold(update);
    if (this.isOld(update)) return this.discard();
    if (!this.continues(update)) {
      this.breakSequence(update);
      this.hold(update);
      return 'broken';
    }
    return this.write(update) ? this.advance(update) : 'broken';
  }

  /** As `apply` for a book that is there; `needsText` when the update has to be kept, which takes its texts. */
  applySteps(update: DepthSteps): DepthOutcome | 'needsText' {
    if (!this.hasBook) return 'needsText';
    if (this.isOld(update)) return this.discard();
    if (!this.continues(update)) return 'needsText';
    const { bidCount, askCount, ticks, lots } = update;
    for (let index = 0; index < bidCount; index++) this.book.bids.set(ticks[index] as number, lots[index] as number);
    for (let index = bidCount; index < bidCount + askCount; index++) {
      this.book.asks.set(ticks[index] as number, lots[index] as number);
    }
    return this.isUncrossed() ? this.advance(update) : 'broken';
  }

  /** Starts the book from a snapshot and the updates that were buffered. */
  offerSnapshot(snapshot: DepthSnapshot): SnapshotOutcome {
    if (this.hasBook) return 'ignored';
    const waiting = this.buffer.filter((update) => !precedes(update, snapshot.lastUpdateId));
    const [first] = waiting;
    if (first !== undefined && !bridges(first, snapshot.lastUpdateId)) return 'tooOld';
    this.counts.discarded += this.buffer.length - waiting.length;
    this.buffer = [];
    this.counts.snapshots++;
    if (!this.load(snapshot)) return 'broken';
    for (const [index, update] of waiting.entries()) {
      if (this.apply(update) !== 'applied') {
        // An update that broke the sequence was buffered by the break; those behind it follow.
        for (const later of waiting.slice(index + 1)) this.hold(later);
        return 'broken';
      }
    }
    return 'live';
  }

  /** Nothing was heard for too long. The next update in sequence makes the book live again. */
  markStale(): void {
    if (this.current === 'live') this.current = 'stale';
  }

  /** The venue confirmed that nothing changed while nothing was heard. */
  markQuiet(): void {
    if (this.current === 'stale') this.current = 'live';
  }

  /** Another connection takes over the stream: updates it repeats are discarded, the first new one must bridge. */
  changeConnection(): void {
    this.bridged = false;
  }

  /** Forgets the book, as after a lost connection. */
  reset(): void {
    this.book.clear();
    this.buffer = [];
    this.bridged = false;
    this.current = 'unsynced';
  }

  /** Counts in smaller steps from here on; for streams whose tick is learned from their texts. */
  refine(tick: StepSize, lot: StepSize): void {
    this.book.rescale(powerOfTen(tick.scale - this.tick.scale), powerOfTen(lot.scale - this.lot.scale));
    this.tick = tick;
    this.lot = lot;
  }

  private hold(update: DepthUpdate): DepthOutcome {
    if (this.current === 'unsynced') this.current = 'buffering';
    const last = this.buffer.at(-1);
    if (last !== undefined && !follows(update, last.lastUpdateId)) {
      // No snapshot can bridge a gap: what stands before it is of no use.
      this.counts.sequenceBreaks++;
      this.problem = gapBetween(update, last.lastUpdateId);
      this.buffer = [];
    }
    if (this.buffer.length === this.maxBuffered) {
      this.buffer.shift();
      this.counts.bufferDropped++;
    }
    this.buffer.push(update);
    return 'buffered';
  }

  private get hasBook(): boolean {
    return this.current === 'live' || this.current === 'stale';
  }

  private isOld(update: Numbered): boolean {
    return !this.bridged && precedes(update, this.book.updateId);
  }

  private continues(update: Numbered): boolean {
    return (this.bridged ? follows : bridges)(update, this.book.updateId);
  }

  private discard(): DepthOutcome {
    this.counts.discarded++;
    return 'discarded';
  }

  private advance(update: Numbered): DepthOutcome {
    this.book.updateId = update.lastUpdateId;
    this.bridged = true;
    this.current = 'live';
    this.counts.applied++;
    return 'applied';
  }

  private load(snapshot: DepthSnapshot): boolean {
    this.book.clear();
    if (!this.write(snapshot)) return false;
    this.book.updateId = snapshot.lastUpdateId;
    this.bridged = false;
    this.current = 'live';
    return true;
  }

  private write(levels: Pick<DepthSnapshot, 'bids' | 'asks'>): boolean {
    try {
      this.writeSide(this.book.bids, levels.bids);
      this.writeSide(this.book.asks, levels.asks);
    } catch (error) {
      if (!(error instanceof BookIntegrityError) && !(error instanceof RangeError)) throw error;
      return this.breakIntegrity(error.message);
    }
    return this.isUncrossed();
  }

  private isUncrossed(): boolean {
    return this.book.isCrossed() ? this.breakIntegrity('expected bids below asks, was a crossed book') : true;
  }

  private writeSide(side: BookSide, levels: readonly LevelText[]): void {
    for (const [price, quantity] of levels) side.set(stepsOf(price, this.tick), stepsOf(quantity, this.lot));
  }

  private breakSequence(update: Numbered): void {
    this.counts.sequenceBreaks++;
    this.giveUp(gapBetween(update, this.book.updateId));
  }

  private breakIntegrity(problem: string): false {
    this.counts.integrityFailures++;
    this.giveUp(problem);
    return false;
  }

  /** A book that may be wrong is not kept. */
  private giveUp(problem: string): void {
    this.problem = problem;
    this.book.clear();
    this.bridged = false;
    this.current = 'resync';
  }
}

/** Binance: drop u <= lastUpdateId (spot), u < lastUpdateId (USD-M, whose first update may end on the snapshot's id). */
function precedes(update: Numbered, bookId: number): boolean {
  return update.previousUpdateId === null ? update.lastUpdateId <= bookId : update.lastUpdateId < bookId;
}

/** The first update on a snapshot. Spot: U <= lastUpdateId + 1 <= u. USD-M: U <= lastUpdateId <= u, or it follows exactly. */
function bridges(update: Numbered, bookId: number): boolean {
  if (update.previousUpdateId === null) return update.firstUpdateId <= bookId + 1 && update.lastUpdateId > bookId;
  return update.previousUpdateId === bookId || (update.firstUpdateId <= bookId && update.lastUpdateId >= bookId);
}

/** Each later update continues exactly where the one before ended. */
function follows(update: Numbered, bookId: number): boolean {
  return update.previousUpdateId === null
    ? update.firstUpdateId === bookId + 1 && update.lastUpdateId > bookId
    : update.previousUpdateId === bookId;
}

function gapBetween(update: Numbered, lastId: number): string {
  if (update.previousUpdateId !== null) return `expected pu ${lastId}, was ${update.previousUpdateId}`;
  return `expected U ${lastId + 1}, was ${update.firstUpdateId}..${update.lastUpdateId}`;
}
