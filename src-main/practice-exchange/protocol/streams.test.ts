import { sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, startTestExchange, TestSocket } from '../testing/practice-client.ts';
import { TEST_START_MS } from '../testing/hand-made-market.ts';

type Exchange = Awaited<ReturnType<typeof startTestExchange>>;
let exchange: Exchange;
beforeAll(async () => {
  exchange = await startTestExchange({ limits: { ordersPer10s: 100_000 } });
});
afterAll(() => exchange.close());

const base = (): string => exchange.rest.replace('http', 'ws');
const MARKET = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: '99.5' };
const buy = () => call(exchange, 'POST /api/v3/order', { ...MARKET, quantity: '0.1' }, 0);
type Diff = { e: string; s: string; U: number; u: number; b: string[][]; a: string[][] };
type Wrapped = { stream: string; data: Diff & { t: number; p: string; i: string; k: { i: string; x: boolean } } };

describe('market streams', () => {
  it('continues U and u without a gap and agrees with REST at the same update id', async () => {
    const socket = await new TestSocket(`${base()}/ws/btcusdt@depth@100ms`).opened();
    await buy();
    const first = await socket.next<Diff>(() => true);
    const snapshot = (await call(exchange, 'GET /api/v3/depth', { symbol: 'BTCUSDT', limit: 5000 })).body as {
      lastUpdateId: number;
      asks: [string, string][];
    };
    await buy();
    const second = await socket.next<Diff>((diff) => diff.u > snapshot.lastUpdateId);
    expect(first).toMatchObject({ e: 'depthUpdate', s: 'BTCUSDT' });
    expect(second.U).toBe(first.u + 1);
    const asks = new Map([...snapshot.asks, ...(second.a as [string, string][])]);
    const now = (await call(exchange, 'GET /api/v3/depth', { symbol: 'BTCUSDT', limit: 5000 })).body as {
      lastUpdateId: number;
      asks: [string, string][];
    };
    expect(now.lastUpdateId).toBe(second.u);
    expect([...asks].filter(([, size]) => Number(size) > 0)).toEqual(now.asks);
    await socket.close();
  });

  it('wraps events of combined streams and tells trades, tops and bars', async () => {
    const names = ['trade', 'aggTrade', 'bookTicker', 'kline_1m', 'miniTicker', 'ticker', 'depth5@100ms', 'depth'];
    const socket = await new TestSocket(
      `${base()}/stream?streams=${names.map((name) => `btcusdt@${name}`).join('/')}`,
    ).opened();
    exchange.handMade.push({
      kind: 'trade',
      symbol: 'BTCUSDT',
      marketTimeMs: TEST_START_MS,
      ticks: 10_003,
      lots: 5,
      aggressor: 'buy',
    });
    await buy();
    for (const name of names) {
      const event = await socket.next<Wrapped>(({ stream }) => stream === `btcusdt@${name}`);
      expect(event.data).toBeTypeOf('object');
    }
    await socket.close();
  });

  it('subscribes, lists and unsubscribes on request', async () => {
    const socket = await new TestSocket(`${base()}/ws`).opened();
    socket.send({ method: 'SUBSCRIBE', params: ['ethusdt@trade', 'nothing@trade'], id: 1 });
    expect(await socket.next(() => true)).toEqual({ result: null, id: 1 });
    socket.send({ method: 'LIST_SUBSCRIPTIONS', id: 'two' });
    expect(await socket.next(() => true)).toEqual({ result: ['ethusdt@trade', 'nothing@trade'], id: 'two' });
    socket.send({ method: 'UNSUBSCRIBE', params: ['ethusdt@trade'], id: 3 });
    expect(await socket.next(() => true)).toEqual({ result: null, id: 3 });
    socket.socket.send('{broken');
    expect(await socket.next(() => true)).toMatchObject({ error: { code: 2 } });
    await socket.close();
  });

  it('breaks the connection when the recording jumps', async () => {
    const socket = await new TestSocket(`${base()}/ws/ethusdt@depth@100ms`).opened();
    exchange.handMade.push({ kind: 'discontinuity', symbol: 'ETHUSDT', marketTimeMs: TEST_START_MS });
    expect(await socket.closed).toBe(1001);
  });

  it('answers pings', async () => {
    const socket = await new TestSocket(`${base()}/ws`).opened();
    const pong = new Promise((resolve) => socket.socket.once('pong', (data: Buffer) => resolve(data.toString())));
    socket.socket.ping('beat');
    expect(await pong).toBe('beat');
    await socket.close();
  });
});

type Reply = { id: number | null; status: number; result: Record<string, unknown>; error: { code: number } };
type Private = { subscriptionId: number; event?: { e: string; x: string; X: string; c: string; C: string } };

describe('the WebSocket API', () => {
  /** Signs as the WebSocket API wants it: parameters in order of their names. */
  const signed = (params: Record<string, string | number>, account = 0): Record<string, string | number> => {
    const { ed25519 } = exchange.accounts[account]!;
    const all: Record<string, string | number> = { ...params, apiKey: ed25519.apiKey, timestamp: Date.now() };
    const text = Object.keys(all)
      .sort()
      .map((name) => `${name}=${all[name] ?? ''}`)
      .join('&');
    return { ...all, signature: sign(null, Buffer.from(text), ed25519.privateKeyPem).toString('base64') };
  };

  it('signs with Ed25519, logs on, trades and hears of it', async () => {
    const socket = await new TestSocket(exchange.wsApi).opened();
    socket.send({ id: 1, method: 'session.logon', params: signed({}) });
    expect(await socket.next<Reply>(({ id }) => id === 1)).toMatchObject({ status: 200 });
    socket.send({ id: 2, method: 'userDataStream.subscribe' });
    expect(await socket.next<Reply>(({ id }) => id === 2)).toMatchObject({
      status: 200,
      result: { subscriptionId: 0 },
    });
    socket.send({
      id: 3,
      method: 'order.place',
      params: { ...LIMIT, newClientOrderId: 'ws-1', timestamp: Date.now() },
    });
    expect(await socket.next<Reply>(({ id }) => id === 3)).toMatchObject({ status: 200, result: { status: 'NEW' } });
    const report = await socket.next<Private>((message) => message.event?.e === 'executionReport');
    expect(report).toMatchObject({ subscriptionId: 0, event: { x: 'NEW', X: 'NEW', c: 'ws-1', C: '' } });
    const cancel = {
      symbol: 'BTCUSDT',
      origClientOrderId: 'ws-1',
      newClientOrderId: 'ws-cancel',
      timestamp: Date.now(),
    };
    socket.send({ id: 4, method: 'order.cancel', params: cancel });
    expect(await socket.next<Reply>(({ id }) => id === 4)).toMatchObject({
      status: 200,
      result: { status: 'CANCELED' },
    });
    const canceled = await socket.next<Private>((message) => message.event?.x === 'CANCELED');
    expect(canceled.event).toMatchObject({ c: 'ws-cancel', C: 'ws-1' });
    await socket.close();
  });

  it('refuses bad signatures, unknown methods and broken text', async () => {
    const socket = await new TestSocket(exchange.wsApi).opened();
    socket.send({ id: 1, method: 'session.logon', params: { ...signed({}), signature: 'AAAA' } });
    expect(await socket.next<Reply>(({ id }) => id === 1)).toMatchObject({ status: 400, error: { code: -1022 } });
    socket.send({ id: 2, method: 'order.imagine' });
    expect(await socket.next<Reply>(({ id }) => id === 2)).toMatchObject({ status: 400 });
    socket.send({ id: 3, method: 'userDataStream.subscribe' });
    expect(await socket.next<Reply>(({ id }) => id === 3)).toMatchObject({ status: 401, error: { code: -1002 } });
    socket.socket.send('{');
    expect(await socket.next<Reply>(({ id }) => id === null)).toMatchObject({ status: 400, error: { code: -1135 } });
    await socket.close();
  });

  it('tells each account its own events only', async () => {
    const socket = await new TestSocket(exchange.wsApi).opened();
    socket.send({ id: 1, method: 'userDataStream.subscribe.signature', params: signed({}, 1) });
    await socket.next<Reply>(({ id }) => id === 1);
    await buy();
    socket.send({ id: 2, method: 'ping' });
    await socket.next<Reply>(({ id }) => id === 2);
    expect(socket.messages).toEqual([]);
    await socket.close();
  });
});
