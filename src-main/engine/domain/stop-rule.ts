import type { DecimalText } from './decimal.ts';

/**
 * How the stop of a position follows the market; parts may be combined, the tightest wins. A stop never loosens. Ratios
 * are fractions of the price.
 */
export type StopRule = {
  /** Distance to the best price since the entry. */
  readonly trailingRatio?: DecimalText;
  /** Distance to the best close since the entry, in multiples of Wilder's average true range. */
  readonly atr?: { readonly multiple: DecimalText; readonly period: number };
  /** A gain of this fraction moves the stop to the entry price. */
  readonly breakEvenRatio?: DecimalText;
  /** The position is closed after so many closed bars, or so long. */
  readonly closeAfterBars?: number;
  readonly closeAfterMs?: number;
};

/** What an order that opens exposure comes with. */
export type OrderProtection = {
  readonly stopTrigger: DecimalText;
  readonly stopLimit: DecimalText;
  readonly target: DecimalText | null;
  readonly stopRule?: StopRule;
};
