import { ApiError, missing } from './api-error.ts';
import type { KeyRing } from './credentials.ts';
import type { Parameters } from './parameters.ts';

const KEY_FORM = /^[a-zA-Z0-9]{64}$/;
const STANDARD_WINDOW_MS = 5000;
const LONGEST_WINDOW_MS = 60_000;
const AHEAD_MS = 1000;

export type SignedParts = {
  readonly apiKey: string | undefined;
  /** The exact text that was signed: everything sent but the signature. */
  readonly payload: string;
  readonly parameters: Parameters;
  readonly nowMs: number;
};

/** The account a request is signed for. Throws the venue's errors for bad keys, clocks and signatures. */
export function authenticate(keys: KeyRing, { apiKey, payload, parameters, nowMs }: SignedParts): string {
  const account = identify(keys, apiKey);
  checkTime(parameters, nowMs);
  const signature = parameters.optional('signature');
  if (signature === undefined) throw missing('signature');
  if (!keys.isValid(apiKey ?? '', payload, signature)) {
    throw new ApiError(-1022, 'Signature for this request is not valid.');
  }
  return account;
}

/** The account of an API key. Throws -2014 for a malformed key and -2015 for one that is not known. */
export function identify(keys: KeyRing, apiKey: string | undefined): string {
  if (apiKey === undefined || !KEY_FORM.test(apiKey))
    throw new ApiError(-2014, 'API-key format invalid.', { status: 401 });
  const account = keys.accountOf(apiKey);
  if (account === undefined) {
    throw new ApiError(-2015, 'Invalid API-key, IP, or permissions for action.', { status: 401 });
  }
  return account;
}

export function checkTime(parameters: Parameters, nowMs: number): void {
  const timestamp = inMs(parameters.integer('timestamp'));
  if (timestamp === undefined) throw missing('timestamp');
  const window = Number(parameters.optional('recvWindow') ?? STANDARD_WINDOW_MS);
  if (!(window >= 0 && window <= LONGEST_WINDOW_MS)) throw new ApiError(-1131, 'recvWindow must be less than 60000.');
  if (timestamp >= nowMs + AHEAD_MS) {
    throw new ApiError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (nowMs - timestamp > window) {
    throw new ApiError(-1021, 'Timestamp for this request is outside of the recvWindow.');
  }
}

/** Clients may send microseconds. */
const inMs = (timestamp: number | undefined): number | undefined =>
  timestamp !== undefined && timestamp > 100_000_000_000_000 ? timestamp / 1000 : timestamp;

/** The signed text of a REST request: raw query and raw body, without their `signature`. */
export function signedPayload(query: string, body: string): string {
  const strip = (text: string): string =>
    text
      .split('&')
      .filter((part) => part !== '' && !part.startsWith('signature='))
      .join('&');
  return strip(query) + strip(body);
}
