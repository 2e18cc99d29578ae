import { compareDecimals } from '../../engine/domain/decimal.ts';
import { DUPLICATE_ORDER, MARKET_CLOSED, type Refusal, refusal, WOULD_MATCH } from '../matching/refusal.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import type { SymbolRules } from '../matching/symbol-rules.ts';

/** Codes and texts of USD-M where they differ from spot's (error-code page of its documentation). */
export const DUPLICATE_ID = refusal(-4116, 'ClientOrderId is duplicated.');
export const REDUCE_REJECTED = refusal(-2022, 'ReduceOnly Order is rejected.');
export const FOK_REJECTED = refusal(
  -5021,
  'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history',
);
export const POST_ONLY_REJECTED = refusal(
  -5022,
  'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
);
export const TRIGGERS_AT_ONCE = refusal(-2021, 'Order would immediately trigger.');
export const TOO_MANY_ALGOS = refusal(-4045, 'Reach max stop order limit.');
export const NEEDS_POSITION = refusal(
  -4509,
  'Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available.',
);
export const NOTHING_TO_MODIFY = refusal(-5027, 'No need to modify the order.');

const TOO_LARGE = refusal(-4005, 'Quantity greater than max quantity.');

const FILTERS: Readonly<Record<string, Refusal>> = {
  PRICE_FILTER: refusal(-4014, 'Price not increased by tick size.'),
  MARKET_LOT_SIZE: TOO_LARGE,
  MIN_NOTIONAL: refusal(-4164, "Order's notional must be no smaller than 5 (unless you choose reduce only)."),
  MAX_NUM_ORDERS: refusal(-2025, 'Reach max open order limit.'),
};

/** The same refusal in the words of this product. */
export function onUsdm(refused: Refusal, rules: SymbolRules, request: OrderRequest): Refusal {
  if (refused === DUPLICATE_ORDER) return DUPLICATE_ID;
  if (refused === WOULD_MATCH) return POST_ONLY_REJECTED;
  if (refused === MARKET_CLOSED) return refusal(-4140, 'Invalid symbol status for opening position.');
  const filter = /^Filter failure: (\w+)$/.exec(refused.msg)?.[1];
  if (filter === undefined) return refused;
  if (filter === 'LOT_SIZE') return quantityRefusal(rules, request);
  if (filter === 'PERCENT_PRICE') return percentRefusal(request);
  return FILTERS[filter] ?? refused;
}

function quantityRefusal(rules: SymbolRules, { quantity }: OrderRequest): Refusal {
  const lot = rules.filters.lot;
  if (lot === null || quantity === null) return refusal(-4003, 'Quantity less than or equal to zero.');
  if (compareDecimals(quantity, lot.min) < 0) return refusal(-4004, 'Quantity less than min quantity.');
  if (compareDecimals(quantity, lot.max) > 0) return TOO_LARGE;
  return refusal(-1111, 'Precision is over the maximum defined for this asset.');
}

const percentRefusal = ({ side }: OrderRequest): Refusal =>
  side === 'BUY'
    ? refusal(-4016, "Limit price can't be higher than the price band of this symbol.")
    : refusal(-4024, "Limit price can't be lower than the price band of this symbol.");
