import type { BookView } from '../../../engine/domain/book-view.ts';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import { type InstrumentId, parseInstrumentId } from '../../../engine/domain/identifiers.ts';
import { BAR_INTERVAL_US, type Bar, type BarInterval, type DataOrigin } from '../../../engine/domain/market.ts';
import { ensure, err, ok, type Result } from '../../../engine/domain/result.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import type { FeedListener, MarketDataFeed } from '../../../engine/ports/market-data-feed.ts';
import type { RawCapture } from '../../../engine/ports/raw-capture.ts';
import type { Random } from '../../../engine/ports/random.ts';
import type { QueryFailure } from '../../../engine/ports/venue-gateway.ts';
import { BarSequence } from '../../venue-connection/bar-sequence.ts';
import { CONNECTION_TIMING, MarketConnection } from '../../venue-connection/market-connection.ts';
import { DecodeFailure, isObject, type JsonObject } from '../../decode-failure.ts';
import { decodeKrakenV2, quoteV2Numbers } from '../decode.ts';
import { parseExact } from '../exact-json.ts';
import { BookStream, type BookTiming, KRAKEN_BOOK_TIMING } from './book-stream.ts';
import { BookIntegrityError } from '../../../engine/market-data/steps.ts';
import { barsAfter, getPublic, minutesOf } from './public-rest.ts';
import { ohlcRows, printedDigits, tradeRows } from './public-schemas.ts';

export type KrakenPublicFeedOptions = {
  /** Such as https://api.kraken.com, without a path. */
  readonly restUrl: string;
  /** Such as wss://ws.kraken.com/v2. */
  readonly streamUrl: string;
  readonly origin: DataOrigin;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Where raw messages are recorded. */
  readonly capture?: RawCapture;
  readonly depth?: 10 | 25 | 100 | 500 | 1000;
  readonly bookTiming?: Partial<BookTiming>;
};

const STANDARD_DEPTH = 100;
const WATCH_EVERY_MS = 500;
const BOOK_START = '{"channel":"book"';
/** How long after its end a bar can still change. */
const BAR_GRACE_US = 1_000_000;

/** Kraken's public data on WebSocket v2: books proven by their checksum in each message, trades and bars. */
export const createKrakenPublicFeed = (options: KrakenPublicFeedOptions): MarketDataFeed =>
  new KrakenPublicFeed(options);

type Market = { readonly stream: BookStream; readonly bars: BarSequence; forming: Bar | null };

class KrakenPublicFeed implements MarketDataFeed {
  readonly origin: DataOrigin;
  private readonly options: KrakenPublicFeedOptions;
  private readonly depth: number;
  private readonly markets = new Map<string, Market>();
  private readonly knownBars = new Map<InstrumentId, readonly Bar[]>();
  private connection: MarketConnection | undefined;
  private listener: FeedListener | undefined;
  private interval: BarInterval = '1m';
  private venueUs = 0;
  private stopWatch: () => void = () => undefined;

  constructor(options: KrakenPublicFeedOptions) {
    this.options = options;
    this.origin = options.origin;
    this.depth = options.depth ?? STANDARD_DEPTH;
  }

  /** Rejects when the digits that the venue prints, which enter its checksums, cannot be had. */
  async start(instruments: readonly ListedInstrument[], interval: BarInterval, listener: FeedListener): Promise<void> {
    const { restUrl, streamUrl: url, capture, clock, random, logger } = this.options;
    this.listener = listener;
    this.interval = interval;
    const digits = await getPublic(restUrl, 'AssetPairs', {}, printedDigits);
    if (!digits.ok) throw new Error(digits.error.detail);
    for (const instrument of instruments) {
      const pair = ensure(digits.value[instrument.venueSymbol], `a pair named ${instrument.venueSymbol}`);
      this.add(instrument, { price: pair.pair_decimals, quantity: pair.lot_decimals });
    }
    this.connection = new MarketConnection(
      { url, clock, random, logger, timing: CONNECTION_TIMING },
      {
        onUp: () => this.up(),
        // The old socket goes on until it is replaced; books then start anew.
        onReplacing: () => undefined,
        onReplaced: () => this.up(),
        onDown: () => this.each(({ stream }, nowUs) => stream.down(nowUs)),
        onMessage: (data, generation) => {
          if (generation !== this.connection?.generation) return;
          this.message(data.toString());
          capture?.message(data);
        },
      },
    );
    this.stopWatch = clock.every(WATCH_EVERY_MS, () => this.watch());
  }

  async history(
    instrumentId: InstrumentId,
    interval: BarInterval,
    limit: number,
  ): Promise<Result<readonly Bar[], QueryFailure>> {
    const name = v2NameOf(instrumentId);
    if (name === null) return err({ detail: `expected an instrument id, was ${instrumentId}`, retryAfterMs: null });
    const bars = await barsAfter(this.options.restUrl, { instrumentId, pair: name, interval }, 0);
    if (!bars.ok) return bars;
    const wanted = bars.value.slice(-limit);
    if (interval === this.interval) {
      this.knownBars.set(instrumentId, wanted);
      this.markets.get(name)?.bars.noteHistory(wanted);
    }
    return ok(wanted);
  }

  book(instrumentId: InstrumentId): BookView | undefined {
    return this.markets.get(v2NameOf(instrumentId) ?? '')?.stream.book;
  }

  async close(): Promise<void> {
    this.stopWatch();
    this.connection?.close();
  }

  private add(instrument: ListedInstrument, printed: { readonly price: number; readonly quantity: number }): void {
    const { restUrl, logger } = this.options;
    const listener = ensure(this.listener, 'a listener');
    const name = ensure(v2NameOf(instrument.id) ?? undefined, 'a pair of Kraken');
    const query = { instrumentId: instrument.id, pair: instrument.venueSymbol, interval: this.interval };
    const fill = async (afterUs: number, beforeUs: number | null): Promise<readonly Bar[] | null> => {
      const bars = await barsAfter(restUrl, query, afterUs);
      if (bars.ok) return bars.value.filter((bar) => beforeUs === null || bar.openTimeUs < beforeUs);
      logger.warn('missed bars could not be fetched', { detail: bars.error.detail });
      return null;
    };
    const bars = new BarSequence(this.interval, fill, (bar) => listener.onBarClosed(bar));
    bars.noteHistory(this.knownBars.get(instrument.id) ?? []);
    const stream = new BookStream({
      instrument,
      printed,
      depth: this.depth,
      timing: { ...KRAKEN_BOOK_TIMING, ...this.options.bookTiming },
      listener,
    });
    this.markets.set(name, { stream, bars, forming: null });
  }

  private up(): void {
    const symbol = [...this.markets.keys()];
    this.each((market, nowUs) => {
      market.stream.up(nowUs);
      market.forming = null;
      market.bars.catchUp();
    });
    this.subscribe('subscribe', { channel: 'book', depth: this.depth, symbol });
    this.subscribe('subscribe', { channel: 'trade', snapshot: false, symbol });
    this.subscribe('subscribe', { channel: 'ohlc', interval: minutesOf(this.interval), snapshot: false, symbol });
  }

  private subscribe(method: 'subscribe' | 'unsubscribe', params: object): void {
    this.connection?.send(JSON.stringify({ method, params }));
  }

  /** A fresh snapshot comes only with a new subscription. */
  private askAgain(name: string, { stream }: Market): void {
    stream.asked(this.options.clock.monotonicUs());
    const params = { channel: 'book', depth: this.depth, symbol: [name] };
    this.subscribe('unsubscribe', params);
    this.subscribe('subscribe', params);
  }

  private watch(): void {
    const nowUs = this.options.clock.monotonicUs();
    for (const [name, market] of this.markets) {
      const look = market.stream.look(nowUs);
      if (look === 'ask') this.askAgain(name, market);
      if (look !== 'dead') continue;
      this.connection?.reconnect(`no book of ${name} although it was asked for`);
      return;
    }
  }

  private message(text: string): void {
    try {
      if (text.startsWith(BOOK_START)) this.books(JSON.parse(quoteV2Numbers(text)));
      else this.other(parseExact(text));
    } catch (error) {
      if (![DecodeFailure, BookIntegrityError, SyntaxError, RangeError].some((kind) => error instanceof kind))
        throw error;
      this.options.logger.warn('market data message refused', { problem: (error as Error).message });
    }
  }

  private books(message: unknown): void {
    if (!isObject(message)) return;
    for (const event of decodeKrakenV2(message, this.depth)) {
      const market = event.kind === 'book' ? this.markets.get(event.symbol) : undefined;
      if (event.kind !== 'book' || market === undefined) continue;
      if (market.stream.apply(event.message, this.options.clock.monotonicUs())) continue;
      this.options.logger.warn('order book lost', { symbol: event.symbol, problem: market.stream.problem });
      this.askAgain(event.symbol, market);
    }
    const [first] = Array.isArray(message['data']) ? (message['data'] as unknown[]) : [];
    if (isObject(first) && typeof first['timestamp'] === 'string')
      this.noteVenueTime(Date.parse(first['timestamp']) * 1000);
  }

  private other(message: JsonObject | undefined): void {
    if (message?.['channel'] === 'trade') this.trades(message['data']);
    else if (message?.['channel'] === 'ohlc') this.ohlc(message['data']);
    else if (message?.['success'] === false)
      this.options.logger.warn('subscription refused', { error: message['error'] });
  }

  private trades(data: unknown): void {
    const rows = tradeRows.safeParse(data);
    if (!rows.success) throw new DecodeFailure('expected trades as documented, was otherwise');
    for (const { symbol, side, price, qty: quantity, trade_id: tradeId, timestamp } of rows.data) {
      const atUs = Math.round(Date.parse(timestamp) * 1000);
      this.markets.get(symbol)?.stream.trade({ tradeId, price, quantity, side, atUs }, this.options.clock.nowUs());
    }
  }

  private ohlc(data: unknown): void {
    const rows = ohlcRows.safeParse(data);
    if (!rows.success) throw new DecodeFailure('expected bars as documented, was otherwise');
    for (const row of rows.data) {
      const market = this.markets.get(row.symbol);
      if (market === undefined || row.interval !== minutesOf(this.interval)) continue;
      const { open, high, low, close, volume } = row;
      const openTimeUs = Date.parse(row.interval_begin.replace(/\.(\d{3})\d*Z$/, '.$1Z')) * 1000;
      const { id: instrumentId } = market.stream.instrument;
      const bar: Bar = { instrumentId, interval: this.interval, openTimeUs, open, high, low, close, volume };
      if (market.forming !== null && market.forming.openTimeUs !== openTimeUs) this.finish(market);
      market.forming = bar;
      this.listener?.onBarChanged(bar);
    }
  }

  /** The venue does not say that a bar has closed: its clock, or the next bar, does. */
  private noteVenueTime(atUs: number): void {
    if (!(atUs > this.venueUs)) return;
    this.venueUs = atUs;
    for (const market of this.markets.values()) {
      const { forming } = market;
      if (forming === null) continue;
      if (forming.openTimeUs + BAR_INTERVAL_US[this.interval] + BAR_GRACE_US < atUs) this.finish(market);
    }
  }

  private finish(market: Market): void {
    const { forming } = market;
    market.forming = null;
    if (forming !== null) market.bars.closed(forming);
  }

  private each(action: (market: Market, nowUs: number) => void): void {
    const nowUs = this.options.clock.monotonicUs();
    for (const market of this.markets.values()) action(market, nowUs);
  }
}

/** `BTC/USDT` is the pair's name on WebSocket v2, and REST knows it too. */
function v2NameOf(instrumentId: InstrumentId): string | null {
  const parts = parseInstrumentId(instrumentId);
  return parts.ok ? `${parts.value.base}/${parts.value.quote}` : null;
}
