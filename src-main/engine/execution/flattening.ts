import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { DecisionReason } from '../domain/events.ts';
import { isTerminal } from '../domain/order.ts';
import { coveringQuantity } from '../domain/protective-quantity.ts';
import { holdsBack } from './absence.ts';
import { quantityOf } from './amounts.ts';
import { closes, isFlat, openRecords, positionOf, protects } from './coverage.ts';
import {
  listedInstrument,
  type Exposure,
  type Flattening,
  type OrderRecord,
  type Turn,
  venueLink,
} from './execution-state.ts';
import { sendCancel, sendSubmission } from './sending.ts';
import { exitSubmission, protectionSubmission } from './submissions.ts';

const FIRST_EXIT_RETRY_US = 250_000;
const MAX_EXIT_RETRY_US = 8_000_000;

/** Latches the exit of a whole exposure. An emergency stop takes over whatever reason there was. */
export function startFlattening(turn: Turn, exposure: Exposure, reason: DecisionReason): void {
  const running = exposure.flattening;
  if (running !== null && (running.reason.by === 'emergencyStop' || reason.by !== 'emergencyStop')) return;
  exposure.flattening = { reason, startedAtUs: turn.timeUs, refusals: 0, retryAtUs: 0, restStop: 'no' };
  exposure.reduction = null;
  turn.touched.add(exposure);
}

/**
 * One step towards flat, decided from the present state alone, so that answers may arrive in any order. Where balances
 * are locked the closing orders go first and the exit waits for their release; elsewhere the stop stays until flat.
 */
export function advanceFlattening(turn: Turn, exposure: Exposure): void {
  const flattening = exposure.flattening;
  if (flattening === null) return;
  const open = openRecords(turn.state, exposure).filter((record) => !isTerminal(record.status));
  cancelAll(
    turn,
    open.filter((record) => record.spec.role === 'entry'),
  );
  if (isFlat(turn.state, exposure)) {
    cancelAll(
      turn,
      open.filter((record) => !isExit(record) && !guardsEntry(turn, record)),
    );
    if (open.length === 0) exposure.flattening = null;
    return;
  }
  if (open.some((record) => isExit(record) && stands(turn, exposure, record))) return;
  if (flattening.restStop !== 'no' && restingFirst(turn, exposure, flattening, open)) return;
  if (turn.timeUs < flattening.retryAtUs) return;
  const { locksFunds } = capabilitiesOfInstrument(exposure.instrumentId);
  if (locksFunds && releaseFunds(turn, exposure, open)) return;
  exitPosition(turn, exposure, flattening);
}

function cancelAll(turn: Turn, records: readonly OrderRecord[]): void {
  for (const record of records) sendCancel(turn, record);
}

/** Its entry may still fill, also one whose cancel is under way: the stop stays until that is known. */
function guardsEntry(turn: Turn, { workingId }: OrderRecord): boolean {
  const working = workingId === null ? undefined : turn.state.orders.get(workingId);
  return working !== undefined && !isTerminal(working.status);
}

const isExit = (record: OrderRecord): boolean => record.spec.role === 'exit' || record.spec.role === 'escalation';

/** It is there, or may be: an exit beside it could sell twice. */
const stands = (turn: Turn, exposure: Exposure, record: OrderRecord): boolean =>
  record.pending?.command !== 'create' || holdsBack(turn.state, exposure, record, positionOf(turn.state, exposure));

/** True while a closing order holds, or may hold, what the exit has to sell. */
function releaseFunds(turn: Turn, exposure: Exposure, open: readonly OrderRecord[]): boolean {
  const closing = open.filter((record) => closes(record, exposure) && stands(turn, exposure, record));
  cancelAll(turn, closing);
  return closing.length > 0;
}

function exitPosition(turn: Turn, exposure: Exposure, flattening: Flattening): void {
  const instrument = listedInstrument(turn.state, exposure.instrumentId);
  const { lotSize, maxQuantity } = instrument;
  const position = positionOf(turn.state, exposure);
  const whole = quantityOf(exposure.quantity).isNegative ? coveringQuantity(position, instrument) : position;
  const quantity = whole.min(maxQuantity).floorToLot(lotSize).toString();
  const role = flattening.reason.by === 'protection' ? 'escalation' : 'exit';
  flattening.retryAtUs = turn.timeUs + FIRST_EXIT_RETRY_US;
  const submission = exitSubmission(turn, exposure, quantity, role);
  sendSubmission(turn, submission, { action: 'reducingExit', reason: flattening.reason });
}

/** A refused exit leaves the position bare: the stop is rested again before the next try, and the venue asked what is held. */
export function noteExitRefused(turn: Turn, exposure: Exposure): void {
  const { flattening } = exposure;
  if (flattening === null) return;
  flattening.retryAtUs = turn.timeUs + Math.min(MAX_EXIT_RETRY_US, FIRST_EXIT_RETRY_US * 2 ** flattening.refusals);
  flattening.refusals += 1;
  venueLink(turn.state, exposure.accountId).wanted ??= 'COMPARE';
  flattening.restStop = exposure.plan === null ? 'no' : 'due';
}

/** True while the exit has to wait for the stop that guards the time until its next try. */
function restingFirst(turn: Turn, exposure: Exposure, flattening: Flattening, open: readonly OrderRecord[]): boolean {
  if (flattening.restStop === 'due' && exposure.plan !== null) {
    flattening.restStop = 'resting';
    if (open.some((record) => protects(record, exposure))) return true;
    const { lotSize } = listedInstrument(turn.state, exposure.instrumentId);
    const quantity = positionOf(turn.state, exposure).floorToLot(lotSize).toString();
    const submission = protectionSubmission(turn, exposure, exposure.plan, quantity, true);
    sendSubmission(turn, submission, { action: 'protectiveStop', reason: flattening.reason });
    return true;
  }
  const isAwaited = open.some(
    ({ spec, pending }) => spec.role === 'stop' && pending?.command === 'create' && pending.outcome === 'inFlight',
  );
  if (isAwaited || turn.timeUs < flattening.retryAtUs) return true;
  flattening.restStop = 'no';
  return false;
}
