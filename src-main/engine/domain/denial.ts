/**
 * Every reason the engine refuses something, with the numbers it was judged by. The renderer translates the code; the
 * engine holds no prose. Values are decimal text, counts, ids or microseconds.
 */
export const DENIAL_CODES = [
  'TRADING_STATE',
  'INSTRUMENT_UNKNOWN',
  'QUANTITY_INVALID',
  'QUANTITY_OFF_LOT',
  'QUANTITY_BELOW_MINIMUM',
  'QUANTITY_ABOVE_MAXIMUM',
  'PRICE_INVALID',
  'PRICE_OFF_TICK',
  'NOTIONAL_BELOW_MINIMUM',
  'ORDER_NOTIONAL_LIMIT',
  'POSITION_NOTIONAL_LIMIT',
  'PRICE_COLLAR',
  'PRICE_BAND',
  'PRICE_REFERENCE_STALE',
  'ORDER_SLOTS_RESERVED',
  'BALANCE_INSUFFICIENT',
  'MARGIN_INSUFFICIENT',
  'BRACKET_INVALID',
  'OUTCOME_UNKNOWN',
  'PROTECTION_UNAVAILABLE',
  'REDUCES_NOTHING',
  'COMMAND_EXPIRED',
  'COMMAND_REPLAYED',
  'COMMAND_NOT_PERMITTED',
  'REASON_REQUIRED',
  'STEP_UP_REQUIRED',
  'STATE_CHANGE_ILLEGAL',
  'ORDER_UNKNOWN',
  'ORDER_TYPE_UNSUPPORTED',
  'ORDER_NOT_EDITABLE',
  'PROTECTION_REQUIRED',
  'EXPIRY_INVALID',
  'STOP_RULE_INVALID',
  'EXECUTOR_UNKNOWN',
  'EXECUTOR_INVALID',
  'POSITION_UNKNOWN',
  'STRATEGY_UNKNOWN',
  'FEED_NOT_LIVE',
  'VENUE_NOT_READY',
  'CLOCK_UNTRUSTED',
  'BREAKER_OPEN',
  'VENUE_SILENT',
  'PRICE_CROSS_VENUE',
  'ROUTE_UNAVAILABLE',
  'ORDER_RATE_LIMIT',
  'SIGNAL_DUPLICATE',
  'CONVERSION_RATE_MISSING',
  'ACCOUNT_SHARED',
  'INSTALLATION_UNKNOWN',
  'ORDER_PARTLY_FILLED',
  'DIFFERENCES_OPEN',
  'RECONCILIATION_PENDING',
  'DIFFERENCE_UNKNOWN',
] as const;
export type DenialCode = (typeof DENIAL_CODES)[number];

export type DenialParams = Readonly<Record<string, string | number | boolean | null>>;

export type Denial = { readonly code: DenialCode; readonly params: DenialParams };

/** One check of the gate: what it measured, before and after the order, against its limit. Decimal text in one unit. */
export type RiskCheck = {
  readonly name: string;
  readonly passed: boolean;
  readonly used: string | null;
  readonly after: string | null;
  readonly limit: string | null;
  readonly headroom: string | null;
  readonly unit: string;
};

/** The whole judgment, journaled with the order it explains. */
export type Verdict = {
  readonly allowed: boolean;
  readonly denials: readonly Denial[];
  readonly checks: readonly RiskCheck[];
};
