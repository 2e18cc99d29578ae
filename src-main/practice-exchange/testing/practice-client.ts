import { createHmac } from 'node:crypto';
import { Agent } from 'node:http';
import { WebSocket } from 'ws';
import Binance from '@ccxt/pro/binance';
import BinanceUsdm from '@ccxt/pro/binanceusdm';
import {
  type PracticeExchange,
  type PracticeExchangeOptions,
  startPracticeExchange,
} from '../start-practice-exchange.ts';
import { HandMadeMarket } from './hand-made-market.ts';

/** A practice exchange on a hand-made market, on any free ports, that is closed with the test. */
export async function startTestExchange(
  options: Partial<PracticeExchangeOptions> = {},
): Promise<PracticeExchange & { readonly handMade: HandMadeMarket }> {
  const handMade = new HandMadeMarket();
  const accounts = [
    { name: 'main', balances: { USDT: '10000', BTC: '2' } },
    { name: 'poor', balances: { USDT: '10' } },
  ];
  const exchange = await startPracticeExchange({ market: handMade, accounts, ...options });
  return { ...exchange, handMade };
}

/** As above, with USD-M wallets. */
export const startFuturesExchange = (options: Partial<PracticeExchangeOptions> = {}) =>
  startTestExchange({
    accounts: [
      { name: 'main', balances: { USDT: '10000' }, usdm: '10000' },
      { name: 'other', balances: {}, usdm: '10' },
      { name: 'spot-only', balances: { USDT: '10' } },
    ],
    ...options,
  });

/** As above, with a cross margin account and one isolated on BTCUSDT. */
export const startMarginExchange = (options: Partial<PracticeExchangeOptions> = {}) =>
  startTestExchange({
    accounts: [
      { name: 'main', balances: { USDT: '10000' }, margin: { USDT: '1000' }, isolated: { BTCUSDT: { USDT: '100' } } },
      { name: 'spot-only', balances: { USDT: '10' } },
    ],
    ...options,
  });

/** Unmodified ccxt pointed at the exchange by configuration alone. */
export function ccxtClient(exchange: PracticeExchange, account = 0, options: Record<string, unknown> = {}) {
  return pointAt(exchange, new Binance({ ...credentialsOf(exchange, account), ...options }));
}

/** The same for USD-M. */
export function usdmClient(exchange: PracticeExchange, account = 0) {
  return pointAt(exchange, new BinanceUsdm(credentialsOf(exchange, account)));
}

const credentialsOf = (exchange: PracticeExchange, account: number) => ({
  apiKey: exchange.accounts[account]?.apiKey ?? '',
  secret: exchange.accounts[account]?.secret ?? '',
  enableRateLimit: false,
});

function pointAt<T extends Binance>(exchange: PracticeExchange, client: T): T {
  const api = client.urls['api'] as Record<string, unknown>;
  for (const [name, url] of Object.entries(api)) {
    if (typeof url === 'string') api[name] = url.replace(/^https:\/\/[^/]+/, exchange.rest);
  }
  const ws = api['ws'] as Record<string, unknown>;
  ws['spot'] = exchange.stream;
  ws['future'] = exchange.futures;
  ws['ws-api'] = { ...(ws['ws-api'] as object), spot: exchange.wsApi };
  client.httpAgent = new Agent();
  return client;
}

/** Calls the control port. */
export async function control(
  exchange: PracticeExchange,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${exchange.control}/practice/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as unknown;
}

export type RestAnswer = { readonly status: number; readonly headers: Headers; readonly body: unknown };

/** A REST call without any library. Signed when `account` is given. */
export async function call(
  exchange: PracticeExchange,
  route: string,
  params: Readonly<Record<string, string | number>> = {},
  account?: number,
): Promise<RestAnswer> {
  const [method = 'GET', path = ''] = route.split(' ');
  const credentials = account === undefined ? undefined : exchange.accounts[account];
  const query = credentials === undefined ? queryOf(params) : sign(params, credentials.secret);
  const inBody = method === 'POST';
  const response = await fetch(`${exchange.rest}${path}${inBody ? '' : `?${query}`}`, {
    method,
    headers: credentials === undefined ? {} : { 'X-MBX-APIKEY': credentials.apiKey },
    ...(inBody ? { body: query } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as unknown),
  };
}

const queryOf = (params: Readonly<Record<string, string | number>>): string =>
  new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)])).toString();

function sign(params: Readonly<Record<string, string | number>>, secret: string): string {
  const query = queryOf({ timestamp: Date.now(), ...params });
  return `${query}&signature=${createHmac('sha256', secret).update(query).digest('hex')}`;
}

/** A socket whose messages can be awaited in order. */
export class TestSocket {
  readonly messages: unknown[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  private readonly waiting: (() => void)[] = [];

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.closed = new Promise((resolve) => this.socket.once('close', (code) => resolve(code)));
    this.socket.on('error', () => this.socket.terminate());
    this.socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()));
      for (const wake of this.waiting.splice(0)) wake();
    });
  }

  async opened(): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await new Promise((resolve) => this.socket.once('open', resolve));
    return this;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message that fits, among those that came and those to come; it is taken out. */
  async next<T>(fits: (message: T) => boolean): Promise<T> {
    for (;;) {
      const index = this.messages.findIndex((message) => fits(message as T));
      if (index >= 0) return this.messages.splice(index, 1)[0] as T;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}
