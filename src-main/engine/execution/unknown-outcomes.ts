import type { CommandOutcome } from '../domain/events.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import { isTerminal, type OrderReport } from '../domain/order.ts';
import { isAbove } from './amounts.ts';
import { closes, openRecords } from './coverage.ts';
import { configOf, touchExposure, venueLink, type Exposure, type OrderRecord, type Turn } from './execution-state.ts';
import { noteExitRefused } from './flattening.ts';
import { applyModifyAnswer as applyModify } from './modification.ts';
import { applyFill, applyReport, move } from './order-ledger.ts';
import { alertOrder } from './order-record.ts';
import { noteStopRefused } from './protection.ts';
import { listMembers } from './sending.ts';
import { openCase } from './resolution-log.ts';
import { settleStopAction } from './stop-report.ts';
import { haltFor } from './trading-state-latch.ts';

type Refusal = Extract<CommandOutcome, { kind: 'rejected' }>;

const FIRST_LOOKUP_RETRY_US = 1_000_000;
const MAX_LOOKUP_RETRY_US = 10_000_000;
const US_PER_MS = 1_000;

/** The venue's answer to a create; legs and working order share it. */
export function applySubmitAnswer(turn: Turn, ids: readonly ClientOrderId[], outcome: CommandOutcome): void {
  const records = ids.map((id) => turn.state.orders.get(id)).filter((record) => record !== undefined);
  for (const record of records) touchExposure(turn, record.spec.accountId, record.spec.instrumentId);
  if (outcome.kind === 'accepted') {
    for (const record of records) acceptCreate(record);
    applyEvidence(turn, outcome);
    return;
  }
  for (const record of records) {
    if (outcome.kind === 'unknown') makeCreateUnknown(turn, record, outcome.reason);
    else refuseCreate(turn, record, outcome);
  }
  if (outcome.kind === 'rejected') noteRefusal(turn, records, outcome);
}

function acceptCreate(record: OrderRecord): void {
  if (record.pending?.command === 'create') record.pending = null;
}

/** Fills before reports, so that an order is not closed while its trades are still to come. */
export function applyEvidence(
  turn: Turn,
  evidence: {
    readonly reports: readonly OrderReport[];
    readonly fills: Extract<CommandOutcome, { kind: 'accepted' }>['fills'];
  },
): void {
  for (const fill of evidence.fills) applyFill(turn, fill);
  for (const report of evidence.reports) applyReport(turn, report, null);
}

function refuseCreate(turn: Turn, record: OrderRecord, outcome: { venueCode: string; message: string }): void {
  if (record.status !== 'submitted') {
    // The venue contradicts what it showed before: ask it.
    lookUpNow(turn, record);
    return;
  }
  move(turn, record, 'rejected');
  const { venueCode, message } = outcome;
  alertOrder(turn, record, 'ORDER_REJECTED', 'warning', { venueCode, message: message.slice(0, 200) });
  settleStopAction(turn, actionOf(record), record.spec.clientOrderId, 'refused', venueCode);
}

const actionOf = (record: OrderRecord): 'exit' | 'restStop' =>
  record.spec.role === 'exit' || record.spec.role === 'escalation' ? 'exit' : 'restStop';

/**
 * What a refused stop or exit leads to. It counts as the venue's judgement only if the venue read it, and if no order of
 * unknown outcome may hold what it wanted to sell: that one is asked about first.
 */
function noteRefusal(turn: Turn, records: readonly OrderRecord[], { venueCode, unread, wouldTrigger }: Refusal): void {
  const first = records[0];
  if (first === undefined) return;
  if (venueCode === 'FENCED') haltFor(turn, 'FENCED');
  const exposure = touchExposure(turn, first.spec.accountId, first.spec.instrumentId);
  if (unread === true || askDoubtful(turn, exposure)) {
    pauseClosing(turn, exposure);
    return;
  }
  const refused = records.filter((record) => record.status === 'rejected');
  const roles = refused.map((record) => record.spec.role);
  if (roles.includes('exit') || roles.includes('escalation')) noteExitRefused(turn, exposure);
  else if (roles.includes('stop') && !roles.includes('entry')) noteStopRefused(turn, exposure, wouldTrigger === true);
}

/** True when a closing order of unknown outcome was asked about. */
function askDoubtful(turn: Turn, exposure: Exposure): boolean {
  const doubtful = openRecords(turn.state, exposure).filter(
    (record) =>
      record.pending?.command === 'create' && record.pending.outcome === 'unknown' && closes(record, exposure),
  );
  for (const record of doubtful) lookUpNow(turn, record);
  return doubtful.length > 0;
}

function pauseClosing(turn: Turn, { protection, flattening }: Exposure): void {
  const untilUs = turn.timeUs + configOf(turn.state).protectionGraceMs * US_PER_MS;
  protection.retryAtUs = untilUs;
  if (flattening !== null) flattening.retryAtUs = untilUs;
}

export function applyCancelAnswer(turn: Turn, id: ClientOrderId, outcome: CommandOutcome): void {
  const record = turn.state.orders.get(id);
  if (record === undefined) return;
  touchExposure(turn, record.spec.accountId, record.spec.instrumentId);
  if (outcome.kind === 'accepted') applyEvidence(turn, outcome);
  noteCancelFate(turn, record, outcome);
  for (const member of listMembers(turn, record)) {
    if (member.pending?.command !== 'cancel') continue;
    if (outcome.kind === 'unknown') makeUnknown(turn, member, outcome.reason);
    // Refused usually means that the order is gone already; only the venue knows how.
    if (outcome.kind === 'rejected') {
      member.pending = null;
      lookUpNow(turn, member);
    }
  }
  if (outcome.kind === 'rejected') settleStopAction(turn, 'cancel', id, 'refused', outcome.venueCode);
  if (outcome.kind === 'unknown') settleStopAction(turn, 'cancel', id, 'unknown', outcome.reason);
}

/** The comparison at start waits for it: who ended the order is part of what is told. */
function noteCancelFate(turn: Turn, record: OrderRecord, outcome: CommandOutcome): void {
  const fate = outcome.kind === 'rejected' ? 'refused' : 'taken';
  for (const member of [record, ...listMembers(turn, record)]) member.cancelFate = fate;
  const { accountId } = record.spec;
  if (turn.state.reconciliation.beliefs.has(accountId)) venueLink(turn.state, accountId).wanted ??= 'COMPARE';
}

export function applyModifyAnswer(turn: Turn, id: ClientOrderId, outcome: CommandOutcome): void {
  if (outcome.kind === 'accepted') applyEvidence(turn, outcome);
  applyModify(turn, id, outcome, {
    lookUp: (record) => lookUpNow(turn, record),
    makeUnknown: (record, reason) => makeUnknown(turn, record, reason),
  });
}

function makeCreateUnknown(turn: Turn, record: OrderRecord, reason: string): void {
  if (record.pending?.command !== 'create') return;
  record.pending = { ...record.pending, leftByUs: record.pending.leftByUs ?? turn.timeUs };
  if (record.pending.outcome === 'unknown') return;
  makeUnknown(turn, record, reason);
  settleStopAction(turn, actionOf(record), record.spec.clientOrderId, 'unknown', reason);
}

function makeUnknown(turn: Turn, record: OrderRecord, reason: string): void {
  if (record.pending === null || record.pending.outcome === 'unknown') return;
  record.pending = { ...record.pending, outcome: 'unknown' };
  openCase(turn, record, reason);
  alertOrder(turn, record, 'OUTCOME_UNKNOWN', 'critical', { command: record.pending.command, reason });
  lookUpNow(turn, record);
}

export function lookUpNow(turn: Turn, record: OrderRecord): void {
  record.lookup ??= { dueAtUs: turn.timeUs, tries: 0, absentSinceUs: null };
  record.lookup.dueAtUs = Math.min(record.lookup.dueAtUs, turn.timeUs);
  const link = venueLink(turn.state, record.spec.accountId);
  link.wanted ??= 'OUTCOME_UNKNOWN';
}

/** The next time to ask about an order, later after each try without evidence. */
export function backOffLookup(turn: Turn, record: OrderRecord): void {
  if (record.lookup === null) return;
  const waitUs = Math.min(MAX_LOOKUP_RETRY_US, FIRST_LOOKUP_RETRY_US * 2 ** record.lookup.tries);
  record.lookup.tries += 1;
  record.lookup.dueAtUs = turn.timeUs + waitUs;
}

/**
 * Commands without an answer become unknown; orders whose news are incomplete are asked about: sent and never reported,
 * or with fewer trades than the venue counted.
 */
export function watchAnswers(turn: Turn, exposure: Exposure): void {
  const timeoutUs = configOf(turn.state).commandTimeoutMs * US_PER_MS;
  for (const record of openRecords(turn.state, exposure)) {
    const { pending } = record;
    if (pending?.outcome === 'inFlight' && turn.timeUs - pending.sinceUs >= timeoutUs) {
      makeUnknown(turn, record, 'TIMEOUT');
      continue;
    }
    if (isAwaitedBare(turn, exposure, record)) lookUpNow(turn, record);
    if (record.lookup !== null || pending !== null || turn.timeUs - record.updatedAtUs < timeoutUs) continue;
    if (record.status === 'submitted' || record.status === 'initialized' || lacksFills(record)) lookUpNow(turn, record);
  }
}

/** A position without its stop does not wait for an answer as long as others do: the venue is asked meanwhile. */
function isAwaitedBare(turn: Turn, exposure: Exposure, { pending, spec, lookup }: OrderRecord): boolean {
  const isBare = exposure.protection.unprotectedSinceUs !== null && spec.role !== 'entry';
  if (!isBare || lookup !== null || pending?.command !== 'create') return false;
  return turn.timeUs - pending.sinceUs > configOf(turn.state).protectionGraceMs * US_PER_MS;
}

/** The venue counted more than the trades that reached us. */
export const lacksFills = (record: OrderRecord): boolean => isAbove(record.reportedFilled, record.filled);

/** An engine that starts anew has no answers to await: what was in flight is unknown. */
export function orphanPending(turn: Turn): void {
  for (const exposure of turn.state.exposures.values()) {
    for (const record of openRecords(turn.state, exposure)) {
      if (isTerminal(record.status) && !lacksFills(record)) continue;
      touchExposure(turn, exposure.accountId, exposure.instrumentId);
      if (record.pending !== null) record.pending = { ...record.pending, leftByUs: turn.timeUs };
      if (record.pending?.outcome === 'inFlight') makeUnknown(turn, record, 'RESTART');
      else lookUpNow(turn, record);
    }
  }
}
