import { type AtrState, EMPTY_ATR, type HighLowClose, nextAtr, trueRange } from './indicators/atr.ts';
import { EMPTY_EMA, type EmaState, nextEma } from './indicators/ema.ts';
import { EMPTY_RSI, nextRsi, rsiOf, type RsiState } from './indicators/rsi.ts';

export const EMA_CROSS_FEATURES = ['emaGapAtr', 'atrRatio', 'rangeAtr', 'returnZ', 'rsi'] as const;
export type EmaCrossFeature = (typeof EMA_CROSS_FEATURES)[number];
/** Without a unit, so instruments of any price can be pooled. */
export type EmaCrossFeatures = Readonly<Record<EmaCrossFeature, number>>;

export type EmaCrossPeriods = { readonly fastPeriod: number; readonly slowPeriod: number; readonly atrPeriod: number };

/** Everything the strategy remembers of one instrument: plain JSON. */
export type EmaCrossState = {
  readonly openTimeUs: number;
  readonly fast: EmaState;
  readonly slow: EmaState;
  readonly atr: AtrState;
  readonly longAtr: AtrState;
  readonly rsi: RsiState;
  /** Log returns before the last bar, oldest first, at most {@link RETURN_WINDOW}. */
  readonly returns: readonly number[];
  /** Fast less slow EMA of this bar and of the one before; null while warming up. */
  readonly gap: number | null;
  readonly previousGap: number | null;
  readonly features: EmaCrossFeatures | null;
};

export const EMPTY_EMA_CROSS: EmaCrossState = {
  openTimeUs: 0,
  fast: EMPTY_EMA,
  slow: EMPTY_EMA,
  atr: EMPTY_ATR,
  longAtr: EMPTY_ATR,
  rsi: EMPTY_RSI,
  returns: [],
  gap: null,
  previousGap: null,
  features: null,
};

const RETURN_WINDOW = 20;
const RSI_PERIOD = 14;
/** The usual volatility is the ATR over this many times its period. */
const LONG_ATR_FACTOR = 4;

/** Closed bars after which signals carry all features. */
export function warmUpBars({ slowPeriod, atrPeriod }: EmaCrossPeriods): number {
  return Math.max(slowPeriod, atrPeriod * LONG_ATR_FACTOR, RSI_PERIOD, RETURN_WINDOW + 1) + 1;
}

export function nextEmaCross(
  state: EmaCrossState,
  periods: EmaCrossPeriods,
  bar: HighLowClose & { readonly openTimeUs: number },
): EmaCrossState {
  const previousClose = state.atr.previousClose;
  const fast = nextEma(state.fast, periods.fastPeriod, bar.close);
  const slow = nextEma(state.slow, periods.slowPeriod, bar.close);
  const next = {
    openTimeUs: bar.openTimeUs,
    fast,
    slow,
    atr: nextAtr(state.atr, periods.atrPeriod, bar),
    longAtr: nextAtr(state.longAtr, periods.atrPeriod * LONG_ATR_FACTOR, bar),
    rsi: nextRsi(state.rsi, RSI_PERIOD, bar.close),
    returns: state.returns,
    gap: fast.value === null || slow.value === null ? null : fast.value - slow.value,
    previousGap: state.gap,
  };
  if (previousClose === null) return { ...next, features: null };
  const logReturn = Math.log(bar.close / previousClose);
  const features = featuresOf(next, trueRange(bar, previousClose), logReturn);
  return { ...next, features, returns: [...state.returns, logReturn].slice(-RETURN_WINDOW) };
}

/** Null until each of them is defined. The return is judged by the deviation of those before it. */
function featuresOf(state: Omit<EmaCrossState, 'features'>, range: number, logReturn: number): EmaCrossFeatures | null {
  const { gap, returns } = state;
  const atr = state.atr.range.value;
  const longAtr = state.longAtr.range.value;
  const rsi = rsiOf(state.rsi);
  if (gap === null || atr === null || longAtr === null || rsi === null || returns.length < RETURN_WINDOW) return null;
  return {
    emaGapAtr: ratio(gap, atr),
    atrRatio: ratio(atr, longAtr),
    rangeAtr: ratio(range, atr),
    returnZ: ratio(logReturn, deviation(returns)),
    rsi,
  };
}

/** 0 in a market that did not move at all. */
const ratio = (value: number, scale: number): number => (scale > 0 ? value / scale : 0);

/** Population deviation around zero: the mean of bar returns is noise. */
function deviation(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
