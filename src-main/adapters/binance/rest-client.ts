import type { z } from 'zod';
import type { Lane } from '../../engine/domain/events.ts';
import type { AccountId } from '../../engine/domain/identifiers.ts';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { BinanceCall, CallParams, CcxtBinance } from '../ccxt/ccxt-binance.ts';
import type { WeightLimiter } from './weight-limiter.ts';

export type RestRequest<T> = {
  readonly call: BinanceCall;
  readonly params: CallParams;
  /** What a reply must look like before anything of it is believed. */
  readonly schema: z.ZodType<T>;
  readonly lane: Lane;
  readonly weight: number;
  /** Orders it places. */
  readonly orders?: number;
  /** Called when it goes to the network. */
  readonly onSent?: () => void;
};

export type RestClient = {
  /** The checked reply. A query that fails means "no information". */
  query<T>(request: RestRequest<T>): Promise<Result<T, CallFailure>>;
  /** As query, but for what changes the account: refused as FENCED once this engine life has been replaced. */
  command<T>(request: RestRequest<T>): Promise<Result<T, CallFailure>>;
};

export type RestClientParts = {
  readonly ccxt: CcxtBinance;
  readonly accountId: AccountId;
  readonly limiter: WeightLimiter;
  readonly isCurrentEpoch: () => boolean;
  /** Hears of every failure, to carry out its remedy. */
  readonly onFailure: (failure: CallFailure) => void;
};

export function createRestClient(parts: RestClientParts): RestClient {
  const send = async <T>(request: RestRequest<T>, mayRun: () => boolean): Promise<Result<T, CallFailure>> => {
    const grant = await parts.limiter.acquire({
      lane: request.lane,
      weight: request.weight,
      orders: { account: parts.accountId, count: request.orders ?? 0 },
    });
    if (!grant.granted) return err(refusal(grant.reason === 'paused' ? 'PAUSED' : 'NO_WEIGHT', grant.retryAfterMs));
    if (!mayRun()) return err(refusal('FENCED', null));
    request.onSent?.();
    const reply = await parts.ccxt.call(request.call, request.params, (use) => parts.limiter.observe(use, grant.marks));
    const checked = reply.ok ? checkShape(reply.value, request) : reply;
    if (!checked.ok) parts.onFailure(checked.error);
    return checked;
  };
  return {
    query: (request) => send(request, () => true),
    command: (request) => send(request, parts.isCurrentEpoch),
  };
}

function checkShape<T>(reply: unknown, request: RestRequest<T>): Result<T, CallFailure> {
  const parsed = request.schema.safeParse(reply);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
  return err({
    outcome: 'unknown',
    code: 'UNREADABLE_REPLY',
    message: `expected a reply to ${request.call} as documented, was otherwise at ${where}`,
    remedy: 'none',
    retryAfterMs: null,
  });
}

/** Of our own making, before anything was sent. */
function refusal(code: 'PAUSED' | 'NO_WEIGHT' | 'FENCED', retryAfterMs: number | null): CallFailure {
  const messages = {
    PAUSED: 'expected no pause ordered by the venue, was paused',
    NO_WEIGHT: 'expected room in the request weight of this lane, was none',
    FENCED: 'expected this engine life to be the current one, was replaced',
  };
  return { outcome: 'rejected', code, message: messages[code], remedy: 'none', retryAfterMs };
}
