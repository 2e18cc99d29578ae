import type { StrategyConfig } from '../domain/config.ts';
import type { Signal } from '../domain/events.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import { type Bar, BAR_INTERVAL_US } from '../domain/market.ts';
import type { JsonValue } from '../ports/store.ts';
import { EMPTY_EMA_CROSS, type EmaCrossFeatures, type EmaCrossState, nextEmaCross } from './ema-cross-features.ts';

export type EmaCrossSignal = {
  readonly signal: Signal;
  /** Average true range in quote units. */
  readonly atr: number;
  readonly close: number;
};

export type EmaCross = {
  /** What the features depend on, as a baseline records it. */
  readonly settings: Readonly<Record<string, string | number>>;
  /**
   * Takes a closed bar of any instrument; a signal when the fast average crosses above the slow one on it. Warm-up bars
   * go through here too and their signals are dropped by the caller, as are those of a disabled strategy. Bars of other
   * instruments or intervals, repeated and late ones are ignored; a hole longer than the slow period starts anew.
   */
  onBar(bar: Bar): EmaCrossSignal | null;
  /** As of the last bar; null while warming up. */
  features(instrumentId: InstrumentId): EmaCrossFeatures | null;
  snapshot(): JsonValue;
  restore(state: JsonValue): void;
};

/** Long-only entries on a crossing of two exponential averages, protected by an ATR bracket. */
export function createEmaCross(config: StrategyConfig): EmaCross {
  const states = new Map<InstrumentId, EmaCrossState>();
  const trades = (bar: Bar): boolean =>
    bar.interval === config.interval &&
    (config.instruments.length === 0 || config.instruments.includes(bar.instrumentId));

  const { kind, interval, fastPeriod, slowPeriod, atrPeriod } = config;
  return {
    settings: { kind, interval, fastPeriod, slowPeriod, atrPeriod },
    onBar(bar) {
      if (!trades(bar)) return null;
      const before = continued(states.get(bar.instrumentId), bar, config.slowPeriod);
      const prices = numbersOf(bar);
      if (before === null || prices === null) return null;
      const after = nextEmaCross(before, config, prices);
      states.set(bar.instrumentId, after);
      return signalOf(config, bar, after, prices.close);
    },
    features: (instrumentId) => states.get(instrumentId)?.features ?? null,
    snapshot: () => Object.fromEntries(states),
    restore(state) {
      states.clear();
      for (const [id, value] of Object.entries(state as Record<InstrumentId, EmaCrossState>)) {
        states.set(id as InstrumentId, value);
      }
    },
  };
}

/** The state this bar continues; null when the bar is a repeated or late one. A market that jumped warms up anew. */
function continued(state: EmaCrossState | undefined, bar: Bar, longestHole: number): EmaCrossState | null {
  if (state === undefined) return EMPTY_EMA_CROSS;
  const steps = (bar.openTimeUs - state.openTimeUs) / BAR_INTERVAL_US[bar.interval];
  if (Math.abs(steps) > longestHole) return EMPTY_EMA_CROSS;
  return steps > 0 ? state : null;
}

/** Features are floats; null for a bar that holds no usable prices. */
function numbersOf(bar: Bar): { openTimeUs: number; high: number; low: number; close: number } | null {
  const [high, low, close] = [Number(bar.high), Number(bar.low), Number(bar.close)];
  const usable = low > 0 && high >= low && close >= low && close <= high && Number.isFinite(high);
  return usable ? { openTimeUs: bar.openTimeUs, high, low, close } : null;
}

function signalOf(config: StrategyConfig, bar: Bar, state: EmaCrossState, close: number): EmaCrossSignal | null {
  const { gap, previousGap, features } = state;
  const atr = state.atr.range.value;
  if (gap === null || previousGap === null || atr === null || gap <= 0 || previousGap > 0) return null;
  const signal: Signal = {
    strategyId: config.strategyId,
    instrumentId: bar.instrumentId,
    side: 'buy',
    barOpenTimeUs: bar.openTimeUs,
    features: features ?? {},
  };
  return { signal, atr, close };
}
