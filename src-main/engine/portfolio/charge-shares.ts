import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  divideDecimals,
  multiplyDecimals,
} from '../domain/decimal.ts';
import type { Charge } from '../domain/margin.ts';
import { type Ledger, magnitudeOf, negated } from './position.ts';

type Share = { readonly ledger: Ledger; readonly amount: Decimal };

const SHARE_SCALE = 12;
const ZERO: Decimal = { units: 0n, scale: 0 };

/**
 * Which positions of an account a charge is booked to. One that names no position goes to those that cause it: interest on
 * coins to what is short of them, interest on money to what was bought with it, by what they cost. The parts add up to the
 * charge exactly. None when it is of no position of ours.
 */
export function sharesOf(charge: Charge, own: readonly Ledger[]): readonly Share[] {
  const amount = decimal(charge.amount);
  if (charge.instrumentId !== null)
    return own.filter(({ instrumentId }) => instrumentId === charge.instrumentId).map((ledger) => ({ ledger, amount }));
  const ofBase = own.filter(({ base }) => base === charge.asset);
  const candidates = ofBase.length > 0 ? ofBase : own.filter(({ quote }) => quote === charge.asset);
  return split(amount, candidates);
}

/** By cost; what rounding leaves goes to the first. All to the first when none is open. */
function split(amount: Decimal, candidates: readonly Ledger[]): readonly Share[] {
  const [first, ...others] = candidates;
  if (first === undefined) return [];
  const total = candidates.reduce((sum, { cost }) => addDecimals(sum, magnitudeOf(cost)), ZERO);
  if (compareDecimals(total, ZERO) === 0) return [{ ledger: first, amount }];
  const scale = Math.max(SHARE_SCALE, amount.scale);
  const shares = others.map((ledger) => ({
    ledger,
    amount: divideDecimals(multiplyDecimals(amount, magnitudeOf(ledger.cost)), total, scale, 'down'),
  }));
  const given = shares.reduce((sum, share) => addDecimals(sum, share.amount), ZERO);
  return [{ ledger: first, amount: addDecimals(amount, negated(given)) }, ...shares].filter(
    (share) => share.amount.units !== 0n,
  );
}
