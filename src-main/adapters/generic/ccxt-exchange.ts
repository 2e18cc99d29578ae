import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What is used of a class of ccxt: its unified calls alone, the same for every venue. Replies are read, never believed. */
export type CcxtExchange = {
  readonly id: string;
  readonly has: Readonly<Record<string, unknown>>;
  readonly features: unknown;
  readonly precisionMode: number;
  readonly urls: { api: unknown };
  readonly requiredCredentials: Readonly<Record<string, boolean>>;
  /** Milliseconds that one unit of cost takes. */
  rateLimit: number;
  /** Awaited before each request. */
  throttle(cost?: unknown): Promise<unknown>;
  nonce(): number;
  client(url: unknown): CcxtSocket;
  options: Record<string, unknown>;
  httpAgent: unknown;
  fetch(url: unknown, method?: unknown, headers?: unknown, body?: unknown): Promise<unknown>;
  onRestResponse(...parts: unknown[]): unknown;
  loadMarkets(): Promise<unknown>;
  amountToPrecision(symbol: string, amount: string): string;
  priceToPrecision(symbol: string, price: string): string;
  createOrder(
    symbol: string,
    type: 'limit' | 'market',
    side: 'buy' | 'sell',
    amount: string,
    price: string | undefined,
    params: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  cancelOrder(id: string | undefined, symbol: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  fetchOrder(id: string | undefined, symbol: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  fetchOpenOrders(symbol: string): Promise<unknown>;
  fetchClosedOrders(symbol: string): Promise<unknown>;
  fetchCanceledOrders(symbol: string): Promise<unknown>;
  fetchMyTrades(symbol: string): Promise<unknown>;
  fetchBalance(): Promise<unknown>;
  fetchTime(): Promise<unknown>;
  fetchOHLCV(symbol: string, timeframe: string, since: number | undefined, limit: number): Promise<unknown>;
  fetchOrderBook(symbol: string): Promise<unknown>;
  watchOrderBook(symbol: string): Promise<unknown>;
  watchTrades(symbol: string): Promise<unknown>;
  watchOrders(symbol: string): Promise<unknown>;
  close(): Promise<unknown>;
};

/** Its futures are made, and its messages sent, where nobody awaits them. */
export type CcxtSocket = {
  readonly connected: Promise<unknown>;
  future(name: unknown): Promise<unknown>;
  send(message: unknown): Promise<unknown>;
};

export type CcxtClass = new (settings: Readonly<Record<string, unknown>>) => CcxtExchange;

/** One file a venue: all of them together would cost 42 MB of heap. */
const sources = (): URL => new URL('./src/', import.meta.resolve('ccxt'));

/** Ids of every class of ccxt. */
export function ccxtIds(): readonly string[] {
  const names = readdirSync(fileURLToPath(sources())).filter((name) => /^[a-z0-9]+\.js$/.test(name));
  return names.map((name) => name.slice(0, -'.js'.length)).sort();
}

/** The class with streams where ccxt has one, else the one without. Throws when ccxt has no such venue. */
export async function loadCcxtClass(id: string): Promise<CcxtClass> {
  if (!ccxtIds().includes(id)) throw new RangeError(`expected an exchange id of ccxt, was ${JSON.stringify(id)}`);
  const hasStreams = readdirSync(fileURLToPath(new URL('./pro/', sources()))).includes(`${id}.js`);
  const file = new URL(`./${hasStreams ? 'pro/' : ''}${id}.js`, sources());
  const module = (await import(/* @vite-ignore */ file.href)) as { readonly default: CcxtClass };
  return module.default;
}
