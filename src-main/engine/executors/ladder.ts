import { decimal } from '../domain/decimal.ts';
import { Quantity } from '../domain/quantities.ts';
import { type Executor, isBusy, isCount, isPrice, levelPrice, part, WAIT } from './executor.ts';

/** One order a level, one level a step; the last level takes what rounding left. */
export const ladder: Executor<'ladder'> = {
  check({ from, to, levels }) {
    if (!isPrice(from)) return 'from';
    if (!isPrice(to)) return 'to';
    return isCount(levels, 100) ? null : 'levels';
  },
  step({ from, to, levels }, look) {
    const next = Number(look.memo['next'] ?? 0);
    if (next >= levels) return { ...WAIT(look), isDone: !isBusy(look) };
    if (look.isWaiting) return WAIT(look);
    const even = part(Quantity.of(decimal(look.request.quantity)), levels, look.instrument);
    const quantity = next === levels - 1 ? look.left : even;
    const price = levelPrice(from, to, next, levels, look.instrument.tickSize);
    const child = { type: 'limit', timeInForce: 'gtc', price, quantity } as const;
    return { ...WAIT(look), place: [child], memo: { next: next + 1 } };
  },
};
