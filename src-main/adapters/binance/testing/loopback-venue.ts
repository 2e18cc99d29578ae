import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What the venue does with one request: an answer, or a disaster. */
export type Answer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  | 'hang'
  | 'reset'
  | 'cutBody'
  | 'stallBody';
export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
};
export type Handler = (seen: Seen) => Answer | Promise<Answer>;

export type LoopbackVenue = {
  readonly rest: string;
  readonly wsApi: string;
  readonly seen: readonly Seen[];
  /** Answers `METHOD /path` from now on. */
  on(route: string, handler: Handler): void;
  /** How subscriptions to the user data stream end; confirmed unless told otherwise. */
  subscriptions: 'confirm' | 'refuse' | 'ignore' | 'drop';
  subscriptionCount(): number;
  push(event: unknown): void;
  dropSockets(code: number): void;
  close(): Promise<void>;
};

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json;charset=UTF-8', ...headers },
  body: JSON.stringify(value),
});
export const venueError = (status: number, code: number, msg: string, headers = {}): Answer =>
  json({ code, msg }, status, headers);

/** A scripted venue on loopback for failures no exchange produces on demand. Speaks Binance's paths, knows no orders. */
export async function startLoopbackVenue(): Promise<LoopbackVenue> {
  const handlers = new Map<string, Handler>([['GET /api/v3/time', () => json({ serverTime: Date.now() })]]);
  const seen: Seen[] = [];
  const server = createServer((request, response) => void serve(request, response, handlers, seen));
  const sockets = new WebSocketServer({ server });
  let subscriptionCount = 0;
  const venue: LoopbackVenue = {
    rest: '',
    wsApi: '',
    seen,
    subscriptions: 'confirm',
    on: (route, handler) => void handlers.set(route, handler),
    subscriptionCount: () => subscriptionCount,
    push: (event) => sockets.clients.forEach((socket) => socket.send(JSON.stringify({ subscriptionId: 0, event }))),
    dropSockets: (code) => sockets.clients.forEach((socket) => drop(socket, code)),
    close: () => closeAll(server, sockets),
  };
  sockets.on('connection', (socket: WebSocket) => {
    socket.on('message', (raw: Buffer) => {
      subscriptionCount += 1;
      answerSubscription(socket, (JSON.parse(raw.toString()) as { id: string }).id, venue.subscriptions);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(venue, { rest: `http://127.0.0.1:${port}`, wsApi: `ws://127.0.0.1:${port}/ws-api/v3` });
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ReadonlyMap<string, Handler>,
  seen: Seen[],
): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const params = Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]);
  const entry = { method: request.method ?? '', path: url.pathname, params };
  seen.push(entry);
  const handler = handlers.get(`${entry.method} ${entry.path}`);
  answer(response, handler === undefined ? venueError(404, -1, `no route ${entry.path}`) : await handler(entry));
}

function answer(response: ServerResponse, result: Answer): void {
  const head = { 'Content-Type': 'application/json' };
  if (result === 'hang') return;
  if (result === 'reset') {
    response.socket?.resetAndDestroy();
  } else if (result === 'cutBody') {
    response.writeHead(200, { ...head, 'Content-Length': '400' });
    response.write('{"symbol":"BTCUSDT","orderId":1,');
    setImmediate(() => response.socket?.destroy());
  } else if (result === 'stallBody') {
    response.writeHead(200, { ...head, 'Content-Length': '400' });
    response.write('{"symbol":"BTCUSDT","orderId":1,');
  } else {
    response.writeHead(result.status ?? 200, result.headers ?? {});
    response.end(result.body);
  }
}

function answerSubscription(socket: WebSocket, id: string, how: LoopbackVenue['subscriptions']): void {
  if (how === 'confirm') socket.send(JSON.stringify({ id, status: 200, result: { subscriptionId: 0 } }));
  if (how === 'drop') socket.terminate();
  if (how === 'refuse') {
    const error = { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };
    socket.send(JSON.stringify({ id, status: 401, error }));
  }
}

function drop(socket: WebSocket, code: number): void {
  if (code === 1006) socket.terminate();
  else socket.close(code);
}

async function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  sockets.clients.forEach((socket) => socket.terminate());
  sockets.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
