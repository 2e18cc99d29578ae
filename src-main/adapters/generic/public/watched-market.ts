import type { BookView } from '../../../engine/domain/book-view.ts';
import { decimal } from '../../../engine/domain/decimal.ts';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import { BAR_INTERVAL_US, type Bar, type BarInterval, type FeedState } from '../../../engine/domain/market.ts';
import { OrderBook } from '../../../engine/market-data/order-book.ts';
import { BookIntegrityError } from '../../../engine/market-data/steps.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import type { FeedListener } from '../../../engine/ports/market-data-feed.ts';
import { BarSequence } from '../../venue-connection/bar-sequence.ts';
import type { CcxtExchange } from '../ccxt-exchange.ts';
import type { ExchangeCalls } from '../exchange-calls.ts';
import { readBook, type Steps, stepsIn } from './book-reading.ts';
import { publicTrades } from './public-replies.ts';

export type WatchedMarketParts = {
  readonly instrument: ListedInstrument;
  readonly interval: BarInterval;
  readonly listener: FeedListener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly calls: () => Promise<ExchangeCalls>;
  readonly barsAfter: (afterUs: number) => Promise<readonly Bar[] | null>;
  /** What is not streamed is asked for; trades are then told by the book alone. */
  readonly hasStreams: { readonly book: boolean; readonly trades: boolean };
};

const STALE_AFTER_US = 10_000_000;
const ASK_EVERY_MS = 2_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** How long after its end a bar is asked for. */
const BAR_GRACE_MS = 1_500;

/** Book, trades and bars of one market, each by a loop of its own that outlives every error. */
export class WatchedMarket {
  /** When its book was last heard of, monotonic microseconds; null before the first. */
  heardUs: number | null = null;
  private readonly parts: WatchedMarketParts;
  private readonly steps: Steps;
  private readonly ledger = new OrderBook();
  private readonly bars: BarSequence;
  private readonly symbol: string;
  private state: FeedState | undefined;
  private isClosed = false;

  constructor(parts: WatchedMarketParts) {
    this.parts = parts;
    const { instrument, interval, listener } = parts;
    this.symbol = instrument.id.split('.')[0] ?? '';
    this.steps = { tick: decimal(instrument.tickSize), lot: decimal(instrument.lotSize) };
    const fill = async (afterUs: number, beforeUs: number | null): Promise<readonly Bar[] | null> => {
      const bars = await parts.barsAfter(afterUs);
      return bars?.filter((bar) => beforeUs === null || bar.openTimeUs < beforeUs) ?? null;
    };
    this.bars = new BarSequence(interval, fill, (bar) => listener.onBarClosed(bar));
  }

  /** Undefined while nothing vouches for it. */
  get liveBook(): BookView | undefined {
    return this.state === 'live' ? this.ledger : undefined;
  }

  start(): void {
    this.become('connecting');
    const { book, trades } = this.parts.hasStreams;
    void this.repeat(
      async (exchange) => {
        const kept = book ? await exchange.watchOrderBook(this.symbol) : await this.asked(exchange);
        this.takeBook(kept);
      },
      () => this.become('unsynchronized'),
    );
    if (trades) void this.repeat(async (exchange) => this.takeTrades(await exchange.watchTrades(this.symbol)));
    this.waitForBar();
  }

  noteHistory(bars: readonly Bar[]): void {
    this.bars.noteHistory(bars);
  }

  look(nowUs: number): void {
    if (this.state === 'live' && nowUs - (this.heardUs ?? 0) > STALE_AFTER_US) this.become('stale');
  }

  close(): void {
    this.isClosed = true;
  }

  /** Also after an await. */
  private get ended(): boolean {
    return this.isClosed;
  }

  private async asked(exchange: CcxtExchange): Promise<unknown> {
    const kept = await exchange.fetchOrderBook(this.symbol);
    await this.pause(ASK_EVERY_MS);
    return kept;
  }

  /** One wake-up after the other; after an error a pause, for a venue that refuses is not asked in a hurry. */
  private async repeat(
    step: (exchange: CcxtExchange) => Promise<void>,
    onError: () => void = () => undefined,
  ): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.isClosed) {
      try {
        await step((await this.parts.calls()).exchange);
        retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (this.ended) return;
        this.parts.logger.warn('market data interrupted', { symbol: this.symbol, problem: String(error) });
        onError();
        await this.pause(retryMs);
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      }
    }
  }

  /** Throws BookIntegrityError. */
  private takeBook(kept: unknown): void {
    if (this.isClosed) return;
    const { listener, clock, instrument } = this.parts;
    readBook(this.ledger, kept, this.steps);
    this.ledger.updateId += 1;
    this.heardUs = clock.monotonicUs();
    this.become('live');
    listener.onBook(instrument.id, this.ledger, this.heardUs);
  }

  private takeTrades(rows: unknown): void {
    const { listener, clock, instrument, logger } = this.parts;
    const trades = publicTrades.safeParse(Array.isArray(rows) ? [...(rows as readonly unknown[])] : rows);
    if (!trades.success) throw new BookIntegrityError('expected trades as ccxt gives them, was otherwise');
    for (const { price, amount, side, timestamp } of trades.data) {
      const ticks = stepsIn(decimal(price), this.steps.tick, side === 'sell' ? 'down' : 'up');
      const lots = stepsIn(decimal(amount), this.steps.lot, 'down');
      if (side === null || lots === 0) {
        logger.debug('trade left out', { symbol: this.symbol, price, amount, side });
        continue;
      }
      const times = { tradedAtUs: Math.round(timestamp * 1_000), receivedAtUs: clock.nowUs() };
      listener.onTrade({ instrumentId: instrument.id, ticks, lots, aggressor: side, ...times });
    }
  }

  /** Bars are asked for at their end: ccxt's stream of them does not say which are closed. */
  private waitForBar(): void {
    const { clock, interval } = this.parts;
    const lengthMs = BAR_INTERVAL_US[interval] / 1_000;
    const intoMs = (clock.nowUs() / 1_000) % lengthMs;
    clock.after(lengthMs - intoMs + BAR_GRACE_MS, () => {
      if (this.isClosed) return;
      this.bars.catchUp();
      this.waitForBar();
    });
  }

  private become(state: FeedState): void {
    if (this.state === state || this.isClosed) return;
    this.state = state;
    const { listener, clock, instrument } = this.parts;
    listener.onState(instrument.id, state, this.heardUs === null ? null : clock.monotonicUs() - this.heardUs);
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.parts.clock.after(ms, resolve));
  }
}
