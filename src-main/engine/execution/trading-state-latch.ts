import { invariant } from '../domain/result.ts';
import { STATE_CHANGES, type TradingState } from '../domain/trading-state.ts';
import type { Turn } from './execution-state.ts';

/** Changes the latched state; nothing when it is there already. Throws on a change the table does not have. */
export function changeTradingState(turn: Turn, to: TradingState, reason: string, sources: readonly string[]): void {
  const from = turn.state.tradingState;
  if (from === to) return;
  invariant(STATE_CHANGES[from].includes(to), () => `expected a change the table allows from ${from}, was ${to}`);
  turn.state.tradingState = to;
  turn.state.tradingStateReason = reason;
  turn.state.tradingStateSources = sources;
  for (const exposure of turn.state.exposures.values()) turn.touched.add(exposure);
  turn.emit({ kind: 'tradingState.changed', from, to, reason, sources });
  const severity = to === 'active' ? 'info' : 'warning';
  turn.emit({ kind: 'alert.raised', alert: { code: 'TRADING_STATE_CHANGED', severity, params: { from, to, reason } } });
}

/**
 * Runs a step; a broken promise of our own code halts new exposure instead of stopping the engine, which stays up to stop,
 * protect and exit.
 */
export function guarded(turn: Turn, step: () => void): void {
  try {
    step();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    haltFor(turn, 'INVARIANT_BROKEN');
    if (turn.state.broken === message) return;
    turn.state.broken = message;
    const alert = { code: 'INVARIANT_BROKEN', severity: 'critical', params: { message } } as const;
    turn.emit({ kind: 'alert.raised', alert });
  }
}

/** A fault takes new exposure away; an emergency stop at work is stricter already and goes on. */
export function haltFor(turn: Turn, reason: string): void {
  if (turn.state.tradingState !== 'stopping') changeTradingState(turn, 'halted', reason, ['engine']);
}
