import {
  addDecimals,
  decimal,
  type Decimal,
  type DecimalText,
  formatDecimal,
  multiplyDecimals,
} from '../domain/decimal.ts';
import { parseInstrumentId, type InstrumentId } from '../domain/identifiers.ts';
import type { Fill } from '../domain/order.ts';
import { listedInstrument, type Turn } from './execution-state.ts';

export const isSpot = (instrumentId: InstrumentId): boolean => {
  const parts = parseInstrumentId(instrumentId);
  return parts.ok && parts.value.product === 'SPOT';
};

/** Moves the expected balances on by a trade of ours. Margin and futures settle otherwise: they end the expectation. */
export function expectTrade(turn: Turn, fill: Fill): void {
  const { expected } = turn.state.reconciliation;
  const known = expected.get(fill.accountId);
  if (known === undefined) return;
  if (!isSpot(fill.instrumentId)) {
    expected.delete(fill.accountId);
    return;
  }
  const { base, quote } = listedInstrument(turn.state, fill.instrumentId);
  const quantity = decimal(fill.quantity);
  const value = multiplyDecimals(decimal(fill.price), quantity);
  const isBuy = fill.side === 'buy';
  move(known, base, quantity, isBuy);
  move(known, quote, value, !isBuy);
  move(known, fill.fee.asset, decimal(fill.fee.amount), false);
}

function move(known: Map<string, DecimalText>, asset: string, amount: Decimal, isIn: boolean): void {
  const change = isIn ? amount : { units: -amount.units, scale: amount.scale };
  if (change.units !== 0n) known.set(asset, formatDecimal(addDecimals(decimal(known.get(asset) ?? '0'), change)));
}
