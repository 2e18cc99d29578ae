import { parseClientOrderId } from '../domain/client-order-id.ts';
import type { ClientOrderId, InstrumentId } from '../domain/identifiers.ts';
import type { Fill, OrderReport, OrderSpec } from '../domain/order.ts';
import { touchExposure, venueLink, type OrderRecord, type Turn } from './execution-state.ts';
import { openRecord } from './order-record.ts';

/**
 * An order of this installation that the state does not hold is ours all the same: its id says so without a database.
 * Others are alerted once and left alone.
 */
export function adoptFromReport(turn: Turn, report: OrderReport): OrderRecord | undefined {
  const role = ownRole(turn, report.clientOrderId, report.instrumentId);
  if (report.clientOrderId === null || role === undefined) {
    alertForeign(turn, report);
    return undefined;
  }
  const record = adopt(turn, {
    clientOrderId: report.clientOrderId,
    accountId: report.accountId,
    strategyId: null,
    instrumentId: report.instrumentId,
    role,
    side: report.side,
    type: report.type,
    timeInForce: null,
    quantity: report.quantity,
    price: report.price,
    triggerPrice: report.triggerPrice,
  });
  planFromStop(turn, record);
  return record;
}

/** The rest of the order is learned by a lookup. */
export function adoptFromFill(turn: Turn, fill: Fill): OrderRecord | undefined {
  const role = ownRole(turn, fill.clientOrderId, fill.instrumentId);
  if (role === undefined) return undefined;
  const record = adopt(turn, {
    clientOrderId: fill.clientOrderId,
    accountId: fill.accountId,
    strategyId: null,
    instrumentId: fill.instrumentId,
    role,
    side: fill.side,
    type: 'limit',
    timeInForce: null,
    quantity: fill.quantity,
    price: fill.price,
    triggerPrice: null,
  });
  record.lookup = { dueAtUs: turn.timeUs, tries: 0, absentSinceUs: null };
  return record;
}

/** Undefined also where the instrument was never listed: without its rules nothing can be done for the order. */
function ownRole(turn: Turn, id: ClientOrderId | null, instrumentId: InstrumentId): OrderSpec['role'] | undefined {
  if (!turn.state.instruments.has(instrumentId)) return undefined;
  const parts = id === null ? undefined : parseClientOrderId(id);
  return parts?.installation === turn.state.installation ? parts.role : undefined;
}

function adopt(turn: Turn, spec: OrderSpec): OrderRecord {
  const { accountId, instrumentId, clientOrderId, role } = spec;
  const params = { accountId, instrumentId, clientOrderId, role, adopted: true };
  turn.emit({ kind: 'alert.raised', alert: { code: 'RECONCILED', severity: 'warning', params } });
  return openRecord(turn, { spec, listId: null, workingId: null, legIds: [], reason: null });
}

/** A position whose bracket is lost is protected as its own stop was. */
function planFromStop(turn: Turn, record: OrderRecord): void {
  const { role, triggerPrice, price } = record.spec;
  const exposure = touchExposure(turn, record.spec.accountId, record.spec.instrumentId);
  if (role !== 'stop' || triggerPrice === null || exposure.plan !== null) return;
  exposure.plan = {
    strategyId: null,
    entry: 'fok',
    stopTrigger: triggerPrice,
    stopLimit: price ?? triggerPrice,
    target: null,
  };
}

function alertForeign(turn: Turn, report: OrderReport): void {
  const link = venueLink(turn.state, report.accountId);
  if (link.foreign.has(report.venueOrderId)) return;
  link.foreign.set(report.venueOrderId, turn.timeUs);
  const { accountId, instrumentId, venueOrderId, side, quantity } = report;
  const params = { accountId, instrumentId, venueOrderId, side, quantity };
  turn.emit({ kind: 'alert.raised', alert: { code: 'FOREIGN_ORDER', severity: 'warning', params } });
}
