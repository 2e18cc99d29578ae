import { decimal } from '../domain/decimal.ts';
import { Price } from '../domain/quantities.ts';
import { type Executor, isCount, isPrice, type Look, WAIT } from './executor.ts';

/** Stays at the best price of its own side. After `maxRepegs` moves it gives up rather than run after the market. */
export const chase: Executor<'chase'> = {
  check({ limitPrice, maxRepegs }) {
    if (!isCount(maxRepegs)) return 'maxRepegs';
    return limitPrice === null || isPrice(limitPrice) ? null : 'limitPrice';
  },
  step({ limitPrice, maxRepegs }, look) {
    const peg = pegOf(look, limitPrice);
    const repegs = Number(look.memo['repegs'] ?? 0);
    const open = look.children.filter(({ isOpen }) => isOpen);
    if (peg === null || look.isWaiting) return WAIT(look);
    if (open.length === 0) {
      if (repegs > maxRepegs) return { ...WAIT(look), isDone: true };
      const child = { type: 'limitMaker', timeInForce: 'gtc', price: peg, quantity: look.left } as const;
      return { ...WAIT(look), place: [child] };
    }
    const up = look.request.side === 'buy' ? 1 : -1;
    const behind = open.filter(({ price }) => price !== null && peg.compare(Price.of(decimal(price))) * up > 0);
    if (behind.length === 0) return WAIT(look);
    return { ...WAIT(look), cancel: behind.map(({ clientOrderId }) => clientOrderId), memo: { repegs: repegs + 1 } };
  },
};

function pegOf({ market, request: { side } }: Look, limitPrice: string | null): Price | null {
  if (market === null) return null;
  const best = side === 'buy' ? market.bid : market.ask;
  if (limitPrice === null) return best;
  const limit = Price.of(decimal(limitPrice));
  return best.compare(limit) * (side === 'buy' ? 1 : -1) > 0 ? limit : best;
}
