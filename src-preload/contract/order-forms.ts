export const ORDER_TYPES = [
  'limit',
  'limitMaker',
  'market',
  'stopLimit',
  'stopMarket',
  'takeProfitLimit',
  'takeProfitMarket',
  'trailingStop',
] as const;
export type OrderTypeDto = (typeof ORDER_TYPES)[number];
export const TIMES_IN_FORCE = ['gtc', 'ioc', 'fok', 'gtd'] as const;
export type TimeInForceDto = (typeof TIMES_IN_FORCE)[number];

/** What orders the venue takes for an instrument, and what they cost. */
export type OrderFormsDto = {
  readonly orderTypes: readonly OrderTypeDto[];
  /** The venue's own; the engine itself ends a `gtd` order where the venue does not. */
  readonly timesInForce: readonly TimeInForceDto[];
  /** A part of an order may stay out of the book. */
  readonly icebergs: boolean;
  /** A sell may open a position. */
  readonly shorts: boolean;
  /** An order that only closes may rest beside the stop; otherwise it must trade at once. */
  readonly restingExits: boolean;
  /** How a resting order changes. `cancelReplace`: it leaves the book and a new one takes its place. */
  readonly modify: 'inPlace' | 'cancelReplace' | 'none';
  /** Orders with a trigger change in place too. */
  readonly modifyConditional: boolean;
  /** Fractions of the notional. */
  readonly makerFee: string;
  readonly takerFee: string;
};
