import type { OrderLookup } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import type { OutcomeQuestion, OutcomeResolution, UnknownOutcome } from '../domain/unknown-outcome.ts';
import type { OrderRecord, Turn } from './execution-state.ts';
import { alertOrder } from './order-record.ts';
import { haltFor } from './trading-state-latch.ts';

/** Kept in the state for the screen; the journal has all of them. */
const KEPT_CASES = 100;
/** Of one case: the first and the newest tell the story. */
const KEPT_QUESTIONS = 20;
/** An outcome that is still unknown after this much asking is for a person: new exposure stops, asking goes on. */
const UNRESOLVED_US = 60_000_000;

/** Opens the case of a command that became unknown. */
export function openCase(turn: Turn, record: OrderRecord, reason: string): void {
  const { pending, spec } = record;
  if (pending === null) return;
  const { accountId, instrumentId, clientOrderId, role, side, quantity, price, triggerPrice } = spec;
  turn.state.unknowns.push({
    ...{ accountId, instrumentId, clientOrderId, role, side, quantity, price, triggerPrice },
    command: pending.command,
    reason: reason.slice(0, 200),
    sentAtUs: pending.sinceUs,
    unknownAtUs: turn.timeUs,
    questions: [],
    resolution: null,
    resolvedBy: null,
    resolvedAtUs: null,
  });
}

/** Notes that the venue is asked about these orders. */
export function noteAsked(turn: Turn, records: readonly OrderRecord[]): void {
  const ids = new Set(records.map(({ spec }) => spec.clientOrderId));
  change(turn, (open) => {
    if (!ids.has(open.clientOrderId)) return open;
    const question: OutcomeQuestion = { askedAtUs: turn.timeUs, answeredAtUs: null, answer: null };
    const kept = open.questions.slice(0, 1).concat(open.questions.slice(1).slice(2 - KEPT_QUESTIONS));
    return { ...open, questions: [...kept, question] };
  });
}

/** The venue's answer about one order, after it was applied. */
export function noteAnswered(turn: Turn, { clientOrderId, found }: OrderLookup): void {
  const answer = found ? (turn.state.orders.get(clientOrderId)?.status ?? null) : 'absent';
  change(turn, (open) => (open.clientOrderId === clientOrderId ? answered(turn, open, answer) : open));
}

/** A look failed: its questions stay without an answer, and say nothing. */
export function noteUnanswered(turn: Turn, accountId: AccountId): void {
  change(turn, (open) => (open.accountId === accountId ? answered(turn, open, 'failed') : open));
}

function answered(turn: Turn, open: UnknownOutcome, answer: OutcomeQuestion['answer']): UnknownOutcome {
  const last = open.questions.at(-1);
  if (last?.answer !== null) return open;
  return { ...open, questions: [...open.questions.slice(0, -1), { ...last, answeredAtUs: turn.timeUs, answer }] };
}

/** Replaces the open cases; closed ones stay as they are. */
function change(turn: Turn, step: (open: UnknownOutcome) => UnknownOutcome): void {
  const { unknowns } = turn.state;
  for (const [index, each] of unknowns.entries()) if (each.resolution === null) unknowns[index] = step(each);
}

/**
 * Ends the turn for the log: cases whose order is no longer in doubt are closed and journaled. One that lasts too long halts
 * new exposure, once; it decides nothing about the order.
 */
export function settleCases(turn: Turn): void {
  const { unknowns } = turn.state;
  if (unknowns.length === 0) return;
  change(turn, (open) => {
    const record = turn.state.orders.get(open.clientOrderId);
    if (record?.pending?.outcome === 'unknown' && record.pending.sinceUs === open.sentAtUs) {
      warnUnresolved(turn, open, record);
      return open;
    }
    const closed: UnknownOutcome = {
      ...open,
      resolution: resolutionOf(open, record),
      resolvedBy: open.questions.at(-1)?.answeredAtUs === turn.timeUs ? 'query' : 'news',
      resolvedAtUs: turn.timeUs,
    };
    turn.emit({ kind: 'outcome.resolved', outcome: closed });
    return closed;
  });
  const surplus = unknowns.length - KEPT_CASES;
  if (surplus > 0) {
    let dropped = 0;
    turn.state.unknowns = unknowns.filter(({ resolution }) => resolution === null || dropped++ >= surplus);
  }
}

/** On ticks only, and once: a halt that was lifted by a person is not put back for the same order. */
function warnUnresolved(turn: Turn, { unknownAtUs }: UnknownOutcome, record: OrderRecord): void {
  const ageUs = turn.timeUs - unknownAtUs;
  if (!turn.isTick || ageUs < UNRESOLVED_US || record.unresolvedAlerted === true) return;
  record.unresolvedAlerted = true;
  alertOrder(turn, record, 'OUTCOME_UNRESOLVED', 'critical', { seconds: Math.floor(ageUs / 1_000_000) });
  haltFor(turn, 'OUTCOME_UNRESOLVED');
}

function resolutionOf(open: UnknownOutcome, record: OrderRecord | undefined): OutcomeResolution {
  if (record === undefined) return 'gone';
  const hasTraded = record.filled !== '0' || record.reportedFilled !== '0';
  if (open.command === 'create') {
    const isUnheard = record.venueStatus === null && !hasTraded;
    return isUnheard && isTerminal(record.status) ? 'neverExisted' : 'exists';
  }
  if (isTerminal(record.status)) return 'gone';
  if (open.command === 'cancel') return 'stillOpen';
  const { quantity, price, triggerPrice } = record.spec;
  const isSame = quantity === open.quantity && price === open.price && triggerPrice === open.triggerPrice;
  return isSame ? 'unchanged' : 'changed';
}
