import type { Execution, Fill } from '../matching/exchange-events.ts';
import { formatAmount } from '../matching/grid.ts';
import { hasTrigger } from '../matching/venue-order.ts';
import { priceText, sizeText, timeText, wireNumber } from './digits.ts';
import { averagePrice, endReason, feeInQuote, statusOf } from './order-info.ts';
import type { Pair } from './pairs.ts';
import { isKrakenOrder, type KrakenOrder, tradeTxid, txidOf } from './terms.ts';

/**
 * What the executions channel says about one event. Only the first message of an order describes it; later ones name it
 * and what changed, as at the venue.
 */
export function executionRows(pair: Pair, event: Execution): readonly object[] {
  const { order, fill, type } = event;
  if (!isKrakenOrder(order)) return [];
  if (fill !== null) return tradeRows(pair, order, fill);
  if (type === 'NEW')
    return order.isWorking && hasTrigger(order.type) ? [triggeredRow(pair, order)] : newRows(pair, order);
  if (type === 'CANCELED' || type === 'EXPIRED') return [endRow(pair, order)];
  return [amendedRow(pair, order)];
}

/** An open order as the snapshot lists it. */
export const openOrderRow = (pair: Pair, order: KrakenOrder): object => ({
  ...described(pair, order),
  exec_type: order.isWorking && hasTrigger(order.type) ? 'status' : 'new',
  order_status: order.filledLots > 0 ? 'partially_filled' : 'new',
});

function newRows(pair: Pair, order: KrakenOrder): readonly object[] {
  const pending = { ...described(pair, order), exec_type: 'pending_new', order_status: 'pending_new' };
  return [pending, { ...named(order), exec_type: 'new', order_status: 'new' }];
}

function tradeRows(pair: Pair, order: KrakenOrder, fill: Fill): readonly object[] {
  const trade = tradeRow(pair, order, fill);
  if (order.status !== 'FILLED') return [trade];
  return [trade, { ...named(order), ...sums(pair, order), exec_type: 'filled', order_status: 'filled' }];
}

/** The status in a trade's row says `partially_filled` even when that trade completes the order; `filled` follows. */
export function tradeRow(pair: Pair, order: KrakenOrder, fill: Fill): object {
  const { rules, phase } = pair.market;
  return {
    ...named(order),
    symbol: pair.v2Name,
    side: order.side.toLowerCase(),
    order_type: order.terms.type,
    exec_type: 'trade',
    order_status: 'partially_filled',
    exec_id: tradeTxid(phase, fill.tradeId, order.id),
    trade_id: fill.tradeId,
    last_qty: wireNumber(sizeText(rules, fill.lots)),
    last_price: wireNumber(priceText(rules, fill.ticks)),
    liquidity_ind: fill.isMaker ? 'm' : 't',
    cost: wireNumber(formatAmount(fill.quote)),
    fee_usd_equiv: wireNumber(formatAmount(feeInQuote(fill, rules))),
    fees: [{ asset: fill.commissionAsset, qty: wireNumber(formatAmount(fill.commission)) }],
    timestamp: timeText(fill.atMs),
  };
}

const endRow = (pair: Pair, order: KrakenOrder): object => {
  const status = statusOf(order);
  const reason = endReason(order) ?? '';
  return {
    ...named(order),
    ...sums(pair, order),
    exec_type: status,
    order_status: status,
    cancel_reason: reason,
    reason,
  };
};

const triggeredRow = (pair: Pair, order: KrakenOrder): object => ({
  ...named(order),
  exec_type: 'status',
  order_status: 'new',
  triggers: triggersOf(pair, order),
});

const amendedRow = (pair: Pair, order: KrakenOrder): object => ({
  ...described(pair, order),
  exec_type: 'amended',
  order_status: order.filledLots > 0 ? 'partially_filled' : 'new',
});

const named = (order: KrakenOrder): object => ({
  order_id: txidOf(order),
  order_userref: order.terms.userref ?? 0,
  ...(order.terms.clientOrderId === null ? {} : { cl_ord_id: order.terms.clientOrderId }),
  timestamp: timeText(order.updatedMs),
});

function described(pair: Pair, order: KrakenOrder): object {
  const { rules } = pair.market;
  const { terms } = order;
  const conditional = hasTrigger(order.type);
  return {
    ...named(order),
    ...sums(pair, order),
    symbol: pair.v2Name,
    side: order.side.toLowerCase(),
    order_type: terms.type,
    order_qty: wireNumber(sizeText(rules, order.lots)),
    ...(order.priceTicks === 0
      ? {}
      : { limit_price: wireNumber(priceText(rules, order.priceTicks)), limit_price_type: 'static' }),
    ...(conditional
      ? { stop_price: wireNumber(priceText(rules, order.stopTicks)), triggers: triggersOf(pair, order) }
      : {}),
    ...(terms.leverage === null ? {} : { margin: true }),
    ...(order.reduceOnly ? { reduce_only: true } : {}),
    ...(order.type === 'LIMIT_MAKER' ? { post_only: true } : {}),
    ...(terms.primary === null ? {} : { order_ref_id: terms.primary }),
    ...(terms.expiresMs === null ? {} : { expire_time: timeText(terms.expiresMs) }),
    time_in_force: terms.timeInForce,
    fee_ccy_pref: terms.feeIn === 'base' ? 'fcib' : 'fciq',
  };
}

const triggersOf = (pair: Pair, order: KrakenOrder): object => ({
  reference: 'last',
  price: wireNumber(priceText(pair.market.rules, order.stopTicks)),
  price_type: 'static',
  status: order.isWorking ? 'triggered' : 'untriggered',
});

const sums = (pair: Pair, order: KrakenOrder): object => ({
  cum_qty: wireNumber(sizeText(pair.market.rules, order.filledLots)),
  cum_cost: wireNumber(formatAmount(order.filledQuote)),
  avg_price: wireNumber(averagePrice(pair, order)),
  fee_usd_equiv: wireNumber('0.00000000'),
});
