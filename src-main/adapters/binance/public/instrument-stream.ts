import type { ListedInstrument } from '../../../engine/domain/events.ts';
import type { FeedState } from '../../../engine/domain/market.ts';
import type { BookView } from '../../../engine/domain/book-view.ts';
import type { FeedListener } from '../../../engine/ports/market-data-feed.ts';
import {
  type DepthOutcome,
  type DepthSnapshot,
  type DepthSteps,
  DepthSynchronizer,
  type DepthUpdate,
} from '../../../engine/market-data/depth-synchronizer.ts';
import { stepSize, type StepSize, stepsOf } from '../../../engine/market-data/steps.ts';
import type { BinanceTrade } from './decode.ts';
import { TapeWatch } from './tape-watch.ts';

/** What an instrument needs from its surroundings. */
export type StreamNeeds = {
  /** Asks for a snapshot of the instrument; asking twice is harmless. */
  wantSnapshot(stream: InstrumentStream): void;
  problem(stream: InstrumentStream, problem: string): void;
};

/** The streams of one instrument: its book, its trades, its state. */
export class InstrumentStream {
  readonly instrument: ListedInstrument;
  readonly tape = new TapeWatch();
  private readonly listener: FeedListener;
  private readonly needs: StreamNeeds;
  private readonly sync: DepthSynchronizer;
  readonly tick: StepSize;
  readonly lot: StepSize;
  private generation = 0;
  private sessions = 0;
  /** Updates of a replacing socket that wait until the old one has reached them. */
  private ahead: DepthUpdate[] = [];
  private aheadGeneration = 0;
  private lastTradeId = -1;
  /** Monotonic microseconds of the last update; null before the first connection. */
  private heardUs: number | null = null;
  /** Live means: an update (or a second look by REST) proved the snapshot. */
  private proven = false;
  private shown: FeedState = 'connecting';

  constructor(instrument: ListedInstrument, listener: FeedListener, needs: StreamNeeds) {
    this.instrument = instrument;
    this.listener = listener;
    this.needs = needs;
    this.tick = stepSize(instrument.tickSize);
    this.lot = stepSize(instrument.lotSize);
    this.sync = new DepthSynchronizer({ tick: this.tick, lot: this.lot });
  }

  get book(): BookView | undefined {
    return this.proven && this.sync.state === 'live' ? this.sync.book : undefined;
  }

  get state(): FeedState {
    return this.shown;
  }

  get updateId(): number {
    return this.sync.book.updateId;
  }

  /** Connected, without a book. */
  get needsSnapshot(): boolean {
    return this.shown !== 'connecting' && !this.hasBook;
  }

  /** Has a book, proven or not, stale or not. */
  get hasBook(): boolean {
    return this.sync.state === 'stale' || this.sync.state === 'live';
  }

  /** Counts the connections; what was asked for under another one is not answered to this one. */
  get session(): number {
    return this.sessions;
  }

  /** A new connection: nothing of the old one is continued. */
  up(generation: number, nowUs: number): void {
    this.generation = generation;
    this.restart(nowUs);
  }

  down(nowUs: number): void {
    this.sessions++;
    this.sync.reset();
    this.proven = false;
    this.ahead = [];
    this.show('connecting', nowUs);
  }

  depth(update: DepthUpdate, generation: number, nowUs: number): void {
    if (generation === this.generation) {
      this.apply(update, nowUs);
      if (this.ahead.length > 0) this.tryHandOver(nowUs);
    } else if (generation > this.generation) {
      this.aheadGeneration = generation;
      this.ahead.push(update);
      this.tryHandOver(nowUs);
    }
  }

  /** The fast path: false when the same message is needed in texts. */
  depthSteps(update: DepthSteps, generation: number, nowUs: number): boolean {
    if (generation !== this.generation || this.ahead.length > 0) return generation < this.generation;
    const outcome = this.sync.applySteps(update);
    if (outcome === 'needsText') return false;
    this.heard(outcome, nowUs);
    return true;
  }

  /** The old socket is gone: what waits is applied, whether it bridges or not. */
  replaced(generation: number, nowUs: number): void {
    if (generation > this.generation) this.handOver(generation, nowUs);
  }

  snapshot(snapshot: DepthSnapshot, nowUs: number): void {
    const outcome = this.sync.offerSnapshot(snapshot);
    if (outcome === 'tooOld') this.needs.wantSnapshot(this);
    else if (outcome === 'broken') this.broken(nowUs);
    else if (outcome === 'live' && this.sync.isVerified) this.publish(nowUs);
  }

  /** Compares a second snapshot with the silent book. Returns false when the venue is ahead of us. */
  compare(snapshot: DepthSnapshot, nowUs: number): boolean {
    if (!this.hasBook) return true;
    if (snapshot.lastUpdateId > this.sync.book.updateId) return false;
    // Nothing changed at the venue either: the instrument is quiet, its book is right.
    this.sync.markQuiet();
    this.heardUs = nowUs;
    this.publish(nowUs);
    return true;
  }

  trade(trade: BinanceTrade, receivedAtUs: number, nowUs: number): void {
    this.tape.traded(trade.tradeId, nowUs);
    if (trade.tradeId <= this.lastTradeId) return;
    this.lastTradeId = trade.tradeId;
    this.listener.onTrade({
      instrumentId: this.instrument.id,
      ticks: stepsOf(trade.price, this.tick),
      lots: stepsOf(trade.quantity, this.lot),
      aggressor: trade.buyerIsMaker ? 'sell' : 'buy',
      tradedAtUs: trade.tradedAtMs * 1_000,
      receivedAtUs,
    });
  }

  /** Microseconds since the book was last heard of. */
  silentUs(nowUs: number): number {
    return this.heardUs === null ? 0 : nowUs - this.heardUs;
  }

  markStale(nowUs: number): void {
    this.sync.markStale();
    this.show('stale', nowUs);
  }

  fail(nowUs: number): void {
    this.show('failed', nowUs);
  }

  /** A restarted venue may count from anywhere. */
  private restart(nowUs: number): void {
    this.sessions++;
    this.sync.reset();
    this.proven = false;
    this.ahead = [];
    this.lastTradeId = -1;
    this.tape.reset();
    this.heardUs = nowUs;
    this.show('unsynchronized', nowUs);
    this.needs.wantSnapshot(this);
  }

  private apply(update: DepthUpdate, nowUs: number): void {
    this.heard(this.sync.apply(update), nowUs);
  }

  private heard(outcome: DepthOutcome, nowUs: number): void {
    this.heardUs = nowUs;
    if (outcome === 'applied') this.publish(nowUs);
    else if (outcome === 'broken') this.broken(nowUs);
  }

  private broken(nowUs: number): void {
    this.proven = false;
    this.needs.problem(this, this.sync.lastProblem ?? 'unknown');
    this.show('unsynchronized', nowUs);
    this.needs.wantSnapshot(this);
  }

  private publish(nowUs: number): void {
    this.proven = true;
    if (this.shown !== 'live') this.show('live', nowUs);
    this.listener.onBook(this.instrument.id, this.sync.book, nowUs);
  }

  private tryHandOver(nowUs: number): void {
    while (this.ahead[0] !== undefined && this.ahead[0].lastUpdateId <= this.sync.book.updateId) this.ahead.shift();
    const [first] = this.ahead;
    const reached = first !== undefined && first.firstUpdateId <= this.sync.book.updateId + 1;
    if (reached) this.handOver(this.aheadGeneration, nowUs);
  }

  private handOver(generation: number, nowUs: number): void {
    this.generation = generation;
    const waiting = this.ahead;
    this.ahead = [];
    if (this.hasBook) this.sync.changeConnection();
    else this.restart(nowUs);
    for (const update of waiting) this.apply(update, nowUs);
  }

  private show(state: FeedState, nowUs: number): void {
    if (state === this.shown) return;
    this.shown = state;
    this.listener.onState(this.instrument.id, state, this.heardUs === null ? null : this.silentUs(nowUs));
  }
}
