import type { BookView } from '../../engine/domain/book-view.ts';
import { decimal, formatDecimal, multiplyDecimals, rescale } from '../../engine/domain/decimal.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import type { InstrumentId } from '../../engine/domain/identifiers.ts';
import { type Bar, BAR_INTERVAL_US, type BarInterval } from '../../engine/domain/market.ts';
import type { Price } from '../../engine/domain/quantities.ts';
import { ok } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { FeedListener, MarketDataFeed } from '../../engine/ports/market-data-feed.ts';

const LEVEL_LOTS = 1_000_000;
/** A venue that says nothing between two bars would be taken for a silent one. */
const REPEAT_EVERY_MS = 1_000;

/** Bars of each follow one another without a gap: a strategy starts anew after one. */
type Market = { readonly listed: ListedInstrument; view: BookView | undefined; openTimeUs: number };

/** Market data on demand: instruments whose bars close when the benchmark says, at a price of its choice. */
export class ScriptedFeed implements MarketDataFeed {
  readonly origin = 'synthetic';
  private readonly clock: Clock;
  private readonly markets = new Map<InstrumentId, Market>();
  private listener: FeedListener | undefined;
  private interval: BarInterval = '1m';
  private readonly firstUs: number;
  private stopRepeating = (): void => undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.firstUs = Math.floor(clock.nowUs() / 3_600_000_000 - 20_000) * 3_600_000_000;
  }

  async start(instruments: readonly ListedInstrument[], interval: BarInterval, listener: FeedListener): Promise<void> {
    for (const listed of instruments) {
      this.markets.set(listed.id, { listed, view: undefined, openTimeUs: this.firstUs });
    }
    this.listener = listener;
    this.interval = interval;
    this.stopRepeating = this.clock.every(REPEAT_EVERY_MS, () => this.repeat());
  }

  async history(): ReturnType<MarketDataFeed['history']> {
    return ok([]);
  }

  book(id: InstrumentId): BookView | undefined {
    return this.markets.get(id)?.view;
  }

  async close(): Promise<void> {
    this.stopRepeating();
    this.listener = undefined;
  }

  private repeat(): void {
    for (const [id, { view }] of this.markets) {
      if (view !== undefined) this.listener?.onBook(id, view, this.clock.monotonicUs());
    }
  }

  /** Puts the book around `price`, then closes a bar there: what the engine does about it has begun when this returns. */
  closeBarAt(id: InstrumentId, price: Price): void {
    const { listener } = this;
    const market = this.markets.get(id);
    if (listener === undefined || market === undefined) throw new Error(`expected a started feed of ${id}, was none`);
    const tick = decimal(market.listed.tickSize);
    const scale = Math.max(price.scale, tick.scale);
    const ticks = Number(rescale(price, scale, 'down').units / rescale(tick, scale, 'down').units);
    market.view = topOf(ticks);
    listener.onState(id, 'live', 0);
    listener.onBook(id, market.view, this.clock.monotonicUs());
    const trade = { ticks, lots: 1, aggressor: 'buy' as const, tradedAtUs: this.clock.nowUs() };
    listener.onTrade({ instrumentId: id, ...trade, receivedAtUs: this.clock.nowUs() });
    market.openTimeUs += BAR_INTERVAL_US[this.interval];
    listener.onBarClosed(this.barAt(market, price));
  }

  private barAt({ listed, openTimeUs }: Market, price: Price): Bar {
    const { interval } = this;
    const close = formatDecimal(price);
    const wick = (factor: string): string =>
      formatDecimal(rescale(multiplyDecimals(price, decimal(factor)), price.scale, 'halfEven'));
    const [high, low] = [wick('1.001'), wick('0.999')];
    return { instrumentId: listed.id, interval, openTimeUs, open: close, high, low, close, volume: '1' };
  }
}

function topOf(ticks: number): BookView {
  const [bid, ask] = [ticks - 1, ticks + 1].map((level) => ({ ticks: level, lots: LEVEL_LOTS }));
  return {
    updateId: 1,
    bidCount: 1,
    askCount: 1,
    bestBid: () => bid,
    bestAsk: () => ask,
    writeTop(target) {
      target.set([1, 1, ticks - 1, LEVEL_LOTS, ticks + 1, LEVEL_LOTS]);
      return 6;
    },
  };
}
