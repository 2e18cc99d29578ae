import { decimal, formatDecimal, multiplyDecimals, rescale } from '../../engine/domain/decimal.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import { type InstrumentId, parseInstrumentId } from '../../engine/domain/identifiers.ts';
import type { Bar } from '../../engine/domain/market.ts';
import { invariant } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { FeedListener, MarketDataFeed } from '../../engine/ports/market-data-feed.ts';
import type { Kline, KlineInterval, LevelChange, MarketEvent, MarketSource, MarketSymbol } from './market-source.ts';
import { INTERVAL_MS } from './minute-bar.ts';

export type LiveMarketOptions = {
  readonly feed: MarketDataFeed;
  readonly listed: readonly ListedInstrument[];
  readonly clock: Clock;
  /** Books that are not there by then end the attempt. */
  readonly withinMs: number;
};

const DEPTH = 50;
const HISTORY = 500;
const INTERVALS: readonly KlineInterval[] = ['1m', '5m', '1h'];
/** Amounts of the practice exchange have so many digits. */
const AMOUNT_SCALE = 8;

/**
 * What another venue trades now, played as it comes: its books as they are when a frame is asked for, and each trade. Bars are
 * the venue's own; it does not state quote volume and takers, so those are the close times the volume, and none. A book that
 * its feed no longer vouches for is played as an empty one. Rejects naming the markets whose books do not come.
 */
export async function openLiveMarket(options: LiveMarketOptions): Promise<MarketSource> {
  const market = new LiveMarket(options);
  await market.open();
  return market;
}

type Played = {
  readonly symbol: MarketSymbol;
  readonly id: InstrumentId;
  readonly bars: Map<KlineInterval, Kline[]>;
  /** Played once more with the next frame. */
  isChanged: boolean;
};

class LiveMarket implements MarketSource {
  readonly symbols: readonly MarketSymbol[];
  startTimeMs = 0;
  private readonly options: LiveMarketOptions;
  private readonly played: ReadonlyMap<InstrumentId, Played>;
  private readonly levels = new Float64Array(2 + 4 * DEPTH);
  private trades: Extract<MarketEvent, { kind: 'trade' }>[] = [];
  private heard: () => void = () => undefined;

  constructor(options: LiveMarketOptions) {
    this.options = options;
    const all = options.listed.map((listed): Played => ({
      ...{ symbol: symbolOf(listed), id: listed.id, isChanged: true },
      bars: new Map(INTERVALS.map((interval) => [interval, []])),
    }));
    this.played = new Map(all.map((one) => [one.id, one]));
    this.symbols = all.map(({ symbol }) => symbol);
  }

  async open(): Promise<void> {
    const { feed, listed, clock, withinMs } = this.options;
    await feed.start(listed, '1m', this.listener());
    for (const one of this.played.values()) await this.readHistory(one);
    const missing = (): readonly InstrumentId[] => [...this.played.keys()].filter((id) => feed.book(id) === undefined);
    await new Promise<void>((resolve, reject) => {
      const cancel = clock.after(withinMs, () =>
        reject(new Error(`expected books within ${withinMs} ms, was without ${missing().join(', ')}`)),
      );
      this.heard = () => {
        if (missing().length > 0) return;
        cancel();
        resolve();
      };
      this.heard();
    });
    this.startTimeMs = this.nowMs();
  }

  advance(marketTimeMs: number): MarketEvent[] {
    const events: MarketEvent[] = this.trades.splice(0).map((trade) => ({
      ...trade,
      marketTimeMs: Math.min(trade.marketTimeMs, marketTimeMs),
    }));
    for (const one of this.played.values()) {
      if (one.isChanged) events.push(this.bookOf(one, marketTimeMs));
      one.isChanged = false;
    }
    return events;
  }

  history(symbol: string, interval: KlineInterval, endTimeMs: number, limit: number): readonly Kline[] {
    const one = [...this.played.values()].find((candidate) => candidate.symbol.symbol === symbol);
    const closed = (one?.bars.get(interval) ?? []).filter(({ closeTimeMs }) => closeTimeMs <= endTimeMs);
    return limit <= 0 ? [] : closed.slice(-limit);
  }

  private listener(): FeedListener {
    const change = (id: InstrumentId): void => {
      const one = this.played.get(id);
      if (one !== undefined) one.isChanged = true;
      this.heard();
    };
    return {
      onBook: change,
      onState: change,
      onTrade: ({ instrumentId, ticks, lots, aggressor }) => {
        const symbol = this.played.get(instrumentId)?.symbol.symbol;
        if (symbol !== undefined)
          this.trades.push({ kind: 'trade', symbol, marketTimeMs: this.nowMs(), ticks, lots, aggressor });
      },
      onBarClosed: (bar) => {
        const one = this.played.get(bar.instrumentId);
        if (one !== undefined) addMinute(one.bars, klineOf(bar));
      },
      onBarChanged: () => undefined,
    };
  }

  private async readHistory({ id, bars }: Played): Promise<void> {
    for (const interval of INTERVALS) {
      const reply = await this.options.feed.history(id, interval, HISTORY);
      // A market without bars can be traded by hand.
      if (reply.ok) bars.set(interval, reply.value.map(klineOf));
    }
  }

  private bookOf({ symbol: { symbol }, id }: Played, marketTimeMs: number): MarketEvent {
    const book = this.options.feed.book(id);
    const whole = { kind: 'book', symbol, marketTimeMs, snapshot: true } as const;
    if (book === undefined) return { ...whole, bids: [], asks: [] };
    const { levels } = this;
    book.writeTop(levels, DEPTH);
    const [bidCount = 0, askCount = 0] = levels;
    const side = (first: number, count: number): LevelChange[] =>
      Array.from({ length: count }, (_, rank) => [levels[first + 2 * rank] ?? 0, levels[first + 2 * rank + 1] ?? 0]);
    return { ...whole, bids: side(2, bidCount), asks: side(2 + 2 * bidCount, askCount) };
  }

  private nowMs(): number {
    return Math.floor(this.options.clock.nowUs() / 1_000);
  }
}

/** Adds a closed minute, and the longer bars that close with it. */
function addMinute(bars: Map<KlineInterval, Kline[]>, minute: Kline): void {
  const minutes = bars.get('1m') ?? [];
  if ((minutes.at(-1)?.openTimeMs ?? 0) >= minute.openTimeMs) return;
  minutes.push(minute);
  for (const interval of ['5m', '1h'] as const) {
    const lengthMs = INTERVAL_MS[interval];
    if ((minute.closeTimeMs + 1) % lengthMs !== 0) continue;
    const openTimeMs = minute.closeTimeMs + 1 - lengthMs;
    const parts = minutes.filter((part) => part.openTimeMs >= openTimeMs);
    bars.get(interval)?.push(joined(parts, openTimeMs, lengthMs));
  }
  minutes.splice(0, minutes.length - 2 * HISTORY);
}

function joined(parts: readonly Kline[], openTimeMs: number, lengthMs: number): Kline {
  const [first] = parts;
  const last = parts.at(-1);
  invariant(first !== undefined && last !== undefined, 'expected minutes to join, was none');
  const extreme = (key: 'high' | 'low', sign: 1 | -1): string =>
    parts.reduce((best, part) => (sign * Number(part[key]) > sign * Number(best) ? part[key] : best), first[key]);
  const sum = (key: 'volume' | 'quoteVolume'): string =>
    formatDecimal(
      parts.reduce(
        (total, part) => {
          const added = rescale(decimal(part[key]), AMOUNT_SCALE, 'down');
          return { units: total.units + added.units, scale: AMOUNT_SCALE };
        },
        rescale(decimal('0'), AMOUNT_SCALE, 'down'),
      ),
    );
  return {
    ...{ openTimeMs, closeTimeMs: openTimeMs + lengthMs - 1, open: first.open, close: last.close },
    ...{ high: extreme('high', 1), low: extreme('low', -1), volume: sum('volume'), quoteVolume: sum('quoteVolume') },
    ...{ trades: parts.length, takerBuyVolume: '0' },
  };
}

function klineOf({ interval, openTimeUs, open, high, low, close, volume }: Bar): Kline {
  const openTimeMs = Math.round(openTimeUs / 1_000);
  const quote = rescale(multiplyDecimals(decimal(close), decimal(volume)), AMOUNT_SCALE, 'down');
  return {
    ...{ openTimeMs, closeTimeMs: openTimeMs + INTERVAL_MS[interval] - 1, open, high, low, close },
    volume: formatDecimal(rescale(decimal(volume), AMOUNT_SCALE, 'down')),
    quoteVolume: formatDecimal(quote),
    ...{ trades: 1, takerBuyVolume: '0' },
  };
}

function symbolOf(listed: ListedInstrument): MarketSymbol {
  const parts = parseInstrumentId(listed.id);
  invariant(parts.ok, `expected an instrument id, was ${listed.id}`);
  const { base, quote } = parts.value;
  const { tickSize, lotSize, minQuantity, maxQuantity, minNotional } = listed;
  const filters = [
    { filterType: 'PRICE_FILTER', minPrice: tickSize, maxPrice: '1000000000', tickSize },
    { filterType: 'LOT_SIZE', minQty: minQuantity, maxQty: maxQuantity, stepSize: lotSize },
    { filterType: 'NOTIONAL', minNotional, applyMinToMarket: true, maxNotional: '9000000', applyMaxToMarket: false },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: listed.maxOrders },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: listed.maxStopOrders },
  ];
  return { symbol: `${base}${quote}`, base, quote, origin: 'live', tickSize, lotSize, filters };
}
