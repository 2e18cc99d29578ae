import { divide, pow10 } from '../../engine/domain/decimal.ts';
import { type Amount, AMOUNT_SCALE, WIRE_SCALE } from '../matching/grid.ts';

const ONE = pow10(AMOUNT_SCALE);

/** Fees are cut after eight digits. */
export function feeOn(amount: Amount, rate: Amount): Amount {
  const unit = pow10(AMOUNT_SCALE - WIRE_SCALE);
  return divide((amount * rate) / ONE, unit, 'down') * unit;
}
