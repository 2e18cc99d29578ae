import { EMPTY_WILDER, nextWilder, type WilderState } from './wilder.ts';

/** Average true range after TA-Lib: the true range starts at bar 1, the average at bar `period`; null until then. */
export type AtrState = { readonly previousClose: number | null; readonly range: WilderState };

export const EMPTY_ATR: AtrState = { previousClose: null, range: EMPTY_WILDER };

export type HighLowClose = { readonly high: number; readonly low: number; readonly close: number };

export function nextAtr(state: AtrState, period: number, bar: HighLowClose): AtrState {
  const { previousClose, range } = state;
  if (previousClose === null) return { previousClose: bar.close, range };
  return { previousClose: bar.close, range: nextWilder(range, period, trueRange(bar, previousClose)) };
}

export function trueRange({ high, low }: HighLowClose, previousClose: number): number {
  return Math.max(high - low, Math.abs(high - previousClose), Math.abs(low - previousClose));
}
