import type { BookView } from '../../engine/domain/book-view.ts';
import { decimal, formatDecimal, multiplyDecimals, rescale } from '../../engine/domain/decimal.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import { BAR_INTERVAL_US, type BarInterval } from '../../engine/domain/market.ts';
import type { Price } from '../../engine/domain/quantities.ts';
import { ok } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { FeedListener, MarketDataFeed } from '../../engine/ports/market-data-feed.ts';

const LEVEL_LOTS = 1_000_000;

/** Market data on demand: one instrument whose bars close when the benchmark says, at a price of its choice. */
export class ScriptedFeed implements MarketDataFeed {
  readonly origin = 'synthetic';
  private readonly clock: Clock;
  private listener: FeedListener | undefined;
  private listed: ListedInstrument | undefined;
  private interval: BarInterval = '1m';
  private openTimeUs: number;
  private view: BookView | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.openTimeUs = Math.floor(clock.nowUs() / 3_600_000_000 - 20_000) * 3_600_000_000;
  }

  async start(instruments: readonly ListedInstrument[], interval: BarInterval, listener: FeedListener): Promise<void> {
    [this.listed] = instruments;
    this.listener = listener;
    this.interval = interval;
  }

  async history(): ReturnType<MarketDataFeed['history']> {
    return ok([]);
  }

  book(): BookView | undefined {
    return this.view;
  }

  async close(): Promise<void> {
    this.listener = undefined;
  }

  /** Puts the book around `price`, then closes a bar there: what the engine does about it has begun when this returns. */
  closeBarAt(price: Price): void {
    const { listener, listed } = this;
    if (listener === undefined || listed === undefined) throw new Error('expected a started feed, was none');
    const tick = decimal(listed.tickSize);
    const scale = Math.max(price.scale, tick.scale);
    const ticks = Number(rescale(price, scale, 'down').units / rescale(tick, scale, 'down').units);
    this.view = topOf(ticks);
    const receivedUs = this.clock.monotonicUs();
    listener.onState(listed.id, 'live', 0);
    listener.onBook(listed.id, this.view, receivedUs);
    const trade = { ticks, lots: 1, aggressor: 'buy' as const, tradedAtUs: this.clock.nowUs() };
    listener.onTrade({ instrumentId: listed.id, ...trade, receivedAtUs: this.clock.nowUs() });
    this.openTimeUs += BAR_INTERVAL_US[this.interval];
    const close = formatDecimal(price);
    const wick = (factor: string): string =>
      formatDecimal(rescale(multiplyDecimals(price, decimal(factor)), price.scale, 'halfEven'));
    listener.onBarClosed({
      instrumentId: listed.id,
      interval: this.interval,
      openTimeUs: this.openTimeUs,
      open: close,
      high: wick('1.001'),
      low: wick('0.999'),
      close,
      volume: '1',
    });
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
