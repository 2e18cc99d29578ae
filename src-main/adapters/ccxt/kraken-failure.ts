import { NetworkError, RequestTimeout } from '@ccxt/base/errors';
import { type CallFailure, ReplyTimeout, UnreadableReply } from './call-failure.ts';
import { isJson } from './reply-evidence.ts';

/** What is known about one request besides the error ccxt made of it. */
export type KrakenEvidence = {
  /** False until the request was handed to the network: nothing can have been executed. */
  sent: boolean;
  status: number | undefined;
  /** The venue's own errors; undefined unless a JSON reply of its form came. Empty means success. */
  errors: readonly string[] | undefined;
  retryAfterMs: number | null;
};

type Judged = Pick<CallFailure, 'outcome' | 'remedy'>;

/** How long the venue asks to wait is not said: its counters decay within seconds. */
const PAUSE_MS = 5_000;
const LOCKOUT_MS = 60_000;
const LONGEST_MESSAGE = 300;

const REJECTED: Judged = { outcome: 'rejected', remedy: 'none' };
const UNKNOWN: Judged = { outcome: 'unknown', remedy: 'none' };
const PAUSED: Judged = { outcome: 'rejected', remedy: 'pause' };
const REFUSED: Judged = { outcome: 'rejected', remedy: 'refuseCredentials' };

/** First match counts. https://docs.kraken.com/api/docs/guides/spot-errors */
const JUDGMENTS: readonly (readonly [start: string, Judged])[] = [
  ['EAPI:Invalid nonce', REJECTED],
  ['EAPI:Rate limit exceeded', PAUSED],
  ['EGeneral:Too many requests', PAUSED],
  ['EGeneral:Temporary lockout', PAUSED],
  ['EAuth:Rate limit exceeded', PAUSED],
  ['EAuth:Too many requests', PAUSED],
  ['EAPI:Invalid key', REFUSED],
  ['EAPI:Invalid signature', REFUSED],
  ['EGeneral:Permission denied', REFUSED],
  ['EAccount:', REFUSED],
  ['EAuth:', REFUSED],
  // An order with this id may exist: perhaps this very request, delivered twice by something between us and the venue.
  ['EGeneral:Invalid arguments:cl_ord_id', UNKNOWN],
  ['EGeneral:Invalid arguments', REJECTED],
  ['EGeneral:Unknown method', REJECTED],
  ['EService:Market in', REJECTED],
  ['EService:Deadline elapsed', REJECTED],
  ['EOrder:', REJECTED],
  ['EQuery:', REJECTED],
  ['ETrade:', REJECTED],
  ['EFunding:', REJECTED],
];

export function noteKrakenReply(
  evidence: KrakenEvidence,
  reply: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string },
): void {
  evidence.status = reply.status;
  evidence.errors = isJson(reply.headers) ? errorsIn(reply.body) : undefined;
}

/**
 * Judges a failed request by the venue's own words; without them nothing that was sent is proven undone. Words that are
 * not known (EService:Unavailable, EGeneral:Internal error and the like) prove nothing either.
 */
export function classifyKrakenFailure(error: unknown, evidence: KrakenEvidence): CallFailure {
  if (!evidence.sent) return failure(REJECTED, 'NOT_SENT', textOf(error), null);
  const [first] = evidence.errors ?? [];
  if (first !== undefined) {
    const judged = JUDGMENTS.find(([start]) => first.startsWith(start))?.[1] ?? UNKNOWN;
    const pauseMs = first.includes('lockout') ? LOCKOUT_MS : PAUSE_MS;
    return failure(judged, first.slice(0, 80), first, judged.remedy === 'pause' ? pauseMs : null);
  }
  if (evidence.status === 429) return failure(PAUSED, 'HTTP_429', textOf(error), PAUSE_MS);
  return failure(UNKNOWN, unansweredCode(error, evidence), textOf(error), null);
}

function errorsIn(body: string): readonly string[] | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (!Array.isArray(error)) return undefined;
    // Warnings begin with W.
    return error.filter((text): text is string => typeof text === 'string' && text.startsWith('E'));
  } catch {
    return undefined; // Cut short on its way: not the venue's words.
  }
}

function unansweredCode(error: unknown, evidence: KrakenEvidence): string {
  if (error instanceof UnreadableReply) return 'UNREADABLE_REPLY';
  if (error instanceof ReplyTimeout || error instanceof RequestTimeout) return 'TIMEOUT';
  if (evidence.status !== undefined) return `HTTP_${evidence.status}`;
  return error instanceof NetworkError ? 'NETWORK' : 'UNEXPECTED';
}

const failure = (judged: Judged, code: string, message: string, retryAfterMs: number | null): CallFailure => ({
  ...judged,
  code,
  message,
  retryAfterMs,
});

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\?\S*/g, '?…').slice(0, LONGEST_MESSAGE);
}
