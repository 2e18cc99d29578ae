import { addDecimals, decimal, formatDecimal, multiplyDecimals } from '../domain/decimal.ts';
import { Quantity } from '../domain/quantities.ts';
import { atOnce, type Executor, isBusy, isPrice, isRatio, isWithin, textOf, touch, WAIT } from './executor.ts';

/** Keeps its share of the traded volume: each closed bar adds to what it may take from the next step on. */
export const pov: Executor<'pov'> = {
  check({ participation, limitPrice }) {
    if (!isRatio(participation)) return 'participation';
    return limitPrice === null || isPrice(limitPrice) ? null : 'limitPrice';
  },
  step({ participation, limitPrice }, look) {
    const before = decimal(textOf(look.memo, 'allowed') ?? '0');
    const volume = look.bar === null ? null : multiplyDecimals(decimal(look.bar.volume), decimal(participation));
    const allowed = volume === null ? before : addDecimals(before, volume);
    const memo = { allowed: formatDecimal(allowed) };
    const price = touch(look);
    if (look.bar !== null || price === null || isBusy(look) || !isWithin(look.request.side, price, limitPrice)) {
      return { ...WAIT(look), memo };
    }
    const filled = look.children.reduce((sum, child) => sum.plus(child.filled), Quantity.zero());
    const quantity = Quantity.of(allowed).minus(filled).floorToLot(look.instrument.lotSize).min(look.left);
    if (quantity.compare(look.instrument.minQuantity) < 0) return { ...WAIT(look), memo };
    return { place: [atOnce(price, quantity)], cancel: [], memo, isDone: false };
  },
};
