import type { CallFailure } from '../ccxt/call-failure.ts';

/** What is known about one call besides the error ccxt made of it. */
export type GenericEvidence = {
  /** False until a request was handed to the network: nothing can have been executed. */
  sent: boolean;
  /** HTTP status of the last reply; undefined when none came. */
  status: number | undefined;
  /** The last reply was a whole JSON object or list. */
  isReadable: boolean;
  retryAfterMs: number | null;
};

/**
 * ccxt's classes for a venue that looked at a request and said no. A subclass counts as its nearest named one: an unnamed
 * ExchangeError is a code that ccxt has no word for, and proves nothing.
 */
const REFUSALS: ReadonlySet<string> = new Set([
  'AuthenticationError',
  'ArgumentsRequired',
  'BadRequest',
  'InsufficientFunds',
  'InvalidNonce',
  'InvalidOrder',
  'NotSupported',
  'OperationRejected',
]);
/** An order with this id exists: perhaps this very request, delivered twice. A checksum is no answer to an order. */
const NO_REFUSALS: ReadonlySet<string> = new Set(['DuplicateOrderId', 'OrderNotCached', 'ChecksumError']);
const THROTTLES: ReadonlySet<string> = new Set(['RateLimitExceeded']);
const KEY_REFUSALS: ReadonlySet<string> = new Set(['AuthenticationError']);
const PAUSE_WITHOUT_HEADER_MS = 60_000;
const LONGEST_MESSAGE = 300;

/**
 * Judges a failed call by its evidence first: `rejected` takes proof that it was not sent, or a whole reply below HTTP 500 that
 * ccxt reads as a refusal. Classes are told by name, for the class files of a venue bring error classes of their own.
 */
export function classifyGenericFailure(error: unknown, evidence: GenericEvidence): CallFailure {
  const names = classNames(error);
  const { outcome, code, remedy } = judgedOf(names, evidence);
  const retryAfterMs = remedy === 'pause' ? (evidence.retryAfterMs ?? PAUSE_WITHOUT_HEADER_MS) : evidence.retryAfterMs;
  return { outcome, code, remedy, message: textOf(error), retryAfterMs };
}

type Judged = Pick<CallFailure, 'outcome' | 'code' | 'remedy'>;

function judgedOf(names: readonly string[], { sent, status, isReadable }: GenericEvidence): Judged {
  const [name = 'UNEXPECTED'] = names;
  const rejected = (code: string, remedy: Judged['remedy'] = 'none') =>
    ({ outcome: 'rejected', code, remedy }) as const;
  if (!sent) return rejected(name === 'Fenced' ? 'FENCED' : 'NOT_SENT');
  if (status === 429 || status === 418) return rejected(`HTTP_${status}`, 'pause');
  const isAnswer = status !== undefined && status < 500 && isReadable;
  const refusal = isAnswer ? refusalIn(names) : null;
  if (refusal !== null) return rejected(name, refusal);
  return { outcome: 'unknown', code: isAnswer || status === undefined ? name : `HTTP_${status}`, remedy: 'none' };
}

/** What a refusal asks for; null when the classes name none. */
function refusalIn(names: readonly string[]): Judged['remedy'] | null {
  const is = (known: ReadonlySet<string>): boolean => names.some((one) => known.has(one));
  if (is(THROTTLES)) return 'pause';
  if (is(NO_REFUSALS) || !is(REFUSALS)) return null;
  return is(KEY_REFUSALS) ? 'refuseCredentials' : 'none';
}

/** From the error's own class up to the base. */
function classNames(error: unknown): readonly string[] {
  const names: string[] = [];
  let type: unknown = typeof error === 'object' && error !== null ? Object.getPrototypeOf(error) : null;
  while (typeof type === 'object' && type !== null) {
    names.push(type.constructor.name);
    type = Object.getPrototypeOf(type);
  }
  return names;
}

/** The venue said that it has no such order; only as an answer. */
export const isOrderNotFound = ({ outcome, code }: CallFailure): boolean =>
  outcome === 'rejected' && code === 'OrderNotFound';

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}
