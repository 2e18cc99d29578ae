import { z } from 'zod';
import type { Bar, BarInterval } from '../../../engine/domain/market.ts';
import type { InstrumentId } from '../../../engine/domain/identifiers.ts';
import { plainDecimal } from '../plain-decimal.ts';

const amount = z.unknown().transform((value, context) => {
  const text = plainDecimal(value);
  if (text !== undefined && !text.startsWith('-')) return text;
  context.addIssue({ code: 'custom', message: `expected a decimal, was ${JSON.stringify(value)}` });
  return z.NEVER;
});

const sideOf = (side: unknown): 'buy' | 'sell' | null => (side === 'buy' || side === 'sell' ? side : null);

/** Some venues do not tell who took. */
export const publicTrades = z.array(
  z.object({ price: amount, amount, side: z.unknown().transform(sideOf), timestamp: z.number() }),
);

/** Rows of open time in milliseconds, open, high, low, close and volume. */
export const bars = z.array(z.tuple([z.number(), amount, amount, amount, amount, amount]).rest(z.unknown()));

export const barOf = (
  [openMs, open, high, low, close, volume]: z.infer<typeof bars>[number],
  instrumentId: InstrumentId,
  interval: BarInterval,
): Bar => ({ instrumentId, interval, openTimeUs: openMs * 1_000, open, high, low, close, volume });
