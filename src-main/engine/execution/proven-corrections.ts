import type { Fill } from '../domain/order.ts';
import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import { Quantity } from '../domain/quantities.ts';
import { quantityOf } from './amounts.ts';
import { tradeKey } from './applied-trades.ts';
import { exposureKey, listedInstrument, type ExecutionState, type Exposure, type Turn } from './execution-state.ts';
import { positionKey } from './reconciliation-state.ts';

/** More than a person trades by hand between two looks; beyond it nothing is proven. */
const MAX_TRADES = 200;

/** Keeps a trade of somebody else in an instrument we hold: it may tell where a part of our position went. */
export function noteTheirTrade(turn: Turn, fill: Fill): void {
  const exposure = turn.state.exposures.get(exposureKey(fill.accountId, fill.instrumentId));
  if (exposure === undefined || quantityOf(exposure.quantity).isZero) return;
  const theirs = (turn.state.reconciliation.theirs ??= new Map<string, readonly Fill[]>());
  const key = positionKey(fill.accountId, fill.instrumentId);
  const known = theirs.get(key) ?? [];
  if (known.length >= MAX_TRADES || known.some((other) => tradeKey(other) === tradeKey(fill))) return;
  theirs.set(key, [...known, fill]);
}

/** What both sides agree on needs no such trades: they were of other coins. */
export function dropTheirTrades({ reconciliation }: ExecutionState, { accountId, instrumentId }: Exposure): void {
  reconciliation.theirs?.delete(positionKey(accountId, instrumentId));
}

/** Else it opens a position or turns one around, and has no stop that anybody planned. */
export function isReduction({ quantity }: Exposure, difference: Quantity): boolean {
  const ours = quantityOf(quantity);
  return ours.isNegative !== difference.isNegative && difference.abs().compare(ours.abs()) <= 0;
}

/**
 * Books the trades of somebody else that took a part of our position, when two independent sources say the same: the balance
 * (or position) the venue tells lacks `difference`, and the trade list adds up to exactly that. Only what makes a position
 * smaller is booked, never what turns it around. False: a person has to decide.
 */
export function correctByTrades(turn: Turn, exposure: Exposure, difference: Quantity): boolean {
  const { accountId, instrumentId } = exposure;
  const trades = turn.state.reconciliation.theirs?.get(positionKey(accountId, instrumentId)) ?? [];
  const ours = quantityOf(exposure.quantity);
  const told = trades.reduce((sum, fill) => sum.plus(changeOf(turn.state, fill)), Quantity.zero());
  if (trades.length === 0 || !isReduction(exposure, difference) || told.compare(difference) !== 0) return false;
  const rest = ours.plus(difference);
  exposure.quantity = rest.isZero ? '0' : rest.toString();
  for (const fill of trades) {
    turn.state.trades.set(tradeKey(fill), turn.timeUs);
    turn.state.reconciliation.heldFills.delete(tradeKey(fill));
    turn.applied.push(fill);
  }
  dropTheirTrades(turn.state, exposure);
  turn.touched.add(exposure);
  return true;
}

function changeOf(state: ExecutionState, { fee, instrumentId, quantity, side }: Fill): Quantity {
  const traded = quantityOf(quantity);
  const change = side === 'buy' ? traded : traded.negated();
  const { feesReduceHolding } = capabilitiesOfInstrument(instrumentId);
  const isPaidInBase = feesReduceHolding && fee.asset === listedInstrument(state, instrumentId).base;
  return isPaidInBase ? change.minus(quantityOf(fee.amount)) : change;
}
