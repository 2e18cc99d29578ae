import { decimal, type DecimalText, formatDecimal, multiplyDecimals } from '../../engine/domain/decimal.ts';
import type { OrderSpec, OrderType, Submission, TimeInForce } from '../../engine/domain/order.ts';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { KrakenParams } from '../ccxt/ccxt-kraken.ts';

const TYPE_NAMES: Readonly<Record<OrderType, string>> = {
  limit: 'limit',
  limitMaker: 'limit',
  market: 'market',
  stopMarket: 'stop-loss',
  stopLimit: 'stop-loss-limit',
  takeProfitMarket: 'take-profit',
  takeProfitLimit: 'take-profit-limit',
  trailingStop: 'trailing-stop',
};
const TIME_NAMES: Readonly<Record<TimeInForce, string>> = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK', gtd: 'GTD' };

type OrderScope = {
  /** As REST names it. */
  readonly pair: string;
  readonly deadlineMs: number;
  /** Makes every order one on margin, also those that close: without it the venue trades coins. Null on spot. */
  readonly leverage: number | null;
};

/** Writes a submission as one AddOrder, every text as it is in the spec. Denies what the venue has no form for. */
export function addOrderParams(submission: Submission, scope: OrderScope): Result<KrakenParams, string> {
  if (submission.kind === 'single') return orderParams(submission.order, scope);
  if (submission.kind !== 'oto') return err(`expected a single order or one with its stop, was ${submission.kind}`);
  const { working, stop } = submission;
  if (stop.side === working.side) return err(`expected a stop on the other side, was ${stop.side} on both`);
  const params = orderParams(working, scope);
  const prices = pricesOf(stop);
  if (!params.ok || !prices.ok) return params.ok ? prices : params;
  return ok({ ...params.value, close: { ordertype: TYPE_NAMES[stop.type], ...prices.value } });
}

/** The fee is asked for in quote: what was bought can then be sold and protected whole. */
function orderParams(order: OrderSpec, { pair, deadlineMs, leverage }: OrderScope): Result<KrakenParams, string> {
  if (order.displayQuantity !== undefined) return err('expected an order without a displayed part, was an iceberg');
  const prices = pricesOf(order);
  if (!prices.ok) return prices;
  return ok({
    pair,
    type: order.side,
    ordertype: TYPE_NAMES[order.type],
    volume: order.quantity,
    cl_ord_id: order.clientOrderId,
    oflags: order.type === 'limitMaker' ? 'fciq,post' : 'fciq',
    deadline: new Date(deadlineMs).toISOString(),
    ...prices.value,
    ...(leverage === null ? {} : { leverage: String(leverage) }),
    ...(order.timeInForce === null ? {} : { timeinforce: TIME_NAMES[order.timeInForce] }),
    ...(order.expiresAtUs === undefined ? {} : { expiretm: String(Math.ceil(order.expiresAtUs / 1_000_000)) }),
    ...(order.reduceOnly === true ? { reduce_only: 'true' } : {}),
  });
}

/** `price` is the limit or the trigger; with a trigger, `price2` is the limit. */
function pricesOf(order: OrderSpec): Result<Readonly<Record<string, string>>, string> {
  const { type, price, triggerPrice, trailingRatio } = order;
  if (type === 'trailingStop') {
    return trailingRatio === undefined
      ? err('expected a trailing distance, was none')
      : ok({ price: `+${percent(trailingRatio)}%` });
  }
  const first = triggerPrice ?? price;
  if (type === 'market') return ok({});
  if (first === null) return err(`expected a price of ${order.clientOrderId}, was none`);
  return ok({ price: first, ...(triggerPrice !== null && price !== null ? { price2: price } : {}) });
}

const percent = (ratio: DecimalText): DecimalText => {
  const text = formatDecimal(multiplyDecimals(decimal(ratio), decimal('100')));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};
