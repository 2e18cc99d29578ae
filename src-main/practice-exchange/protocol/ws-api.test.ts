import { sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { control, startTestExchange, TestSocket } from '../testing/practice-client.ts';

type Reply = { id: number | null; status: number; rateLimits?: unknown };
let exchange: Awaited<ReturnType<typeof startTestExchange>>;
let socket: TestSocket;
beforeAll(async () => {
  exchange = await startTestExchange();
});
afterAll(() => exchange.close());
beforeEach(async () => {
  socket = await new TestSocket(exchange.wsApi).opened();
});
afterEach(() => socket.close());

let lastId = 0;
const ask = async (method: string, params: object = {}): Promise<Reply> => {
  const id = ++lastId;
  socket.send({ id, method, params });
  return socket.next<Reply>((reply) => reply.id === id);
};
const logOn = async (): Promise<string> => {
  const { apiKey, privateKeyPem } = exchange.accounts[0]!.ed25519;
  const timestamp = Date.now();
  const signed = Buffer.from(`apiKey=${apiKey}&timestamp=${timestamp}`);
  const signature = sign(null, signed, privateKeyPem).toString('base64');
  expect(await ask('session.logon', { apiKey, timestamp, signature })).toMatchObject({ result: { apiKey } });
  return apiKey;
};

describe('a session of the WebSocket API', () => {
  it('says who is logged on, until the logout', async () => {
    expect(await ask('session.status')).toMatchObject({ status: 200, result: { apiKey: null } });
    const apiKey = await logOn();
    expect(await ask('session.status')).toMatchObject({ result: { apiKey } });
    expect(await ask('session.logout')).toMatchObject({ result: { apiKey: null } });
    expect(await ask('userDataStream.subscribe')).toMatchObject({ status: 401, error: { code: -1002 } });
  });

  it('ends a subscription once', async () => {
    await logOn();
    expect(await ask('userDataStream.subscribe')).toMatchObject({ result: { subscriptionId: 0 } });
    expect(await ask('userDataStream.unsubscribe', { subscriptionId: 0 })).toMatchObject({ status: 200, result: {} });
    expect(await ask('userDataStream.unsubscribe', { subscriptionId: 0 })).toMatchObject({
      status: 400,
      error: { code: -2036 },
    });
  });

  it.each([
    ['session.logon', { apiKey: 7, timestamp: 1, signature: 'AAAA' }, 401, -2014],
    ['userDataStream.subscribe.signature', {}, 401, -2014],
    ['userDataStream.subscribe.listenToken', { listenToken: 'none' }, 400, -1125],
    ['userDataStream.subscribe.listenToken', {}, 400, -1102],
  ])('refuses %s with %j', async (method, params, status, code) => {
    expect(await ask(method, params)).toMatchObject({ status, error: { code } });
  });

  it('leaves the limits out on request', async () => {
    expect((await ask('ping', { returnRateLimits: false })).rateLimits).toBeUndefined();
    expect((await ask('ping')).rateLimits).toBeDefined();
  });
});

describe('faults of the WebSocket API', () => {
  const arm = (fault: object) => control(exchange, 'POST', 'faults', { method: 'time', ...fault });

  it('answers nothing, and the next request as ever', async () => {
    await arm({ kind: 'hang' });
    socket.send({ id: 'lost', method: 'time' });
    expect(await ask('time')).toMatchObject({ status: 200 });
    expect(socket.messages).toEqual([]);
  });

  it('answers late', async () => {
    await arm({ kind: 'slow', ms: 1 });
    expect(await ask('time')).toMatchObject({ status: 200 });
  });

  it.each([{ kind: 'reset' }, { kind: 'reset', apply: true }, { kind: 'executeThenLose' }])(
    'breaks the connection with %j',
    async (fault) => {
      await arm(fault);
      socket.send({ id: 'lost', method: 'time' });
      expect(await socket.closed).toBe(1006);
      expect(socket.messages).toEqual([]);
    },
  );
});
