import { z } from 'zod';

/** Shapes of Kraken's REST results as its documentation states them; extra fields are ignored. ccxt makes numbers texts. */

const decimalText = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^-?\d{1,40}(\.\d{1,18})?$/, 'expected decimal text'));
const seconds = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/)]).transform(Number);
const wholeNumber = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const side = z.enum(['buy', 'sell']);
const optionalText = z.string().nullish();

export const timeResult = z.object({ unixtime: wholeNumber });

const feeSteps = z.array(z.tuple([decimalText, decimalText])).optional();
const pair = z.object({
  altname: z.string(),
  wsname: z.string().optional(),
  base: z.string(),
  quote: z.string(),
  pair_decimals: wholeNumber,
  lot_decimals: wholeNumber,
  ordermin: decimalText.optional(),
  costmin: decimalText.optional(),
  tick_size: decimalText.optional(),
  status: z.string().optional(),
  fees: feeSteps,
  fees_maker: feeSteps,
  leverage_buy: z.array(wholeNumber).optional(),
  leverage_sell: z.array(wholeNumber).optional(),
});
export const assetPairsResult = z.record(z.string(), pair);
export type PairInfo = z.infer<typeof pair>;

export const assetsResult = z.record(z.string(), z.object({ altname: z.string() }));
export const balancesResult = z.record(
  z.string(),
  z.object({ balance: decimalText, hold_trade: decimalText.optional() }),
);
export type BalancesResult = z.infer<typeof balancesResult>;

/** One order of OpenOrders, ClosedOrders or QueryOrders. */
const order = z.object({
  refid: optionalText,
  cl_ord_id: optionalText,
  status: z.enum(['pending', 'open', 'closed', 'canceled', 'expired']),
  reason: optionalText,
  opentm: seconds,
  closetm: seconds.optional(),
  descr: z.object({
    pair: z.string(),
    type: side,
    ordertype: z.string(),
    price: z.string(),
    price2: z.string(),
    close: z.string().optional(),
  }),
  vol: decimalText,
  vol_exec: decimalText,
  stopprice: decimalText.optional(),
  limitprice: decimalText.optional(),
  misc: z.string().optional(),
  oflags: z.string().optional(),
  trades: z.array(z.string()).optional(),
});
export type OrderInfo = z.infer<typeof order>;
export const ordersResult = z.record(z.string(), order);
export const openOrdersResult = z.object({ open: ordersResult });
export const closedOrdersResult = z.object({ closed: ordersResult });

/** OpenPositions by their ids; `vol` and `cost` count what was closed since. */
export const positionsResult = z.record(
  z.string(),
  z.object({ pair: z.string(), type: side, vol: decimalText, vol_closed: decimalText, cost: decimalText }),
);
export type PositionRow = z.infer<typeof positionsResult>[string];

/** Margin level in percent, absent without positions; `mf` is free margin. */
export const tradeBalanceResult = z.object({ mf: decimalText, ml: decimalText.optional() });

/** `refid` of a rollover is the id of its position. */
export const ledgersResult = z.object({
  ledger: z.record(z.string(), z.object({ refid: z.string(), time: seconds, asset: z.string(), fee: decimalText })),
  count: wholeNumber,
});
export type LedgerRow = z.infer<typeof ledgersResult>['ledger'][string];

const trade = z.object({
  ordertxid: z.string(),
  pair: z.string(),
  time: seconds,
  type: side,
  price: decimalText,
  cost: decimalText,
  fee: decimalText,
  vol: decimalText,
  maker: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).optional(),
});
export type TradeInfo = z.infer<typeof trade>;
export const tradesResult = z.record(z.string(), trade);
export const tradesHistoryResult = z.object({ trades: tradesResult, count: wholeNumber });

export const addOrderResult = z.object({ txid: z.array(z.string()).min(1) });
export const amendOrderResult = z.object({ amend_id: z.string() });
export const cancelOrderResult = z.object({ count: wholeNumber });
export type CancelCount = z.infer<typeof cancelOrderResult>;
export const cancelAfterResult = z.object({ currentTime: z.string(), triggerTime: z.string() });
export const tokenResult = z.object({ token: z.string().min(1) });

/** Rows of the executions channel; numbers keep their wire text. */
const text = z.string();
const executionRow = z.object({
  order_id: text,
  cl_ord_id: text.optional(),
  order_ref_id: text.optional(),
  exec_type: text,
  order_status: text.optional(),
  symbol: text.optional(),
  side: side.optional(),
  order_type: text.optional(),
  order_qty: decimalText.optional(),
  limit_price: decimalText.optional(),
  stop_price: decimalText.optional(),
  triggers: z.object({ price: decimalText.optional(), status: text.optional() }).optional(),
  post_only: z.boolean().optional(),
  cum_qty: decimalText.optional(),
  exec_id: text.optional(),
  last_qty: decimalText.optional(),
  last_price: decimalText.optional(),
  liquidity_ind: text.optional(),
  fees: z.array(z.object({ asset: text, qty: decimalText })).optional(),
  reason: text.optional(),
  timestamp: text,
});
export type ExecutionRow = z.infer<typeof executionRow>;

export const privateMessage = z.object({
  channel: z.enum(['executions', 'balances']),
  type: z.enum(['snapshot', 'update']),
  sequence: wholeNumber,
  data: z.array(z.unknown()),
});
export const executionRows = z.array(executionRow);
