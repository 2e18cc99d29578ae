import { multiplyDecimals } from './decimal.ts';
import type { Instrument } from './instrument.ts';
import { Quantity } from './quantities.ts';

/**
 * Size that stop and target may have after a buy of `quantity`, floored to the lot: on spot the venue may take its fee
 * out of the asset received, at worst at the taker rate, and a leg larger than the balance is refused at activation.
 */
export function protectiveQuantity(quantity: Quantity, instrument: Instrument): Quantity {
  if (instrument.product === 'USDM') return quantity.floorToLot(instrument.lotSize);
  const fee = Quantity.of(multiplyDecimals(quantity, instrument.takerFee));
  return quantity.minus(fee).floorToLot(instrument.lotSize);
}
