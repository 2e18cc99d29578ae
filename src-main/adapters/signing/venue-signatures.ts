import { createHash } from 'node:crypto';
import { hmac } from './hmac.ts';

/**
 * Signatures of private requests as each venue documents them. The practice exchange checks with the same functions as
 * the adapters sign with; the published examples of the venues prove both (`leeward oracle`).
 */

/** Hex. `payload` is the percent-encoded query joined with the body. */
export function signBinance(secret: string, payload: string): string {
  return hmac('sha256', secret, payload).toString('hex');
}

/** Base64. `secret` is base64 itself; `nonce` also stands inside `body`. */
export function signKraken(secret: string, path: string, nonce: string, body: string): string {
  const digest = createHash('sha256')
    .update(nonce + body)
    .digest();
  return hmac('sha512', Buffer.from(secret, 'base64'), Buffer.concat([Buffer.from(path), digest])).toString('base64');
}

export type BitmexRequest = {
  readonly verb: string;
  /** With its query. */
  readonly path: string;
  /** Unix seconds. */
  readonly expires: number;
  readonly body: string;
};

/** Hex. */
export function signBitmex(secret: string, { verb, path, expires, body }: BitmexRequest): string {
  return hmac('sha256', secret, `${verb}${path}${expires}${body}`).toString('hex');
}

export type BybitRequest = {
  readonly apiKey: string;
  readonly timestampMs: string;
  readonly recvWindowMs: string;
  /** The query of a GET, the body otherwise. */
  readonly payload: string;
};

/** Hex. */
export function signBybit(secret: string, { apiKey, timestampMs, recvWindowMs, payload }: BybitRequest): string {
  return hmac('sha256', secret, timestampMs + apiKey + recvWindowMs + payload).toString('hex');
}

export type TimestampedRequest = {
  /** OKX: ISO 8601 with milliseconds. Bitget: Unix milliseconds. */
  readonly timestamp: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
};

/** Base64; OKX and Bitget sign alike but for the form of their timestamp. */
export function signTimestamped(secret: string, { timestamp, method, path, body }: TimestampedRequest): string {
  return hmac('sha256', secret, timestamp + method + path + body).toString('base64');
}
