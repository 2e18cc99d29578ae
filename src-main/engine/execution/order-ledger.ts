import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import { isTerminal, type Fill, type OrderReport } from '../domain/order.ts';
import { transition, type OrderNews } from '../domain/order-transitions.ts';
import { adoptFromFill, adoptFromReport } from './adoption.ts';
import { isAbove, quantityOf } from './amounts.ts';
import {
  listedInstrument,
  touchExposure,
  type ExecutionState,
  type Exposure,
  type OrderRecord,
  type ProtectionPlan,
  type Turn,
} from './execution-state.ts';
import { expectTrade } from './expected-balances.ts';
import { isFlat } from './coverage.ts';
import { bookForcedFill } from './forced-fills.ts';
import { foreignKey, holdForeignFill } from './foreign-orders.ts';
import { noteModified } from './modification.ts';
import { alertOrder, track } from './order-record.ts';
import { followFrom } from './stop-follow.ts';
import { isApplied, tradeKey } from './applied-trades.ts';
import { noteHeard } from './unreported-fills.ts';

/**
 * Applies what the venue says about an order. `askedAtUs`: when a query asked for it, so that an open order outweighs an
 * older terminal status; null for streams and replies. Foreign orders change nothing and are returned as undefined.
 */
export function applyReport(turn: Turn, report: OrderReport, askedAtUs: number | null): OrderRecord | undefined {
  const record = recordOf(turn.state, report) ?? adoptFromReport(turn, report, askedAtUs);
  if (record === undefined) return undefined;
  touchExposure(turn, report.accountId, report.instrumentId);
  if (askedAtUs === null) noteHeard(turn, record);
  noteEvidence(turn, record, report, askedAtUs);
  const news = newsOf(report, record, askedAtUs);
  const before = record.venueStatus;
  if (news !== 'foundOpen' && isOpenReport(report) && hasEnded(before)) return record;
  if (!move(turn, record, news)) return record;
  record.venueStatus = news === 'foundOpen' ? report.venueStatus : furthest(before, report.venueStatus);
  if (record.venueStatus !== before) record.updatedAtUs = turn.timeUs;
  if (PLACED.includes(report.venueStatus)) record.placed = true;
  if (news === 'rejected' && before !== 'rejected') alertOrder(turn, record, 'ORDER_REJECTED', 'warning');
  return record;
}

/** A report that came before its order was ours. */
export const noteReport = (turn: Turn, report: OrderReport): void => void applyReport(turn, report, null);

/** Adopted orders are known by the venue's id alone. */
function recordOf(
  { orders, reconciliation: { adopted } }: ExecutionState,
  { accountId, clientOrderId, venueOrderId }: Pick<OrderReport, 'accountId' | 'clientOrderId' | 'venueOrderId'>,
): OrderRecord | undefined {
  const known = clientOrderId === null ? undefined : orders.get(clientOrderId);
  if (known !== undefined || adopted.size === 0) return known;
  const id = adopted.get(foreignKey(accountId, venueOrderId));
  return id === undefined ? undefined : orders.get(id);
}

function newsOf(report: OrderReport, record: OrderRecord, askedAtUs: number | null): OrderNews {
  if (isOpenReport(report) && isTerminal(record.status) && askedAtUs !== null && askedAtUs > record.updatedAtUs)
    return 'foundOpen';
  if (report.venueStatus === 'pendingNew') return 'accepted';
  if (report.venueStatus === 'live') return report.triggered ? 'triggered' : 'accepted';
  return report.venueStatus;
}

const isOpenReport = ({ venueStatus }: OrderReport): boolean =>
  venueStatus === 'pendingNew' || venueStatus === 'live' || venueStatus === 'partiallyFilled';

/** By the venue's own word, not by our conclusion: older news that arrive later do not open it again. */
const hasEnded = (venueStatus: OrderRecord['venueStatus']): boolean =>
  venueStatus === 'filled' || venueStatus === 'canceled' || venueStatus === 'expired' || venueStatus === 'rejected';

/** Facts that hold whatever the order of arrival. */
function noteEvidence(turn: Turn, record: OrderRecord, report: OrderReport, askedAtUs: number | null): void {
  if (!record.venueOrderIds.includes(report.venueOrderId)) record.venueOrderIds.push(report.venueOrderId);
  if (askedAtUs !== null && isOpenReport(report)) record.shownAtUs = Math.max(askedAtUs, record.shownAtUs ?? 0);
  if (isAbove(report.filledQuantity, record.reportedFilled)) record.reportedFilled = report.filledQuantity;
  if (report.triggered && record.triggeredAtUs === null) record.triggeredAtUs = turn.timeUs;
  // A conditional close is as large as what was filled, which only the venue knows.
  const isVenueMade = record.reason === null || record.workingId !== null;
  if (isVenueMade && record.spec.quantity !== report.quantity) {
    record.spec = { ...record.spec, quantity: report.quantity, price: report.price, triggerPrice: report.triggerPrice };
  }
  noteModified(turn, record, report, askedAtUs);
  proveExistence(turn, record);
}

/** The venue knows the order: a create in flight or unknown has happened. */
export function proveExistence(turn: Turn, record: OrderRecord): void {
  if (record.lookup !== null) record.lookup.absentSinceUs = null;
  if (record.pending?.command !== 'create') return;
  if (record.pending.outcome === 'unknown') alertOrder(turn, record, 'OUTCOME_RESOLVED', 'info', { exists: true });
  record.pending = null;
  record.lookup = null;
}

/** True when the news is not older than what is known. */
export function move(turn: Turn, record: OrderRecord, news: OrderNews): boolean {
  const next = transition(record.status, news);
  if (next.stale) return false;
  if (next.status !== record.status) {
    record.previousStatus = record.status;
    record.status = next.status;
    record.updatedAtUs = turn.timeUs;
  }
  if (next.reopened) {
    alertOrder(turn, record, 'RECONCILED', 'critical', { reopened: true, was: record.previousStatus });
    track(touchExposure(turn, record.spec.accountId, record.spec.instrumentId), record);
  }
  if (isTerminal(next.status)) {
    record.pending = null;
    record.lookup = null;
  }
  return true;
}

/**
 * Applies a trade once, whatever the status of its order; a late fill is never dropped. Returns the order, or undefined
 * for duplicates and foreign trades.
 */
export function applyFill(turn: Turn, fill: Fill): OrderRecord | undefined {
  if (isApplied(turn.state, fill)) return undefined;
  const record = recordOf(turn.state, fill) ?? adoptFromFill(turn, fill);
  if (record === undefined) {
    if (!bookForcedFill(turn, fill)) holdForeignFill(turn, fill);
    return undefined;
  }
  return bookFill(turn, record, { ...fill, clientOrderId: record.spec.clientOrderId });
}

function bookFill(turn: Turn, record: OrderRecord, fill: Fill): OrderRecord {
  turn.state.trades.set(tradeKey(fill), turn.timeUs);
  turn.applied.push(fill);
  expectTrade(turn, fill);
  proveExistence(turn, record);
  noteHeard(turn, record);
  const wasTerminal = isTerminal(record.status);
  record.filled = quantityOf(record.filled).plus(quantityOf(fill.quantity)).toString();
  if (!record.venueOrderIds.includes(fill.venueOrderId)) record.venueOrderIds.push(fill.venueOrderId);
  if (wasTerminal && isAbove(record.filled, record.reportedFilled)) {
    alertOrder(turn, record, 'LATE_FILL', 'warning', { status: record.status });
  }
  settleFill(turn, record);
  applyToExposure(touchExposure(turn, fill.accountId, fill.instrumentId), turn, fill, record);
  return record;
}

function settleFill(turn: Turn, record: OrderRecord): void {
  const known = record.reason !== null;
  const compared = quantityOf(record.filled).compare(quantityOf(record.spec.quantity));
  if (known && compared > 0) alertOrder(turn, record, 'LATE_FILL', 'critical', { overfill: true });
  const news = known && compared >= 0 ? 'filled' : 'partiallyFilled';
  if (move(turn, record, news)) record.venueStatus = furthest(record.venueStatus, news);
  record.placed = true;
  record.updatedAtUs = turn.timeUs;
}

function applyToExposure(exposure: Exposure, turn: Turn, fill: Fill, record: OrderRecord): void {
  const instrument = listedInstrument(turn.state, fill.instrumentId);
  const wasFlat = isFlat(turn.state, exposure);
  const traded = quantityOf(fill.quantity);
  let quantity = quantityOf(exposure.quantity).plus(fill.side === 'buy' ? traded : traded.negated());
  const { feesReduceHolding } = capabilitiesOfInstrument(exposure.instrumentId);
  if (feesReduceHolding && fill.fee.asset === instrument.base) quantity = quantity.minus(quantityOf(fill.fee.amount));
  exposure.quantity = quantity.isZero ? '0' : quantity.toString();
  const plan = turn.state.plans.get(record.spec.clientOrderId);
  if (plan !== undefined && exposure.planOf !== record.spec.clientOrderId) {
    adoptPlan(exposure, turn, fill, record.spec.parentId === undefined || wasFlat ? plan : tighter(exposure, plan));
  }
}

/** A child of an executor comes with the stop its parent was given; one that was moved since is the tighter one. */
function tighter(exposure: Exposure, plan: ProtectionPlan): ProtectionPlan {
  const held = exposure.plan;
  if (held === null) return plan;
  const isShort = quantityOf(exposure.quantity).isNegative;
  const isTighter = isAbove(held.stopTrigger, plan.stopTrigger) !== isShort && held.stopTrigger !== plan.stopTrigger;
  return isTighter ? { ...plan, stopTrigger: held.stopTrigger, stopLimit: held.stopLimit } : plan;
}

/** Once for each entry: later fills of it must not undo a stop that was moved since. */
function adoptPlan(exposure: Exposure, turn: Turn, { clientOrderId, price }: Fill, plan: ProtectionPlan): void {
  exposure.plan = plan;
  exposure.planOf = clientOrderId;
  exposure.follow = plan.rule === undefined ? null : followFrom(plan.rule, price, turn.timeUs);
  exposure.restop = null;
}

const PLACED: readonly OrderReport['venueStatus'][] = ['live', 'partiallyFilled', 'filled'];
const STAGES = ['pendingNew', 'live', 'partiallyFilled', 'filled', 'canceled', 'expired', 'rejected'] as const;

function furthest(known: OrderReport['venueStatus'] | null, news: OrderReport['venueStatus']): typeof news {
  return known !== null && STAGES.indexOf(known) > STAGES.indexOf(news) ? known : news;
}
