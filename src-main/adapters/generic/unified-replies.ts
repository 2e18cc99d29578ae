import { z } from 'zod';
import type { DecimalText } from '../../engine/domain/decimal.ts';
import { parseClientOrderId } from '../../engine/domain/client-order-id.ts';
import type { ClientOrderId } from '../../engine/domain/identifiers.ts';
import { plainDecimal } from './plain-decimal.ts';

/** ccxt's unified structures as far as they are used, with amounts as exact text. Everything else is left out. */
const amount = z.unknown().transform((value, context): DecimalText => {
  const text = plainDecimal(value);
  if (text !== undefined && !text.startsWith('-')) return text;
  context.addIssue({ code: 'custom', message: `expected a decimal, was ${JSON.stringify(value)}` });
  return z.NEVER;
});
const missing = z.union([z.undefined(), z.null()]).transform(() => null);
const optionalAmount = z.union([missing, amount]);
const optionalText = z.union([missing, z.string()]);
const optionalMs = z.union([missing, z.number()]);
/** As the engine takes ids of a venue. */
const id = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,47}$/);
const side = z.enum(['buy', 'sell']);
/** The venue's own words: a structure made of anything else was made out of nothing. */
const info = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]);

export const unifiedOrder = z.object({
  id,
  clientOrderId: optionalText,
  symbol: optionalText,
  status: optionalText,
  type: optionalText,
  side: z.union([missing, side]),
  price: optionalAmount,
  triggerPrice: optionalAmount,
  amount: optionalAmount,
  filled: optionalAmount,
  timestamp: optionalMs,
  lastTradeTimestamp: optionalMs,
  info,
});
export type UnifiedOrder = z.infer<typeof unifiedOrder>;

export const unifiedOrders = z.array(unifiedOrder);

export const unifiedTrade = z.object({
  id,
  order: id,
  symbol: z.string(),
  side,
  price: amount,
  amount,
  timestamp: z.number(),
  takerOrMaker: z.union([missing, z.enum(['taker', 'maker'])]),
  fee: z.union([missing, z.object({ cost: optionalAmount, currency: optionalText })]),
  info,
});
export type UnifiedTrade = z.infer<typeof unifiedTrade>;
export const unifiedTrades = z.array(unifiedTrade);

export const unifiedBalance = z
  .object({ info, free: z.record(z.string(), optionalAmount), used: z.record(z.string(), optionalAmount) })
  .transform(({ free, used }) => ({ free, used }));
export type UnifiedBalance = z.infer<typeof unifiedBalance>;

export const unifiedMarket = z.object({
  id: z.string(),
  symbol: z.string(),
  base: z.string(),
  quote: z.string(),
  spot: z.boolean(),
  active: z.union([missing, z.boolean()]),
  precision: z.object({ price: optionalAmount, amount: optionalAmount }),
  limits: z.object({
    amount: z.object({ min: optionalAmount, max: optionalAmount }),
    cost: z.object({ min: optionalAmount }),
  }),
  maker: optionalAmount,
  taker: optionalAmount,
});
export type UnifiedMarket = z.infer<typeof unifiedMarket>;

const OWN_ID = /[0-9a-f]{32}/;

/** Our id in what the venue echoes: some put words of theirs before it. Null for a stranger's order. */
export function ownIdIn(text: string | null): ClientOrderId | null {
  const id = OWN_ID.exec((text ?? '').toLowerCase())?.[0];
  return id !== undefined && parseClientOrderId(id) !== undefined ? (id as ClientOrderId) : null;
}
