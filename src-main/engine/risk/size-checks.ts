import type { Decimal } from '../domain/decimal.ts';
import type { Quantity } from '../domain/quantities.ts';
import { shown } from './bracket-figures.ts';
import { denial, fact, type Judgment, measured, smaller, unmeasured } from './judgment.ts';
import type { Subject } from './subject.ts';

/** Quantity above zero, on the lot, within the venue's bounds, and every leg above the minimum notional. */
export function judgeSize(subject: Subject): readonly Judgment[] {
  const { request, figures } = subject;
  const { quantity, legQuantity } = figures;
  if (quantity === null || legQuantity === null) {
    const { base, quote } = subject.context.instrument;
    return [
      fact('quantity', denial('QUANTITY_INVALID', { quantity: shown(request.quantity) })),
      unmeasured('quantityLot', base),
      unmeasured('quantityMinimum', base),
      unmeasured('quantityMaximum', base),
      unmeasured('notionalMinimum', quote),
    ];
  }
  return [
    fact('quantity', null),
    judgeLot(subject, quantity),
    ...judgeBounds(subject, quantity, legQuantity),
    judgeNotionalMinimum(subject, quantity, legQuantity),
  ];
}

function judgeLot({ context }: Subject, quantity: Quantity): Judgment {
  const { lotSize } = context.instrument;
  const refusal = denial('QUANTITY_OFF_LOT', { quantity: quantity.toString(), lotSize: lotSize.toString() });
  return fact('quantityLot', quantity.isOnLot(lotSize) ? null : refusal);
}

/** The minimum is asked of the legs, which are smaller than the entry by the fee and the lot. */
function judgeBounds({ context }: Subject, quantity: Quantity, legQuantity: Quantity): readonly Judgment[] {
  const { minQuantity, maxQuantity, base: unit } = context.instrument;
  const least = { name: 'quantityMinimum', unit, bound: 'atLeast', limit: minQuantity, used: null } as const;
  const most = { name: 'quantityMaximum', unit, bound: 'atMost', limit: maxQuantity, used: null } as const;
  return [
    measured({ ...least, after: legQuantity.min(quantity) }, 'QUANTITY_BELOW_MINIMUM'),
    measured({ ...most, after: quantity }, 'QUANTITY_ABOVE_MAXIMUM'),
  ];
}

/** The stop counts at its limit: a stop the venue refuses for its size protects nothing. */
function judgeNotionalMinimum({ context, figures }: Subject, quantity: Quantity, legQuantity: Quantity): Judgment {
  const { quote: unit, minNotional } = context.instrument;
  if (figures.prices === null) return unmeasured('notionalMinimum', unit);
  const { limitPrice, stopLimit, target } = figures.prices;
  const legs: readonly (readonly [string, Decimal])[] = [
    ['entry', limitPrice.times(quantity, unit)],
    ['stop', stopLimit.times(legQuantity, unit)],
    ['target', target.times(legQuantity, unit)],
  ];
  const smallest = legs.reduce((least, leg) => (smaller(least[1], leg[1]) === least[1] ? least : leg));
  const bound = { name: 'notionalMinimum', unit, bound: 'atLeast', limit: minNotional, used: null } as const;
  return measured({ ...bound, after: smallest[1] }, 'NOTIONAL_BELOW_MINIMUM', { leg: smallest[0] });
}
