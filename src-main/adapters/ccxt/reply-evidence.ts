import type { CallEvidence } from './call-failure.ts';

/** The venue's running counts in the headers of a reply, by window. */
export type HeaderUse = {
  readonly resource: 'weight' | 'orders';
  readonly windowMs: number;
  readonly amount: number;
};

const USE_HEADER = /^x-mbx-(used-weight|order-count)-(\d+)([smhd])$/i;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BANNED_UNTIL = /banned until (\d{13})/i;
/** Binance counts by the minute: a pause it does not size ends with its window. */
const PAUSE_WITHOUT_HEADER_MS = 60_000;

export function headerUse(headers: Readonly<Record<string, string>>): readonly HeaderUse[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const match = USE_HEADER.exec(name);
    const amount = Number(value);
    if (match === null || !Number.isSafeInteger(amount)) return [];
    const [, kind, count, unit] = match;
    return [
      {
        resource: kind?.toLowerCase() === 'order-count' ? ('orders' as const) : ('weight' as const),
        windowMs: Number(count) * (UNIT_MS[unit?.toLowerCase() ?? ''] ?? 0),
        amount,
      },
    ];
  });
}

export function isJson(headers: Readonly<Record<string, string>>): boolean {
  return /^application\/json\b/i.test(headerOf(headers, 'content-type') ?? '');
}

/** Takes down what a reply says about failure. `venueNowMs` sizes "banned until" texts. */
export function noteReply(
  evidence: CallEvidence,
  reply: { status: number; headers: Readonly<Record<string, string>>; body: string },
  venueNowMs: number,
): void {
  evidence.status = reply.status;
  evidence.venueError = isJson(reply.headers) ? venueErrorIn(reply.body) : undefined;
  if (reply.status === 429 || reply.status === 418) evidence.retryAfterMs = pauseOf(reply, venueNowMs);
}

function pauseOf(reply: { headers: Readonly<Record<string, string>>; body: string }, venueNowMs: number): number {
  const seconds = Number(headerOf(reply.headers, 'retry-after') ?? Number.NaN);
  const until = BANNED_UNTIL.exec(reply.body)?.[1];
  const stated = [
    ...(Number.isFinite(seconds) && seconds >= 0 ? [seconds * 1000] : []),
    ...(until === undefined ? [] : [Math.max(0, Number(until) - venueNowMs)]),
  ];
  return stated.length === 0 ? PAUSE_WITHOUT_HEADER_MS : Math.max(...stated);
}

function venueErrorIn(body: string): CallEvidence['venueError'] {
  if (!body.trimStart().startsWith('{')) return undefined;
  const parsed = parseObject(body);
  const code = parsed?.['code'];
  const message = parsed?.['msg'];
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  return { code, message };
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined; // Cut short on its way: not the venue's words.
  }
}

function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
