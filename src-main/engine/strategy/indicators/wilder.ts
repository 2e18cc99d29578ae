/** Wilder's smoothing: seeded with the mean of the first `period` values, then (previous * (period - 1) + value) / period. */
export type WilderState = { readonly count: number; readonly sum: number; readonly value: number | null };

export const EMPTY_WILDER: WilderState = { count: 0, sum: 0, value: null };

export function nextWilder(state: WilderState, period: number, input: number): WilderState {
  const { count, sum, value } = state;
  if (value !== null) return { count, sum, value: (value * (period - 1) + input) / period };
  const total = sum + input;
  return { count: count + 1, sum: total, value: count + 1 === period ? total / period : null };
}
