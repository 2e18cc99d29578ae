import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, ccxtClient, control, startTestExchange, TestSocket } from './testing/practice-client.ts';

type Exchange = Awaited<ReturnType<typeof startTestExchange>>;
let exchange: Exchange;
let killed = 0;
beforeEach(async () => {
  killed = 0;
  exchange = await startTestExchange({ kill: () => (killed += 1) });
});
afterEach(() => exchange.close());

const arm = (fault: object) => control(exchange, 'POST', 'faults', fault);
const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: '99.5' };
const create = (clientOrderId = 'fault-1') =>
  call(exchange, 'POST /api/v3/order', { ...LIMIT, newClientOrderId: clientOrderId }, 0);
const exists = async (clientOrderId = 'fault-1') => {
  const answer = await call(exchange, 'GET /api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: clientOrderId }, 0);
  return answer.status === 200;
};

describe('faults of answers', () => {
  it('executes the order and loses the answer, once', async () => {
    await arm({ kind: 'executeThenLose', method: 'POST', path: '/api/v3/order' });
    await expect(create()).rejects.toThrow('fetch failed');
    expect(await exists()).toBe(true);
    expect((await create('fault-2')).status).toBe(200);
    expect(await control(exchange, 'GET', 'faults')).toMatchObject([
      { kind: 'executeThenLose', fired: 1, remaining: 0 },
    ]);
  });

  it.each([
    [{ kind: 'reset' }, false],
    [{ kind: 'reset', apply: true }, true],
    [{ kind: 'truncated' }, true],
    [{ kind: 'html200' }, false],
    [{ kind: 'html200', apply: true }, true],
  ])('%j breaks the answer; the order exists: %s', async (fault, applied) => {
    await arm({ ...fault, path: '/api/v3/order' });
    await expect(create()).rejects.toThrow();
    expect(await exists()).toBe(applied);
  });

  it('answers nothing, a status with Retry-After, or late', async () => {
    await arm({ kind: 'empty', path: '/api/v3/order' });
    expect((await create()).body).toBeNull();
    await arm({
      kind: 'status',
      status: 418,
      retryAfterSeconds: 7,
      code: -1003,
      msg: 'IP banned',
      path: '/api/v3/order',
    });
    const banned = await create();
    expect(banned).toMatchObject({ status: 418, body: { code: -1003, msg: 'IP banned' } });
    expect(banned.headers.get('retry-after')).toBe('7');
    await arm({ kind: 'slow', ms: 5, path: '/api/v3/order' });
    expect((await create()).status).toBe(200);
  });

  it('hangs until the client gives up', async () => {
    await arm({ kind: 'hang', apply: true, path: '/api/v3/order' });
    const client = ccxtClient(exchange, 0, { timeout: 200 });
    await client.loadMarkets();
    await expect(
      client.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 99.5, { clientOrderId: 'fault-1' }),
    ).rejects.toThrow('timed out');
    expect(await exists()).toBe(true);
    await client.close();
  });
});

describe('faults of the venue', () => {
  const BRACKET = {
    symbol: 'BTCUSDT',
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: '100.05',
    workingQuantity: '1',
    workingTimeInForce: 'FOK',
    pendingSide: 'SELL',
    pendingType: 'STOP_LOSS',
    pendingStopPrice: '95',
    pendingQuantity: '0.999',
    pendingClientOrderId: 'leg-1',
  };

  it('refuses a pending leg and the ledger sees the bare position', async () => {
    await arm({ kind: 'refusePendingLeg' });
    await call(exchange, 'POST /api/v3/orderList/oto', BRACKET, 0);
    const leg = await call(exchange, 'GET /api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'leg-1' }, 0);
    expect(leg.body).toMatchObject({ status: 'EXPIRED', expiryReason: 'REJECTED' });
    expect(await control(exchange, 'GET', 'ledger')).toMatchObject({
      positions: [{ symbol: 'BTCUSDT', held: '0.99900000', isProtected: false }],
    });
  });

  it('changes filters live, halts a symbol, skews the clock', async () => {
    await arm({
      kind: 'filterChange',
      symbol: 'BTCUSDT',
      filters: [{ filterType: 'LOT_SIZE', minQty: '0.1', maxQty: '9000', stepSize: '0.1' }],
    });
    expect((await call(exchange, 'POST /api/v3/order', { ...LIMIT, quantity: '0.15' }, 0)).body).toMatchObject({
      msg: 'Filter failure: LOT_SIZE',
    });
    await arm({ kind: 'halt', symbol: 'BTCUSDT' });
    expect((await create()).body).toMatchObject({ code: -2010, msg: 'Market is closed.' });
    await arm({ kind: 'clockSkew', ms: 60_000 });
    expect((await call(exchange, 'GET /api/v3/account', {}, 0)).body).toMatchObject({ code: -1021 });
    await control(exchange, 'DELETE', 'faults');
    expect((await call(exchange, 'GET /api/v3/account', {}, 0)).status).toBe(200);
  });

  it('ends itself', async () => {
    await arm({ kind: 'kill' });
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(killed).toBe(1);
  });
});

describe('faults of streams', () => {
  const url = (): string => `${exchange.rest.replace('http', 'ws')}/ws/btcusdt@depth@100ms`;
  type Diff = { U: number; u: number };
  const buy = () =>
    call(exchange, 'POST /api/v3/order', { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' }, 0);
  const nextDiff = async (socket: TestSocket): Promise<Diff> => {
    await buy();
    return socket.next<Diff>(() => true);
  };

  it('leaves a gap', async () => {
    const socket = await new TestSocket(url()).opened();
    const first = await nextDiff(socket);
    await arm({ kind: 'gap', stream: 'btcusdt@depth' });
    await buy();
    await expectFired('gap');
    const second = await nextDiff(socket);
    expect(second.U).toBeGreaterThan(first.u + 1);
    await socket.close();
  });

  it('jumps in sequence', async () => {
    const socket = await new TestSocket(url()).opened();
    const first = await nextDiff(socket);
    await arm({ kind: 'badSequence' });
    expect((await nextDiff(socket)).U).toBe(first.u + 1001);
    await socket.close();
  });

  it('goes silent while pongs go on', async () => {
    const socket = await new TestSocket(url()).opened();
    await arm({ kind: 'silent', forMs: 60_000 });
    await buy();
    await expectFired('silent');
    const pong = new Promise((resolve) => socket.socket.once('pong', resolve));
    socket.socket.ping();
    await pong;
    expect(socket.messages).toEqual([]);
    await socket.close();
  });

  it('answers no pings', async () => {
    const socket = await new TestSocket(url()).opened();
    let pongs = 0;
    socket.socket.on('pong', () => (pongs += 1));
    await arm({ kind: 'noPong', times: 1 });
    socket.socket.ping();
    await expectFired('noPong');
    const second = new Promise((resolve) => socket.socket.once('pong', resolve));
    socket.socket.ping();
    await second;
    expect(pongs).toBe(1);
    await socket.close();
  });

  it.each([1006, 1001])('closes with %i', async (code) => {
    const socket = await new TestSocket(url()).opened();
    await arm({ kind: 'close', code });
    expect(await socket.closed).toBe(code);
  });

  async function expectFired(kind: string): Promise<void> {
    for (;;) {
      const faults = (await control(exchange, 'GET', 'faults')) as { kind: string; fired: number }[];
      if (faults.some((fault) => fault.kind === kind && fault.fired > 0)) return;
    }
  }
});

describe('faults of private events', () => {
  type Private = { event?: { e: string; x: string; i: number } };
  const fills = async (fault: object, wanted: number) => {
    const client = ccxtClient(exchange);
    await client.loadMarkets();
    const seen: string[] = [];
    let done = (): void => undefined;
    const all = new Promise<void>((resolve) => (done = resolve));
    client.handleOrderUpdate = (_client: unknown, message: NonNullable<Private['event']>) => {
      seen.push(message.x);
      if (seen.length === wanted) done();
    };
    void client.watchOrders('BTC/USDT').catch(() => undefined);
    while (exchange.status().privateSubscriptions === 0) await new Promise((resolve) => setImmediate(resolve));
    await arm(fault);
    await client.createOrder('BTC/USDT', 'market', 'buy', 0.1);
    await all;
    await client.close();
    return seen;
  };

  it('tells a fill twice', async () => {
    expect(await fills({ kind: 'duplicateFill' }, 3)).toEqual(['NEW', 'TRADE', 'TRADE']);
  });

  it('tells events out of order', async () => {
    expect(await fills({ kind: 'outOfOrder' }, 2)).toEqual(['TRADE', 'NEW']);
  });

  it('tells a fill late', async () => {
    expect(await fills({ kind: 'lateFill', ms: 20 }, 2)).toEqual(['NEW', 'TRADE']);
  });

  it('drops an event', async () => {
    expect(await fills({ kind: 'dropPrivate' }, 1)).toEqual(['TRADE']);
  });
});

describe('the control port', () => {
  it('names what it does not know', async () => {
    expect(await arm({ kind: 'earthquake' })).toHaveProperty('error');
    expect(await arm({ kind: 'slow', delay: 3 })).toHaveProperty('error');
    expect(await arm({ kind: 'halt', symbol: 'NOPE' })).toEqual({ error: 'expected a known symbol, was NOPE' });
    expect(await control(exchange, 'GET', 'ledger?account=nobody')).toEqual({
      error: 'expected a known account, was nobody',
    });
    expect(await control(exchange, 'GET', 'nothing')).toHaveProperty('error');
  });

  it('changes the speed of market time, not of API time', async () => {
    const before = (await control(exchange, 'POST', 'clock', { speed: 1000 })) as { marketMs: number; wallMs: number };
    const after = (await control(exchange, 'GET', 'clock')) as { marketMs: number; wallMs: number; speed: number };
    expect(after.speed).toBe(1000);
    expect(after.marketMs - before.marketMs).toBe((after.wallMs - before.wallMs) * 1000);
    expect(await control(exchange, 'POST', 'clock', { speed: -1 })).toHaveProperty('error');
    expect(await control(exchange, 'GET', 'status')).toMatchObject({
      symbols: 2,
      speed: 1000,
      privateSubscriptions: 0,
    });
  });
});

describe('a drill that restarts more often than a minute allows', () => {
  it('gives every address a fresh minute of request weight', async () => {
    const used = async (): Promise<number> =>
      Number((await fetch(`${exchange.rest}/api/v3/exchangeInfo`)).headers.get('x-mbx-used-weight-1m'));
    await used();
    expect(await used()).toBe(40);
    await control(exchange, 'DELETE', 'weight');
    expect(await used()).toBe(20);
  });
});
