import { EMPTY_WILDER, nextWilder, type WilderState } from './wilder.ts';

/** Relative strength index after TA-Lib: Wilder means of gains and losses, first at bar `period`, 0 without any move. */
export type RsiState = { readonly previous: number | null; readonly gain: WilderState; readonly loss: WilderState };

export const EMPTY_RSI: RsiState = { previous: null, gain: EMPTY_WILDER, loss: EMPTY_WILDER };

export function nextRsi(state: RsiState, period: number, input: number): RsiState {
  if (state.previous === null) return { ...state, previous: input };
  const change = input - state.previous;
  return {
    previous: input,
    gain: nextWilder(state.gain, period, Math.max(change, 0)),
    loss: nextWilder(state.loss, period, Math.max(-change, 0)),
  };
}

/** 0 to 100; null while warming up. */
export function rsiOf({ gain, loss }: RsiState): number | null {
  if (gain.value === null || loss.value === null) return null;
  const sum = gain.value + loss.value;
  return sum === 0 ? 0 : (100 * gain.value) / sum;
}
