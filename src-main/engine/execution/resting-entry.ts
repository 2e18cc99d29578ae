import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { Bar } from '../domain/market.ts';
import { isTerminal } from '../domain/order.ts';
import { ALLOWED } from '../domain/trading-state.ts';
import { hasTraded, openRecords } from './coverage.ts';
import { configOf, exposureKey, type Exposure, type OrderRecord, type Turn } from './execution-state.ts';
import { sendCancel } from './sending.ts';

/**
 * The partial-fill guard: the first partial fill of a resting entry cancels its remainder; what was filled is protected at
 * once by the plan of the entry. An entry that waited too many bars is canceled too, and any once new exposure is no longer
 * allowed: resting on, it would be just that.
 */
export function guardRestingEntries(turn: Turn, exposure: Exposure): void {
  const { stopBeforeEntry } = capabilitiesOfInstrument(exposure.instrumentId);
  for (const record of openRecords(turn.state, exposure)) {
    if (!isRestingEntry(record)) continue;
    const isTouched = !stopBeforeEntry && hasTraded(record);
    const isExpired = hasExpired(turn, record);
    if (isTouched || isExpired || !ALLOWED[turn.state.tradingState].entry) sendCancel(turn, record);
  }
}

/** Bars are the patience of a bracket; an order with a time in force of its own rests as long as that says. */
function hasExpired(turn: Turn, { spec, barsWaited }: OrderRecord): boolean {
  if (spec.expiresAtUs !== undefined) return turn.timeUs >= spec.expiresAtUs;
  return spec.timeInForce !== 'gtc' && barsWaited >= configOf(turn.state).entryExpiryBars;
}

const isRestingEntry = (record: OrderRecord): boolean =>
  record.spec.role === 'entry' && record.spec.timeInForce !== 'fok' && !isTerminal(record.status);

/** Counts a closed bar for the entries that wait on its instrument. */
export function countBar(turn: Turn, bar: Bar): void {
  for (const account of turn.state.accounts) {
    const exposure = turn.state.exposures.get(exposureKey(account.accountId, bar.instrumentId));
    if (exposure === undefined) continue;
    turn.touched.add(exposure);
    for (const record of openRecords(turn.state, exposure)) if (isRestingEntry(record)) record.barsWaited += 1;
  }
}
