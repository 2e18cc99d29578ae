/** Why the venue refuses: its own code and text. */
export type Refusal = {
  readonly code: number;
  readonly msg: string;
  /** The reason as execution reports state it. */
  readonly reason: RejectReason;
};

export type RejectReason =
  | 'NONE'
  | 'INSUFFICIENT_BALANCES'
  | 'STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY'
  | 'WOULD_MATCH_IMMEDIATELY'
  | 'OCO_BAD_PRICES';

export const refusal = (code: number, msg: string, reason: RejectReason = 'NONE'): Refusal => ({ code, msg, reason });

export const filterFailure = (filter: string): Refusal => refusal(-1013, `Filter failure: ${filter}`);

export const INSUFFICIENT_BALANCE = refusal(
  -2010,
  'Account has insufficient balance for requested action.',
  'INSUFFICIENT_BALANCES',
);
export const DUPLICATE_ORDER = refusal(-2010, 'Duplicate order sent.');
export const MARKET_CLOSED = refusal(-2010, 'Market is closed.');
export const WOULD_TRIGGER = refusal(-2010, 'Order would trigger immediately.', 'STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY');
export const WOULD_MATCH = refusal(-2010, 'Order would immediately match and take.', 'WOULD_MATCH_IMMEDIATELY');
export const BAD_PRICES = refusal(
  -2010,
  'The relationship of the prices for the orders is not correct.',
  'OCO_BAD_PRICES',
);
export const NO_LIQUIDITY_FOR_QUOTE = refusal(
  -2010,
  'Order book liquidity is less than `LOT_SIZE` filter minimum quantity.',
);
export const TRAILING_UNSUPPORTED = refusal(-2010, 'Trailing stop orders are not supported for this symbol.');
export const ICEBERG_UNSUPPORTED = refusal(-2010, 'Iceberg orders are not supported for this symbol.');
export const UNKNOWN_ORDER = refusal(-2011, 'Unknown order sent.');
export const NO_SUCH_ORDER = refusal(-2013, 'Order does not exist.');
export const CANCEL_RESTRICTED = refusal(-2011, 'Order was not canceled due to cancel restrictions.');
