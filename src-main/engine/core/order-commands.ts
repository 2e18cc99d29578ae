import type { Command } from '../domain/command.ts';
import type { Denial } from '../domain/denial.ts';
import type { DecisionReason } from '../domain/events.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import { closes, isFlat, openRecords, protects } from '../execution/coverage.ts';
import { exposureKey, touchExposure, type OrderRecord, type Turn } from '../execution/execution-state.ts';
import { startFlattening } from '../execution/flattening.ts';
import { sendCancel } from '../execution/sending.ts';
import { followFrom } from '../execution/stop-follow.ts';
import { isStopRule } from '../execution/stop-rules.ts';
import type { Parts } from './core-state.ts';

/** Denies for a stop that protects a position: closing the position takes it away, nothing else does. */
export function cancelOrder(turn: Turn, clientOrderId: ClientOrderId): Denial | null {
  const record = turn.state.orders.get(clientOrderId);
  if (record === undefined || isTerminal(record.status)) return { code: 'ORDER_UNKNOWN', params: { clientOrderId } };
  if (isProtection(turn, record)) return { code: 'PROTECTION_UNAVAILABLE', params: { clientOrderId } };
  sendCancel(turn, record);
  return null;
}

/** Cancels what works for new exposure; the protection of open positions stays. */
export function cancelAll(turn: Turn, accountId: AccountId, instrumentId: InstrumentId | null): null {
  for (const exposure of turn.state.exposures.values()) {
    if (exposure.accountId !== accountId) continue;
    if (instrumentId !== null && exposure.instrumentId !== instrumentId) continue;
    turn.touched.add(exposure);
    for (const record of openRecords(turn.state, exposure)) if (!isProtection(turn, record)) sendCancel(turn, record);
  }
  return null;
}

/** The order, or one of its list, protects an open position. */
function isProtection(turn: Turn, record: OrderRecord): boolean {
  const exposure = touchExposure(turn, record.spec.accountId, record.spec.instrumentId);
  if (isFlat(turn.state, exposure) || !closes(record, exposure)) return false;
  const related = openRecords(turn.state, exposure).filter(
    (other) => other === record || (other.listId !== null && other.listId === record.listId),
  );
  return related.some((other) => protects(other, exposure));
}

/** Denies when there is nothing to close. */
export function closePosition(
  turn: Turn,
  { accountId, instrumentId }: { readonly accountId: AccountId; readonly instrumentId: InstrumentId },
  reason: DecisionReason,
): Denial | null {
  const exposure = turn.state.exposures.get(exposureKey(accountId, instrumentId));
  if (exposure === undefined || isFlat(turn.state, exposure)) {
    return { code: 'POSITION_UNKNOWN', params: { accountId, instrumentId } };
  }
  startFlattening(turn, exposure, reason);
  return null;
}

type SetStopRule = Extract<Command, { readonly kind: 'setStopRule' }>;

/** Denies a rule that means nothing, and where there is no position with a known stop. */
export function setStopRule(parts: Parts, turn: Turn, { accountId, instrumentId, rule }: SetStopRule): Denial | null {
  if (rule !== null && !isStopRule(rule)) return { code: 'STOP_RULE_INVALID', params: {} };
  const exposure = turn.state.exposures.get(exposureKey(accountId, instrumentId));
  const entryPrice = parts.portfolio.position(accountId, instrumentId)?.averageEntryPrice ?? null;
  if (exposure === undefined || exposure.plan === null || isFlat(turn.state, exposure) || entryPrice === null) {
    return { code: 'POSITION_UNKNOWN', params: { accountId, instrumentId } };
  }
  exposure.follow = rule === null ? null : followFrom(rule, entryPrice.toString(), turn.timeUs);
  return null;
}
