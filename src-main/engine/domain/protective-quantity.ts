import { capabilitiesOf } from './capabilities.ts';
import { multiplyDecimals } from './decimal.ts';
import type { Instrument } from './instrument.ts';
import type { OrderSide } from './order.ts';
import { Quantity } from './quantities.ts';

/**
 * Size that stop and target may have after an entry of `quantity`, floored to the lot: a venue may take its fee out of
 * the asset that a buy receives, at worst at the taker rate, and a leg larger than the balance is refused at activation.
 */
export function protectiveQuantity(quantity: Quantity, instrument: Instrument, side: OrderSide): Quantity {
  const { feesReduceHolding } = capabilitiesOf(instrument.venue, instrument.product);
  if (!feesReduceHolding || side === 'sell') return quantity.floorToLot(instrument.lotSize);
  const fee = Quantity.of(multiplyDecimals(quantity, instrument.takerFee));
  return quantity.minus(fee).floorToLot(instrument.lotSize);
}
