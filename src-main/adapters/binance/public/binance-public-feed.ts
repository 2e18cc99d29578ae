import type { ListedInstrument } from '../../../engine/domain/events.ts';
import { type InstrumentId, parseInstrumentId } from '../../../engine/domain/identifiers.ts';
import type { Bar, BarInterval, DataOrigin } from '../../../engine/domain/market.ts';
import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import type { FeedListener, MarketDataFeed } from '../../../engine/ports/market-data-feed.ts';
import type { RawCapture } from '../../../engine/ports/raw-capture.ts';
import type { Random } from '../../../engine/ports/random.ts';
import type { QueryFailure } from '../../../engine/ports/venue-gateway.ts';
import type { DepthSnapshot } from '../../../engine/market-data/depth-synchronizer.ts';
import { BookIntegrityError } from '../../../engine/market-data/steps.ts';
import { DecodeFailure, isObject } from '../../decode-failure.ts';
import type { WeightLimiter } from '../weight-limiter.ts';
import { BarSequence } from '../../venue-connection/bar-sequence.ts';
import { type BinanceKline, decodeBinanceEvent, decodeBinanceSnapshot } from './decode.ts';
import { DepthScanner } from './depth-scanner.ts';
import { InstrumentStream } from './instrument-stream.ts';
import { barsAfter, type KlineQuery, recentBars } from './kline-history.ts';
import {
  CONNECTION_TIMING,
  type ConnectionTiming,
  MarketConnection,
} from '../../venue-connection/market-connection.ts';
import { BINANCE_SPOT, type PublicProduct, type StreamKind } from './public-product.ts';
import { createPublicRest, type PublicRest } from './public-rest.ts';
import { SnapshotScheduler } from './snapshot-scheduler.ts';
import { BINANCE_WATCH_TIMING, StreamWatch, type WatchTiming } from './stream-watch.ts';

export type BinancePublicFeedOptions = {
  /** Such as https://api.binance.com and wss://stream.binance.com:9443, without paths. */
  readonly restUrl: string;
  readonly streamUrl: string;
  readonly origin: DataOrigin;
  /** Spot unless told otherwise. */
  readonly product?: PublicProduct;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The ledger of the host, shared with all that talks to it. */
  readonly limiter: WeightLimiter;
  /** Levels of a snapshot; by default as many as a third of a minute's weight allows for all instruments. */
  readonly snapshotLevels?: 100 | 1_000;
  /** What is streamed beside the book; trades and bars unless told otherwise. */
  readonly besideBooks?: readonly ('trade' | 'kline')[];
  /** Where raw messages and the snapshots of books are recorded. */
  readonly capture?: RawCapture;
  readonly connectionTiming?: Partial<ConnectionTiming>;
  readonly watchTiming?: Partial<WatchTiming>;
};

/** Streams on one socket. The venue allows 1,024; fewer lose less when one socket goes. */
const MAX_STREAMS = 200;
type SnapshotLevels = keyof PublicProduct['snapshotWeight'];
/** A second look reads the update id; levels cost nothing less below 100, but bytes. */
const COMPARED_LEVELS = 5;
const START_WEIGHT = 2_000;

export function createBinancePublicFeed(options: BinancePublicFeedOptions): MarketDataFeed {
  return new BinancePublicFeed(options);
}

type Market = {
  readonly stream: InstrumentStream;
  readonly bars: BarSequence;
  /** Sockets that carry its streams, the one of its book first. */
  readonly connections: MarketConnection[];
};

class BinancePublicFeed implements MarketDataFeed {
  readonly origin: DataOrigin;
  private readonly options: BinancePublicFeedOptions;
  private readonly product: PublicProduct;
  private readonly rest: PublicRest;
  private readonly besideBooks: readonly ('trade' | 'kline')[];
  private readonly markets = new Map<string, Market>();
  private readonly symbols = new Map<InstrumentId, string>();
  private readonly connections: MarketConnection[] = [];
  private readonly knownBars = new Map<InstrumentId, readonly Bar[]>();
  private readonly scanner = new DepthScanner();
  private readonly stepsOf = (symbol: string): InstrumentStream | undefined => this.markets.get(symbol)?.stream;
  private scheduler: SnapshotScheduler | undefined;
  private watch: StreamWatch | undefined;
  private listener: FeedListener | undefined;
  private interval: BarInterval = '1m';

  constructor(options: BinancePublicFeedOptions) {
    this.options = options;
    this.origin = options.origin;
    this.product = options.product ?? BINANCE_SPOT;
    this.rest = createPublicRest(options);
    this.besideBooks = options.besideBooks ?? ['trade', 'kline'];
  }

  async start(instruments: readonly ListedInstrument[], interval: BarInterval, listener: FeedListener): Promise<void> {
    const { clock, random, logger } = this.options;
    this.listener = listener;
    this.interval = interval;
    const levels = this.options.snapshotLevels ?? this.defaultLevels(instruments.length);
    const scheduler = new SnapshotScheduler(
      (symbol, purpose) => this.fetchSnapshot(symbol, purpose === 'compare' ? COMPARED_LEVELS : levels),
      {
        deliver: (stream, snapshot, purpose) => {
          logger.debug('snapshot', {
            purpose,
            symbol: stream.instrument.venueSymbol,
            lastUpdateId: snapshot.lastUpdateId,
          });
          if (purpose === 'synchronize') stream.snapshot(snapshot, clock.monotonicUs());
          else this.watch?.compared(stream, snapshot);
        },
        failed: (stream, { detail }) =>
          logger.warn('snapshot failed', { symbol: stream.instrument.venueSymbol, detail }),
      },
      clock,
      random,
    );
    this.scheduler = scheduler;
    for (const instrument of instruments) this.add(instrument, scheduler);
    this.watch = new StreamWatch({
      clock,
      timing: { ...BINANCE_WATCH_TIMING, ...this.options.watchTiming },
      streams: [...this.markets.values()].map(({ stream }) => stream),
      hasTape: this.besideBooks.length === 2,
      compare: (stream) => scheduler.want(stream, 'compare'),
      reconnect: (stream, reason) => this.reconnect(stream.instrument.venueSymbol, reason),
    });
    this.connect(instruments.map(({ venueSymbol }) => venueSymbol));
  }

  async history(
    instrumentId: InstrumentId,
    interval: BarInterval,
    limit: number,
  ): Promise<Result<readonly Bar[], QueryFailure>> {
    const venueSymbol = this.symbols.get(instrumentId) ?? symbolOf(instrumentId);
    if (venueSymbol === null)
      return err({ detail: `expected an instrument id, was ${instrumentId}`, retryAfterMs: null });
    const bars = await recentBars(this.rest, { instrumentId, venueSymbol, interval, ...this.klines() }, limit);
    if (bars.ok && interval === this.interval) {
      this.knownBars.set(instrumentId, bars.value);
      this.markets.get(venueSymbol)?.bars.noteHistory(bars.value);
    }
    return bars;
  }

  book(instrumentId: InstrumentId): ReturnType<MarketDataFeed['book']> {
    return this.markets.get(this.symbols.get(instrumentId) ?? '')?.stream.book;
  }

  async close(): Promise<void> {
    this.scheduler?.close();
    this.watch?.close();
    for (const connection of this.connections) connection.close();
  }

  private add(instrument: ListedInstrument, scheduler: SnapshotScheduler): void {
    const listener = this.mustListener();
    const stream = new InstrumentStream(instrument, listener, {
      wantSnapshot: (of) => scheduler.want(of, 'synchronize'),
      problem: (of, problem) =>
        this.options.logger.warn('order book lost', { symbol: of.instrument.venueSymbol, problem }),
    });
    const query = {
      instrumentId: instrument.id,
      venueSymbol: instrument.venueSymbol,
      interval: this.interval,
      ...this.klines(),
    };
    const bars = new BarSequence(
      this.interval,
      async (afterUs, beforeUs) => this.logged(await barsAfter(this.rest, query, afterUs, beforeUs)),
      (bar) => listener.onBarClosed(bar),
    );
    bars.noteHistory(this.knownBars.get(instrument.id) ?? []);
    this.markets.set(instrument.venueSymbol, { stream, bars, connections: [] });
    this.symbols.set(instrument.id, instrument.venueSymbol);
  }

  private connect(symbols: readonly string[]): void {
    const beside = this.options.besideBooks ?? ['trade', 'kline'];
    const kinds: readonly StreamKind[] = ['depth', ...beside];
    const groupSize = Math.floor(MAX_STREAMS / kinds.length);
    for (let first = 0; first < symbols.length; first += groupSize) {
      const group = symbols.slice(first, first + groupSize);
      const markets = group.map((symbol) => this.markets.get(symbol)).filter((market) => market !== undefined);
      for (const socket of this.product.sockets) {
        const carried = kinds.filter((kind) => socket.carries(kind));
        if (carried.length === 0) continue;
        const names = group.flatMap((symbol) => carried.map((kind) => `${symbol.toLowerCase()}@${this.nameOf(kind)}`));
        const url = `${socket.urlOf(this.options.streamUrl)}?streams=${names.join('/')}`;
        const connection = this.open(url, markets, carried);
        this.connections.push(connection);
        for (const market of markets) market.connections.push(connection);
      }
    }
  }

  private nameOf(kind: StreamKind): string {
    if (kind === 'depth') return 'depth@100ms';
    return kind === 'kline' ? `kline_${this.interval}` : kind;
  }

  /** A tape that fell silent may hang on another socket than the book. */
  private reconnect(venueSymbol: string, reason: string): void {
    for (const connection of this.markets.get(venueSymbol)?.connections ?? []) connection.reconnect(reason);
  }

  private klines(): Pick<KlineQuery, 'path' | 'weight'> {
    return { path: this.product.klinesPath, weight: this.product.klinesWeight };
  }

  private defaultLevels(instruments: number): 100 | 1_000 {
    return instruments * this.product.snapshotWeight[1_000] <= START_WEIGHT ? 1_000 : 100;
  }

  private open(url: string, markets: readonly Market[], carried: readonly StreamKind[]): MarketConnection {
    const { capture, clock, random, logger } = this.options;
    const timing = { ...CONNECTION_TIMING, ...this.options.connectionTiming };
    const hasBooks = carried.includes('depth');
    const hasBars = carried.includes('kline');
    const each = (action: (market: Market, nowUs: number) => void): void => {
      const nowUs = clock.monotonicUs();
      for (const market of markets) action(market, nowUs);
    };
    return new MarketConnection(
      { url, clock, random, logger, timing },
      {
        onUp: (generation) => {
          if (hasBooks) capture?.restarted(markets.map(({ stream }) => stream.instrument.venueSymbol));
          each(({ stream, bars }, nowUs) => {
            if (hasBooks) stream.up(generation, nowUs);
            if (hasBars) bars.catchUp();
          });
        },
        onReplacing: () => logger.info('replacing a market data connection'),
        onReplaced: (generation) =>
          each(({ stream }, nowUs) => {
            if (hasBooks) stream.replaced(generation, nowUs);
          }),
        onDown: () =>
          each(({ stream }, nowUs) => {
            if (hasBooks) stream.down(nowUs);
          }),
        onMessage: (data, generation) => {
          this.message(data, generation);
          capture?.message(data);
        },
      },
    );
  }

  private message(data: Buffer, generation: number): void {
    if (this.scanner.scan(data, this.stepsOf)) {
      const stream = this.markets.get(this.scanner.symbol)?.stream;
      if (stream?.depthSteps(this.scanner.update, generation, this.options.clock.monotonicUs()) === true) return;
    }
    try {
      const message: unknown = JSON.parse(data.toString());
      if (isObject(message) && isObject(message['data'])) this.event(message['data'], generation);
    } catch (error) {
      const known =
        error instanceof DecodeFailure || error instanceof BookIntegrityError || error instanceof SyntaxError;
      if (!known) throw error;
      this.options.logger.warn('market data message refused', { problem: error.message });
    }
  }

  private event(data: Readonly<Record<string, unknown>>, generation: number): void {
    const event = decodeBinanceEvent(data);
    const market = event.symbol === null ? undefined : this.markets.get(event.symbol);
    if (market === undefined) return;
    const { clock } = this.options;
    if (event.kind === 'depth') market.stream.depth(event.update, generation, clock.monotonicUs());
    else if (event.kind === 'trade') market.stream.trade(event.trade, clock.nowUs(), clock.monotonicUs());
    else if (event.kind === 'kline') this.kline(market, event.kline);
  }

  private kline(market: Market, kline: BinanceKline): void {
    if (kline.interval !== this.interval) return;
    market.stream.tape.barred(kline.lastTradeId, this.options.clock.monotonicUs());
    const bar: Bar = {
      ...{ instrumentId: market.stream.instrument.id, interval: this.interval, openTimeUs: kline.openTimeMs * 1_000 },
      ...{ open: kline.open, high: kline.high, low: kline.low, close: kline.close, volume: kline.volume },
    };
    if (kline.isClosed) market.bars.closed(bar);
    else this.mustListener().onBarChanged(bar);
  }

  private async fetchSnapshot(symbol: string, levels: SnapshotLevels): Promise<Result<DepthSnapshot, QueryFailure>> {
    const reply = await this.rest.get(
      this.product.depthPath,
      { symbol, limit: levels },
      this.product.snapshotWeight[levels],
    );
    if (!reply.ok) return reply;
    this.record(symbol, levels, reply.value);
    try {
      return ok(decodeBinanceSnapshot(reply.value));
    } catch (error) {
      if (!(error instanceof DecodeFailure)) throw error;
      return err({ detail: error.message, retryAfterMs: null });
    }
  }

  /** A second look starts no book. Ids are integers and prices text, so that the body written again says the same. */
  private record(symbol: string, levels: SnapshotLevels, body: unknown): void {
    const { capture, restUrl } = this.options;
    if (capture === undefined || levels === COMPARED_LEVELS) return;
    capture.reply(
      `${new URL(this.product.depthPath, restUrl).href}?symbol=${symbol}&limit=${levels}`,
      JSON.stringify(body),
    );
  }

  private logged(bars: Result<readonly Bar[], QueryFailure>): readonly Bar[] | null {
    if (bars.ok) return bars.value;
    this.options.logger.warn('missed bars could not be fetched', { detail: bars.error.detail });
    return null;
  }

  private mustListener(): FeedListener {
    if (this.listener === undefined) throw new Error('expected a started feed, was none');
    return this.listener;
  }
}

/** Binance's symbol is base and quote in one. */
function symbolOf(instrumentId: InstrumentId): string | null {
  const parts = parseInstrumentId(instrumentId);
  return parts.ok ? parts.value.base + parts.value.quote : null;
}
