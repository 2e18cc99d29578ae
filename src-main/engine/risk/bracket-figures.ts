import type { BracketRequest } from '../domain/command.ts';
import type { Instrument } from '../domain/instrument.ts';
import { protectiveQuantity } from '../domain/protective-quantity.ts';
import { Price, Quantity } from '../domain/quantities.ts';

/** The request as numbers; null where the text is not a usable one. */
export type BracketFigures = {
  readonly quantity: Quantity | null;
  /** Size of stop and target once fees are off and the lot is kept. */
  readonly legQuantity: Quantity | null;
  readonly prices: BracketPrices | null;
  /** Which texts could not be used, by field name. */
  readonly invalidPrices: readonly PriceField[];
};

export type BracketPrices = Readonly<Record<PriceField, Price>>;
export type PriceField = (typeof PRICE_FIELDS)[number];
export const PRICE_FIELDS = ['limitPrice', 'stopTrigger', 'stopLimit', 'target'] as const;

/** Reads a request that may hold anything; never throws. */
export function bracketFigures(request: BracketRequest, instrument: Instrument): BracketFigures {
  const quantity = positiveQuantity(request.quantity);
  const limitPrice = priceOf(request.limitPrice);
  const stopTrigger = priceOf(request.stopTrigger);
  const stopLimit = priceOf(request.stopLimit);
  const target = priceOf(request.target);
  const complete = limitPrice !== null && stopTrigger !== null && stopLimit !== null && target !== null;
  return {
    quantity,
    legQuantity: quantity === null ? null : protectiveQuantity(quantity, instrument, request.side),
    prices: complete ? { limitPrice, stopTrigger, stopLimit, target } : null,
    invalidPrices: PRICE_FIELDS.filter((field) => priceOf(request[field]) === null),
  };
}

/** Text from outside is checked at run time too: a number or null in its place is refused, not a crash. */
function priceOf(text: unknown): Price | null {
  if (typeof text !== 'string') return null;
  const parsed = Price.parse(text);
  return parsed.ok ? parsed.value : null;
}

function positiveQuantity(text: unknown): Quantity | null {
  if (typeof text !== 'string') return null;
  const parsed = Quantity.parse(text);
  return parsed.ok && parsed.value.isPositive ? parsed.value : null;
}

/** Garbage is shown as it came, cut to a length that fits a panel. */
export const shown = (value: unknown): string => String(value).slice(0, 60);
