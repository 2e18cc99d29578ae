/** Exponential moving average, seeded with the mean of its first `period` values as TA-Lib does; null until then. */
export type EmaState = { readonly count: number; readonly sum: number; readonly value: number | null };

export const EMPTY_EMA: EmaState = { count: 0, sum: 0, value: null };

export function nextEma(state: EmaState, period: number, input: number): EmaState {
  const { count, sum, value } = state;
  if (value !== null) return { count, sum, value: value + (input - value) * (2 / (period + 1)) };
  const total = sum + input;
  return { count: count + 1, sum: total, value: count + 1 === period ? total / period : null };
}
