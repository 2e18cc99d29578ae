import type { Decision, EngineInput } from './domain/events.ts';
import { createParts, restoreParts, snapshotOf, type Parts } from './core/core-state.ts';
import { coreView, type CoreView } from './core/core-view.ts';
import { watchDayLoss } from './core/day-loss.ts';
import { decideOnBar } from './core/entry-path.ts';
import { noteChildren, stepExecutors } from './core/executor-host.ts';
import { handleInput } from './core/handlers.ts';
import { listedInstrument, type Turn } from './execution/execution-state.ts';
import { settle } from './execution/supervision.ts';
import { guarded } from './execution/trading-state-latch.ts';
import type { JsonValue } from './ports/store.ts';

export type { CoreView } from './core/core-view.ts';

/**
 * The deterministic core. State changes only in `apply`, synchronously and from the input alone: the same inputs give the
 * same decisions and the same snapshot, in a live session and in its replay.
 */
export type Core = {
  /** Never throws: a broken invariant halts and is alerted, while protection, exits and the stop go on. */
  apply(sequence: number, timeUs: number, input: EngineInput): readonly Decision[];
  /** The whole state, counters included. */
  snapshot(): JsonValue;
  /** Throws when `state` is no snapshot of a core. */
  restore(state: JsonValue): void;
  readonly view: CoreView;
};

export function createCore(): Core {
  const parts = createParts();
  return {
    apply: (sequence, timeUs, input) => applyInput(parts, sequence, timeUs, input),
    snapshot: () => snapshotOf(parts),
    restore: (state) => restoreParts(parts, state),
    view: coreView(parts),
  };
}

function applyInput(parts: Parts, sequence: number, timeUs: number, input: EngineInput): readonly Decision[] {
  const decisions: Decision[] = [];
  const state = parts.state.execution;
  const turn: Turn = {
    timeUs,
    state,
    isTick: input.kind === 'clock.ticked',
    touched: new Set(),
    applied: [],
    emit: (decision) => void decisions.push(decision),
  };
  parts.state.sequence = sequence;
  parts.state.timeUs = timeUs;
  guarded(turn, () => handleInput(parts, turn, input));
  guarded(turn, () => bookFills(parts, turn));
  if (input.kind === 'clock.ticked') guarded(turn, () => watchDayLoss(parts, turn));
  if (input.kind === 'bar.closed') guarded(turn, () => decideOnBar(parts, turn, input));
  if (state.config === null) return decisions;
  guarded(turn, () => stepExecutors(parts, turn, input));
  settle(turn);
  guarded(turn, () => noteChildren(parts, turn));
  return decisions;
}

function bookFills(parts: Parts, turn: Turn): void {
  for (const fill of turn.applied) {
    parts.portfolio.applyFill(fill, listedInstrument(turn.state, fill.instrumentId));
  }
}
