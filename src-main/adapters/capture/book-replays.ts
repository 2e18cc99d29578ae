import type { OrderBook } from '../../engine/market-data/order-book.ts';
import { ChecksumBook, type ChecksumMessage } from '../../engine/market-data/checksum-book.ts';
import {
  type DepthSnapshot,
  DepthSynchronizer,
  type DepthUpdate,
  type LevelText,
} from '../../engine/market-data/depth-synchronizer.ts';
import { stepsOf } from '../../engine/market-data/steps.ts';
import type { ReplayCounts } from './replay-counts.ts';
import { type LearnedSteps, StepDiscovery } from './step-discovery.ts';

type Ticker = { readonly bid: LevelText; readonly ask: LevelText };

/** Whole recordings may pass before their snapshot: what a live feed would drop is kept. */
const BUFFERED_UPDATES = 100_000;

/** A book rebuilt from numbered changes, compared with the best bid and offer the venue sent under the same number. */
export class NumberedBookReplay {
  private readonly discovery = new StepDiscovery();
  private readonly sync: DepthSynchronizer;
  private snapshot: DepthSnapshot | null = null;
  private readonly tickers = new Map<number, Ticker>();

  constructor() {
    this.sync = new DepthSynchronizer({ ...this.discovery.steps, maxBuffered: BUFFERED_UPDATES });
  }

  get isSynchronized(): boolean {
    return this.sync.isVerified;
  }

  get lastProblem(): string | null {
    return this.sync.lastProblem;
  }

  /** Kept until the recorded changes reach it: a snapshot alone is not a book that was followed. */
  offerSnapshot(snapshot: DepthSnapshot, counts: ReplayCounts): void {
    this.learn(snapshot.bids, snapshot.asks);
    this.snapshot = snapshot;
    if (this.sync.bufferedCount > 0) this.tracked(counts, () => this.trySnapshot());
  }

  update(update: DepthUpdate, counts: ReplayCounts): void {
    this.learn(update.bids, update.asks);
    this.tracked(counts, () => {
      const outcome = this.sync.apply(update);
      if (outcome === 'buffered') this.trySnapshot();
    });
    if (this.sync.state === 'live') this.compareAt(update.lastUpdateId, counts);
    else this.tickers.clear();
  }

  ticker(updateId: number, ticker: Ticker, counts: ReplayCounts): void {
    this.learn([ticker.bid], [ticker.ask]);
    if (!this.sync.isVerified) return;
    if (updateId > this.sync.book.updateId) this.tickers.set(updateId, ticker);
    else if (updateId === this.sync.book.updateId) this.compare(ticker, counts);
  }

  private compareAt(updateId: number, counts: ReplayCounts): void {
    const ticker = this.tickers.get(updateId);
    if (ticker !== undefined) this.compare(ticker, counts);
    for (const earlier of this.tickers.keys()) if (earlier <= updateId) this.tickers.delete(earlier);
  }

  private compare({ bid, ask }: Ticker, counts: ReplayCounts): void {
    counts.bboCompared++;
    const { bids, asks } = this.sync.book;
    if (isBest(bids, bid, this.discovery.steps) && isBest(asks, ask, this.discovery.steps)) counts.bboAgreed++;
  }

  private trySnapshot(): void {
    if (this.snapshot !== null && this.sync.offerSnapshot(this.snapshot) !== 'tooOld') this.snapshot = null;
  }

  private learn(...sides: readonly (readonly LevelText[])[]): void {
    if (this.discovery.learn(...sides)) this.sync.refine(this.discovery.steps.tick, this.discovery.steps.lot);
  }

  private tracked(counts: ReplayCounts, step: () => void): void {
    const before = { ...this.sync.counts };
    step();
    const after = this.sync.counts;
    counts.applied += after.applied - before.applied;
    counts.discardedBeforeSnapshot += after.discarded - before.discarded;
    counts.sequenceBreaks += after.sequenceBreaks - before.sequenceBreaks;
    counts.integrityFailures += after.integrityFailures - before.integrityFailures;
  }
}

/** A book rebuilt from changes that carry a checksum. */
export class ChecksumBookReplay {
  private readonly discovery = new StepDiscovery();
  private readonly checked: ChecksumBook;

  constructor(depth: number) {
    this.checked = new ChecksumBook({ ...this.discovery.steps, depth });
  }

  get isSynchronized(): boolean {
    return this.checked.isLive;
  }

  get lastProblem(): string | null {
    return this.checked.lastProblem;
  }

  apply(message: ChecksumMessage, counts: ReplayCounts): void {
    if (this.discovery.learn(message.bids, message.asks)) {
      const { tick, lot, printed } = this.discovery.steps;
      this.checked.refine(tick, lot, printed);
    }
    const before = { ...this.checked.counts };
    this.checked.apply(message);
    const after = this.checked.counts;
    counts.applied += after.applied - before.applied;
    counts.discardedBeforeSnapshot += after.discarded - before.discarded;
    counts.checksumsVerified += after.verified - before.verified;
    counts.checksumMismatches += after.mismatches - before.mismatches;
    counts.integrityFailures += after.integrityFailures - before.integrityFailures;
  }
}

function isBest(side: OrderBook['bids'], [price, quantity]: LevelText, { tick, lot }: LearnedSteps): boolean {
  return side.ticksAt(0) === stepsOf(price, tick) && side.lotsAt(0) === stepsOf(quantity, lot);
}
