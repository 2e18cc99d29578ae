import { ensure } from '../../engine/domain/result.ts';
import type { Kline, KlineInterval, MarketSymbol } from './market-source.ts';
import { decimalStep, textOf } from './step-text.ts';

export const MINUTE_MS = 60_000;
export const INTERVAL_MS: Readonly<Record<KlineInterval, number>> = { '1m': MINUTE_MS, '5m': 300_000, '1h': 3_600_000 };

/** A bar in ticks and lots with what its trades add up to. `volume` 0: quiet, all prices are the last one. */
export type TradedBar = {
  openTimeMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** Sum of ticks x lots: a safe integer over a minute, not over an hour. */
  quoteSteps: number | bigint;
  trades: number;
  takerBuyVolume: number;
};

export type MinuteBar = TradedBar & { quoteSteps: number };

export type TradesToCount = {
  readonly timeMs: number;
  readonly ticks: number;
  readonly lots: number;
  readonly prints: number;
  readonly aggressor: 'buy' | 'sell';
};

export function quietMinute(openTimeMs: number, ticks: number): MinuteBar {
  const prices = { open: ticks, high: ticks, low: ticks, close: ticks };
  return { openTimeMs, ...prices, volume: 0, quoteSteps: 0, trades: 0, takerBuyVolume: 0 };
}

/** Adds trades to their minute in place: history counts millions of them. */
export function countTrades(bar: MinuteBar, { ticks, lots, prints, aggressor }: TradesToCount): void {
  if (bar.volume === 0) bar.open = bar.high = bar.low = ticks;
  if (ticks > bar.high) bar.high = ticks;
  if (ticks < bar.low) bar.low = ticks;
  bar.close = ticks;
  bar.volume += lots;
  bar.quoteSteps += ticks * lots;
  bar.trades += prints;
  if (aggressor === 'buy') bar.takerBuyVolume += lots;
}

/** One bar over several minutes; quiet ones count only when all are quiet. Throws when there are none. */
export function mergeMinutes(openTimeMs: number, minutes: readonly MinuteBar[]): TradedBar {
  const traded = minutes.filter((minute) => minute.volume > 0);
  const counted = traded.length > 0 ? traded : minutes;
  const first = ensure(counted[0], 'a minute to merge');
  const merged = { ...quietMinute(openTimeMs, first.open), quoteSteps: 0n };
  for (const minute of counted) {
    merged.high = Math.max(merged.high, minute.high);
    merged.low = Math.min(merged.low, minute.low);
    merged.close = minute.close;
    merged.volume += minute.volume;
    merged.quoteSteps += BigInt(minute.quoteSteps);
    merged.trades += minute.trades;
    merged.takerBuyVolume += minute.takerBuyVolume;
  }
  return merged;
}

export function klineOf(bar: TradedBar, intervalMs: number, symbol: MarketSymbol): Kline {
  const tick = decimalStep(symbol.tickSize);
  const lot = decimalStep(symbol.lotSize);
  return {
    openTimeMs: bar.openTimeMs,
    closeTimeMs: bar.openTimeMs + intervalMs - 1,
    open: textOf(bar.open, tick),
    high: textOf(bar.high, tick),
    low: textOf(bar.low, tick),
    close: textOf(bar.close, tick),
    volume: textOf(bar.volume, lot),
    quoteVolume: textOf(bar.quoteSteps, { text: '', digits: tick.digits + lot.digits }),
    trades: bar.trades,
    takerBuyVolume: textOf(bar.takerBuyVolume, lot),
  };
}
