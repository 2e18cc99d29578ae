import { z } from 'zod';

export const publicReply = z.object({ error: z.array(z.string()), result: z.unknown().optional() });

const text = z.string();
const ohlcRow = z.tuple([z.int(), text, text, text, text, text, text], z.unknown());
/** Rows under the pair's name, beside `last`. */
export const ohlcResult = z.record(z.string(), z.union([z.array(ohlcRow), z.number()]));

export const printedDigits = z.record(z.string(), z.object({ pair_decimals: z.int(), lot_decimals: z.int() }));

/** Rows of WebSocket v2; numbers keep their wire text. */
export const tradeRows = z.array(
  z.object({
    symbol: text,
    side: z.enum(['buy', 'sell']),
    price: text,
    qty: text,
    trade_id: text.transform(Number),
    timestamp: text,
  }),
);

export const ohlcRows = z.array(
  z.object({
    ...{ symbol: text, open: text, high: text, low: text, close: text, volume: text },
    interval_begin: text,
    interval: text.transform(Number),
  }),
);
