import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyRing } from '../protocol/credentials.ts';
import { KrakenError } from './kraken-error.ts';

const TOKEN_MS = 900_000;

/** Who asks: API keys with their nonces, and tokens of the private WebSocket. */
export class KrakenAccess {
  private readonly keys: KeyRing;
  private readonly nonces = new Map<string, bigint>();
  private readonly tokens = new Map<string, { readonly account: string; readonly expiresMs: number }>();

  constructor(keys: KeyRing) {
    this.keys = keys;
  }

  /**
   * The account a request is signed for. Throws the venue's words for an unknown key, a signature that does not fit
   * and a nonce that is not above the key's last one.
   * https://docs.kraken.com/api/docs/guides/spot-rest-auth
   */
  authenticate(
    headers: IncomingHttpHeaders,
    path: string,
    body: string,
  ): { readonly account: string; readonly key: string } {
    const key = headerText(headers['api-key']);
    const secret = this.keys.secretOf(key);
    const account = this.keys.accountOf(key);
    if (secret === undefined || account === undefined) throw new KrakenError('EAPI:Invalid key');
    const nonce = nonceOf(headers, body);
    const digest = createHash('sha256').update(`${nonce}${body}`).digest();
    const expected = createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(digest).digest();
    const given = Buffer.from(headerText(headers['api-sign']), 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new KrakenError('EAPI:Invalid signature');
    }
    const number = BigInt(nonce);
    if (number <= (this.nonces.get(key) ?? 0n)) throw new KrakenError('EAPI:Invalid nonce');
    this.nonces.set(key, number);
    return { account, key };
  }

  /** As if another program had used every key with a nonce that much above its last one. */
  raiseNonces(by: number): void {
    for (const [key, last] of this.nonces) this.nonces.set(key, last + BigInt(by));
  }

  /** A token opens the private WebSocket within 15 minutes; `text` is the venue's to choose. */
  issueToken(account: string, text: string, nowMs: number): { readonly token: string; readonly expires: number } {
    this.tokens.set(text, { account, expiresMs: nowMs + TOKEN_MS });
    return { token: text, expires: TOKEN_MS / 1000 };
  }

  /** Undefined for a token that is unknown or too old. */
  accountOfToken(token: string, nowMs: number): string | undefined {
    const entry = this.tokens.get(token);
    return entry !== undefined && nowMs < entry.expiresMs ? entry.account : undefined;
  }
}

function nonceOf(headers: IncomingHttpHeaders, body: string): string {
  const isJson = headerText(headers['content-type']).startsWith('application/json');
  const nonce = isJson ? jsonNonce(body) : new URLSearchParams(body).get('nonce');
  if (nonce === null || !/^\d{1,20}$/.test(nonce)) throw new KrakenError('EAPI:Invalid nonce');
  return nonce;
}

const jsonNonce = (body: string): string | null => /"nonce"\s*:\s*"?(\d+)"?/.exec(body)?.[1] ?? null;

const headerText = (value: string | readonly string[] | undefined): string => (typeof value === 'string' ? value : '');
