import type { Verdict } from '../domain/denial.ts';
import type { DecisionReason } from '../domain/events.ts';
import type { ExecutorId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import { ensure } from '../domain/result.ts';
import { ALLOWED, type TradingAction } from '../domain/trading-state.ts';
import type { EntryForm } from './entry-forms.ts';
import { configOf, type Exposure, exposureKey, type HeldEntry, type Turn } from './execution-state.ts';
import { sendCancel, sendSubmission } from './sending.ts';

const US_PER_MS = 1_000;

export type EntryIntent = {
  readonly action: Extract<TradingAction, 'entry' | 'increase'>;
  readonly reason: DecisionReason;
  readonly verdict: Verdict;
};

/** Sends an entry; where its stop has to rest first, the stop alone, and the entry once the venue shows the stop live. */
export function sendEntry(turn: Turn, { entry, entrySpec, guard }: EntryForm, intent: EntryIntent): void {
  if (guard === null) {
    sendSubmission(turn, entry, intent);
    return;
  }
  const { accountId, instrumentId, clientOrderId } = entrySpec;
  const untilUs = turn.timeUs + configOf(turn.state).commandTimeoutMs * US_PER_MS;
  const stopId = guard.clientOrderId;
  turn.state.heldEntries.set(clientOrderId, { ...intent, entry: entrySpec, stopId, untilUs, accountId, instrumentId });
  const { reason, verdict } = intent;
  const stop = { kind: 'single', order: guard } as const;
  sendSubmission(turn, stop, { action: 'protectiveStop', reason, verdict, guards: clientOrderId });
}

/** Sends held entries whose stop rests; gives up those whose stop does not, or that are no longer wanted. */
export function advanceHeldEntries(turn: Turn, exposure: Exposure): void {
  for (const held of heldBy(turn, exposure)) {
    const stop = turn.state.orders.get(held.stopId);
    const isWanted = ALLOWED[turn.state.tradingState][held.action] && exposure.flattening === null;
    if (!isWanted || stop === undefined || isTerminal(stop.status) || turn.timeUs >= held.untilUs) {
      giveUp(turn, held);
    } else if (stop.venueStatus === 'live' && stop.pending === null) {
      turn.state.heldEntries.delete(held.entry.clientOrderId);
      const { action, reason, verdict } = held;
      sendSubmission(turn, { kind: 'single', order: held.entry }, { action, reason, verdict });
    }
  }
}

export const heldBy = (turn: Pick<Turn, 'state'>, { accountId, instrumentId }: Exposure): readonly HeldEntry[] =>
  [...turn.state.heldEntries.values()].filter(
    (held) => held.accountId === accountId && held.instrumentId === instrumentId,
  );

/** A parent that no longer works sends nothing that waits for its stop. */
export function dropChildrenHeld(turn: Turn, exposure: Exposure, parentId: ExecutorId): void {
  for (const held of heldBy(turn, exposure)) if (held.entry.parentId === parentId) giveUp(turn, held);
}

/** A new life sends nothing that an earlier one held back. */
export function dropHeldEntries(turn: Turn): void {
  for (const held of turn.state.heldEntries.values()) {
    turn.touched.add(ensure(turn.state.exposures.get(exposureKey(held.accountId, held.instrumentId)), 'an exposure'));
    giveUp(turn, held);
  }
}

function giveUp(turn: Turn, held: HeldEntry): void {
  const { accountId, instrumentId, stopId, entry } = held;
  turn.state.heldEntries.delete(entry.clientOrderId);
  turn.state.plans.delete(entry.clientOrderId);
  const params = { accountId, instrumentId, strategyId: entry.strategyId, denial: 'PROTECTION_UNAVAILABLE' };
  turn.emit({ kind: 'alert.raised', alert: { code: 'ORDER_DENIED', severity: 'warning', params } });
  const stop = turn.state.orders.get(stopId);
  if (stop !== undefined) sendCancel(turn, stop);
}
