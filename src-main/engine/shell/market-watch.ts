import { decimal, formatDecimal, type DecimalText } from '../domain/decimal.ts';
import type { EngineInput, InstrumentPrices, ListedInstrument, RoutableMarket } from '../domain/events.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import type { Bar, BarInterval, FeedState, OtherVenuePrice, PriceReference } from '../domain/market.ts';
import { SilenceMeter } from '../market-data/silence-meter.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { FeedListener, MarketDataFeed, PublicTrade } from '../ports/market-data-feed.ts';

type Extreme = { readonly ticks: number; readonly atUs: number };

type Watched = {
  readonly listed: ListedInstrument;
  readonly feed: MarketDataFeed;
  bookAtUs: number | null;
  lastTicks: number | null;
  lastTradeAtUs: number | null;
  /** Extremes since they were last taken. */
  low: Extreme | null;
  high: Extreme | null;
  barClose: DecimalText | null;
  barCloseAtUs: number | null;
  state: FeedState | null;
  /** Bars that closed while history was loading; null once it is there. */
  held: Bar[] | null;
};

export type MarketWatchParts = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dispatch: (input: EngineInput) => void;
};

/** Prices are taken each second; a range that nobody took says nothing about now. */
const RANGE_US = 2_000_000;
const HISTORY_ATTEMPTS = 3;
const LOOK_EVERY_MS = 250;
/** Hundreds of histories at once would keep heartbeats and stops waiting behind their bars. */
const WARM_UPS_AT_ONCE = 8;
const NOTHING: PriceReference = {
  bid: null,
  bidQuantity: null,
  ask: null,
  askQuantity: null,
  bookAgeUs: null,
  lastTrade: null,
  lastTradeAgeUs: null,
  barClose: null,
  barCloseAgeUs: null,
};

/** Watches the feeds for the core: prices with their ages, closed bars, states. */
export class MarketWatch {
  private readonly parts: MarketWatchParts;
  private readonly watched = new Map<InstrumentId, Watched>();
  private readonly silence = new SilenceMeter();
  /** Markets on other venues with the same underlying, quote asset and product. */
  private readonly twins = new Map<InstrumentId, readonly InstrumentId[]>();
  private stopLooking: () => void = () => undefined;

  constructor(parts: MarketWatchParts) {
    this.parts = parts;
  }

  /** Live bars are held back until the history before them was applied. */
  async start(
    feed: MarketDataFeed,
    instruments: readonly ListedInstrument[],
    history: { readonly interval: BarInterval; readonly bars: number },
  ): Promise<void> {
    for (const listed of instruments) this.watch(listed, feed);
    this.findTwins();
    this.stopLooking();
    this.stopLooking = this.parts.clock.every(LOOK_EVERY_MS, () => this.lookForSilence());
    await feed.start(instruments, history.interval, this.listener());
    const waiting = instruments.map(({ id }) => id);
    const warmUpNext = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await this.warmUp(id, feed, history);
    };
    await Promise.all(Array.from({ length: WARM_UPS_AT_ONCE }, warmUpNext));
  }

  /** Prices of an instrument with their ages, as of now; all null when it is not watched. */
  reference(id: InstrumentId): PriceReference {
    const watched = this.watched.get(id);
    if (watched === undefined) return NOTHING;
    const { listed, lastTicks, barClose } = watched;
    const otherVenue = this.otherVenue(id);
    const book = watched.feed.book(id);
    const bid = book?.bestBid();
    const ask = book?.bestAsk();
    return {
      bid: bid === undefined ? null : inUnits(bid.ticks, listed.tickSize),
      bidQuantity: bid === undefined ? null : inUnits(bid.lots, listed.lotSize),
      ask: ask === undefined ? null : inUnits(ask.ticks, listed.tickSize),
      askQuantity: ask === undefined ? null : inUnits(ask.lots, listed.lotSize),
      bookAgeUs: book === undefined ? null : this.ageOf(watched.bookAtUs),
      lastTrade: lastTicks === null ? null : inUnits(lastTicks, listed.tickSize),
      lastTradeAgeUs: this.ageOf(watched.lastTradeAtUs),
      barClose,
      barCloseAgeUs: this.ageOf(watched.barCloseAtUs),
      ...(otherVenue === null ? {} : { otherVenue }),
    };
  }

  /** Prices as of now, with the range of the public trades since this was last asked for. */
  takePrices(instrumentId: InstrumentId): InstrumentPrices {
    const reference = this.reference(instrumentId);
    const watched = this.watched.get(instrumentId);
    if (watched === undefined || watched.low === null || watched.high === null) return { instrumentId, reference };
    const { low, high, listed } = watched;
    watched.low = null;
    watched.high = null;
    const told = ({ ticks, atUs }: Extreme) => ({
      price: inUnits(ticks, listed.tickSize),
      ageUs: this.ageOf(atUs) ?? 0,
    });
    return { instrumentId, reference, traded: { low: told(low), high: told(high) } };
  }

  close(): void {
    this.stopLooking();
  }

  /** The instrument and its twins on other venues, each with the asks it shows; those without a book are left out. */
  routable(id: InstrumentId): readonly RoutableMarket[] {
    return [id, ...(this.twins.get(id) ?? [])].flatMap((instrumentId) => {
      const watched = this.watched.get(instrumentId);
      const asks = watched === undefined ? [] : asksOf(watched);
      return asks.length === 0 ? [] : [{ instrumentId, asks, reference: this.reference(instrumentId) }];
    });
  }

  private watch(listed: ListedInstrument, feed: MarketDataFeed): void {
    this.watched.set(listed.id, newlyWatched(listed, feed));
    this.silence.add(listed.id, instrumentOf(listed).venue, this.parts.clock.monotonicUs());
  }

  private findTwins(): void {
    const groups = Map.groupBy(this.watched.values(), ({ listed }) => {
      const { underlying, quote, product } = instrumentOf(listed);
      return `${underlying}/${quote}.${product}`;
    });
    for (const group of groups.values()) {
      for (const { listed } of group) {
        const others = group.filter((other) => instrumentOf(other.listed).venue !== instrumentOf(listed).venue);
        const ids = others.map((other) => other.listed.id);
        if (ids.length > 0) this.twins.set(listed.id, ids);
      }
    }
  }

  private lookForSilence(): void {
    const nowUs = this.parts.clock.monotonicUs();
    for (const { venue, silentUs } of this.silence.look(nowUs)) {
      this.parts.dispatch({ kind: 'venue.silence', venue, silentUs: silentUs === null ? null : Math.round(silentUs) });
    }
  }

  /** The youngest book of a twin; null where no other venue has one. */
  private otherVenue(id: InstrumentId): OtherVenuePrice | null {
    const twins = this.twins.get(id);
    if (twins === undefined) return null;
    const books = twins.map((twin) => this.bookOf(twin)).filter((book) => book !== null);
    const [youngest] = books.sort((a, b) => a.ageUs - b.ageUs);
    if (youngest === undefined) return null;
    return { ...youngest, standsIn: !this.isHeard(id) && this.isHeard(youngest.instrumentId) };
  }

  private bookOf(instrumentId: InstrumentId): Omit<OtherVenuePrice, 'standsIn'> | null {
    const watched = this.watched.get(instrumentId);
    const book = watched?.feed.book(instrumentId);
    const [bid, ask, ageUs] = [book?.bestBid(), book?.bestAsk(), this.ageOf(watched?.bookAtUs ?? null)];
    if (watched === undefined || bid === undefined || ask === undefined || ageUs === null) return null;
    const { tickSize } = watched.listed;
    return { instrumentId, bid: inUnits(bid.ticks, tickSize), ask: inUnits(ask.ticks, tickSize), ageUs };
  }

  private isHeard(id: InstrumentId): boolean {
    const hasBook = this.watched.get(id)?.feed.book(id) !== undefined;
    return hasBook && !this.silence.isSilent(id, this.parts.clock.monotonicUs());
  }

  private ageOf(atUs: number | null): number | null {
    return atUs === null ? null : Math.max(0, Math.round(this.parts.clock.monotonicUs() - atUs));
  }

  private listener(): FeedListener {
    return {
      onBook: (id, _book, receivedMonotonicUs) => {
        const watched = this.watched.get(id);
        if (watched !== undefined) watched.bookAtUs = receivedMonotonicUs;
        this.silence.heard(id, receivedMonotonicUs);
      },
      onTrade: (trade) => this.noteTrade(trade),
      onBarClosed: (bar) => this.closeBar(bar, false),
      onBarChanged: () => undefined,
      onState: (id, state, ageUs) => this.noteState(id, state, ageUs),
    };
  }

  private noteTrade({ instrumentId, ticks }: PublicTrade): void {
    const watched = this.watched.get(instrumentId);
    if (watched === undefined) return;
    watched.lastTicks = ticks;
    const atUs = this.parts.clock.monotonicUs();
    watched.lastTradeAtUs = atUs;
    const { low, high } = watched;
    if (low === null || ticks <= low.ticks || atUs - low.atUs > RANGE_US) watched.low = { ticks, atUs };
    if (high === null || ticks >= high.ticks || atUs - high.atUs > RANGE_US) watched.high = { ticks, atUs };
  }

  private noteState(instrumentId: InstrumentId, state: FeedState, ageUs: number | null): void {
    const watched = this.watched.get(instrumentId);
    if (watched === undefined || watched.state === state) return;
    watched.state = state;
    this.parts.dispatch({ kind: 'feed.changed', instrumentId, state, ageUs });
  }

  private closeBar(bar: Bar, warmUp: boolean): void {
    const watched = this.watched.get(bar.instrumentId);
    if (watched === undefined) return;
    if (watched.held !== null && !warmUp) {
      watched.held.push(bar);
      return;
    }
    watched.barClose = bar.close;
    watched.barCloseAtUs = this.parts.clock.monotonicUs();
    const reference = warmUp ? { ...NOTHING, barClose: bar.close } : this.reference(bar.instrumentId);
    this.parts.dispatch({ kind: 'bar.closed', bar, reference, warmUp });
  }

  private async warmUp(
    id: InstrumentId,
    feed: MarketDataFeed,
    { interval, bars }: { readonly interval: BarInterval; readonly bars: number },
  ): Promise<void> {
    const watched = this.watched.get(id);
    if (watched === undefined) return;
    for (const bar of await this.history(id, feed, interval, bars)) this.closeBar(bar, true);
    const held = watched.held ?? [];
    watched.held = null;
    // Closed while loading: known late, so they warm up and do not trade.
    for (const bar of held) this.closeBar(bar, true);
  }

  private async history(
    id: InstrumentId,
    feed: MarketDataFeed,
    interval: BarInterval,
    bars: number,
  ): Promise<readonly Bar[]> {
    let detail = '';
    for (let attempt = 0; attempt < HISTORY_ATTEMPTS; attempt++) {
      const history = await feed.history(id, interval, bars);
      if (history.ok) return history.value;
      detail = history.error.detail;
      await this.pause(history.error.retryAfterMs ?? 500 * 2 ** attempt);
    }
    this.parts.logger.warn('no history', { instrumentId: id, detail });
    this.parts.dispatch({ kind: 'component.changed', component: `history ${id}`, state: 'degraded', detail });
    return [];
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.parts.clock.after(delayMs, resolve);
    });
  }
}

function newlyWatched(listed: ListedInstrument, feed: MarketDataFeed): Watched {
  return {
    listed,
    feed,
    bookAtUs: null,
    lastTicks: null,
    lastTradeAtUs: null,
    low: null,
    high: null,
    barClose: null,
    barCloseAtUs: null,
    state: null,
    held: [],
  };
}

const ROUTED_LEVELS = 20;

function asksOf({ listed, feed }: Watched): RoutableMarket['asks'] {
  const book = feed.book(listed.id);
  if (book === undefined) return [];
  const top = new Float64Array(2 + 4 * ROUTED_LEVELS);
  book.writeTop(top, ROUTED_LEVELS);
  const [bids = 0, asks = 0] = top;
  return Array.from({ length: asks }, (_level, index) => {
    const at = 2 + 2 * bids + 2 * index;
    return { price: inUnits(top[at] ?? 0, listed.tickSize), quantity: inUnits(top[at + 1] ?? 0, listed.lotSize) };
  });
}

/** Integer ticks or lots as exact text in the step's digits. */
function inUnits(count: number, step: DecimalText): DecimalText {
  const { units, scale } = decimal(step);
  return formatDecimal({ units: BigInt(count) * units, scale });
}
