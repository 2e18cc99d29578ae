import { BAR_INTERVAL_US, type Bar, type BarInterval } from '../../../engine/domain/market.ts';
import type { InstrumentId } from '../../../engine/domain/identifiers.ts';
import { ok, type Result } from '../../../engine/domain/result.ts';
import type { QueryFailure } from '../../../engine/ports/venue-gateway.ts';
import { DecodeFailure, mismatch } from '../../decode-failure.ts';
import type { PublicRest } from './public-rest.ts';

export type KlineQuery = {
  readonly instrumentId: InstrumentId;
  readonly venueSymbol: string;
  readonly interval: BarInterval;
  /** Of the product. */
  readonly path: string;
  readonly weight: number;
};

const MAX_ROWS = 1_000;

/** The last `limit` closed bars, oldest first. */
export async function recentBars(
  rest: PublicRest,
  query: KlineQuery,
  limit: number,
): Promise<Result<readonly Bar[], QueryFailure>> {
  // The venue's last row is the forming bar: it is asked for and left out.
  let bars: readonly Bar[] = [];
  let endMs: number | null = null;
  while (bars.length < limit) {
    const rows = Math.min(MAX_ROWS, limit - bars.length + (endMs === null ? 1 : 0));
    const page = await klines(rest, query, { limit: rows, ...(endMs !== null && { endTime: endMs }) });
    if (!page.ok) return page;
    bars = [...(endMs === null ? page.value.slice(0, -1) : page.value), ...bars];
    const [first] = page.value;
    if (first === undefined || page.value.length < rows) break;
    endMs = first.openTimeUs / 1_000 - 1;
  }
  return ok(bars);
}

/** Closed bars that open after `afterUs` and, when given, before `beforeUs`; oldest first. */
export async function barsAfter(
  rest: PublicRest,
  query: KlineQuery,
  afterUs: number,
  beforeUs: number | null,
): Promise<Result<readonly Bar[], QueryFailure>> {
  const startTime = (afterUs + BAR_INTERVAL_US[query.interval]) / 1_000;
  const range = beforeUs === null ? { startTime } : { startTime, endTime: beforeUs / 1_000 - 1 };
  const page = await klines(rest, query, { ...range, limit: MAX_ROWS });
  if (!page.ok) return page;
  return ok(beforeUs === null ? page.value.slice(0, -1) : page.value);
}

async function klines(
  rest: PublicRest,
  query: KlineQuery,
  range: Readonly<Record<string, number>>,
): Promise<Result<readonly Bar[], QueryFailure>> {
  const request = { symbol: query.venueSymbol, interval: query.interval, ...range };
  const reply = await rest.get(query.path, request, query.weight);
  if (!reply.ok) return reply;
  try {
    if (!Array.isArray(reply.value)) throw mismatch('klines', 'a list', reply.value);
    return ok(reply.value.map((row: unknown) => decodeRow(row, query)));
  } catch (error) {
    if (!(error instanceof DecodeFailure)) throw error;
    return { ok: false, error: { detail: error.message, retryAfterMs: null } };
  }
}

/** [openTime, open, high, low, close, volume, closeTime, ...] */
function decodeRow(row: unknown, { instrumentId, interval }: KlineQuery): Bar {
  const [openTime, ...texts] = Array.isArray(row) ? (row as unknown[]) : [];
  const [open, high, low, close, volume] = texts.slice(0, 5).filter((text) => typeof text === 'string');
  if (!Number.isSafeInteger(openTime) || volume === undefined) throw mismatch('kline', '[time, o, h, l, c, v]', row);
  return {
    ...{ instrumentId, interval, openTimeUs: (openTime as number) * 1_000 },
    ...{ open: open ?? '', high: high ?? '', low: low ?? '', close: close ?? '', volume },
  };
}
