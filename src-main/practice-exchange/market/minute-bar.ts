import { ensure } from '../../engine/domain/result.ts';
import type { Kline, KlineInterval, MarketSymbol } from './market-source.ts';
import { decimalStep, textOf } from './step-text.ts';

export const MINUTE_MS = 60_000;
export const INTERVAL_MS: Readonly<Record<KlineInterval, number>> = { '1m': MINUTE_MS, '5m': 300_000, '1h': 3_600_000 };

/** A bar in ticks and lots with what its trades add up to. `volume` 0: quiet, all prices are the last one. */
export type TradedBar = {
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Sum of ticks x lots: beyond safe integers over an hour. */
  readonly quoteSteps: bigint;
  readonly trades: number;
  readonly takerBuyVolume: number;
};

export type TradesToCount = {
  readonly timeMs: number;
  readonly ticks: number;
  readonly lots: number;
  readonly prints: number;
  readonly aggressor: 'buy' | 'sell';
};

export function quietBar(openTimeMs: number, ticks: number): TradedBar {
  const prices = { open: ticks, high: ticks, low: ticks, close: ticks };
  return { openTimeMs, ...prices, volume: 0, quoteSteps: 0n, trades: 0, takerBuyVolume: 0 };
}

export function withTrades(bar: TradedBar, { ticks, lots, prints, aggressor }: TradesToCount): TradedBar {
  const first = bar.volume === 0;
  return {
    openTimeMs: bar.openTimeMs,
    open: first ? ticks : bar.open,
    high: first ? ticks : Math.max(bar.high, ticks),
    low: first ? ticks : Math.min(bar.low, ticks),
    close: ticks,
    volume: bar.volume + lots,
    quoteSteps: bar.quoteSteps + BigInt(ticks) * BigInt(lots),
    trades: bar.trades + prints,
    takerBuyVolume: bar.takerBuyVolume + (aggressor === 'buy' ? lots : 0),
  };
}

/** One bar over several; quiet ones count only when all are quiet. Throws when there are none. */
export function mergeBars(openTimeMs: number, bars: readonly TradedBar[]): TradedBar {
  const traded = bars.filter((bar) => bar.volume > 0);
  const counted = traded.length > 0 ? traded : bars;
  const [first, last] = [ensure(counted[0], 'a bar to merge'), ensure(counted.at(-1), 'a bar to merge')];
  const merged = { openTimeMs, open: first.open, high: first.high, low: first.low, close: last.close };
  const sums = { volume: 0, quoteSteps: 0n, trades: 0, takerBuyVolume: 0 };
  for (const bar of counted) {
    merged.high = Math.max(merged.high, bar.high);
    merged.low = Math.min(merged.low, bar.low);
    sums.volume += bar.volume;
    sums.quoteSteps += bar.quoteSteps;
    sums.trades += bar.trades;
    sums.takerBuyVolume += bar.takerBuyVolume;
  }
  return { ...merged, ...sums };
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
