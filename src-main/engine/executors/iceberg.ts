import { decimal } from '../domain/decimal.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import { type Executor, isBusy, isPrice, isRatio, isSize, WAIT } from './executor.ts';

/** Shows one small order at a time; the next follows when it is gone. */
export const iceberg: Executor<'iceberg'> = {
  check({ price, displayQuantity, jitterRatio }) {
    if (!isPrice(price)) return 'price';
    if (!isSize(displayQuantity)) return 'displayQuantity';
    return isRatio(jitterRatio, true) ? null : 'jitterRatio';
  },
  step({ price, displayQuantity, jitterRatio }, look) {
    if (isBusy(look)) return WAIT(look);
    const { lotSize, minQuantity } = look.instrument;
    // In steps of a thousandth, so that a float never becomes a size.
    const smaller = Math.floor(look.random() * Number(jitterRatio) * 1_000);
    const shown = Quantity.of(decimal(displayQuantity)).scaledBy(
      { units: BigInt(1_000 - smaller), scale: 3 },
      lotSize.scale,
      'down',
    );
    const quantity = shown.floorToLot(lotSize).max(minQuantity).min(look.left);
    const child = { type: 'limitMaker', timeInForce: 'gtc', price: Price.of(decimal(price)), quantity } as const;
    return { ...WAIT(look), place: [child] };
  },
};
