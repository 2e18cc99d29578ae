import { compareDecimals, decimal, type DecimalText } from '../domain/decimal.ts';
import type { CommandOutcome, Lane } from '../domain/events.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import { isTerminal, type OrderChange, type OrderReport, type OrderSpec } from '../domain/order.ts';
import { touchExposure, type OrderRecord, type Turn } from './execution-state.ts';
import { alertOrder } from './order-record.ts';

/** Decides to change a resting order in place. Does nothing while another answer about it is awaited; false then. */
export function sendModify(turn: Turn, record: OrderRecord, change: OrderChange, lane: Lane): boolean {
  if (isTerminal(record.status) || record.pending !== null) return false;
  const { accountId, instrumentId, clientOrderId } = record.spec;
  record.pending = { command: 'modify', outcome: 'inFlight', sinceUs: turn.timeUs };
  record.proposed = change;
  turn.emit({ kind: 'order.modify', accountId, instrumentId, clientOrderId, ...change, lane });
  return true;
}

/** The order as it is once the change happened. */
export const changed = (spec: OrderSpec, change: OrderChange): OrderSpec => ({
  ...spec,
  price: change.price ?? spec.price,
  quantity: change.quantity ?? spec.quantity,
  triggerPrice: change.triggerPrice ?? spec.triggerPrice,
});

/** An accepted change is one; a refused one leaves the order as it was, if the order is still there: the venue is asked. */
export function applyModifyAnswer(
  turn: Turn,
  id: ClientOrderId,
  outcome: CommandOutcome,
  ask: {
    readonly lookUp: (record: OrderRecord) => void;
    readonly makeUnknown: (record: OrderRecord, why: string) => void;
  },
): void {
  const record = turn.state.orders.get(id);
  if (record === undefined) return;
  touchExposure(turn, record.spec.accountId, record.spec.instrumentId);
  if (record.pending?.command !== 'modify') return;
  if (outcome.kind === 'unknown') {
    ask.makeUnknown(record, outcome.reason);
    return;
  }
  settleModify(turn, record, outcome.kind === 'accepted');
  if (outcome.kind === 'accepted') return;
  alertOrder(turn, record, 'ORDER_REJECTED', 'warning', { command: 'modify', venueCode: outcome.venueCode });
  ask.lookUp(record);
}

function settleModify(turn: Turn, record: OrderRecord, happened: boolean): void {
  if (happened && record.proposed !== undefined) record.spec = changed(record.spec, record.proposed);
  record.pending = null;
  delete record.proposed;
  record.updatedAtUs = turn.timeUs;
}

/**
 * A report that shows the changed order proves the change; one asked for after the command and showing the old order
 * proves that it did not happen. Others say nothing.
 */
export function noteModified(turn: Turn, record: OrderRecord, report: OrderReport, askedAtUs: number | null): void {
  const { pending, proposed } = record;
  if (pending?.command !== 'modify' || proposed === undefined) return;
  const happened = shows(report, proposed);
  if (!happened && (askedAtUs === null || askedAtUs <= pending.sinceUs || pending.outcome !== 'unknown')) return;
  if (pending.outcome === 'unknown') {
    alertOrder(turn, record, 'OUTCOME_RESOLVED', 'info', { exists: true, modified: happened });
  }
  settleModify(turn, record, happened);
}

function shows(report: OrderReport, change: OrderChange): boolean {
  const isSame = (wanted: DecimalText | null, shown: DecimalText | null): boolean =>
    wanted === null || (shown !== null && compareDecimals(decimal(wanted), decimal(shown)) === 0);
  return (
    isSame(change.price, report.price) &&
    isSame(change.quantity, report.quantity) &&
    isSame(change.triggerPrice, report.triggerPrice)
  );
}
