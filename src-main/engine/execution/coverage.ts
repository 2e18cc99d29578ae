import { compareDecimals, decimal, multiplyDecimals } from '../domain/decimal.ts';
import { isTerminal } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import { isAbove, quantityOf } from './amounts.ts';
import { listedInstrument, type Exposure, type ExecutionState, type OrderRecord } from './execution-state.ts';

export type Coverage = {
  /** Magnitude of the position. */
  readonly position: Quantity;
  /** Quantity of stops that rest at the venue: placed, not merely held, and with no doubt about them. */
  readonly covered: Quantity;
  readonly uncovered: Quantity;
};

export function coverageOf(state: ExecutionState, exposure: Exposure): Coverage {
  const position = positionOf(state, exposure);
  let covered = Quantity.zero();
  for (const record of openRecords(state, exposure)) {
    if (protects(record, exposure)) covered = covered.plus(restingLeaves(record));
  }
  return { position, covered, uncovered: position.minus(covered).max(Quantity.zero()) };
}

/**
 * Magnitude of the position. Closing fills that the venue counted and whose trades are still to come are off already:
 * acting on what is gone would sell it twice.
 */
export function positionOf(state: ExecutionState, exposure: Exposure): Quantity {
  let position = quantityOf(exposure.quantity).abs();
  for (const record of openRecords(state, exposure)) {
    if (!closes(record, exposure)) continue;
    const missing = quantityOf(record.reportedFilled).minus(quantityOf(record.filled));
    if (missing.isPositive) position = position.minus(missing);
  }
  return position.max(Quantity.zero());
}

export function openRecords(state: ExecutionState, exposure: Exposure): readonly OrderRecord[] {
  return exposure.openOrders.map((id) => state.orders.get(id)).filter((record) => record !== undefined);
}

/** A pending leg protects nothing, nor does a stop whose cancel has an unknown outcome. */
export function protects(record: OrderRecord, exposure: Exposure): boolean {
  const resting = record.venueStatus === 'live' || record.venueStatus === 'partiallyFilled';
  const stop = record.spec.role === 'stop' && closes(record, exposure);
  return stop && resting && !isTerminal(record.status) && record.pending?.outcome !== 'unknown';
}

export const closes = (record: OrderRecord, exposure: Exposure): boolean =>
  record.spec.side === (quantityOf(exposure.quantity).isNegative ? 'buy' : 'sell');

/** By its trades, or by the venue's count of them. */
export const hasTraded = ({ filled, reportedFilled }: OrderRecord): boolean =>
  isAbove(filled, '0') || isAbove(reportedFilled, '0');

/** What the order may still fill. */
export function leavesOf(record: OrderRecord): Quantity {
  const done = quantityOf(record.filled).max(quantityOf(record.reportedFilled));
  return quantityOf(record.spec.quantity).minus(done).max(Quantity.zero());
}

/** Worst case for protection: a change on its way may have made the order smaller. */
function restingLeaves(record: OrderRecord): Quantity {
  const leaves = leavesOf(record);
  const wanted = record.proposed?.quantity ?? null;
  return wanted === null ? leaves : leaves.min(quantityOf(wanted).minus(quantityOf(record.filled)));
}

/** Worst case for exposure: a change on its way may have made the order larger. */
export function worstLeavesOf(record: OrderRecord): Quantity {
  const leaves = leavesOf(record);
  const wanted = record.proposed?.quantity ?? null;
  return wanted === null ? leaves : leaves.max(quantityOf(wanted).minus(quantityOf(record.filled)));
}

/** Too little to sell or protect: under one lot, or under the minimum notional at the reference price. */
export function isDust(state: ExecutionState, exposure: Exposure, quantity: Quantity): boolean {
  if (quantity.isZero) return true;
  const instrument = listedInstrument(state, exposure.instrumentId);
  const sellable = quantity.abs().floorToLot(instrument.lotSize);
  if (sellable.isZero || sellable.compare(instrument.minQuantity) < 0) return true;
  const price = state.prices.get(exposure.instrumentId);
  return price !== undefined && compareDecimals(multiplyDecimals(sellable, decimal(price)), instrument.minNotional) < 0;
}

export const isFlat = (state: ExecutionState, exposure: Exposure): boolean =>
  isDust(state, exposure, positionOf(state, exposure));
