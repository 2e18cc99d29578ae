import { mean, variance } from './numeric/moments.ts';
import { refuse, requireRange } from './numeric/refusal.ts';
import { sum } from './numeric/vector.ts';

export type Candle = { readonly open: number; readonly high: number; readonly low: number; readonly close: number };

/**
 * `close`: sample deviation of log returns. `parkinson` 1980 and `rogersSatchell` 1991: high and low. `garmanKlass` 1980 and
 * `garmanKlassYangZhang`, which adds the jump between bars; `yangZhang` 2000 is the one that bears both drift and jumps.
 */
export type VolatilityEstimator =
  'close' | 'parkinson' | 'garmanKlass' | 'rogersSatchell' | 'garmanKlassYangZhang' | 'yangZhang';

/** Fewest bars of a window: sample variances need two returns. */
const FEWEST_BARS = 3;

/**
 * Annualized volatility of the last `period` candles, oldest first. `close` uses the period - 1 returns inside the window; the
 * estimators with jumps also read the close before it. Throws AnalyticsRefusal on too few candles, on prices that are not above zero
 * or do not lie within high and low.
 */
export function realizedVolatility(
  candles: readonly Candle[],
  estimator: VolatilityEstimator,
  period: number,
  periodsPerYear: number,
): number {
  requireRange(period, FEWEST_BARS, Number.MAX_SAFE_INTEGER, 'period');
  requireRange(periodsPerYear, Number.MIN_VALUE, Number.MAX_VALUE, 'periods per year');
  const jumps = estimator === 'garmanKlassYangZhang' || estimator === 'yangZhang';
  const atLeast = jumps ? period + 1 : period;
  if (candles.length < atLeast) {
    refuse({ code: 'TOO_FEW_SAMPLES', what: 'candles', samples: candles.length, atLeast });
  }
  const used = candles.slice(-atLeast);
  used.forEach(requireCandle);
  const before = used.slice(0, -1).map(({ close }) => close);
  const variances = ESTIMATORS[estimator](used.slice(-period), before);
  return Math.sqrt(Math.max(0, variances) * periodsPerYear);
}

function requireCandle({ open, high, low, close }: Candle): void {
  for (const price of [open, close]) requireRange(price, Math.max(low, Number.MIN_VALUE), high, 'price');
  requireRange(high, low, Number.MAX_VALUE, 'high');
}

type Variance = (window: readonly Candle[], closesBefore: readonly number[]) => number;

const square = (value: number): number => value ** 2;
const meanOf = (window: readonly Candle[], of: (candle: Candle) => number): number => mean(window.map(of));

const rogersSatchell: Variance = (window) =>
  meanOf(
    window,
    ({ open, high, low, close }) =>
      Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open),
  );

const garmanKlass: Variance = (window) =>
  meanOf(
    window,
    ({ open, high, low, close }) =>
      square(Math.log(high / low)) / 2 - (2 * Math.LN2 - 1) * square(Math.log(close / open)),
  );

const jumpsOf = (window: readonly Candle[], closesBefore: readonly number[]): readonly number[] =>
  window.map(({ open }, i) => Math.log(open / (closesBefore[i] ?? NaN)));

const ESTIMATORS: Readonly<Record<VolatilityEstimator, Variance>> = {
  close: (window, closesBefore) =>
    variance(
      window.slice(1).map(({ close }, i) => Math.log(close / (closesBefore[i] ?? NaN))),
      1,
    ),
  parkinson: (window) => meanOf(window, ({ high, low }) => square(Math.log(high / low))) / (4 * Math.LN2),
  garmanKlass,
  rogersSatchell,
  garmanKlassYangZhang: (window, closesBefore) =>
    garmanKlass(window, []) + sum(jumpsOf(window, closesBefore).map(square)) / window.length,
  yangZhang: (window, closesBefore) => {
    const weight = 0.34 / (1.34 + (window.length + 1) / (window.length - 1));
    const moves = window.map(({ open, close }) => Math.log(close / open));
    return (
      variance(jumpsOf(window, closesBefore), 1) +
      weight * variance(moves, 1) +
      (1 - weight) * rogersSatchell(window, [])
    );
  },
};
