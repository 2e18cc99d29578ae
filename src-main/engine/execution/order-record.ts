import type { Alert, AlertCode, Severity } from '../domain/alert.ts';
import type { DecisionReason } from '../domain/events.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import type { OrderSpec } from '../domain/order.ts';
import { touchExposure, type Exposure, type OrderRecord, type Turn } from './execution-state.ts';

export type NewOrder = {
  readonly spec: OrderSpec;
  readonly listId: ClientOrderId | null;
  readonly workingId: ClientOrderId | null;
  readonly legIds: readonly ClientOrderId[];
  readonly reason: DecisionReason['by'] | null;
};

/** Enters an order as `initialized`. */
export function openRecord(turn: Turn, order: NewOrder): OrderRecord {
  const record: OrderRecord = {
    ...order,
    createdAtUs: turn.timeUs,
    status: 'initialized',
    previousStatus: null,
    pending: null,
    venueOrderIds: [],
    venueStatus: null,
    placed: false,
    filled: '0',
    reportedFilled: '0',
    triggeredAtUs: null,
    updatedAtUs: turn.timeUs,
    lookup: null,
    cancelTries: 0,
    cancelRetryAtUs: 0,
    barsWaited: 0,
  };
  turn.state.orders.set(order.spec.clientOrderId, record);
  touchExposure(turn, order.spec.accountId, order.spec.instrumentId).openOrders.push(order.spec.clientOrderId);
  return record;
}

/** Puts an order back among those that may still act. */
export function track(exposure: Exposure, record: OrderRecord): void {
  const id = record.spec.clientOrderId;
  if (!exposure.openOrders.includes(id)) exposure.openOrders.push(id);
}

export function alertOrder(
  turn: Turn,
  record: OrderRecord,
  code: AlertCode,
  severity: Severity,
  params: Alert['params'] = {},
): void {
  const { accountId, instrumentId, clientOrderId, role } = record.spec;
  const alert = { code, severity, params: { accountId, instrumentId, clientOrderId, role, ...params } };
  turn.emit({ kind: 'alert.raised', alert });
}
