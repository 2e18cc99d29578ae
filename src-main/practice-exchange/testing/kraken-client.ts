import { createHash, createHmac } from 'node:crypto';
import { Agent } from 'node:http';
import Kraken from '@ccxt/pro/kraken';
import type { PracticeExchange } from '../start-practice-exchange.ts';

/** Unmodified ccxt pointed at the exchange by configuration alone. */
export function krakenClient(exchange: PracticeExchange, account = 0, options: Record<string, unknown> = {}): Kraken {
  const credentials = exchange.accounts[account];
  const client = new Kraken({
    apiKey: credentials?.apiKey ?? '',
    secret: credentials?.secret ?? '',
    enableRateLimit: false,
    ...options,
  });
  const api = client.urls['api'] as Record<string, unknown>;
  api['public'] = api['private'] = exchange.rest;
  const [open, own] = [exchange.krakenPublic, exchange.krakenPrivate];
  api['ws'] = { public: open, publicV2: open, private: own, privateV2: own };
  client.httpAgent = new Agent();
  return client;
}

export type KrakenReply = { readonly error: string[]; readonly result: unknown };

let lastNonce = Date.now() * 1000;

/** A private call without any library, signed as the account. */
export async function krakenCall(
  exchange: PracticeExchange,
  method: string,
  params: Readonly<Record<string, string | number>> = {},
  { account = 0, nonce = ++lastNonce }: { readonly account?: number; readonly nonce?: number } = {},
): Promise<KrakenReply> {
  const entries = Object.entries({ nonce, ...params }).map(([name, value]) => [name, String(value)]);
  return post(exchange, { method, account, nonce, body: new URLSearchParams(entries).toString() });
}

/** The same with a JSON body, which batches need. */
export function krakenJson(exchange: PracticeExchange, method: string, params: object = {}): Promise<KrakenReply> {
  const nonce = ++lastNonce;
  const body = JSON.stringify({ nonce, ...params });
  return post(exchange, { method, account: 0, nonce, body, headers: JSON_BODY });
}

/** A signed JSON body as it is, whole or not. */
export function krakenText(
  exchange: PracticeExchange,
  method: string,
  write: (nonce: number) => string,
): Promise<KrakenReply> {
  const nonce = ++lastNonce;
  return post(exchange, { method, account: 0, nonce, body: write(nonce), headers: JSON_BODY });
}

const JSON_BODY = { 'Content-Type': 'application/json' };

type Post = {
  readonly method: string;
  readonly account: number;
  readonly nonce: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

async function post(exchange: PracticeExchange, { method, account, nonce, body, headers }: Post): Promise<KrakenReply> {
  const { apiKey, secret } = exchange.accounts[account] ?? { apiKey: '', secret: '' };
  const path = `/0/private/${method}`;
  const response = await fetch(`${exchange.rest}${path}`, {
    method: 'POST',
    headers: { ...headers, 'API-Key': apiKey, 'API-Sign': sign(secret, path, nonce, body) },
    body,
  });
  return (await response.json()) as KrakenReply;
}

function sign(secret: string, path: string, nonce: number, body: string): string {
  const digest = createHash('sha256').update(`${nonce}${body}`).digest();
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(digest).digest('base64');
}
