import type { BookView } from '../../../engine/domain/book-view.ts';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import type { FeedState } from '../../../engine/domain/market.ts';
import { ChecksumBook, type ChecksumMessage, type PrintedScale } from '../../../engine/market-data/checksum-book.ts';
import { stepSize, stepsOf } from '../../../engine/market-data/steps.ts';
import type { FeedListener } from '../../../engine/ports/market-data-feed.ts';

export type BookTiming = {
  /** Silence after which a book is asked for anew: the fresh snapshot tells a quiet market from a dead stream. */
  readonly probeAfterMs: number;
  /** Without that snapshot by then the stream is dead. */
  readonly answerWithinMs: number;
  /** A connected book exists by then, or is shown as failed. */
  readonly verifyWithinMs: number;
};

export const KRAKEN_BOOK_TIMING: BookTiming = { probeAfterMs: 5_000, answerWithinMs: 5_000, verifyWithinMs: 30_000 };

export type BookStreamParts = {
  readonly instrument: ListedInstrument;
  readonly printed: PrintedScale;
  readonly depth: number;
  readonly timing: BookTiming;
  readonly listener: FeedListener;
};

export type Look = 'fine' | 'ask' | 'dead';

/** The book and the trades of one instrument, and how fresh they are. */
export class BookStream {
  readonly instrument: ListedInstrument;
  private readonly listener: FeedListener;
  private readonly timing: BookTiming;
  private readonly sync: ChecksumBook;
  private shown: FeedState = 'connecting';
  private heardUs: number | null = null;
  private askedUs: number | null = null;
  private connectedUs = 0;
  private lastTradeId = -1;

  constructor({ instrument, printed, depth, timing, listener }: BookStreamParts) {
    this.instrument = instrument;
    this.listener = listener;
    this.timing = timing;
    const [tick, lot] = [stepSize(instrument.tickSize), stepSize(instrument.lotSize)];
    this.sync = new ChecksumBook({ depth, tick, lot, printed });
  }

  /** Undefined while the book is not live. */
  get book(): BookView | undefined {
    return this.sync.isLive && (this.shown === 'live' || this.shown === 'stale') ? this.sync.book : undefined;
  }

  get problem(): string | null {
    return this.sync.lastProblem;
  }

  up(nowUs: number): void {
    this.askedUs = nowUs;
    this.connectedUs = nowUs;
    this.lastTradeId = -1;
    this.show('unsynchronized', nowUs);
  }

  down(nowUs: number): void {
    this.askedUs = null;
    this.show('connecting', nowUs);
  }

  /** False when the book is lost and has to be asked for. */
  apply(message: ChecksumMessage, nowUs: number): boolean {
    // Updates of a subscription that ended belong to a book that was given up.
    if (this.shown === 'unsynchronized' && message.kind === 'update') return true;
    const outcome = this.sync.apply(message);
    this.heardUs = nowUs;
    if (outcome === 'discarded') return true;
    if (outcome !== 'applied') {
      this.show('unsynchronized', nowUs);
      return false;
    }
    if (message.kind === 'snapshot') this.askedUs = null;
    this.show('live', nowUs);
    this.listener.onBook(this.instrument.id, this.sync.book, nowUs);
    return true;
  }

  trade(trade: PublicTradeRow, receivedAtUs: number): void {
    if (trade.tradeId <= this.lastTradeId) return;
    this.lastTradeId = trade.tradeId;
    this.listener.onTrade({
      instrumentId: this.instrument.id,
      ticks: stepsOf(trade.price, stepSize(this.instrument.tickSize)),
      lots: stepsOf(trade.quantity, stepSize(this.instrument.lotSize)),
      aggressor: trade.side,
      tradedAtUs: trade.atUs,
      receivedAtUs,
    });
  }

  asked(nowUs: number): void {
    this.askedUs ??= nowUs;
  }

  /** What silence asks for now. */
  look(nowUs: number): Look {
    if (this.shown === 'connecting') return 'fine';
    if (this.book === undefined && nowUs - this.connectedUs > this.timing.verifyWithinMs * 1000)
      this.show('failed', nowUs);
    if (this.askedUs !== null && nowUs - this.askedUs > this.timing.answerWithinMs * 1000) {
      if (this.shown === 'live') this.show('stale', nowUs);
      return 'dead';
    }
    const silentUs = this.heardUs === null ? 0 : nowUs - this.heardUs;
    return this.askedUs === null && silentUs > this.timing.probeAfterMs * 1000 ? 'ask' : 'fine';
  }

  private show(state: FeedState, nowUs: number): void {
    if (state === this.shown) return;
    this.shown = state;
    this.listener.onState(this.instrument.id, state, this.heardUs === null ? null : nowUs - this.heardUs);
  }
}

export type PublicTradeRow = {
  readonly tradeId: number;
  readonly price: string;
  readonly quantity: string;
  readonly side: 'buy' | 'sell';
  readonly atUs: number;
};
