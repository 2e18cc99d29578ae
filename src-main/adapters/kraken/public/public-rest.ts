import type { z } from 'zod';
import { BAR_INTERVAL_US, type Bar, type BarInterval } from '../../../engine/domain/market.ts';
import type { InstrumentId } from '../../../engine/domain/identifiers.ts';
import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { QueryFailure } from '../../../engine/ports/venue-gateway.ts';
import { ohlcResult, publicReply } from './public-schemas.ts';

const TIMEOUT_MS = 10_000;

export type BarQuery = { readonly instrumentId: InstrumentId; readonly pair: string; readonly interval: BarInterval };

/** An unsigned query. The venue wants about one a second from an address. */
export async function getPublic<T>(
  restUrl: string,
  method: string,
  query: Readonly<Record<string, string>>,
  schema: z.ZodType<T>,
): Promise<Result<T, QueryFailure>> {
  const url = new URL(`/0/public/${method}`, restUrl);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const reply = publicReply.safeParse(JSON.parse(await response.text()));
    if (!reply.success) return failure(`${method}: expected a reply as documented, was otherwise`);
    if (reply.data.error.length > 0) return failure(`${method}: ${reply.data.error.join()}`);
    const parsed = schema.safeParse(reply.data.result);
    return parsed.success ? ok(parsed.data) : failure(`${method}: expected a result as documented, was otherwise`);
  } catch (error) {
    return failure(`${method}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Closed bars that opened after `afterUs`, oldest first; the venue keeps 720. The last row is still open. */
export async function barsAfter(
  restUrl: string,
  { instrumentId, pair, interval }: BarQuery,
  afterUs: number,
): Promise<Result<readonly Bar[], QueryFailure>> {
  const minutes = String(minutesOf(interval));
  const since = String(Math.floor(afterUs / 1_000_000));
  const reply = await getPublic(restUrl, 'OHLC', { pair, interval: minutes, since }, ohlcResult);
  if (!reply.ok) return reply;
  const rows = Object.values(reply.value).find((value) => Array.isArray(value)) ?? [];
  return ok(
    rows.slice(0, -1).map(([seconds, open, high, low, close, , volume]) => ({
      ...{ instrumentId, interval, openTimeUs: seconds * 1_000_000 },
      ...{ open, high, low, close, volume },
    })),
  );
}

export const minutesOf = (interval: BarInterval): number => BAR_INTERVAL_US[interval] / 60_000_000;

const failure = (detail: string): Result<never, QueryFailure> => err({ detail, retryAfterMs: null });
