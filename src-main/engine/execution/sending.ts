import type { Verdict } from '../domain/denial.ts';
import type { DecisionReason, Lane } from '../domain/events.ts';
import { capabilitiesOfInstrument, isMadeByFills } from '../domain/capabilities.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import { idsOf, isTerminal, type OrderSpec, ordersOf, type Submission } from '../domain/order.ts';
import { invariant } from '../domain/result.ts';
import { ALLOWED, type TradingAction } from '../domain/trading-state.ts';
import { hasTraded, isFlat, protects } from './coverage.ts';
import { exposureKey, type OrderRecord, type Turn } from './execution-state.ts';
import { move } from './order-ledger.ts';
import { openRecord } from './order-record.ts';
import { noteStopAction } from './stop-report.ts';
import { noteSubmitted } from './venue-breakers.ts';

export type Intent = {
  readonly action: TradingAction;
  readonly reason: DecisionReason;
  /** Of the risk gate; orders that only reduce risk pass without one. */
  readonly verdict?: Verdict;
  /** Of a stop that rests before its entry: that entry. */
  readonly guards?: ClientOrderId;
};

const PASSED: Verdict = { allowed: true, denials: [], checks: [] };
const FIRST_CANCEL_RETRY_US = 500_000;
const MAX_CANCEL_RETRY_US = 8_000_000;

/** Decides to send. Throws when the trading state forbids the action: callers ask the gate first. */
export function sendSubmission(turn: Turn, submission: Submission, intent: Intent): void {
  const state = turn.state.tradingState;
  invariant(ALLOWED[state][intent.action], () => `expected an action allowed while ${state}, was ${intent.action}`);
  const { verdict = PASSED, reason } = intent;
  const accountId = ordersOf(submission)[0]?.accountId ?? null;
  turn.emit({ kind: 'order.judged', verdict, accountId, clientOrderIds: idsOf(submission), reason });
  enterOrders(turn, submission, intent);
  noteSubmitted(turn, submission);
  turn.emit({ kind: 'order.submit', submission, lane: laneOf(intent.action) });
}

const laneOf = (action: TradingAction): Lane => (action === 'entry' || action === 'increase' ? 'new' : 'reduce');

function enterOrders(turn: Turn, submission: Submission, { reason, guards }: Intent): void {
  const listId = submission.kind === 'single' ? null : submission.listId;
  const legs = legsOf(submission);
  const workingId = submission.kind === 'otoco' || submission.kind === 'oto' ? submission.working.clientOrderId : null;
  for (const spec of ordersOf(submission)) {
    const isLeg = legs.includes(spec);
    const record = openRecord(turn, {
      spec,
      listId,
      workingId: isLeg ? workingId : (guards ?? null),
      legIds: isLeg ? [] : legs.map((leg) => leg.clientOrderId),
      reason: reason.by,
    });
    move(turn, record, 'submitted');
    record.pending = { command: 'create', outcome: 'inFlight', sinceUs: turn.timeUs };
    if (spec.role === 'exit' || spec.role === 'escalation') noteStopAction(turn, 'exit', spec);
    if (spec.role === 'stop') noteStopAction(turn, 'restStop', spec);
  }
}

/** Held by the venue until the working order fills. */
function legsOf(submission: Submission): readonly OrderSpec[] {
  if (submission.kind === 'otoco') return [submission.target, submission.stop];
  return submission.kind === 'oto' ? [submission.stop] : [];
}

/**
 * Decides to cancel the order, with its whole list where it has one. Does nothing while an answer is awaited, or too soon
 * after a refusal. Unlike a create, a cancel may be sent again.
 */
export function sendCancel(turn: Turn, record: OrderRecord): void {
  if (isTerminal(record.status) || record.pending !== null || turn.timeUs < record.cancelRetryAtUs) return;
  if (isUnmade(turn, record)) return;
  const { accountId, instrumentId, clientOrderId } = record.spec;
  const members = listMembers(turn, record);
  const lane = laneOfCancel(turn, members);
  for (const member of members) {
    member.pending = { command: 'cancel', outcome: 'inFlight', sinceUs: turn.timeUs };
    const backOff = FIRST_CANCEL_RETRY_US * 2 ** member.cancelTries;
    member.cancelTries += 1;
    member.cancelFate = 'sent';
    member.cancelRetryAtUs = turn.timeUs + Math.min(MAX_CANCEL_RETRY_US, backOff);
  }
  noteStopAction(turn, 'cancel', record.spec);
  const listId = isMadeByFills(capabilitiesOfInstrument(instrumentId)) ? null : record.listId;
  const { adoptedAs } = record;
  const known = adoptedAs === undefined ? {} : { venueOrderId: adoptedAs };
  turn.emit({ kind: 'order.cancel', accountId, instrumentId, clientOrderId, listId, ...known, lane });
}

/**
 * What takes a resting stop away goes with the exits that follow it, and is held back with them: through a pause the venue
 * ordered, a cancel alone would leave the position bare until the pause ends.
 */
function laneOfCancel(turn: Turn, members: readonly OrderRecord[]): Lane {
  const isProtection = members.some((member) => {
    const exposure = turn.state.exposures.get(exposureKey(member.spec.accountId, member.spec.instrumentId));
    return exposure !== undefined && !isFlat(turn.state, exposure) && protects(member, exposure);
  });
  return isProtection ? 'reduce' : 'cancel';
}

/** Nothing to cancel yet, and nothing once its entry has ended without a trade. */
function isUnmade(turn: Turn, { placed, spec, workingId }: OrderRecord): boolean {
  const working = workingId === null ? undefined : turn.state.orders.get(workingId);
  if (placed || working === undefined || !isMadeByFills(capabilitiesOfInstrument(spec.instrumentId))) return false;
  return !isTerminal(working.status) && !hasTraded(working);
}

/** The order and every order that a cancel of it takes along. */
export function listMembers(turn: Turn, record: OrderRecord): readonly OrderRecord[] {
  const { accountId, instrumentId } = record.spec;
  if (record.listId === null || isMadeByFills(capabilitiesOfInstrument(instrumentId))) return [record];
  const open = turn.state.exposures.get(exposureKey(accountId, instrumentId))?.openOrders ?? [];
  const members = open
    .map((id) => turn.state.orders.get(id))
    .filter((other) => other?.listId === record.listId && !isTerminal(other.status));
  return members.filter((other) => other !== undefined);
}
