import { decimal, type DecimalText } from '../domain/decimal.ts';
import { Price, Quantity } from '../domain/quantities.ts';

/** Parsed before: the same few texts are read in every turn. */
const quantities = new Map<DecimalText, Quantity>();
const MAX_REMEMBERED = 20_000;

/** Quantity of validated text. Throws when it is not a plain decimal. */
export function quantityOf(text: DecimalText): Quantity {
  const known = quantities.get(text);
  if (known !== undefined) return known;
  const quantity = Quantity.of(decimal(text));
  if (quantities.size >= MAX_REMEMBERED) quantities.clear();
  quantities.set(text, quantity);
  return quantity;
}

/** Price of validated text. Throws when it is not a plain decimal. */
export const priceOf = (text: DecimalText): Price => Price.of(decimal(text));

export const isAbove = (left: DecimalText, right: DecimalText): boolean =>
  quantityOf(left).compare(quantityOf(right)) > 0;
