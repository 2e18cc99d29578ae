import type { BookSide } from './book-side.ts';
import type { LevelText } from './depth-synchronizer.ts';
import { krakenBookChecksum } from './kraken-checksum.ts';
import { OrderBook } from './order-book.ts';
import { BookIntegrityError, powerOfTen, type StepSize, stepsOf } from './steps.ts';

/** Digits the venue prints behind the point; they enter its checksum, so they may be finer than the steps. */
export type PrintedScale = { readonly price: number; readonly quantity: number };

export type ChecksumMessage = {
  readonly kind: 'snapshot' | 'update';
  readonly bids: readonly LevelText[];
  readonly asks: readonly LevelText[];
  /** Null where the message carries none (v1 snapshots, first halves of split updates). */
  readonly checksum: number | null;
};

export type ChecksumBookOptions = {
  /** Subscribed depth: levels beyond it are cut after each message, as the venue does before it sums. */
  readonly depth: number;
  readonly tick: StepSize;
  readonly lot: StepSize;
  readonly printed: PrintedScale;
};

/** mismatch: the book differs from the venue's. discarded: no snapshot yet. broken: a value or order no book may have. */
export type ChecksumOutcome = 'applied' | 'discarded' | 'mismatch' | 'broken';

/** A book proven by a checksum in each message (Kraken) instead of by numbering. A book that fails it is given up. */
export class ChecksumBook {
  readonly book = new OrderBook();
  readonly counts = { applied: 0, discarded: 0, verified: 0, mismatches: 0, integrityFailures: 0 };
  private options: ChecksumBookOptions;
  private live = false;
  private problem: string | null = null;

  constructor(options: ChecksumBookOptions) {
    this.options = options;
  }

  get isLive(): boolean {
    return this.live;
  }

  /** What ended the last live book, for people; null when nothing did. */
  get lastProblem(): string | null {
    return this.problem;
  }

  apply(message: ChecksumMessage): ChecksumOutcome {
    if (message.kind === 'snapshot') this.book.clear();
    else if (!this.live) {
      this.counts.discarded++;
      return 'discarded';
    }
    if (!this.write(message)) {
      this.counts.integrityFailures++;
      return 'broken';
    }
    if (!this.verify(message.checksum)) return 'mismatch';
    this.counts.applied++;
    this.live = true;
    return 'applied';
  }

  /** Counts in finer steps from here on; for streams whose steps are learned from their texts. */
  refine(tick: StepSize, lot: StepSize, printed: PrintedScale): void {
    const { tick: oldTick, lot: oldLot, depth } = this.options;
    this.book.rescale(powerOfTen(tick.scale - oldTick.scale), powerOfTen(lot.scale - oldLot.scale));
    this.options = { depth, tick, lot, printed };
  }

  private write(message: ChecksumMessage): boolean {
    try {
      this.writeSide(this.book.bids, message.bids);
      this.writeSide(this.book.asks, message.asks);
    } catch (error) {
      if (!(error instanceof BookIntegrityError) && !(error instanceof RangeError)) throw error;
      return this.giveUp(error.message);
    }
    this.book.truncate(this.options.depth);
    return this.book.isCrossed() ? this.giveUp('expected bids below asks, was a crossed book') : true;
  }

  private writeSide(side: BookSide, levels: readonly LevelText[]): void {
    for (const [price, quantity] of levels) {
      side.set(stepsOf(price, this.options.tick), stepsOf(quantity, this.options.lot));
    }
  }

  private verify(expected: number | null): boolean {
    if (expected === null) return true;
    const { printed, tick, lot } = this.options;
    const was = krakenBookChecksum(this.book, printed.price - tick.scale, printed.quantity - lot.scale);
    if (was === expected) {
      this.counts.verified++;
      return true;
    }
    this.counts.mismatches++;
    return this.giveUp(`expected checksum ${expected}, was ${was}`);
  }

  private giveUp(problem: string): false {
    this.problem = problem;
    this.live = false;
    this.book.clear();
    return false;
  }
}
