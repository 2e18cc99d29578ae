import type { Clock } from '../../../engine/ports/clock.ts';
import type { QueryFailure } from '../../../engine/ports/venue-gateway.ts';
import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { Marks, WeightLimiter } from '../weight-limiter.ts';

/** Unsigned queries of one host, under the weight ledger all its users share. */
export type PublicRest = {
  get(
    path: string,
    query: Readonly<Record<string, string | number>>,
    weight: number,
  ): Promise<Result<unknown, QueryFailure>>;
};

export type PublicRestOptions = {
  /** Such as https://api.binance.com, without a path. */
  readonly restUrl: string;
  readonly clock: Clock;
  readonly limiter: WeightLimiter;
  readonly timeoutMs?: number;
};

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_PAUSE_MS = 60_000;
const MINUTE_MS = 60_000;

export function createPublicRest({ restUrl, limiter, timeoutMs = DEFAULT_TIMEOUT_MS }: PublicRestOptions): PublicRest {
  return {
    async get(path, query, weight) {
      const grant = await limiter.acquire({ lane: 'query', weight });
      if (!grant.granted) return failure(`no weight left for ${path}`, grant.retryAfterMs);
      const url = new URL(path, restUrl);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
        noteWeight(limiter, response, grant.marks);
        return await read(path, response, limiter);
      } catch (error) {
        return failure(`${path}: ${error instanceof Error ? describe(error) : String(error)}`, null);
      }
    },
  };
}

/** A proxy's HTML page with status 200 is no answer either. */
async function read(path: string, response: Response, limiter: WeightLimiter): Promise<Result<unknown, QueryFailure>> {
  const text = await response.text();
  if (response.status === 429 || response.status === 418) {
    const pauseMs = retryAfterMs(response) ?? DEFAULT_PAUSE_MS;
    limiter.pause(pauseMs);
    return failure(`${path}: HTTP ${response.status}, banned for ${pauseMs} ms`, pauseMs);
  }
  if (!response.ok) return failure(`${path}: HTTP ${response.status} ${text.slice(0, 120)}`, retryAfterMs(response));
  try {
    return ok(JSON.parse(text));
  } catch {
    return failure(`${path}: expected JSON, was ${JSON.stringify(text.slice(0, 40))}`, null);
  }
}

function noteWeight(limiter: WeightLimiter, response: Response, marks: Marks): void {
  const used = Number(response.headers.get('x-mbx-used-weight-1m') ?? Number.NaN);
  if (Number.isSafeInteger(used)) limiter.observe([{ resource: 'weight', windowMs: MINUTE_MS, amount: used }], marks);
}

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

/** fetch hides the reason behind "fetch failed". */
function describe(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function failure(detail: string, afterMs: number | null): Result<never, QueryFailure> {
  return err({ detail, retryAfterMs: afterMs });
}
