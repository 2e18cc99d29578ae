import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import { compareDecimals, decimal, type DecimalText } from '../domain/decimal.ts';
import { isTerminal } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import { closes, isFlat, leavesOf, openRecords, positionOf, protects } from './coverage.ts';
import {
  listedInstrument,
  type Exposure,
  type OrderRecord,
  type ProtectionPlan,
  type Turn,
} from './execution-state.ts';
import { sendModify } from './modification.ts';
import { sendCancel, sendSubmission } from './sending.ts';
import { onTick, protectionSubmission, type StopPrices } from './submissions.ts';

/** A move refused so often is left; the old stop stays. */
const MAX_TRIES = 2;
/** Between two tries to change a stop in place: a refusal is answered within milliseconds. */
const RETRY_US = 2_000_000;

/** Moves the stop of a position; what rests follows without a gap where the venue allows. */
export function moveStop(turn: Turn, exposure: Exposure, { stopTrigger, stopLimit }: StopPrices): void {
  if (exposure.plan === null) return;
  exposure.plan = { ...exposure.plan, stopTrigger, stopLimit };
  exposure.restop = { sinceUs: turn.timeUs, tries: 0 };
  turn.touched.add(exposure);
}

/**
 * One step towards stops that rest where the plan says, decided from the present state: changed in place; else a new stop
 * beside the old one, which goes once the new one covers the position; else the old one goes and the guard rests the new
 * one at once, its time without protection measured.
 */
export function advanceRestop(turn: Turn, exposure: Exposure): void {
  const { plan, restop = null } = exposure;
  if (restop === null || plan === null) return;
  const stops = openRecords(turn.state, exposure).filter(
    (record) => record.spec.role === 'stop' && !isTerminal(record.status) && closes(record, exposure) && record.placed,
  );
  const old = stops.filter((record) => !isAtPlan(turn, exposure, record));
  if (isFlat(turn.state, exposure) || old.length === 0) {
    exposure.restop = null;
    return;
  }
  if (openRecords(turn.state, exposure).some(({ spec, pending }) => spec.role === 'stop' && pending !== null)) return;
  const { modify, modifyConditional, twoStops } = capabilitiesOfInstrument(exposure.instrumentId);
  if (modify === 'inPlace' && modifyConditional) {
    moveInPlace(turn, exposure, old);
  } else if (twoStops) {
    restBeside(turn, exposure, old, stops);
  } else {
    exposure.protection.urgent = true;
    for (const record of old) sendCancel(turn, record);
  }
}

/** Its trigger, its limit where it has one, and the target of its list. The plan may be finer than the tick. */
function isAtPlan(turn: Turn, exposure: Exposure, { spec, listId }: OrderRecord): boolean {
  const { plan } = exposure;
  if (plan === null) return false;
  const wanted = onTick(turn, spec, plan);
  const isLimit = spec.price === null || isSame(spec.price, wanted.stopLimit);
  const siblings = listId === null ? [] : openRecords(turn.state, exposure).filter((other) => other.listId === listId);
  const targets = siblings.filter((other) => other.spec.role === 'target' && !isTerminal(other.status));
  return (
    isSame(spec.triggerPrice, wanted.stopTrigger) &&
    isLimit &&
    targets.every((other) => isSame(other.spec.price, plan.target))
  );
}

/** The venue may write the same price with other digits. */
const isSame = (a: DecimalText | null, b: DecimalText | null): boolean =>
  a !== null && b !== null && compareDecimals(decimal(a), decimal(b)) === 0;

function moveInPlace(turn: Turn, exposure: Exposure, old: readonly OrderRecord[]): void {
  const { plan, restop = null } = exposure;
  if (restop === null || plan === null || turn.timeUs < (restop.retryAtUs ?? 0)) return;
  if (restop.tries >= MAX_TRIES) {
    exposure.restop = null;
    return;
  }
  exposure.restop = { ...restop, tries: restop.tries + 1, retryAtUs: turn.timeUs + RETRY_US };
  for (const record of old) amend(turn, record, plan);
}

function amend(turn: Turn, record: OrderRecord, plan: ProtectionPlan): void {
  const { stopTrigger, stopLimit } = onTick(turn, record.spec, plan);
  const price = record.spec.price === null ? null : stopLimit;
  sendModify(turn, record, { price, quantity: null, triggerPrice: stopTrigger }, 'reduce');
}

function restBeside(turn: Turn, exposure: Exposure, old: readonly OrderRecord[], stops: readonly OrderRecord[]): void {
  const { plan, restop = null } = exposure;
  if (restop === null || plan === null) return;
  const { lotSize } = listedInstrument(turn.state, exposure.instrumentId);
  let missing = positionOf(turn.state, exposure).floorToLot(lotSize);
  for (const record of stops) {
    if (!old.includes(record) && protects(record, exposure)) missing = missing.minus(leavesOf(record));
  }
  if (missing.compare(Quantity.zero()) <= 0) {
    for (const record of old) sendCancel(turn, record);
    return;
  }
  if (restop.tries >= MAX_TRIES) {
    exposure.restop = null;
    return;
  }
  exposure.restop = { ...restop, tries: restop.tries + 1 };
  const submission = protectionSubmission(turn, exposure, plan, missing.toString(), true);
  sendSubmission(turn, submission, { action: 'stopReplace', reason: { by: 'stopRule' } });
}
