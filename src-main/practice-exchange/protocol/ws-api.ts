import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { PracticeVenue } from '../practice-venue.ts';
import { ApiError, defect } from './api-error.ts';
import { dispatch } from './dispatch.ts';
import { Parameters } from './parameters.ts';
import { authenticate } from './signed-request.ts';
import type { UserDataHub } from './user-data.ts';
import { parseJson } from './parse-json.ts';

const REQUEST = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).optional(),
});

/** Methods that are a REST route by another name. */
const SAME_AS_REST: Readonly<Record<string, string>> = {
  ping: 'GET /api/v3/ping',
  time: 'GET /api/v3/time',
  exchangeInfo: 'GET /api/v3/exchangeInfo',
  depth: 'GET /api/v3/depth',
  'trades.recent': 'GET /api/v3/trades',
  'trades.aggregate': 'GET /api/v3/aggTrades',
  klines: 'GET /api/v3/klines',
  avgPrice: 'GET /api/v3/avgPrice',
  'ticker.24hr': 'GET /api/v3/ticker/24hr',
  'ticker.price': 'GET /api/v3/ticker/price',
  'ticker.book': 'GET /api/v3/ticker/bookTicker',
  'order.place': 'POST /api/v3/order',
  'order.test': 'POST /api/v3/order/test',
  'order.cancel': 'DELETE /api/v3/order',
  'order.status': 'GET /api/v3/order',
  'order.cancelReplace': 'POST /api/v3/order/cancelReplace',
  'openOrders.status': 'GET /api/v3/openOrders',
  'openOrders.cancelAll': 'DELETE /api/v3/openOrders',
  'orderList.place.oco': 'POST /api/v3/orderList/oco',
  'orderList.place.oto': 'POST /api/v3/orderList/oto',
  'orderList.place.otoco': 'POST /api/v3/orderList/otoco',
  'orderList.place.opo': 'POST /api/v3/orderList/opo',
  'orderList.place.opoco': 'POST /api/v3/orderList/opoco',
  'orderList.cancel': 'DELETE /api/v3/orderList',
  'orderList.status': 'GET /api/v3/orderList',
  'openOrderLists.status': 'GET /api/v3/openOrderList',
  'account.status': 'GET /api/v3/account',
  'account.commission': 'GET /api/v3/account/commission',
  'account.rateLimits.orders': 'GET /api/v3/rateLimit/order',
  allOrders: 'GET /api/v3/allOrders',
  allOrderLists: 'GET /api/v3/allOrderList',
  myTrades: 'GET /api/v3/myTrades',
};

type Session = { account: string; apiKey: string } | null;

/** Serves one socket of the WebSocket API. */
export function serveApiSocket(venue: PracticeVenue, users: UserDataHub, socket: WebSocket, address: string): void {
  const connection = new Connection(venue, users, socket, address);
  socket.on('message', (data: Buffer) => connection.receive(data.toString()));
}

class Connection {
  private session: Session = null;
  private readonly venue: PracticeVenue;
  private readonly users: UserDataHub;
  private readonly socket: WebSocket;
  private readonly address: string;

  constructor(venue: PracticeVenue, users: UserDataHub, socket: WebSocket, address: string) {
    this.venue = venue;
    this.users = users;
    this.socket = socket;
    this.address = address;
  }

  receive(text: string): void {
    const request = REQUEST.safeParse(parseJson(text));
    if (!request.success) {
      this.reply(null, 400, { error: new ApiError(-1135, 'Invalid JSON Request').body() });
      return;
    }
    const { id = null, method, params = {} } = request.data;
    const fault = this.venue.faults.strikeRest(method, method);
    if (fault !== undefined && fault.kind !== 'slow' && fault.kind !== 'executeThenLose' && fault.apply !== true) {
      if (fault.kind === 'reset') this.socket.terminate();
      return;
    }
    const answer = this.attempt(method, params);
    const reply = (): void => this.reply(id, answer.status, answer.rest, params['returnRateLimits'] !== false);
    if (fault?.kind === 'slow') setTimeout(reply, fault.ms ?? 2000);
    else if (fault !== undefined) this.socket.terminate();
    else reply();
  }

  private attempt(method: string, params: Readonly<Record<string, unknown>>): { status: number; rest: object } {
    try {
      return { status: 200, rest: { result: this.run(method, params) } };
    } catch (error) {
      const known = error instanceof ApiError ? error : defect(error);
      return { status: known.status, rest: { error: known.body() } };
    }
  }

  private run(method: string, params: Readonly<Record<string, unknown>>): unknown {
    const route = SAME_AS_REST[method];
    if (route !== undefined) return this.asRest(route, params);
    switch (method) {
      case 'session.logon':
        return this.logOn(params);
      case 'session.status':
        return this.status();
      case 'session.logout':
        this.session = null;
        return this.status();
      case 'userDataStream.subscribe.signature':
        return { subscriptionId: this.users.subscribe(this.signedBy(params), this.socket) };
      case 'userDataStream.subscribe.listenToken':
        return this.subscribeByToken(params);
      case 'userDataStream.subscribe':
        return { subscriptionId: this.users.subscribe(this.loggedOn(), this.socket) };
      case 'userDataStream.unsubscribe':
        return this.unsubscribe(params);
      default:
        throw new ApiError(-1000, `Unknown method '${method}'.`);
    }
  }

  private asRest(route: string, params: Readonly<Record<string, unknown>>): unknown {
    const apiKey = params['apiKey'] ?? this.session?.apiKey;
    const call = {
      route,
      parameters: Parameters.fromObject(params),
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
      payload: signedText(params),
      address: this.address,
    };
    const inSession = this.session !== null && params['signature'] === undefined;
    return dispatch(this.venue, inSession ? { ...call, session: this.loggedOn() } : call).body;
  }

  private signedBy(params: Readonly<Record<string, unknown>>): string {
    const { apiKey } = params;
    return authenticate(this.venue.keys, {
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
      payload: signedText(params),
      parameters: Parameters.fromObject(params),
      nowMs: this.venue.clock.apiMs(),
    });
  }

  private logOn(params: Readonly<Record<string, unknown>>): unknown {
    const account = this.signedBy(params);
    this.session = { account, apiKey: String(params['apiKey']) };
    return this.status();
  }

  /** Margin accounts are read under a token, not under a key. */
  private subscribeByToken(params: Readonly<Record<string, unknown>>): unknown {
    const token = Parameters.fromObject(params).text('listenToken');
    const { listenTokens } = this.venue.margin;
    const account = listenTokens.accountOf(token);
    if (account === undefined) throw new ApiError(-1125, 'This listenToken does not exist.');
    return {
      subscriptionId: this.users.subscribe(account, this.socket),
      expirationTime: listenTokens.validUntil(token),
    };
  }

  private loggedOn(): string {
    if (this.session === null)
      throw new ApiError(-1002, 'You are not authorized to execute this request.', { status: 401 });
    return this.session.account;
  }

  private status() {
    return { apiKey: this.session?.apiKey ?? null, serverTime: this.venue.clock.apiMs(), returnRateLimits: true };
  }

  private unsubscribe(params: Readonly<Record<string, unknown>>): unknown {
    const id = Parameters.fromObject(params).integer('subscriptionId');
    if (!this.users.unsubscribe(this.socket, id))
      throw new ApiError(-2036, 'User Data Stream subscription not active.');
    return {};
  }

  private reply(id: string | number | null, status: number, rest: object, withLimits = true): void {
    if (!withLimits) {
      this.socket.send(JSON.stringify({ id, status, ...rest }));
      return;
    }
    const nowMs = this.venue.clock.apiMs();
    const count = this.venue.limits.usedWeight(this.address, nowMs);
    const [limit] = this.venue.limits.published();
    this.socket.send(JSON.stringify({ id, status, ...rest, rateLimits: [{ ...limit, count }] }));
  }
}

/** Parameters sorted by name, without the signature: what a WebSocket request signs. */
function signedText(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .filter(([name]) => name !== 'signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('&');
}
