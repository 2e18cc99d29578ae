import type { BookView } from '../../../engine/domain/book-view.ts';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import type { GenericVenue } from '../../../engine/domain/generic-venues.ts';
import type { InstrumentId } from '../../../engine/domain/identifiers.ts';
import { BAR_INTERVAL_US, type Bar, type BarInterval, type DataOrigin } from '../../../engine/domain/market.ts';
import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import type { FeedListener, MarketDataFeed } from '../../../engine/ports/market-data-feed.ts';
import type { QueryFailure } from '../../../engine/ports/venue-gateway.ts';
import { type CcxtClass, type CcxtExchange, loadCcxtClass } from '../ccxt-exchange.ts';
import { ExchangeCalls } from '../exchange-calls.ts';
import { barOf, bars } from './public-replies.ts';
import { WatchedMarket } from './watched-market.ts';

export type GenericFeedOptions = {
  readonly venue: GenericVenue;
  readonly origin: DataOrigin;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The class of ccxt; that of the venue when absent. */
  readonly load?: (id: string) => Promise<CcxtClass>;
  /** Points it at another host than the venue's, such as a practice exchange. */
  readonly pointAt?: (exchange: CcxtExchange) => void;
};

const LOOK_EVERY_MS = 500;
/** All markets silent for this long: the sockets are given up, for a stream that hangs tells no error. */
const DEAD_AFTER_US = 60_000_000;

/**
 * Public data of a venue that ccxt alone knows: books as ccxt keeps them, trades, and bars that are asked for. Nothing proves
 * that a book is whole; one that is not heard of is stale.
 */
export const createGenericFeed = (options: GenericFeedOptions): MarketDataFeed => new GenericFeed(options);

class GenericFeed implements MarketDataFeed {
  readonly origin: DataOrigin;
  private readonly options: GenericFeedOptions;
  private readonly markets = new Map<InstrumentId, WatchedMarket>();
  private readonly knownBars = new Map<InstrumentId, readonly Bar[]>();
  private opened: Promise<ExchangeCalls> | undefined;
  private interval: BarInterval = '1m';
  private stopLooking: () => void = () => undefined;
  private restartedUs = 0;

  constructor(options: GenericFeedOptions) {
    this.options = options;
    this.origin = options.origin;
  }

  /** Does not wait for the venue: each market says when it is live. */
  async start(instruments: readonly ListedInstrument[], interval: BarInterval, listener: FeedListener): Promise<void> {
    const { clock, logger } = this.options;
    this.interval = interval;
    const calls = await this.calls();
    this.restartedUs = clock.monotonicUs();
    for (const instrument of instruments) {
      const market = new WatchedMarket({
        ...{ instrument, interval, listener, clock, logger, calls: () => this.calls() },
        barsAfter: (afterUs) => this.barsAfter(instrument.id, interval, afterUs),
        hasStreams: {
          book: calls.exchange.has['watchOrderBook'] === true,
          trades: calls.exchange.has['watchTrades'] === true,
        },
      });
      market.noteHistory(this.knownBars.get(instrument.id) ?? []);
      this.markets.set(instrument.id, market);
      market.start();
    }
    this.stopLooking = clock.every(LOOK_EVERY_MS, () => this.look());
  }

  async history(id: InstrumentId, interval: BarInterval, limit: number): Promise<Result<readonly Bar[], QueryFailure>> {
    const closed = await this.barsOf(id, interval, limit + 1);
    if (!closed.ok) return closed;
    const wanted = closed.value.slice(-limit);
    if (interval === this.interval) {
      this.knownBars.set(id, wanted);
      this.markets.get(id)?.noteHistory(wanted);
    }
    return ok(wanted);
  }

  book(instrumentId: InstrumentId): BookView | undefined {
    return this.markets.get(instrumentId)?.liveBook;
  }

  async close(): Promise<void> {
    this.stopLooking();
    for (const market of this.markets.values()) market.close();
    await this.opened?.then((calls) => calls.close());
  }

  private look(): void {
    const nowUs = this.options.clock.monotonicUs();
    let lastHeardUs = this.restartedUs;
    for (const market of this.markets.values()) {
      market.look(nowUs);
      lastHeardUs = Math.max(lastHeardUs, market.heardUs ?? 0);
    }
    if (this.markets.size === 0 || nowUs - lastHeardUs < DEAD_AFTER_US) return;
    this.restartedUs = nowUs;
    this.options.logger.warn('market data silent, sockets given up', { venue: this.options.venue });
    const silent = this.opened;
    this.opened = undefined;
    void silent?.then((calls) => calls.close());
  }

  /** One object for all markets, made anew after its sockets were given up. */
  private calls(): Promise<ExchangeCalls> {
    const { venue, clock, load = loadCcxtClass, pointAt } = this.options;
    this.opened ??= load(venue.toLowerCase()).then(
      (type) => new ExchangeCalls(type, { clock, credentials: null, numbers: 'float', ...(pointAt && { pointAt }) }),
    );
    return this.opened;
  }

  private async barsAfter(id: InstrumentId, interval: BarInterval, afterUs: number): Promise<readonly Bar[] | null> {
    const missing = Math.ceil((this.options.clock.nowUs() - afterUs) / BAR_INTERVAL_US[interval]);
    const closed = await this.barsOf(id, interval, Math.min(Math.max(missing, 2), 500));
    return closed.ok ? closed.value.filter(({ openTimeUs }) => openTimeUs > afterUs) : null;
  }

  /** Closed ones, oldest first; the venue's last row is still open. */
  private async barsOf(
    id: InstrumentId,
    interval: BarInterval,
    limit: number,
  ): Promise<Result<readonly Bar[], QueryFailure>> {
    const symbol = symbolOf(id);
    const calls = await this.calls();
    const reply = await calls.call((exchange) => exchange.fetchOHLCV(symbol, interval, undefined, limit));
    if (!reply.ok) return err({ detail: reply.error.message, retryAfterMs: reply.error.retryAfterMs });
    const rows = bars.safeParse(reply.value);
    if (!rows.success)
      return err({ detail: `expected bars of ${symbol} as ccxt gives them, was otherwise`, retryAfterMs: null });
    return ok(rows.data.slice(0, -1).map((row) => barOf(row, id, interval)));
  }
}

/** ccxt's name of a spot market. */
const symbolOf = (id: InstrumentId): string => id.split('.')[0] ?? id;
