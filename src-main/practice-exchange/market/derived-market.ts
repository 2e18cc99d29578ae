import { ensure } from '../../engine/domain/result.ts';
import { type Burst, burstsOfBar, splitPrints } from './bar-path.ts';
import type { BarSeries } from './bar-series.ts';
import type { BookShape } from './book-shape.ts';
import { BarHistory } from './bar-history.ts';
import type { Kline, KlineInterval, MarketEvent, MarketSymbol } from './market-source.ts';
import type { PlayedSymbol } from './played-symbol.ts';
import { QuoteMaker } from './quote-maker.ts';
import { SeededRandom } from './seeded-random.ts';

const MEAN_REFRESH_MS = 1_000;

export type DerivedMarketOptions = {
  readonly symbol: MarketSymbol;
  readonly series: BarSeries;
  readonly shape: BookShape;
  readonly startTimeMs: number;
};

/**
 * Plays recorded bars as trades and books (origin `derived`). Prices, ranges and volumes are the recorded ones; the path
 * between them, the book and its depth are invented, the same for the same symbol and bar.
 *
 * One call of {@link advance} is one frame: bursts of a frame that shape no minute bar are merged into the next one of
 * their minute, so a fast replay called ten times a second shows about ten books a second. Merging keeps every 1m, 5m
 * and 1h open, high, low, close and volume; count, quote volume and taker share stay those of the unmerged path.
 */
export class DerivedMarket implements PlayedSymbol {
  readonly symbol: MarketSymbol;
  private readonly series: BarSeries;
  private readonly past: BarHistory;
  private readonly random: SeededRandom;
  private readonly quotes: QuoteMaker;
  private readonly startTimeMs: number;
  private barIndex: number;
  private bursts: readonly Burst[] = [];
  private burstIndex = 0;
  private nextRefreshMs: number;
  private opened = false;
  private lapBegins = false;

  constructor({ symbol, series, shape, startTimeMs }: DerivedMarketOptions) {
    this.symbol = symbol;
    this.series = series;
    this.past = new BarHistory(symbol, series);
    this.random = new SeededRandom(`${symbol.symbol}:book`);
    this.quotes = new QuoteMaker(symbol.symbol, shape, this.random);
    this.startTimeMs = startTimeMs;
    this.nextRefreshMs = startTimeMs;
    this.barIndex = series.firstAtOrAfter(startTimeMs - series.intervalMs + 1);
    this.loadBar();
  }

  advance(marketTimeMs: number, events: MarketEvent[]): void {
    if (marketTimeMs < this.startTimeMs) return;
    if (!this.opened) this.open(events);
    let carried = 0;
    let played = false;
    for (;;) {
      const burst = this.nextBurst(marketTimeMs);
      if (burst === null) break;
      const last = !this.hasBurstUntil(marketTimeMs);
      if (!last && !burst.shapesBar) {
        carried += burst.lots;
        continue;
      }
      this.play({ ...burst, lots: burst.lots + carried }, events);
      carried = 0;
      played = true;
      this.nextRefreshMs = burst.timeMs + MEAN_REFRESH_MS * this.random.exponential();
    }
    if (played || this.nextRefreshMs > marketTimeMs) return;
    events.push(this.quotes.refresh(marketTimeMs));
    this.nextRefreshMs = marketTimeMs + MEAN_REFRESH_MS * this.random.exponential();
  }

  history(interval: KlineInterval, endTimeMs: number, limit: number): readonly Kline[] {
    return this.past.klines(interval, endTimeMs, limit);
  }

  private open(events: MarketEvent[]): void {
    let lastTicks = this.series.at(this.barIndex).open;
    while (this.burstIndex < this.bursts.length && this.burstAt(this.burstIndex).timeMs < this.startTimeMs) {
      lastTicks = this.burstAt(this.burstIndex).ticks;
      this.burstIndex += 1;
    }
    this.opened = true;
    events.push(this.quotes.open(this.startTimeMs, lastTicks));
  }

  private play(burst: Burst, events: MarketEvent[]): void {
    if (this.lapBegins) this.beginAgain(burst, events);
    events.push(this.quotes.quote(burst.timeMs, burst));
    for (const lots of splitPrints(burst.lots, burst.prints, this.random)) {
      events.push({
        kind: 'trade',
        symbol: this.symbol.symbol,
        marketTimeMs: burst.timeMs,
        ticks: burst.ticks,
        lots,
        aggressor: burst.aggressor,
      });
    }
  }

  /** The bars are over and start again at another price: to a client a reconnect. */
  private beginAgain({ timeMs, ticks }: Burst, events: MarketEvent[]): void {
    this.lapBegins = false;
    events.push({ kind: 'discontinuity', symbol: this.symbol.symbol, marketTimeMs: timeMs });
    events.push(this.quotes.open(timeMs, ticks));
  }

  private nextBurst(untilMs: number): Burst | null {
    if (!this.hasBurstUntil(untilMs)) return null;
    const burst = this.burstAt(this.burstIndex);
    this.burstIndex += 1;
    return burst;
  }

  /** Also steps to the next bar when the present one is played. */
  private hasBurstUntil(untilMs: number): boolean {
    while (this.burstIndex >= this.bursts.length) {
      if (this.series.at(this.barIndex + 1).openTimeMs > untilMs) return false;
      this.barIndex += 1;
      if (this.barIndex % this.series.length === 0) this.lapBegins = true;
      this.loadBar();
    }
    return this.burstAt(this.burstIndex).timeMs <= untilMs;
  }

  private loadBar(): void {
    this.bursts = burstsOfBar(this.series.at(this.barIndex), this.series.intervalMs, this.symbol.symbol);
    this.burstIndex = 0;
  }

  private burstAt(index: number): Burst {
    return ensure(this.bursts[index], 'a burst');
  }
}
