import { parseClientOrderId } from '../domain/client-order-id.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../domain/identifiers.ts';
import type { Fill, OrderReport, OrderSpec } from '../domain/order.ts';
import { noteDifference } from './differences.ts';
import { touchExposure, type OrderRecord, type Turn } from './execution-state.ts';
import { hasEnded, isOurInstallation, noteForeign } from './foreign-orders.ts';
import { openRecord } from './order-record.ts';

/**
 * An order of this installation that the state does not hold is ours all the same: its id says so without a database.
 * One that was dropped after it had ended is news only when a query finds it open. Others are alerted once and left alone.
 */
export function adoptFromReport(turn: Turn, report: OrderReport, askedAtUs: number | null): OrderRecord | undefined {
  const role = ownRole(turn, report.accountId, report.clientOrderId, report.instrumentId);
  if (report.clientOrderId === null || role === undefined) {
    noteForeign(turn, report);
    return undefined;
  }
  const isOldNews = hasEnded(report) || askedAtUs === null;
  if (isOldNews && wasForgotten(turn, report.clientOrderId)) return undefined;
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
  const role = ownRole(turn, fill.accountId, fill.clientOrderId, fill.instrumentId);
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
function ownRole(
  turn: Turn,
  accountId: AccountId,
  id: ClientOrderId | null,
  instrumentId: InstrumentId,
): OrderSpec['role'] | undefined {
  if (!turn.state.instruments.has(instrumentId)) return undefined;
  const parts = id === null ? undefined : parseClientOrderId(id);
  if (parts === undefined) return undefined;
  return isOurInstallation(turn.state, accountId, parts.installation) ? parts.role : undefined;
}

/** Ids are given in order and dropped from the oldest, so those up to the newest dropped one were all held once. */
function wasForgotten(turn: Turn, id: ClientOrderId): boolean {
  const parts = parseClientOrderId(id);
  const mark = turn.state.reconciliation.forgottenUpTo;
  if (parts === undefined || mark === null || parts.installation !== turn.state.installation) return false;
  return parts.epoch < mark.epoch || (parts.epoch === mark.epoch && parts.counter <= mark.counter);
}

/** An ended order leaves the state: a report of it that comes again is no order found. */
export function noteForgotten(turn: Turn, id: ClientOrderId): void {
  const parts = parseClientOrderId(id);
  const { adopted } = turn.state.reconciliation;
  for (const [key, known] of adopted) if (known === id) adopted.delete(key);
  if (parts === undefined || parts.installation !== turn.state.installation || wasForgotten(turn, id)) return;
  turn.state.reconciliation.forgottenUpTo = { epoch: parts.epoch, counter: parts.counter };
}

function adopt(turn: Turn, spec: OrderSpec): OrderRecord {
  const { accountId, instrumentId, clientOrderId, role } = spec;
  const params = { accountId, instrumentId, clientOrderId, role, adopted: true };
  turn.emit({ kind: 'alert.raised', alert: { code: 'RECONCILED', severity: 'warning', params } });
  // Orders of an installation that was taken over are no surprise.
  if (isOwn(turn, clientOrderId)) noteFound(turn, spec);
  return openRecord(turn, { spec, listId: null, workingId: null, legIds: [], reason: null });
}

const isOwn = (turn: Turn, id: ClientOrderId): boolean =>
  parseClientOrderId(id)?.installation === turn.state.installation;

function noteFound(turn: Turn, { accountId, instrumentId, clientOrderId }: OrderSpec): void {
  noteDifference(turn, {
    kind: 'orderFound',
    accountId,
    instrumentId,
    clientOrderId,
    believed: { status: null, quantity: null },
    venue: { status: 'accepted', quantity: null },
    proposed: 'adopt',
  });
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
