import { burstsOfBar } from './bar-path.ts';
import type { BarSeries } from './bar-series.ts';
import type { Kline, KlineInterval, MarketSymbol } from './market-source.ts';
import {
  countTrades,
  INTERVAL_MS,
  klineOf,
  mergeMinutes,
  type MinuteBar,
  MINUTE_MS,
  quietMinute,
  type TradedBar,
} from './minute-bar.ts';

/**
 * Klines of a market that plays recorded bars, from the same bursts that are played: 5m equals the recording, 1m is the
 * path's own, 1h is summed. Where bars are missing there are no klines.
 */
export class BarHistory {
  private readonly symbol: MarketSymbol;
  private readonly series: BarSeries;
  private readonly minutesByBar = new Map<number, readonly MinuteBar[]>();

  constructor(symbol: MarketSymbol, series: BarSeries) {
    this.symbol = symbol;
    this.series = series;
  }

  /** Closed klines whose close time is at or before `endTimeMs`, oldest first, at most `limit`. */
  klines(interval: KlineInterval, endTimeMs: number, limit: number): readonly Kline[] {
    const stepMs = INTERVAL_MS[interval];
    const endMs = Math.floor((endTimeMs + 1) / stepMs) * stepMs;
    const found: TradedBar[] = [];
    let index = this.series.firstAtOrAfter(endMs) - 1;
    while (index >= 0 && found.length < limit) {
      const blockMs = Math.max(stepMs, this.series.intervalMs);
      const openTimeMs = Math.floor(this.series.at(index).openTimeMs / blockMs) * blockMs;
      const first = this.series.firstAtOrAfter(openTimeMs);
      const minutes: MinuteBar[] = [];
      for (let at = first; at <= index; at += 1) minutes.push(...this.minutesOf(at));
      const bars: TradedBar[] =
        stepMs === MINUTE_MS ? minutes.filter((bar) => bar.openTimeMs < endMs) : [mergeMinutes(openTimeMs, minutes)];
      found.push(...bars.reverse().slice(0, limit - found.length));
      index = first - 1;
    }
    return found.reverse().map((bar) => klineOf(bar, stepMs, this.symbol));
  }

  private minutesOf(index: number): readonly MinuteBar[] {
    const known = this.minutesByBar.get(index);
    if (known !== undefined) return known;
    const bar = this.series.at(index);
    const minutes: MinuteBar[] = [];
    const bursts = burstsOfBar(bar, this.series.intervalMs, this.symbol.symbol);
    let next = 0;
    for (
      let openTimeMs = bar.openTimeMs;
      openTimeMs < bar.openTimeMs + this.series.intervalMs;
      openTimeMs += MINUTE_MS
    ) {
      const minute = quietMinute(openTimeMs, minutes.at(-1)?.close ?? bar.open);
      for (; ; next += 1) {
        const burst = bursts[next];
        if (burst === undefined || burst.timeMs >= openTimeMs + MINUTE_MS) break;
        countTrades(minute, burst);
      }
      minutes.push(minute);
    }
    this.minutesByBar.set(index, minutes);
    return minutes;
  }
}
