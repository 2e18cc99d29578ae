import { capabilitiesOfInstrument, isMadeByFills, restsStops } from '../domain/capabilities.ts';
import { compareDecimals, decimal, type DecimalText } from '../domain/decimal.ts';
import { isTerminal } from '../domain/order.ts';
import type { Quantity } from '../domain/quantities.ts';
import { quantityOf } from './amounts.ts';
import { holdsBack, isDenied } from './absence.ts';
import { closes, coverageOf, hasTraded, isDust, isFlat, leavesOf, openRecords, protects } from './coverage.ts';
import {
  configOf,
  listedInstrument,
  type Exposure,
  type OrderRecord,
  type Turn,
  venueLink,
} from './execution-state.ts';
import { startFlattening } from './flattening.ts';
import { alertOrder } from './order-record.ts';
import { positionKey } from './reconciliation-state.ts';
import { sendCancel, sendSubmission } from './sending.ts';
import { protectionSubmission } from './submissions.ts';

const US_PER_MS = 1_000;

/** Opens and closes the gap of an exposure: time during which more than dust has no resting stop. */
export function measureProtection(turn: Turn, exposure: Exposure): void {
  const { protection } = exposure;
  const unprotected = !isDust(turn.state, exposure, coverageOf(turn.state, exposure).uncovered);
  if (unprotected) {
    if (protection.unprotectedSinceUs === null && !stopRests(exposure)) alertUnprotected(turn, exposure, 'watchStop');
    protection.unprotectedSinceUs ??= turn.timeUs;
    return;
  }
  protection.attempts = 0;
  protection.retryAtUs = 0;
  protection.urgent = false;
  if (protection.unprotectedSinceUs === null) return;
  const gapUs = turn.timeUs - protection.unprotectedSinceUs;
  protection.unprotectedSinceUs = null;
  protection.unprotectedUs += gapUs;
  const { accountId, instrumentId } = exposure;
  turn.emit({ kind: 'protection.measured', accountId, instrumentId, unprotectedMs: gapUs / US_PER_MS });
}

/**
 * Restores the rule that every open unit is protected. Waits for answers under way, frees funds that other closing orders
 * lock, rests a stop, and after too many refusals leaves the position at market. Where no stop can rest, its trigger is watched:
 * once the market is through it, the position is left at market.
 */
export function protect(turn: Turn, exposure: Exposure): void {
  escalateTriggeredStops(turn, exposure);
  if (exposure.flattening !== null || exposure.protection.unprotectedSinceUs === null) return;
  const closing = openRecords(turn.state, exposure).filter(
    (record) => !isTerminal(record.status) && closes(record, exposure) && !waitsForEntry(turn, record),
  );
  const { uncovered } = coverageOf(turn.state, exposure);
  if (closing.some((record) => holdsBack(turn.state, exposure, record, uncovered))) return;
  if (closing.some((record) => isOnItsWay(turn, record))) return;
  if (!isDue(turn, exposure)) return;
  if (isBeyondStops(turn, exposure)) {
    alertUnprotected(turn, exposure, 'exit');
    startFlattening(turn, exposure, { by: 'protection' });
    return;
  }
  if (!stopRests(exposure)) return;
  const blockers = blockersOf(
    exposure,
    closing.filter((record) => !isDenied(record)),
  );
  for (const record of blockers) sendCancel(turn, record);
  if (blockers.some(isStuck)) noteStopRefused(turn, exposure, false);
  if (blockers.length === 0) restStop(turn, exposure);
}

/**
 * The venue took the order and tells within moments that it rests: it is neither taken away nor given a second one beside
 * it. Stops that are made of fills are on their way after each of them.
 */
function isOnItsWay(turn: Turn, record: OrderRecord): boolean {
  const working = record.workingId === null ? undefined : turn.state.orders.get(record.workingId);
  const isMade = working !== undefined && isMadeByFills(capabilitiesOfInstrument(record.spec.instrumentId));
  if (record.venueStatus !== 'pendingNew' && !isMade) return false;
  const sinceUs = isMade ? working.updatedAtUs : Math.max(record.updatedAtUs, working?.updatedAtUs ?? 0);
  return turn.timeUs - sinceUs < configOf(turn.state).protectionGraceMs * US_PER_MS;
}

/** Taken and never placed: as good as refused, or it would be placed and canceled for ever. */
const isStuck = ({ spec, venueStatus, workingId }: OrderRecord): boolean =>
  spec.role === 'stop' && workingId === null && venueStatus === 'pendingNew';

const stopRests = ({ instrumentId }: Exposure): boolean => restsStops(capabilitiesOfInstrument(instrumentId));

/** Legs held until their entry fills lock no funds and are no business of the guard yet. */
function waitsForEntry(turn: Turn, record: OrderRecord): boolean {
  if (record.workingId === null) return false;
  if (turn.state.heldEntries.has(record.workingId)) return true;
  const working = turn.state.orders.get(record.workingId);
  if (working === undefined || isTerminal(working.status)) return false;
  const capabilities = capabilitiesOfInstrument(record.spec.instrumentId);
  if (isMadeByFills(capabilities)) return !hasTraded(working);
  return record.venueStatus === 'pendingNew' || capabilities.stopBeforeEntry;
}

function isDue(turn: Turn, exposure: Exposure): boolean {
  const { protection, plan } = exposure;
  const since = protection.unprotectedSinceUs ?? turn.timeUs;
  const hasNoGrace = protection.urgent || plan?.entry === 'resting' || protection.attempts > 0;
  const graceEndUs = hasNoGrace ? since : since + configOf(turn.state).protectionGraceMs * US_PER_MS;
  return turn.timeUs >= Math.max(graceEndUs, protection.retryAtUs);
}

/**
 * Closing orders that hold the funds a stop needs. At first only those that protect nothing; after a refusal all, so that
 * one list for the whole position takes their place.
 */
function blockersOf(exposure: Exposure, closing: readonly OrderRecord[]): readonly OrderRecord[] {
  if (exposure.protection.attempts > 0) return closing;
  const coveringLists = new Set(closing.filter((record) => protects(record, exposure)).map((record) => record.listId));
  return closing.filter(
    (record) => !protects(record, exposure) && (record.listId === null || !coveringLists.has(record.listId)),
  );
}

function restStop(turn: Turn, exposure: Exposure): void {
  const plan = exposure.plan;
  if (plan === null) return;
  const instrument = listedInstrument(turn.state, exposure.instrumentId);
  const quantity = coverageOf(turn.state, exposure).uncovered.floorToLot(instrument.lotSize);
  alertUnprotected(turn, exposure, 'restStop');
  const alone = exposure.protection.attempts > 0 || !isTargetAhead(turn, exposure);
  const submission = protectionSubmission(turn, exposure, plan, quantity.toString(), alone);
  sendSubmission(turn, submission, { action: 'protectiveStop', reason: { by: 'protection' } });
}

/** No stop can help: too many were refused, none is known, or the market is through its trigger already. */
function isBeyondStops(turn: Turn, exposure: Exposure): boolean {
  const { plan, protection } = exposure;
  if (plan === null || protection.attempts >= configOf(turn.state).protectionAttempts) return true;
  const market = marketBeyond(turn, exposure, plan.stopTrigger);
  return market !== null && market <= 0;
}

/** A target the market already reached would be refused as a taker, and its list with it. */
function isTargetAhead(turn: Turn, exposure: Exposure): boolean {
  const target = exposure.plan?.target ?? null;
  const market = target === null ? null : marketBeyond(turn, exposure, target);
  return market === null || market < 0;
}

/** Above zero: the market is past the level on the winning side. Null without a reference price. */
function marketBeyond(turn: Turn, exposure: Exposure, level: DecimalText): number | null {
  const price = turn.state.prices.get(exposure.instrumentId);
  if (price === undefined) return null;
  const compared = compareDecimals(decimal(price), decimal(level));
  return quantityOf(exposure.quantity).isNegative ? -compared : compared;
}

/**
 * A stop that was refused: the first retry goes at once as a plain stop, later ones after the grace time. None can help where
 * the venue says that the market `isThrough` its trigger: a restarted engine knows no price by which to tell before.
 */
export function noteStopRefused(turn: Turn, exposure: Exposure, isThrough: boolean): void {
  const { protection } = exposure;
  if (exposure.flattening !== null) return;
  const isOver = isThrough && protection.unprotectedSinceUs !== null;
  const { protectionAttempts, protectionGraceMs } = configOf(turn.state);
  protection.attempts = isOver ? protectionAttempts : protection.attempts + 1;
  const waitUs = isOver || protection.attempts === 1 ? 0 : protectionGraceMs * US_PER_MS;
  protection.retryAtUs = turn.timeUs + waitUs;
}

/** The venue dropped a leg when it should have placed it: one more try at once, then the exit. */
export function noteLegRefused(turn: Turn, exposure: Exposure, leg: OrderRecord): void {
  const { protection } = exposure;
  alertOrder(turn, leg, 'LEG_REFUSED', 'critical');
  protection.urgent = true;
  protection.attempts = Math.max(protection.attempts, configOf(turn.state).protectionAttempts - 1);
  protection.retryAtUs = turn.timeUs;
}

function escalateTriggeredStops(turn: Turn, exposure: Exposure): void {
  if (exposure.flattening !== null) return;
  const limitUs = configOf(turn.state).stopEscalationMs * US_PER_MS;
  for (const record of openRecords(turn.state, exposure)) {
    const { triggeredAtUs, spec } = record;
    if (spec.role !== 'stop' || isTerminal(record.status) || triggeredAtUs === null) continue;
    if (turn.timeUs - triggeredAtUs < limitUs) continue;
    alertOrder(turn, record, 'STOP_ESCALATED', 'critical');
    startFlattening(turn, exposure, { by: 'protection' });
    return;
  }
}

/**
 * Cancels stops that outlived their position, or exceed it, so that they never sell what is not ours. Fills may trail the
 * reports of legs, so the excess has to last. With nothing left to protect a cancel also waits for the venue's proof.
 */
export function cancelExcess(turn: Turn, exposure: Exposure): void {
  const { protection } = exposure;
  const { position, covered } = coverageOf(turn.state, exposure);
  const excess: Quantity = covered.minus(position);
  const orphans = openRecords(turn.state, exposure).filter(
    (record) => record.spec.role !== 'entry' && !isTerminal(record.status) && !waitsForEntry(turn, record),
  );
  const instrument = listedInstrument(turn.state, exposure.instrumentId);
  // What is reduce-only sells no more than there is.
  const { reduceOnly } = capabilitiesOfInstrument(exposure.instrumentId);
  const isExcess =
    (!reduceOnly && excess.compare(instrument.lotSize) >= 0) ||
    (isDust(turn.state, exposure, position) && orphans.length > 0 && !orphans.some((record) => fits(record, position)));
  if (!isExcess) {
    protection.excessSinceUs = null;
    return;
  }
  protection.excessSinceUs ??= turn.timeUs;
  if (turn.timeUs - protection.excessSinceUs < configOf(turn.state).protectionGraceMs * US_PER_MS) return;
  const surplus = surplusOf(exposure, orphans, excess);
  if (isFlat(turn.state, exposure) && !isProvenOrphaned(turn, exposure, surplus)) return;
  for (const record of surplus) sendCancel(turn, record);
}

/**
 * A look asked for after the position was gone showed these orders open, and its trades and balances left the position gone:
 * a fill that is still to be told would need the very stop. Asks for such a look, once a second.
 */
function isProvenOrphaned(
  turn: Turn,
  { accountId, instrumentId, protection }: Exposure,
  orphans: readonly OrderRecord[],
): boolean {
  const goneAtUs = protection.excessSinceUs ?? turn.timeUs;
  const isShown = orphans.every(({ pending, shownAtUs }) => pending !== null || (shownAtUs ?? 0) > goneAtUs);
  if (isShown) return !turn.state.reconciliation.doubts.has(positionKey(accountId, instrumentId));
  if (turn.isTick) venueLink(turn.state, accountId).wanted ??= 'ORPHAN';
  return false;
}

/** A stop as it was placed, for no more than there is: the position became too small by a rule that came later. */
const fits = ({ filled, spec }: OrderRecord, position: Quantity): boolean =>
  spec.role === 'stop' && filled === '0' && quantityOf(spec.quantity).compare(position) <= 0;

/**
 * Of orders that exceed the position, those that may go without baring any of it: a stop of which two turned out to exist.
 * All of them where no such choice is left, for one stop alone is too large.
 */
function surplusOf(exposure: Exposure, orphans: readonly OrderRecord[], excess: Quantity): readonly OrderRecord[] {
  const surplus: OrderRecord[] = [];
  let left = excess;
  for (const record of orphans.filter((each) => protects(each, exposure))) {
    if (left.compare(leavesOf(record)) < 0) continue;
    surplus.push(record);
    left = left.minus(leavesOf(record));
  }
  return surplus.length === 0 ? orphans : surplus;
}

function alertUnprotected(turn: Turn, exposure: Exposure, action: string): void {
  const { accountId, instrumentId, quantity, protection } = exposure;
  const params = { accountId, instrumentId, quantity, attempts: protection.attempts, action };
  turn.emit({ kind: 'alert.raised', alert: { code: 'POSITION_UNPROTECTED', severity: 'warning', params } });
}
