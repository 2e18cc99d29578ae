import { z } from 'zod';
import {
  decimalText,
  epochMs,
  exchangeFilter,
  integerId,
  orderStatus,
  rateLimit,
  side,
  symbol,
} from '../wire-schemas.ts';

/** Shapes of Binance USD-M as its API documentation states them; extra fields are ignored. */

const ORDINARY_TYPES = ['LIMIT', 'MARKET', 'LIQUIDATION'] as const;
export const ALGO_TYPES = ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'] as const;
const orderType = z.enum([...ORDINARY_TYPES, ...ALGO_TYPES]);
const algoType = z.enum(ALGO_TYPES);
const algoStatus = z.enum(['NEW', 'CANCELED', 'TRIGGERING', 'TRIGGERED', 'FINISHED', 'REJECTED', 'EXPIRED']);
/** Empty where there is none. */
const optionalDecimal = z.union([decimalText, z.literal('')]);

/** One ordinary order: a reply to create, change, cancel or query, a row of openOrders. */
export const orderReply = z.object({
  symbol,
  orderId: integerId,
  clientOrderId: z.string(),
  price: decimalText,
  origQty: decimalText,
  executedQty: decimalText,
  status: orderStatus,
  timeInForce: z.string(),
  type: orderType,
  origType: orderType,
  side,
  updateTime: epochMs,
});
export const orderRows = z.array(orderReply);

/** One conditional order: a reply to create or query, a row of openAlgoOrders. */
export const algoReply = z.object({
  symbol,
  algoId: integerId,
  clientAlgoId: z.string(),
  orderType: algoType,
  side,
  quantity: decimalText,
  algoStatus,
  triggerPrice: optionalDecimal,
  price: optionalDecimal,
  updateTime: epochMs,
  actualOrderId: z.union([integerId, z.literal(''), z.null()]).optional(),
});
export const algoRows = z.array(algoReply);
export const algoCanceled = z.object({ algoId: integerId, clientAlgoId: z.string() });

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
    buyer: z.boolean(),
    maker: z.boolean(),
  }),
);

export const accountReply = z.object({
  totalMarginBalance: decimalText,
  totalMaintMargin: decimalText,
  availableBalance: decimalText,
  assets: z.array(z.object({ asset: z.string().min(1), walletBalance: decimalText, availableBalance: decimalText })),
});

export const positionRows = z.array(
  z.object({
    symbol,
    positionSide: z.string(),
    positionAmt: decimalText,
    entryPrice: decimalText,
    liquidationPrice: decimalText,
  }),
);

/** Rows of GET /fapi/v1/income, oldest first. */
export const incomeRows = z.array(
  z.object({
    symbol: z.string(),
    income: decimalText,
    asset: z.string().min(1),
    time: epochMs,
    tranId: integerId,
  }),
);

export const positionModeReply = z.object({ dualSidePosition: z.boolean() });
export const commissionReply = z.object({ makerCommissionRate: decimalText, takerCommissionRate: decimalText });
export const leverageReply = z.object({ symbol, leverage: z.int() });
export const countdownReply = z.object({ symbol });
export const listenKeyReply = z.object({});

export const exchangeInfoReply = z.object({
  rateLimits: z.array(rateLimit),
  symbols: z
    .array(
      z.object({
        symbol,
        status: z.string(),
        contractType: z.string(),
        baseAsset: z.string(),
        quoteAsset: z.string(),
        marginAsset: z.string(),
        filters: z.array(exchangeFilter),
      }),
    )
    .min(1),
});

export const orderTradeUpdate = z.object({
  e: z.literal('ORDER_TRADE_UPDATE'),
  o: z.object({
    s: symbol,
    c: z.string(),
    S: side,
    o: orderType,
    f: z.string(),
    q: decimalText,
    p: decimalText,
    x: z.string(),
    X: orderStatus,
    i: integerId,
    l: decimalText,
    z: decimalText,
    L: decimalText,
    n: decimalText.nullish(),
    N: z.string().nullish(),
    T: epochMs,
    t: integerId,
    m: z.boolean(),
    ot: orderType,
    er: z.union([z.string(), z.number()]).transform(String).optional(),
  }),
});

export const algoUpdate = z.object({
  e: z.literal('ALGO_UPDATE'),
  E: epochMs,
  o: z.object({
    caid: z.string(),
    aid: integerId,
    o: algoType,
    s: symbol,
    S: side,
    q: decimalText,
    X: algoStatus,
    tp: optionalDecimal,
    p: optionalDecimal,
    rm: z.string().nullish(),
  }),
});

export const accountUpdate = z.object({
  e: z.literal('ACCOUNT_UPDATE'),
  a: z.object({ m: z.string(), B: z.array(z.object({ a: z.string().min(1), wb: decimalText })) }),
});

export type OrderReply = z.infer<typeof orderReply>;
export type AlgoReply = z.infer<typeof algoReply>;
export type AlgoStatus = z.infer<typeof algoStatus>;
export type TradeRow = z.infer<typeof tradeRows>[number];
export type AccountReply = z.infer<typeof accountReply>;
export type PositionRow = z.infer<typeof positionRows>[number];
export type IncomeRow = z.infer<typeof incomeRows>[number];
export type ExchangeInfoReply = z.infer<typeof exchangeInfoReply>;
export type OrderTradeUpdate = z.infer<typeof orderTradeUpdate>;
export type AlgoUpdate = z.infer<typeof algoUpdate>;
