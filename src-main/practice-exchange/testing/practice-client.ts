import { Agent } from 'node:http';
import Binance from '@ccxt/pro/binance';
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

/** Unmodified ccxt pointed at the exchange by configuration alone. */
export function ccxtClient(exchange: PracticeExchange, account = 0, options: Record<string, unknown> = {}) {
  const credentials = exchange.accounts[account];
  const client = new Binance({
    apiKey: credentials?.apiKey ?? '',
    secret: credentials?.secret ?? '',
    enableRateLimit: false,
    ...options,
  });
  const api = client.urls['api'] as Record<string, unknown>;
  for (const [name, url] of Object.entries(api)) {
    if (typeof url === 'string') api[name] = url.replace(/^https:\/\/[^/]+/, exchange.rest);
  }
  const ws = api['ws'] as Record<string, unknown>;
  ws['spot'] = exchange.stream;
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
