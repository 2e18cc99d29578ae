import { decimal, type DecimalText } from '../domain/decimal.ts';
import { Price, Quantity } from '../domain/quantities.ts';

/** Quantity of validated text. Throws when it is not a plain decimal. */
export const quantityOf = (text: DecimalText): Quantity => Quantity.of(decimal(text));

/** Price of validated text. Throws when it is not a plain decimal. */
export const priceOf = (text: DecimalText): Price => Price.of(decimal(text));

export const isAbove = (left: DecimalText, right: DecimalText): boolean =>
  quantityOf(left).compare(quantityOf(right)) > 0;
