import { capabilitiesOf } from './capabilities.ts';
import { addDecimals, decimal, divideDecimals, multiplyDecimals } from './decimal.ts';
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

const ONE = decimal('1');
/** Digits of a quantity before it goes up to the lot. */
const DIGITS = 18;

/**
 * What has to be bought to give back `quantity`, in whole lots: where the venue takes its fee out of what a buy receives, the
 * quantity itself would leave a debt of the fee, too small to be bought later.
 */
export function coveringQuantity(quantity: Quantity, instrument: Instrument): Quantity {
  const { lotSize, takerFee } = instrument;
  const { feesReduceHolding } = capabilitiesOf(instrument.venue, instrument.product);
  const kept = addDecimals(ONE, { ...takerFee, units: -takerFee.units });
  const wanted = feesReduceHolding ? Quantity.of(divideDecimals(quantity, kept, DIGITS, 'up')) : quantity;
  const lots = wanted.floorToLot(lotSize);
  return lots.compare(wanted) < 0 && feesReduceHolding ? lots.plus(lotSize) : lots;
}
