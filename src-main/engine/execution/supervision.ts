import { isTerminal } from '../domain/order.ts';
import { noteForgotten } from './adoption.ts';
import { forgetTrades } from './applied-trades.ts';
import { isFlat, openRecords } from './coverage.ts';
import { watchDeadMan } from './dead-man.ts';
import { advanceStop, takeOver } from './emergency-stop.ts';
import type { Exposure, OrderRecord, Turn } from './execution-state.ts';
import { advanceFlattening } from './flattening.ts';
import { advanceHeldEntries } from './held-entries.ts';
import { restTarget } from './managed-target.ts';
import { cancelExcess, measureProtection, noteLegRefused, protect } from './protection.ts';
import { requestLooks } from './reconciliation.ts';
import { advanceReduction } from './reduction.ts';
import { advanceReplacing } from './replacing.ts';
import { settleCases } from './resolution-log.ts';
import { guardRestingEntries } from './resting-entry.ts';
import { advanceMerging, isMerging } from './stop-merging.ts';
import { advanceRestop } from './stop-replacement.ts';
import { guarded } from './trading-state-latch.ts';
import { lacksFills, watchAnswers } from './unknown-outcomes.ts';
import { askAboutReached } from './unreported-fills.ts';
import { coolBreakers } from './venue-breakers.ts';

/**
 * Ends a turn: brings every exposure that changed closer to where it has to be. Each step is decided from state alone, so
 * it does not matter in which order news arrived, nor how often they repeat.
 */
export function settle(turn: Turn): void {
  if (turn.isTick) guarded(turn, () => coolBreakers(turn));
  for (const exposure of turn.touched) guarded(turn, () => supervise(turn, exposure));
  guarded(turn, () => advanceStop(turn));
  guarded(turn, () => settleCases(turn));
  guarded(turn, () => watchDeadMan(turn));
  if (turn.isTick) guarded(turn, () => askAboutReached(turn));
  guarded(turn, () => requestLooks(turn));
}

const KEEP_CLOSED_US = 3_600_000_000;
/** Under load fewer are kept, for the state is saved as a whole and nothing else happens meanwhile: 17 ms with so many. */
const MANY_ORDERS = 1_500;
const KEEP_MANY_US = 10_000_000;
const KEEP_TRADES_US = 24 * 3_600_000_000;

/**
 * Drops closed orders after an hour, or ten seconds when they are many, and trade ids after a day, oldest first. A later
 * fill is still booked: the id of its order says that it is ours.
 */
export function forgetOld(turn: Turn): void {
  const { orders, plans } = turn.state;
  const keepUs = orders.size > MANY_ORDERS ? KEEP_MANY_US : KEEP_CLOSED_US;
  for (const [id, record] of orders) {
    if (turn.timeUs - record.createdAtUs < keepUs) break;
    if (!isTerminal(record.status) || lacksFills(record) || turn.timeUs - record.updatedAtUs < keepUs) continue;
    orders.delete(id);
    noteForgotten(turn, id);
    plans.delete(id);
  }
  forgetTrades(turn.state, turn.timeUs - KEEP_TRADES_US);
}

/** Once a second all that has an order or a position is looked after, heard from or not. */
export function touchAll(turn: Turn): void {
  for (const exposure of turn.state.exposures.values()) if (!isIdle(turn, exposure)) turn.touched.add(exposure);
}

const isIdle = (turn: Turn, exposure: Exposure): boolean =>
  exposure.openOrders.length === 0 && exposure.flattening === null && isFlat(turn.state, exposure);

function supervise(turn: Turn, exposure: Exposure): void {
  findRefusedLegs(turn, exposure);
  watchAnswers(turn, exposure);
  advanceHeldEntries(turn, exposure);
  advanceReplacing(turn, exposure);
  measureProtection(turn, exposure);
  takeOver(turn, exposure);
  if (exposure.flattening === null) {
    guardRestingEntries(turn, exposure);
    if (!advanceReduction(turn, exposure)) {
      cancelExcess(turn, exposure);
      advanceRestop(turn, exposure);
      advanceMerging(turn, exposure);
      if (!isMerging(turn, exposure)) protect(turn, exposure);
      restTarget(turn, exposure);
    }
  }
  if (exposure.flattening !== null) advanceFlattening(turn, exposure);
  forgetClosed(turn, exposure);
}

/** A leg refused when its entry filled: the bracket is not what was sent. */
function findRefusedLegs(turn: Turn, exposure: Exposure): void {
  for (const record of openRecords(turn.state, exposure)) {
    const isRefused = record.status === 'rejected' || record.status === 'expired';
    if (record.spec.role !== 'stop' || !isRefused || record.placed || waitsForFate(turn, record)) continue;
    if (workingOf(turn, record)?.status === 'filled') noteLegRefused(turn, exposure, record);
  }
}

/** A leg that ended before its entry is kept: if the entry turns out filled, the leg was refused. */
function forgetClosed(turn: Turn, exposure: Exposure): void {
  exposure.openOrders = openRecords(turn.state, exposure)
    .filter((record) => !isTerminal(record.status) || lacksFills(record) || waitsForFate(turn, record))
    .map((record) => record.spec.clientOrderId);
}

function waitsForFate(turn: Turn, record: OrderRecord): boolean {
  const working = workingOf(turn, record);
  return working !== undefined && (!isTerminal(working.status) || lacksFills(working));
}

const workingOf = (turn: Turn, { workingId }: OrderRecord): OrderRecord | undefined =>
  workingId === null ? undefined : turn.state.orders.get(workingId);
