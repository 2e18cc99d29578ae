import type { EngineInput, OrderLookup, OrderLookupRequest, VenueState } from '../domain/events.ts';
import type { AccountId, ClientOrderId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import { isAbsenceProven } from './absence.ts';
import { openRecords } from './coverage.ts';
import {
  configOf,
  touchExposure,
  venueLink,
  type ExecutionState,
  type OrderRecord,
  type Turn,
  type VenueLink,
} from './execution-state.ts';
import { noteStopAsked, noteStopLook } from './emergency-stop.ts';
import { dropEndedForeign } from './foreign-orders.ts';
import { compareHoldings } from './holdings-comparison.ts';
import { applyFill, applyReport, move } from './order-ledger.ts';
import { alertOrder } from './order-record.ts';
import { completeTakeOvers } from './ownership.ts';
import { noteAnswered, noteAsked, noteUnanswered } from './resolution-log.ts';
import { compareWithBelief } from './start-comparison.ts';
import { backOffLookup, lacksFills, lookUpNow } from './unknown-outcomes.ts';

export type Reconciled = Extract<EngineInput, { kind: 'venue.reconciled' }>;

const FIRST_RETRY_US = 500_000;
const MAX_RETRY_US = 10_000_000;
/** A look without any answer for this long is given up; its request may have died with a connection. */
const LOOK_TIMEOUT_US = 20_000_000;
const US_PER_MS = 1_000;

export function applyVenueState(turn: Turn, accountId: AccountId, state: VenueState, detail: string): void {
  const link = venueLink(turn.state, accountId);
  const was = link.state;
  link.state = state;
  const isBehind = !link.synchronized || was === 'degraded';
  if (state === 'ready' && isBehind) {
    link.wanted = was === 'connecting' ? 'CONNECTED' : 'RECONNECTED';
    link.retryAtUs = 0;
    link.failures = 0;
  }
  if (state === 'down' || state === 'connecting') link.synchronized = false;
  if (state === was || state === 'connecting') return;
  if (state !== 'ready') {
    const params = { accountId, state, detail };
    turn.emit({ kind: 'alert.raised', alert: { code: 'VENUE_DOWN', severity: 'warning', params } });
  }
}

/** Asks for a look at the venue when one is due and none is under way. What is due by time is found on ticks only. */
export function requestLooks(turn: Turn): void {
  for (const { accountId } of turn.state.accounts) {
    const link = venueLink(turn.state, accountId);
    if (link.wanted === null && !turn.isTick) continue;
    if (link.inFlight && turn.timeUs - (link.requestedAtUs ?? 0) >= LOOK_TIMEOUT_US) {
      noteUnanswered(turn, accountId);
      failLook(turn, link);
    }
    if (canLook(turn, link)) requestLook(turn, accountId, link);
  }
}

/** Queries do not need the private stream: once connected, they go on while it is down. */
function canLook(turn: Turn, { inFlight, retryAtUs, reconciledAtUs, state }: VenueLink): boolean {
  const isConnected = state === 'ready' || state === 'degraded' || reconciledAtUs !== null;
  return isConnected && !inFlight && turn.timeUs >= retryAtUs;
}

function requestLook(turn: Turn, accountId: AccountId, link: VenueLink): void {
  const lookups = dueLookups(turn, accountId);
  const reason = link.wanted ?? (lookups.length > 0 ? 'LOOKUP' : periodicReason(turn, link));
  if (reason === null) return;
  link.wanted = null;
  link.inFlight = true;
  link.requestedAtUs = turn.timeUs;
  noteStopAsked(turn, accountId);
  // Proof that a stop is done, and of what protects a position, goes before other questions.
  const isUrgent = reason === 'OUTCOME_UNKNOWN' || turn.state.tradingState === 'stopping';
  const lane = isUrgent ? { lane: 'reduce' as const } : {};
  turn.emit({ kind: 'venue.reconcile', accountId, lookups, reason, ...lane });
}

function periodicReason(turn: Turn, link: VenueLink): string | null {
  const sinceUs = turn.timeUs - (link.reconciledAtUs ?? 0);
  return sinceUs >= configOf(turn.state).reconcileIntervalMs * US_PER_MS ? 'INTERVAL' : null;
}

function dueLookups(turn: Turn, accountId: AccountId): readonly OrderLookupRequest[] {
  const due = ordersOfAccount(turn.state, accountId).filter(
    (record) => record.lookup !== null && record.lookup.dueAtUs <= turn.timeUs,
  );
  for (const record of due) backOffLookup(turn, record);
  noteAsked(turn, due);
  return due.map(({ spec: { clientOrderId, instrumentId }, adoptedAs }) => ({
    clientOrderId,
    instrumentId,
    ...(adoptedAs === undefined ? {} : { venueOrderId: adoptedAs }),
  }));
}

function ordersOfAccount(state: ExecutionState, accountId: AccountId): readonly OrderRecord[] {
  const own = [...state.exposures.values()].filter((exposure) => exposure.accountId === accountId);
  return own.flatMap((exposure) => openRecords(state, exposure));
}

/** No information: nothing is concluded, the question is put again. */
export function applyReconcileFailure(turn: Turn, accountId: AccountId): void {
  noteUnanswered(turn, accountId);
  failLook(turn, venueLink(turn.state, accountId));
}

function failLook(turn: Turn, link: VenueLink): void {
  link.inFlight = false;
  link.wanted ??= 'RETRY';
  link.retryAtUs = turn.timeUs + Math.min(MAX_RETRY_US, FIRST_RETRY_US * 2 ** link.failures);
  link.failures += 1;
}

/**
 * Applies a whole look: trades, open orders, answers about single orders. Absence from the open orders proves nothing by
 * itself; it raises the question about that order. News later than the question outweigh its answer.
 */
export function applyReconciled(turn: Turn, look: Reconciled): void {
  const link = venueLink(turn.state, look.accountId);
  const askedAtUs = link.requestedAtUs ?? turn.timeUs;
  // Asked before the link came back: what happened since may be missing.
  const isCurrent = link.wanted !== 'CONNECTED' && link.wanted !== 'RECONNECTED';
  for (const fill of look.fills) applyFill(turn, fill);
  for (const lookup of look.lookups) if (lookup.found) for (const fill of lookup.fills) applyFill(turn, fill);
  const open = applyOpenOrders(turn, look, askedAtUs);
  for (const lookup of look.lookups) {
    applyLookup(turn, lookup, askedAtUs);
    noteAnswered(turn, lookup);
  }
  askAboutAbsent(turn, look.accountId, open, askedAtUs);
  link.inFlight = false;
  link.failures = 0;
  link.retryAtUs = 0;
  link.reconciledAtUs = turn.timeUs;
  if (isCurrent && (link.state === 'ready' || link.state === 'degraded')) link.synchronized = true;
  noteStopLook(turn, look.accountId);
  if (!isCurrent) return;
  completeTakeOvers(turn, look.accountId, askedAtUs);
  compareHoldings(turn, look);
  compareWithBelief(turn, look.accountId, open);
}

/** Returns the ids of those that are ours. */
function applyOpenOrders(turn: Turn, look: Reconciled, askedAtUs: number): ReadonlySet<ClientOrderId> {
  const own = look.openOrders.map((report) => applyReport(turn, report, askedAtUs)?.spec.clientOrderId);
  const open = new Set(look.openOrders.map(({ venueOrderId }) => venueOrderId));
  dropEndedForeign(turn, look.accountId, { open, askedAtUs });
  return new Set(own.filter((id) => id !== undefined));
}

function applyLookup(turn: Turn, lookup: OrderLookup, askedAtUs: number): void {
  if (!lookup.found) {
    noteAbsence(turn, turn.state.orders.get(lookup.clientOrderId), askedAtUs);
    return;
  }
  const record = applyReport(turn, lookup.report, askedAtUs);
  if (record === undefined) return;
  // Asked before the cancel: says nothing about it, and the question stays.
  if (record.pending?.command === 'cancel' && record.pending.sinceUs >= askedAtUs) return;
  if (!lacksFills(record)) record.lookup = null;
  if (record.pending?.command === 'cancel' && record.pending.outcome === 'unknown') {
    // Still open although asked after the cancel: it did not happen, and may be sent again.
    alertOrder(turn, record, 'OUTCOME_RESOLVED', 'info', { exists: true, canceled: false });
    record.pending = null;
  }
}

function noteAbsence(turn: Turn, record: OrderRecord | undefined, askedAtUs: number): void {
  if (record === undefined || record.lookup === null || isTerminal(record.status) || record.updatedAtUs > askedAtUs)
    return;
  const exposure = touchExposure(turn, record.spec.accountId, record.spec.instrumentId);
  if (!isAbsenceProven(exposure, record, askedAtUs)) return;
  alertOrder(turn, record, 'OUTCOME_RESOLVED', 'warning', { exists: false, was: record.status });
  // Never accepted: it never existed. Once accepted: gone, though nobody says how. A late fill reopens either.
  move(turn, record, record.status === 'submitted' ? 'rejected' : 'canceled');
}

function askAboutAbsent(turn: Turn, accountId: AccountId, open: ReadonlySet<ClientOrderId>, askedAtUs: number): void {
  for (const record of ordersOfAccount(turn.state, accountId)) {
    if (open.has(record.spec.clientOrderId) || record.updatedAtUs >= askedAtUs || record.lookup !== null) continue;
    if (record.pending?.command === 'create' && record.pending.outcome === 'inFlight') continue;
    // Legs that wait for their entry are not listed by every venue.
    const isHeld = record.venueStatus === 'pendingNew' && isOpen(turn.state, record.workingId);
    if (!isHeld && (!isTerminal(record.status) || lacksFills(record))) lookUpNow(turn, record);
  }
}

function isOpen(state: ExecutionState, id: ClientOrderId | null): boolean {
  const record = id === null ? undefined : state.orders.get(id);
  return record !== undefined && !isTerminal(record.status);
}
