import { z } from 'zod';

/** Shapes of Binance spot as its API documentation states them (rest-api.md, user-data-stream.md); extra fields are ignored. */

export const decimalText = z.string().regex(/^-?\d{1,40}(\.\d{1,18})?$/, 'expected decimal text');
/** Ids are integers; ccxt turns those of 15 and more digits into text. */
export const integerId = z.union([z.int(), z.string().regex(/^-?\d+$/)]).transform(String);
export const epochMs = z.union([z.int(), z.string().regex(/^\d+$/)]).transform(Number);
export const symbol = z.string().min(1).max(40);
export const side = z.enum(['BUY', 'SELL']);

export const ORDER_TYPE_NAMES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const;
const orderType = z.enum(ORDER_TYPE_NAMES);
export const orderStatus = z.enum([
  'NEW',
  'PENDING_NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'PENDING_CANCEL',
  'REJECTED',
  'EXPIRED',
  'EXPIRED_IN_MATCH',
]);

export const serverTimeReply = z.object({ serverTime: z.int().positive() });

const replyFill = z.object({
  price: decimalText,
  qty: decimalText,
  commission: decimalText,
  commissionAsset: z.string(),
  tradeId: integerId,
});

/** One order: a create, cancel or query reply, a row of openOrders, a leg in a list's orderReports. */
export const orderReply = z.object({
  symbol,
  orderId: integerId,
  clientOrderId: z.string(),
  origClientOrderId: z.string().optional(),
  price: decimalText,
  origQty: decimalText,
  executedQty: decimalText,
  status: orderStatus,
  type: orderType,
  side,
  stopPrice: decimalText.optional(),
  isWorking: z.boolean().optional(),
  workingTime: z.int().optional(),
  transactTime: epochMs.optional(),
  updateTime: epochMs.optional(),
  time: epochMs.optional(),
  fills: z.array(replyFill).optional(),
});
export const orderRows = z.array(orderReply);
export const orderListReply = z.object({
  orderListId: integerId,
  listClientOrderId: z.string(),
  symbol,
  listStatusType: z.string(),
  listOrderStatus: z.string(),
  orderReports: z.array(orderReply).min(1),
});

export const tradeRows = z.array(
  z.object({
    symbol,
    id: integerId,
    orderId: integerId,
    price: decimalText,
    qty: decimalText,
    commission: decimalText,
    commissionAsset: z.string(),
    time: epochMs,
    isBuyer: z.boolean(),
    isMaker: z.boolean(),
  }),
);

export const accountReply = z.object({
  canTrade: z.boolean().optional(),
  makerCommission: z.number().optional(),
  takerCommission: z.number().optional(),
  commissionRates: z.object({ maker: decimalText, taker: decimalText }).optional(),
  balances: z.array(z.object({ asset: z.string().min(1), free: decimalText, locked: decimalText })),
});

/** Filters are many and grow: each is read by name, its numbers as text. */
export const exchangeFilter = z.looseObject({ filterType: z.string() });
export const rateLimit = z.object({
  rateLimitType: z.string(),
  interval: z.enum(['SECOND', 'MINUTE', 'HOUR', 'DAY']),
  intervalNum: z.int().positive(),
  limit: z.int().positive(),
});
export const exchangeInfoReply = z.object({
  rateLimits: z.array(rateLimit),
  symbols: z
    .array(
      z.object({
        symbol,
        status: z.string(),
        baseAsset: z.string(),
        quoteAsset: z.string(),
        isSpotTradingAllowed: z.boolean().optional(),
        isMarginTradingAllowed: z.boolean().optional(),
        filters: z.array(exchangeFilter),
      }),
    )
    .min(1),
});

export const executionReport = z.object({
  e: z.literal('executionReport'),
  s: symbol,
  /** Client id; on a cancel the id of the cancel request, and `C` is the order's. */
  c: z.string(),
  C: z.string().nullish(),
  S: side,
  o: orderType,
  q: decimalText,
  p: decimalText,
  P: decimalText,
  x: z.string(),
  X: orderStatus,
  r: z.string(),
  i: integerId,
  l: decimalText,
  z: decimalText,
  L: decimalText,
  n: decimalText.nullish(),
  N: z.string().nullish(),
  T: epochMs,
  t: integerId,
  w: z.boolean(),
  m: z.boolean(),
  /** Why an order expired; on some expiries only. */
  eR: z.union([z.string(), z.number()]).transform(String).optional(),
});

export const accountPosition = z.object({
  e: z.literal('outboundAccountPosition'),
  B: z.array(z.object({ a: z.string().min(1), f: decimalText, l: decimalText })),
});

export const listStatus = z.object({
  e: z.literal('listStatus'),
  s: symbol,
  C: z.string(),
  L: z.string(),
  r: z.string(),
  T: epochMs,
  O: z.array(z.object({ s: symbol, i: integerId, c: z.string() })),
});

export type OrderReply = z.infer<typeof orderReply>;
export type TradeRow = z.infer<typeof tradeRows>[number];
export type AccountReply = z.infer<typeof accountReply>;
export type ExchangeInfoReply = z.infer<typeof exchangeInfoReply>;
export type ExecutionReport = z.infer<typeof executionReport>;
