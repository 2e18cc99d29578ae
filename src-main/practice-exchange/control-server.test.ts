import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { practiceAccounts } from './start-practice-exchange.ts';
import { call, control, startFuturesExchange, startTestExchange, TestSocket } from './testing/practice-client.ts';

type Exchange = Awaited<ReturnType<typeof startTestExchange>>;
let exchange: Exchange;
beforeAll(async () => {
  exchange = await startTestExchange();
});
afterAll(() => exchange.close());

const arm = (fault: object) => control(exchange, 'POST', 'faults', fault);
const raw = async (path: string, host: string): Promise<{ status: number | undefined; body: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(exchange.control);
    request({ hostname, port, path, headers: { host } }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    })
      .on('error', reject)
      .end();
  });

describe('what the control port refuses', () => {
  it.each([
    ['/practice/status', 'example.com', 403, 'expected a loopback host'],
    ['//', 'localhost', 400, 'expected a path, was none'],
    ['/practice/nothing', '[::1]:1', 404, 'expected a path under /practice, was /practice/nothing'],
  ])('%s of %s', async (path, host, status, error) => {
    expect(await raw(path, host)).toEqual({ status, body: JSON.stringify({ error }) });
  });

  it('a request without a host', async () => {
    const socket = connect(Number(new URL(exchange.control).port), '127.0.0.1');
    socket.end('GET /practice/status HTTP/1.0\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 403 /);
  });

  it.each([
    [{ kind: 'halt' }, 'expected a known symbol, was none'],
    [{ kind: 'filterChange', symbol: 'NOPE' }, 'expected a known symbol, was NOPE'],
    [{ kind: 'filterChange', symbol: 'BTCUSDT' }, 'expected the filters to change, was none'],
  ])('the fault %j', async (fault, error) => {
    expect(await arm(fault)).toEqual({ error });
  });

  it('the ledger of nobody and of a wallet that is not there', async () => {
    expect(await control(exchange, 'GET', 'ledger?account=nobody')).toEqual({
      error: 'expected a known account, was nobody',
    });
    expect(await control(exchange, 'GET', 'ledger?product=usdm')).toEqual({
      error: 'expected an account with a USD-M wallet, was main',
    });
    const bare = await startTestExchange({ accounts: [] });
    expect(bare).toMatchObject({ apiKey: '', secret: '' });
    expect(await control(bare, 'GET', 'ledger')).toEqual({ error: 'expected a known account, was ' });
    await bare.close();
  });
});

describe('faults of the venue without their numbers', () => {
  it('skews the clock by nothing', async () => {
    exchange.venue.clock.skewMs = 5;
    await arm({ kind: 'clockSkew' });
    expect(exchange.venue.clock.skewMs).toBe(0);
  });

  it('breaks every socket', async () => {
    const sockets = [exchange.wsApi, exchange.krakenPublic].map((url) => new TestSocket(url));
    for (const socket of sockets) await socket.opened();
    await arm({ kind: 'close' });
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1006, 1006]);
  });

  it('halts a symbol for a while', async () => {
    const { rules } = exchange.venue.engine.state.market('BTCUSDT');
    const seen = [rules.status];
    Object.defineProperty(rules, 'status', { get: () => seen.at(-1), set: (status: never) => seen.push(status) });
    await arm({ kind: 'halt', symbol: 'BTCUSDT', forMs: 1 });
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual(['TRADING', 'HALT', 'TRADING']);
  });
});

it('ends every listen key at once, and knows who has no USD-M wallet', async () => {
  const futures = await startFuturesExchange();
  const { body } = await call(futures, 'POST /fapi/v1/listenKey', {}, 0);
  const { listenKey } = body as { listenKey: string };
  const socket = await new TestSocket(
    `${futures.futures.replace('/ws', '/private/ws')}?listenKey=${listenKey}`,
  ).opened();
  await control(futures, 'POST', 'faults', { kind: 'expireListenKey' });
  expect(await socket.next<{ e: string }>(() => true)).toMatchObject({ e: 'listenKeyExpired' });
  expect(await control(futures, 'GET', 'ledger?product=usdm&account=spot-only')).toEqual({
    error: 'expected an account with a USD-M wallet, was spot-only',
  });
  await futures.close();
});

describe('sockets and accounts of the exchange', () => {
  it('has no USD-M streams without a wallet', async () => {
    expect(await new TestSocket(exchange.futures).closed).toBe(1008);
  });

  it('opens no socket on an unknown path', async () => {
    const socket = new TestSocket(`${exchange.rest.replace('http', 'ws')}/elsewhere`);
    const message = new Promise((resolve) => socket.socket.once('error', (error) => resolve(error.message)));
    expect(await message).toBe('Unexpected server response: 404');
  });

  it('gives those who pay fees in BNB some of it', () => {
    expect(practiceAccounts(1, true)).toEqual([
      { name: 'paper-01', balances: { USDT: '100000', BNB: '100' }, discountAsset: 'BNB' },
    ]);
    expect(practiceAccounts(1)).toEqual([{ name: 'paper-01', balances: { USDT: '100000' } }]);
  });
});
