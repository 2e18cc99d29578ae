import type { StrategyConfig } from '../engine/domain/config.ts';
import type { InstrumentId } from '../engine/domain/identifiers.ts';
import type { Bar, BarInterval } from '../engine/domain/market.ts';
import { computeBaseline, type DriftBaseline } from '../engine/model/drift-baseline.ts';
import { createEmaCross } from '../engine/strategy/ema-cross.ts';
import type { MarketSource } from '../practice-exchange/market/market-source.ts';

/** An hour of one-minute bars: the 14 demo pairs give 840 samples, the decision of a window is half an hour old at most. */
const WINDOW_BARS = 60;
/** Two days: 190 windows a p99 can be read from. */
const BARS_PER_INSTRUMENT = 2_880;
const US_PER_MS = 1_000;

/** Baseline of a strategy on the market's bars before play begins. Throws when an instrument has no market or no bars. */
export function recordBaseline(strategy: StrategyConfig, market: MarketSource): DriftBaseline {
  const bars = new Map(
    strategy.instruments.map((id) => [id, practiceBars(market, id, strategy.interval, BARS_PER_INSTRUMENT)]),
  );
  return computeBaseline({
    source: createEmaCross(strategy),
    sourceText: `${strategy.interval} bars of the practice market before ${new Date(market.startTimeMs).toISOString()}, from the files of resources/demo-data/index.json`,
    windowBars: WINDOW_BARS,
    bars,
  });
}

/** The market's closed bars before play begins, oldest first. Throws when there is no market for the instrument. */
export function practiceBars(
  market: MarketSource,
  id: InstrumentId,
  interval: BarInterval,
  limit: number,
): readonly Bar[] {
  const symbol = market.symbols.find(({ base, quote }) => id.startsWith(`${base}/${quote}.`));
  if (symbol === undefined) throw new Error(`expected a practice market for ${id}, was none`);
  return market
    .history(symbol.symbol, interval, market.startTimeMs, limit)
    .map(({ openTimeMs, open, high, low, close, volume }) => ({
      instrumentId: id,
      interval,
      openTimeUs: openTimeMs * US_PER_MS,
      open,
      high,
      low,
      close,
      volume,
    }));
}
