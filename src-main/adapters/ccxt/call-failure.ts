import { InvalidNonce, ChecksumError, NetworkError, OperationFailed, RequestTimeout } from '@ccxt/base/errors';

/** What is known about one request besides the error ccxt made of it. */
export type CallEvidence = {
  /** False until the request was handed to the network: nothing can have been executed. */
  sent: boolean;
  /** HTTP status of the reply; undefined when none came. */
  status: number | undefined;
  /** The venue's own error, only from a JSON reply of its form. */
  venueError: { readonly code: number; readonly message: string } | undefined;
  retryAfterMs: number | null;
};

/** `rejected`: proven not executed. `unknown`: it may have been, so look it up and never send it again. */
export type CallFailure = {
  readonly outcome: 'rejected' | 'unknown';
  /** The venue's code, or a name of ours where the venue gave none. */
  readonly code: string;
  readonly message: string;
  /** What else the failure asks for. */
  readonly remedy: 'none' | 'pause' | 'resyncClock' | 'refuseCredentials';
  readonly retryAfterMs: number | null;
};

/** A reply that is not the JSON the venue speaks: a captive portal, a proxy, a cut connection. */
export class UnreadableReply extends Error {
  override readonly name = 'UnreadableReply';
}

/** No whole answer in time, by our own clock: the headers may have come and the body not. */
export class ReplyTimeout extends Error {
  override readonly name = 'ReplyTimeout';
}

/** Binance's codes for "we do not know whether it was executed", errors.md of its API documentation. */
const INDEFINITE_CODES: ReadonlySet<number> = new Set([-1000, -1001, -1004, -1006, -1007, -1008]);
const THROTTLE_CODES: ReadonlySet<number> = new Set([-1003, -1015, -1034]);
const CREDENTIAL_CODES: ReadonlySet<number> = new Set([-1002, -1005, -1011, -1022, -1099, -2008, -2014, -2015, -2017]);
const CLOCK_CODE = -1021;
const NEW_ORDER_REJECTED = -2010;
/** USD-M: "ClientOrderId is duplicated." */
const DUPLICATE_ID = -4116;
const LONGEST_MESSAGE = 300;

/**
 * Judges a failed request by its evidence first: the venue's own words outrank the class ccxt chose, because ccxt calls a
 * revoked key (-2015) DDoS protection once any call has succeeded. Without the venue's words nothing that was sent is
 * proven undone.
 */
export function classifyFailure(error: unknown, evidence: CallEvidence): CallFailure {
  if (!evidence.sent) return failure('rejected', 'NOT_SENT', textOf(error), evidence);
  if (evidence.status === 429 || evidence.status === 418) {
    return { ...failure('rejected', codeOf(evidence), textOf(error), evidence), remedy: 'pause' };
  }
  if (evidence.venueError !== undefined) return classifyVenueError(evidence.venueError, evidence);
  return failure('unknown', unansweredCode(error, evidence), textOf(error), evidence);
}

export const isCredentialCode = (code: number): boolean => CREDENTIAL_CODES.has(code);

function classifyVenueError(venue: { code: number; message: string }, evidence: CallEvidence): CallFailure {
  const { code, message } = venue;
  const judged = (outcome: CallFailure['outcome'], remedy: CallFailure['remedy']): CallFailure => ({
    ...failure(outcome, String(code), message, evidence),
    remedy,
  });
  if (THROTTLE_CODES.has(code)) return judged('rejected', 'pause');
  const definite = evidence.status !== undefined && evidence.status >= 400 && evidence.status < 500;
  if (!definite || evidence.status === 409 || INDEFINITE_CODES.has(code)) return judged('unknown', 'none');
  if (code === CLOCK_CODE) return judged('rejected', 'resyncClock');
  if (isCredentialCode(code)) return judged('rejected', 'refuseCredentials');
  // An order with this id exists: perhaps this very request, delivered twice by something between us and the venue.
  const isDuplicate = code === DUPLICATE_ID || (code === NEW_ORDER_REJECTED && /duplicate order/i.test(message));
  if (isDuplicate) return judged('unknown', 'none');
  return judged('rejected', 'none');
}

/** InvalidNonce and ChecksumError are NetworkErrors too, so the narrow classes are asked first. */
function unansweredCode(error: unknown, evidence: CallEvidence): string {
  if (error instanceof UnreadableReply) return 'UNREADABLE_REPLY';
  if (error instanceof ReplyTimeout) return 'TIMEOUT';
  if (evidence.status !== undefined) return `HTTP_${evidence.status}`;
  if (error instanceof ChecksumError || error instanceof InvalidNonce) return 'UNEXPECTED';
  if (error instanceof RequestTimeout) return 'TIMEOUT';
  if (error instanceof NetworkError) return 'NETWORK';
  if (error instanceof OperationFailed) return 'OPERATION_FAILED';
  return 'UNEXPECTED';
}

function failure(outcome: CallFailure['outcome'], code: string, message: string, evidence: CallEvidence): CallFailure {
  return { outcome, code, message, remedy: 'none', retryAfterMs: evidence.retryAfterMs };
}

function codeOf(evidence: CallEvidence): string {
  return evidence.venueError === undefined ? `HTTP_${evidence.status ?? 0}` : String(evidence.venueError.code);
}

/** ccxt puts whole addresses and pages into its messages: queries carry signatures and are cut. */
function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\?\S*/g, '?…').slice(0, LONGEST_MESSAGE);
}
