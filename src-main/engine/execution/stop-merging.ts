import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import { compareDecimals, decimal } from '../domain/decimal.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import { ALLOWED } from '../domain/trading-state.ts';
import { quantityOf } from './amounts.ts';
import { leavesOf, openRecords, protects } from './coverage.ts';
import { configOf, listedInstrument, type Exposure, type OrderRecord, type Turn } from './execution-state.ts';
import { sendCancel, sendSubmission } from './sending.ts';
import { protectionSubmission } from './submissions.ts';

const MERGED_AT_ONCE = 2;
/** A merged stop that the venue refused is not tried again for so long; the old ones stay. */
const RETRY_US = 60_000_000;
/** Merges follow each other no faster: each bares a part of the position for a moment. */
const COOL_DOWN_US = 10_000_000;
const US_PER_MS = 1_000;

/**
 * Keeps a stop slot of the instrument free: several brackets each bring a stop, and a full venue refuses the next one. Once
 * one slot is left, the two smallest stops become one at the tighter of their triggers. Without a gap where two stops may
 * rest beside each other; else for those two alone, measured.
 */
export function advanceMerging(turn: Turn, exposure: Exposure): void {
  const merging = exposure.merging ?? null;
  if (merging === null) {
    startMerging(turn, exposure);
    return;
  }
  const old = recordsOf(turn, merging.oldIds).filter((record) => !isTerminal(record.status));
  const isRefused = old.length > 0 && isByGone(turn, merging.byId);
  if (turn.timeUs - merging.sinceUs >= (isRefused ? RETRY_US : COOL_DOWN_US)) exposure.merging = null;
  if (isRefused) return;
  const [by] = recordsOf(turn, [merging.byId]);
  if (merging.byId === null) exposure.protection.urgent = true;
  if (by === undefined || protects(by, exposure)) for (const record of old) sendCancel(turn, record);
}

function isByGone(turn: Turn, byId: ClientOrderId | null): boolean {
  const [by] = recordsOf(turn, [byId]);
  return byId !== null && (by === undefined || isTerminal(by.status));
}

const recordsOf = (turn: Turn, ids: readonly (ClientOrderId | null)[]): readonly OrderRecord[] =>
  ids.flatMap((id) => (id === null ? [] : (turn.state.orders.get(id) ?? [])));

/** Both stops go before one takes their place; one that does not go in time is not waited for. */
export function isMerging(turn: Turn, { merging = null }: Exposure): boolean {
  if (merging === null || merging.byId !== null) return false;
  const isInTime = turn.timeUs - merging.sinceUs < configOf(turn.state).protectionGraceMs * US_PER_MS;
  return isInTime && recordsOf(turn, merging.oldIds).some((record) => !isTerminal(record.status));
}

function startMerging(turn: Turn, exposure: Exposure): void {
  if (exposure.plan === null || !mayMerge(turn, exposure)) return;
  const { maxStopOrders, lotSize } = listedInstrument(turn.state, exposure.instrumentId);
  const stops = openRecords(turn.state, exposure).filter(
    ({ spec, status }) => spec.role === 'stop' && !isTerminal(status),
  );
  const resting = stops.filter((record) => protects(record, exposure) && record.triggeredAtUs === null);
  if (stops.length < Math.max(MERGED_AT_ONCE, maxStopOrders - 1) || resting.length < MERGED_AT_ONCE) return;
  const old = resting.toSorted((a, b) => leavesOf(a).compare(leavesOf(b))).slice(0, MERGED_AT_ONCE);
  const oldIds = old.map(({ spec }) => spec.clientOrderId);
  exposure.plan = { ...exposure.plan, ...tightest(exposure, old) };
  if (!capabilitiesOfInstrument(exposure.instrumentId).twoStops) {
    exposure.merging = { oldIds, byId: null, sinceUs: turn.timeUs };
    exposure.protection.urgent = true;
    for (const record of old) sendCancel(turn, record);
    return;
  }
  const sum = old.reduce((total, record) => total.plus(leavesOf(record)), Quantity.zero()).floorToLot(lotSize);
  const submission = protectionSubmission(turn, exposure, exposure.plan, sum.toString(), true);
  if (submission.kind !== 'single') return;
  exposure.merging = { oldIds, byId: submission.order.clientOrderId, sinceUs: turn.timeUs };
  sendSubmission(turn, submission, { action: 'stopReplace', reason: { by: 'protection' } });
}

/** Nothing else is at work on these stops, and the position is protected. */
function mayMerge(turn: Turn, exposure: Exposure): boolean {
  const isBusy = openRecords(turn.state, exposure).some(({ pending }) => pending !== null);
  const isAtWork = exposure.flattening !== null || (exposure.restop ?? null) !== null;
  const isBare = exposure.protection.unprotectedSinceUs !== null;
  return !isBusy && !isAtWork && !isBare && ALLOWED[turn.state.tradingState].stopReplace;
}

type Prices = { readonly stopTrigger: string; readonly stopLimit: string };

/** Prices of the stop that triggers first. */
function tightest(exposure: Exposure, stops: readonly OrderRecord[]): Prices | null {
  const side = quantityOf(exposure.quantity).isNegative ? -1 : 1;
  let best: Prices | null = null;
  for (const { spec } of stops) {
    if (spec.triggerPrice === null) continue;
    const isTighter =
      best === null || compareDecimals(decimal(spec.triggerPrice), decimal(best.stopTrigger)) * side > 0;
    if (isTighter) best = { stopTrigger: spec.triggerPrice, stopLimit: spec.price ?? spec.triggerPrice };
  }
  return best;
}
