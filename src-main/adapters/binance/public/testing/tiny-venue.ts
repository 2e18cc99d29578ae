import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

type Book = { id: number; readonly bids: Map<string, string>; readonly asks: Map<string, string> };
export type Kline = readonly [openTimeMs: number, price: string];

/** A venue small enough to be told what to do next: one book a symbol, the depth and kline protocol, and its faults. */
export class TinyVenue {
  readonly requests: string[] = [];
  readonly klines: Kline[] = [];
  /** Answers in place of the next REST replies. */
  readonly refusals: ((response: ServerResponse) => void)[] = [];
  /** Streams deliver nothing, sockets still answer pings. */
  silent = false;
  private readonly books = new Map<string, Book>();
  private readonly http = createServer((request, response) => this.answer(request, response));
  private readonly streams = new WebSocketServer({ server: this.http, autoPong: true });
  private readonly onRequest: () => void;
  private waiting: (() => void)[] = [];

  constructor(onRequest: () => void) {
    this.onRequest = onRequest;
    this.streams.on('connection', (_, request) => {
      this.requests.push(`ws ${request.url ?? ''}`);
      this.onRequest();
      for (const resolve of this.waiting.splice(0)) resolve();
    });
  }

  async listen(): Promise<{ restUrl: string; streamUrl: string }> {
    this.http.listen(0, '127.0.0.1');
    await once(this.http, 'listening');
    const { port } = this.http.address() as AddressInfo;
    return { restUrl: `http://127.0.0.1:${port}`, streamUrl: `ws://127.0.0.1:${port}` };
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  get sockets(): readonly WebSocket[] {
    return [...this.streams.clients];
  }

  /** Resolves at the next connection. */
  nextConnection(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  list(symbol: string): void {
    this.books.set(symbol, { id: 1_000, bids: new Map([['100.00', '1.000']]), asks: new Map([['101.00', '1.000']]) });
  }

  /** Changes the bid at 100.00 and tells it to the sockets, all of them unless one is named. */
  move(symbol: string, quantity: string, to: readonly WebSocket[] = this.sockets): number {
    const book = this.book(symbol);
    const first = book.id + 1;
    book.id += 3;
    book.bids.set('100.00', quantity);
    const update = { e: 'depthUpdate', E: 1, s: symbol, U: first, u: book.id, b: [['100.00', quantity]], a: [] };
    this.send(update, to);
    return book.id;
  }

  trade(symbol: string, id: number): void {
    this.send({ e: 'trade', E: 1, s: symbol, t: id, p: '100.50', q: '0.250', T: 7, m: true, M: true });
  }

  kline(symbol: string, openTimeMs: number, isClosed: boolean, lastTradeId = -1): void {
    const price = { o: '1', c: '2', h: '3', l: '1', v: '4' };
    this.send({ e: 'kline', E: 1, s: symbol, k: { t: openTimeMs, i: '1m', ...price, L: lastTradeId, x: isClosed } });
  }

  send(data: Readonly<Record<string, unknown>>, to: readonly WebSocket[] = this.sockets): void {
    if (this.silent) return;
    for (const socket of to) socket.send(JSON.stringify({ stream: 'x', data }));
  }

  private book(symbol: string): Book {
    const book = this.books.get(symbol);
    if (book === undefined) throw new Error(`expected a listed symbol, was ${symbol}`);
    return book;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://x');
    this.requests.push(`${url.pathname}${url.search}`);
    this.onRequest();
    const refusal = this.refusals.shift();
    if (refusal !== undefined) {
      refusal(response);
      return;
    }
    response.setHeader('X-MBX-USED-WEIGHT-1M', '5');
    response.end(JSON.stringify(url.pathname === '/api/v3/depth' ? this.depth(url) : this.history(url)));
  }

  private depth(url: URL): unknown {
    const { id, bids, asks } = this.book(url.searchParams.get('symbol') ?? '');
    return { lastUpdateId: id, bids: [...bids], asks: [...asks] };
  }

  private history(url: URL): unknown {
    const start = Number(url.searchParams.get('startTime') ?? 0);
    const end = Number(url.searchParams.get('endTime') ?? Infinity);
    const rows = this.klines.filter(([time]) => time >= start && time <= end);
    const limit = Number(url.searchParams.get('limit'));
    const page = url.searchParams.has('startTime') ? rows.slice(0, limit) : rows.slice(-limit);
    return page.map(([time, price]) => [
      time,
      price,
      price,
      price,
      price,
      '1.000',
      time + 59_999,
      '1',
      1,
      '1',
      '1',
      '0',
    ]);
  }
}
