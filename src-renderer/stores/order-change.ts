import type { CommandDto } from '../../src-preload/contract/messages.ts';
import type { InstrumentDto, OrderDto } from '../../src-preload/contract/state.ts';
import { compareDecimals, formatDecimal } from '../ui/number-text.ts';
import { formsOf } from './order-forms.ts';
import { isWorking } from './terminal-state.ts';
import { plain } from './ticket-fields.ts';
import { lotProblem, priceProblem } from './ticket-problems.ts';

type ModifyOrder = Extract<CommandDto, { readonly kind: 'modifyOrder' }>;
export type ChangeField = keyof ModifyOrder['change'];

/** What of a resting order may change: of an entry all it has, of a stop its prices, of a target its price. */
export function changeable(order: OrderDto): readonly ChangeField[] {
  const { foreign, parentId, pending, pendingLeg, role } = order;
  if (foreign || pending !== null || pendingLeg || parentId !== undefined || !isWorking(order)) return [];
  const prices = (['triggerPrice', 'price'] as const).filter((field) => order[field] !== null);
  if (role === 'entry') return [...prices, 'quantity'];
  if (role === 'stop') return prices;
  return role === 'target' && order.triggerPrice === null ? prices : [];
}

export type Changed = { readonly field: ChangeField; readonly from: string; readonly to: string };

/** What differs from the order, by value. Text that is no decimal is a problem, not a change. */
export function changesOf(order: OrderDto, typed: Readonly<Record<string, string>>): readonly Changed[] {
  return changeable(order).flatMap((field) => {
    const [from, to] = [order[field], plain(typed[field] ?? '')];
    return from === null || to === null || compareDecimals(from, to) === 0 ? [] : [{ field, from, to }];
  });
}

/** One line at each field that cannot be sent; an empty one is wrong too. */
export function changeProblems(
  order: OrderDto,
  typed: Readonly<Record<string, string>>,
  { tickSize, lotSize }: InstrumentDto,
): Readonly<Partial<Record<ChangeField, string>>> {
  const problemOf = (field: ChangeField): string | null => {
    const text = typed[field] ?? '';
    if (text === '') return 'Expected a number.';
    if (field !== 'quantity') return priceProblem(text, tickSize);
    const quantity = plain(text);
    if (quantity !== null && compareDecimals(quantity, order.filledQuantity) <= 0 && order.filledQuantity !== '0')
      return `Already filled ${formatDecimal(order.filledQuantity)}.`;
    return lotProblem(text, lotSize);
  };
  const found = changeable(order).flatMap((field) => {
    const problem = problemOf(field);
    return problem === null ? [] : [[field, problem] as const];
  });
  return Object.fromEntries(found);
}

export function modifyOf({ clientOrderId }: OrderDto, changes: readonly Changed[]): ModifyOrder {
  const to = (field: ChangeField): string | null => changes.find((change) => change.field === field)?.to ?? null;
  const change = { price: to('price'), quantity: to('quantity'), triggerPrice: to('triggerPrice') };
  return { kind: 'modifyOrder', clientOrderId, change };
}

/** What the change does to the order at its venue. */
export function changeCourse(order: OrderDto, instrument: InstrumentDto): string {
  const { modify, modifyConditional } = formsOf(instrument);
  const anew = order.role === 'entry' ? ' The gate judges it anew.' : '';
  const isInPlace = modify === 'inPlace' && (order.triggerPrice === null || modifyConditional);
  if (isInPlace) return `The venue changes it in place.${anew}`;
  if (order.role === 'entry')
    return `${instrument.venue} cannot change it in place: it is canceled, then placed anew for what is left, behind others at its price.${anew}`;
  return 'A new order takes its place. Any time without protection in between is measured and shown.';
}
