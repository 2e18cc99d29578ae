import type { Kline, KlineInterval, MarketSymbol } from './market-source.ts';
import {
  countTrades,
  INTERVAL_MS,
  klineOf,
  mergeMinutes,
  type MinuteBar,
  MINUTE_MS,
  quietMinute,
  type TradesToCount,
} from './minute-bar.ts';

/** Three days: more than a client asks for at once, little enough for 500 markets. */
const MAX_MINUTES = 4_320;

/** Minute bars of the trades a market has played. Minutes in which nothing traded are quiet bars at the last price. */
export class PlayedMinutes {
  private minutes: MinuteBar[] = [];

  count(trade: TradesToCount): void {
    const openTimeMs = Math.floor(trade.timeMs / MINUTE_MS) * MINUTE_MS;
    let last = this.minutes.at(-1);
    while (last === undefined || last.openTimeMs < openTimeMs) {
      last =
        last === undefined
          ? quietMinute(openTimeMs, trade.ticks)
          : quietMinute(last.openTimeMs + MINUTE_MS, last.close);
      this.minutes.push(last);
    }
    countTrades(last, trade);
    if (this.minutes.length > 2 * MAX_MINUTES) this.minutes = this.minutes.slice(-MAX_MINUTES);
  }

  bars(): readonly MinuteBar[] {
    return this.minutes;
  }
}

/** Closed klines of an interval from consecutive minutes, oldest first, at most `limit`. */
export function klinesOfMinutes(
  minutes: readonly MinuteBar[],
  symbol: MarketSymbol,
  { interval, endTimeMs, limit }: { interval: KlineInterval; endTimeMs: number; limit: number },
): readonly Kline[] {
  const stepMs = INTERVAL_MS[interval];
  const blocks = new Map<number, MinuteBar[]>();
  for (const minute of minutes) {
    const openTimeMs = Math.floor(minute.openTimeMs / stepMs) * stepMs;
    if (openTimeMs + stepMs - 1 > endTimeMs) break;
    const block = blocks.get(openTimeMs);
    if (block === undefined) blocks.set(openTimeMs, [minute]);
    else block.push(minute);
  }
  const wanted = limit > 0 ? [...blocks].slice(-limit) : [];
  return wanted.map(([openTimeMs, bars]) => klineOf(mergeMinutes(openTimeMs, bars), stepMs, symbol));
}
