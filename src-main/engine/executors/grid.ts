import { decimal } from '../domain/decimal.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import {
  type Child,
  type ChildPlan,
  type Executor,
  isCount,
  isPrice,
  levelPrice,
  type Look,
  part,
  samePrice,
  WAIT,
} from './executor.ts';

/** Bids below the market, one a level; what a level bought is taken back at the next level. Long only. */
export const grid: Executor<'grid'> = {
  check({ lower, upper, levels }, { side, reduceOnly }) {
    if (side !== 'buy' || reduceOnly) return 'side';
    if (!isPrice(lower)) return 'lower';
    if (!isPrice(upper) || Price.of(decimal(lower)).compare(Price.of(decimal(upper))) >= 0) return 'upper';
    return isCount(levels, 100) && levels >= 2 ? null : 'levels';
  },
  step({ lower, upper, levels }, look) {
    const { market, instrument, request, children } = look;
    if (market === null || look.isWaiting) return WAIT(look);
    const prices = Array.from({ length: levels }, (_, at) => levelPrice(lower, upper, at, levels, instrument.tickSize));
    const even = part(Quantity.of(decimal(request.quantity)), levels - 1, instrument);
    for (const [at, price] of prices.slice(0, -1).entries()) {
      const above = prices[at + 1];
      const isOpen = children.some((child) => child.isOpen && (samePrice(child.price, price) || isSale(child, above)));
      if (above === undefined || isOpen) continue;
      const child = nextAt(look, { price, above, even, held: heldAt(children, price, above) });
      if (child !== null) return { ...WAIT(look), place: [child] };
    }
    return WAIT(look);
  },
};

const isSale = ({ side, price }: Child, above: Price | undefined): boolean =>
  side === 'sell' && above !== undefined && samePrice(price, above);

/** What the level bought and has not sold. */
function heldAt(children: readonly Child[], price: Price, above: Price): Quantity {
  let held = Quantity.zero();
  for (const child of children) {
    if (child.side === 'buy' && samePrice(child.price, price)) held = held.plus(child.filled);
    if (isSale(child, above)) held = held.minus(child.filled);
  }
  return held;
}

type Level = { readonly price: Price; readonly above: Price; readonly even: Quantity; readonly held: Quantity };

function nextAt({ market, instrument, position }: Look, { price, above, even, held }: Level): ChildPlan | null {
  if (market === null) return null;
  // Fees taken out of what was bought leave a rest that cannot be sold.
  const rest = even.scaledBy(decimal('0.01'), instrument.lotSize.scale, 'up').max(instrument.minQuantity);
  if (held.compare(rest) > 0) {
    if (market.bid.compare(above) < 0) return null;
    const quantity = held.min(position).floorToLot(instrument.lotSize);
    return { type: 'limit', timeInForce: 'ioc', price: above, quantity, takesBack: true };
  }
  if (price.compare(market.bid) > 0) return null;
  return { type: 'limitMaker', timeInForce: 'gtc', price, quantity: even };
}
