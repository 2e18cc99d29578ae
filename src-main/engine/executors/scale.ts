import { addDecimals, compareDecimals, type Decimal, decimal } from '../domain/decimal.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import { atOnce, type Child, type Executor, isBusy, isPrice, isSize, samePrice, touch, WAIT } from './executor.ts';

/** Each part at once when the market reaches its price: in at it or better, out likewise. */
export const scale: Executor<'scale'> = {
  check({ parts }, { quantity }) {
    if (parts.length === 0 || parts.length > 100) return 'parts';
    if (!parts.every((each) => isPrice(each.price) && isSize(each.quantity))) return 'parts';
    const sum = parts.reduce<Decimal>((total, each) => addDecimals(total, decimal(each.quantity)), ZERO);
    return compareDecimals(sum, decimal(quantity)) <= 0 ? null : 'quantity';
  },
  step({ parts }, look) {
    if (isBusy(look)) return WAIT(look);
    const open = parts.map((each) => ({ price: Price.of(decimal(each.price)), left: leftOf(each, look.children) }));
    const due = open.filter(({ left }) => left.compare(look.instrument.minQuantity) >= 0);
    if (due.length === 0) return { ...WAIT(look), isDone: true };
    const market = touch(look);
    const up = look.request.side === 'buy' ? 1 : -1;
    const next = market === null ? undefined : due.find(({ price }) => market.compare(price) * up <= 0);
    return next === undefined ? WAIT(look) : { ...WAIT(look), place: [atOnce(next.price, next.left)] };
  },
};

const ZERO: Decimal = { units: 0n, scale: 0 };

function leftOf(each: { readonly price: string; readonly quantity: string }, children: readonly Child[]): Quantity {
  const price = Price.of(decimal(each.price));
  const own = children.filter((child) => samePrice(child.price, price));
  return own.reduce((left, child) => left.minus(child.filled), Quantity.of(decimal(each.quantity)));
}
