import type { OrderType } from '../../engine/domain/order.ts';
import type { KnownOrder, VenueStatus } from './known-orders.ts';
import { isZero } from './known-orders.ts';
import type { PairMap } from './pair-map.ts';
import type { ExecutionRow, OrderInfo } from './wire-schemas.ts';

const TYPES: Readonly<Record<string, OrderType>> = {
  limit: 'limit',
  market: 'market',
  'stop-loss': 'stopMarket',
  'stop-loss-limit': 'stopLimit',
  'take-profit': 'takeProfitMarket',
  'take-profit-limit': 'takeProfitLimit',
  'trailing-stop': 'trailingStop',
  'trailing-stop-limit': 'trailingStop',
  // Not placed by us.
  iceberg: 'limit',
  'settle-position': 'market',
};
const STATUSES: Readonly<Record<OrderInfo['status'], VenueStatus>> = {
  pending: 'pendingNew',
  open: 'live',
  closed: 'filled',
  canceled: 'canceled',
  expired: 'expired',
};

/** An order as REST lists it; undefined on a pair or of a type that is not known. */
export function orderOfInfo(txid: string, info: OrderInfo, pairs: PairMap): KnownOrder | undefined {
  const pair = pairs.named(info.descr.pair);
  const type = typeOf(info.descr.ordertype, info.oflags?.split(',').includes('post') === true);
  if (pair === undefined || type === undefined) return undefined;
  const hasTrigger = isConditional(type);
  return {
    txid,
    clientOrderId: textOrNull(info.cl_ord_id),
    primary: textOrNull(info.refid),
    instrumentId: pair.id,
    side: info.descr.type,
    type,
    quantity: info.vol,
    filled: info.vol_exec,
    price: nonZero(hasTrigger ? info.descr.price2 : info.descr.price),
    triggerPrice: hasTrigger ? (nonZero(info.stopprice) ?? nonZero(info.descr.price)) : null,
    triggered: hasTrigger && (info.misc ?? '').includes('stopped'),
    status: STATUSES[info.status],
    reason: textOrNull(info.reason),
    atUs: Math.round((info.closetm ?? info.opentm) * 1_000_000),
  };
}

/** An order as its first message on the executions channel describes it; undefined when the row does not. */
export function orderOfRow(row: ExecutionRow, pairs: PairMap): KnownOrder | undefined {
  const pair = row.symbol === undefined ? undefined : pairs.named(row.symbol);
  const type = typeOf(row.order_type ?? '', row.post_only === true);
  if (pair === undefined || type === undefined || row.side === undefined || row.order_qty === undefined)
    return undefined;
  return {
    txid: row.order_id,
    clientOrderId: textOrNull(row.cl_ord_id),
    primary: textOrNull(row.order_ref_id),
    instrumentId: pair.id,
    side: row.side,
    type,
    quantity: row.order_qty,
    filled: row.cum_qty ?? '0',
    price: nonZero(row.limit_price),
    triggerPrice: nonZero(row.triggers?.price ?? row.stop_price),
    triggered: row.triggers?.status === 'triggered',
    status: statusOfRow(row) ?? 'live',
    reason: textOrNull(row.reason),
    atUs: timeOf(row),
  };
}

/** What a row says about the status; undefined when it says nothing about it. */
export function statusOfRow(row: ExecutionRow): VenueStatus | undefined {
  switch (row.exec_type) {
    case 'pending_new':
      return 'pendingNew';
    case 'new':
    case 'amended':
    case 'restated':
      return 'live';
    case 'filled':
    case 'canceled':
    case 'expired':
      return row.exec_type;
    default:
      return undefined;
  }
}

/** The stop that a primary order announces, such as `close position @ stop loss 95.00 -> limit 94.00`. */
export function closeOfInfo(info: OrderInfo): Pick<KnownOrder, 'quantity' | 'type' | 'price' | 'triggerPrice'> {
  const [, trigger = null, limit = null] =
    /@ [a-z ]+ ([\d.]+)(?: -> limit ([\d.]+))?$/.exec(info.descr.close ?? '') ?? [];
  return { quantity: info.vol, type: limit === null ? 'stopMarket' : 'stopLimit', triggerPrice: trigger, price: limit };
}

export const timeOf = (row: ExecutionRow): number => Math.round(Date.parse(row.timestamp) * 1000);

export const isConditional = (type: OrderType): boolean =>
  type.startsWith('stop') || type.startsWith('takeProfit') || type === 'trailingStop';

function typeOf(name: string, isPost: boolean): OrderType | undefined {
  return isPost && name === 'limit' ? 'limitMaker' : TYPES[name];
}

const textOrNull = (text: string | null | undefined): string | null =>
  text === undefined || text === '' ? null : text;

/** The venue writes zero where there is no price, and a sign or percent where it is relative. */
function nonZero(text: string | undefined): string | null {
  return text === undefined || isZero(text) || !/^\d+(\.\d+)?$/.test(text) ? null : text;
}
