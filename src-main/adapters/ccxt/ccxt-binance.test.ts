import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../keychain/secret.ts';
import {
  type Answer,
  json,
  type LoopbackVenue,
  startLoopbackVenue,
  venueError,
} from '../binance/testing/loopback-venue.ts';
import type { CallFailure } from './call-failure.ts';
import { type CcxtBinance, createCcxtBinance, CredentialsRefused } from './ccxt-binance.ts';
import type { HeaderUse } from './reply-evidence.ts';

const ORDER = 'POST /api/v3/order';
const PARAMS = {
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.00100',
  price: '60000.10',
  newClientOrderId: 'a'.repeat(32),
};
const HTML: Answer = { headers: { 'Content-Type': 'text/html' }, body: '<html>Sign in to the hotel network</html>' };
const page = (status: number): Answer => ({ ...(HTML as object), status, body: '<html>gone</html>' });

let venue: LoopbackVenue;
let ccxt: CcxtBinance;
let drops: string[];
let events: unknown[];
let uses: HeaderUse[];

beforeEach(async () => {
  venue = await startLoopbackVenue();
  [drops, events, uses] = [[], [], []];
  ccxt = createCcxtBinance(
    { apiKey: new Secret('demo-key'), secret: new Secret('demo-secret'), endpoints: venue, timeoutMs: 300 },
    { onEvent: (event) => events.push(event), onDrop: (detail) => drops.push(detail) },
  );
});
afterEach(async () => {
  await ccxt.close();
  await venue.close();
});

const createOrder = (): ReturnType<CcxtBinance['call']> =>
  ccxt.call('privatePostOrder', PARAMS, (use) => uses.push(...use));
const failureOf = async (answer: Answer): Promise<CallFailure> => {
  venue.on(ORDER, () => answer);
  const result = await createOrder();
  if (result.ok) throw new Error(`expected a failure, was ${JSON.stringify(result.value)}`);
  return result.error;
};

/** Every fault of the facts about ccxt with what a create must make of it. */
const FAULTS: readonly (readonly [name: string, answer: Answer, expected: Partial<CallFailure>])[] = [
  [
    '429 with Retry-After',
    venueError(429, -1003, 'Too much request weight used.', { 'Retry-After': '7' }),
    { outcome: 'rejected', code: '-1003', remedy: 'pause', retryAfterMs: 7_000 },
  ],
  [
    '418 with Retry-After',
    venueError(418, -1003, 'Way too much request weight used; IP banned until 1.', { 'Retry-After': '120' }),
    { outcome: 'rejected', code: '-1003', remedy: 'pause', retryAfterMs: 120_000 },
  ],
  [
    '429 from a proxy in HTML',
    page(429),
    { outcome: 'rejected', code: 'HTTP_429', remedy: 'pause', retryAfterMs: 60_000 },
  ],
  [
    '-1015 too many orders',
    venueError(400, -1015, 'Too many new orders.'),
    { outcome: 'rejected', code: '-1015', remedy: 'pause' },
  ],
  [
    '503 -1000',
    venueError(503, -1000, 'An unknown error occurred while processing the request.'),
    { outcome: 'unknown', code: '-1000' },
  ],
  [
    '400 -1000',
    venueError(400, -1000, 'An unknown error occurred while processing the request.'),
    { outcome: 'unknown', code: '-1000' },
  ],
  [
    '-1001 disconnected',
    venueError(400, -1001, 'Internal error; unable to process your request.'),
    { outcome: 'unknown' },
  ],
  ['-1006 unexpected response', venueError(400, -1006, 'Execution status unknown.'), { outcome: 'unknown' }],
  [
    '-1007 timeout',
    venueError(408, -1007, 'Timeout waiting for response from backend server.'),
    { outcome: 'unknown', code: '-1007' },
  ],
  ['-1008 overloaded', venueError(503, -1008, 'Server is currently overloaded.'), { outcome: 'unknown' }],
  ['503 unknown error text', page(503), { outcome: 'unknown', code: 'HTTP_503' }],
  ['502 HTML', page(502), { outcome: 'unknown', code: 'HTTP_502' }],
  ['403 HTML of a firewall', page(403), { outcome: 'unknown', code: 'HTTP_403' }],
  ['401 HTML of a proxy', page(401), { outcome: 'unknown', code: 'HTTP_401' }],
  [
    '500 with a definite code',
    venueError(500, -1013, 'Filter failure: LOT_SIZE'),
    { outcome: 'unknown', code: '-1013' },
  ],
  ['hang', 'hang', { outcome: 'unknown', code: 'TIMEOUT' }],
  ['reset', 'reset', { outcome: 'unknown', code: 'NETWORK' }],
  ['body cut off', 'cutBody', { outcome: 'unknown' }],
  ['body that never ends', 'stallBody', { outcome: 'unknown', code: 'TIMEOUT' }],
  ['200 HTML of a captive portal', HTML, { outcome: 'unknown', code: 'UNREADABLE_REPLY' }],
  ['204 empty', { status: 204, body: '' }, { outcome: 'unknown', code: 'UNREADABLE_REPLY' }],
  ['duplicate order', venueError(400, -2010, 'Duplicate order sent.'), { outcome: 'unknown', code: '-2010' }],
  [
    'insufficient balance',
    venueError(400, -2010, 'Account has insufficient balance for requested action.'),
    { outcome: 'rejected', code: '-2010', remedy: 'none' },
  ],
  ['filter failure', venueError(400, -1013, 'Filter failure: PRICE_FILTER'), { outcome: 'rejected', code: '-1013' }],
  [
    'bad parameter',
    venueError(400, -1102, "Mandatory parameter 'price' was not sent."),
    { outcome: 'rejected', code: '-1102' },
  ],
  [
    'wrong clock',
    venueError(400, -1021, 'Timestamp for this request is outside of the recvWindow.'),
    { outcome: 'rejected', code: '-1021', remedy: 'resyncClock' },
  ],
  [
    'bad key at first',
    venueError(401, -2015, 'Invalid API-key, IP, or permissions for action.'),
    { outcome: 'rejected', code: '-2015', remedy: 'refuseCredentials' },
  ],
  [
    'bad signature',
    venueError(400, -1022, 'Signature for this request is not valid.'),
    { outcome: 'rejected', code: '-1022', remedy: 'refuseCredentials' },
  ],
  ['market closed', venueError(400, -1013, 'Market is closed.'), { outcome: 'rejected' }],
  [
    'an error in a 200',
    json({ code: -2010, msg: 'Account has insufficient balance for requested action.' }),
    { outcome: 'unknown' },
  ],
];

describe('ccxt port: a create that fails', () => {
  it.each(FAULTS)('%s', async (_name, answer, expected) => {
    expect(await failureOf(answer)).toMatchObject(expected);
    expect(venue.seen.filter((seen) => seen.method === 'POST')).toHaveLength(1);
  });

  it('knows a key revoked after success, which ccxt takes for DDoS protection', async () => {
    venue.on('GET /api/v3/account', () => json({ balances: [] }));
    expect((await ccxt.call('privateGetAccount', {}, () => undefined)).ok).toBe(true);
    const failure = await failureOf(venueError(401, -2015, 'Invalid API-key, IP, or permissions for action.'));
    expect(failure).toMatchObject({ outcome: 'rejected', code: '-2015', remedy: 'refuseCredentials' });
  });

  it('is unknown when nothing listens any more', async () => {
    await venue.close();
    const result = await createOrder();
    expect(result).toMatchObject({ ok: false, error: { outcome: 'unknown', code: 'NETWORK' } });
  });

  it('is rejected as never sent when ccxt cannot sign it', async () => {
    await ccxt.close();
    ccxt = createCcxtBinance(
      { apiKey: new Secret(''), secret: new Secret(''), endpoints: venue, timeoutMs: 300 },
      { onEvent: () => undefined, onDrop: () => undefined },
    );
    expect(await createOrder()).toMatchObject({ ok: false, error: { outcome: 'rejected', code: 'NOT_SENT' } });
    expect(venue.seen).toHaveLength(0);
  });

  it('never shows a signature or a secret in its text', async () => {
    for (const answer of ['hang', 'reset', page(502)] as const) {
      venue.on('DELETE /api/v3/order', () => answer);
      const result = await ccxt.call('privateDeleteOrder', { symbol: 'BTCUSDT' }, () => undefined);
      expect(JSON.stringify(result)).not.toMatch(/signature|demo-secret|demo-key/);
    }
  });
});

describe('ccxt port: a request', () => {
  it('carries every text as given, our id and no broker prefix', async () => {
    venue.on(ORDER, () => json({ done: true }));
    await createOrder();
    expect(venue.seen[0]?.params).toMatchObject(PARAMS);
    expect(JSON.stringify(venue.seen)).not.toContain('x-TKT5PX2F');
  });

  it('keeps the counts of concurrent replies apart', async () => {
    venue.on(ORDER, ({ params }) =>
      json({}, 200, { 'X-MBX-USED-WEIGHT-1M': params['price'] ?? '', 'X-MBX-ORDER-COUNT-10S': '3' }),
    );
    const heard = await Promise.all(
      ['11', '22', '33'].map(async (price) => {
        const use: HeaderUse[] = [];
        await ccxt.call('privatePostOrder', { ...PARAMS, price }, (u) => use.push(...u));
        return use;
      }),
    );
    expect(heard.map((use) => use.find((u) => u.resource === 'weight')?.amount)).toEqual([11, 22, 33]);
    expect(heard[0]).toContainEqual({ resource: 'orders', windowMs: 10_000, amount: 3 });
  });

  it('stamps venue time, not ours', async () => {
    venue.on(ORDER, () => json({}));
    ccxt.setClockOffsetMs(-90_000);
    await createOrder();
    expect(Math.abs(Number(venue.seen[0]?.params['timestamp']) - (Date.now() - 90_000))).toBeLessThan(5_000);
  });
});

describe('ccxt port: the private stream', () => {
  const report = (tradeId: number): object => ({
    e: 'executionReport',
    E: 1,
    s: 'BTCUSDT',
    c: 'x',
    S: 'BUY',
    o: 'LIMIT',
    f: 'GTC',
    q: '1',
    p: '1',
    P: '0',
    g: -1,
    C: '',
    x: 'TRADE',
    X: 'PARTIALLY_FILLED',
    r: 'NONE',
    i: 5,
    l: '0.01',
    z: '0.01',
    L: '1',
    n: '0',
    N: null,
    T: 1,
    t: tradeId,
    w: true,
    m: false,
    O: 1,
    Z: '0',
    Y: '0',
    Q: '0',
  });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  it('delivers every event of a burst once and in order', async () => {
    await ccxt.subscribe(2_000);
    void ccxt.untilDropped();
    for (let id = 0; id < 60; id++) venue.push(report(id));
    await until(() => events.length >= 60);
    expect(events.map((event) => (event as { t: number }).t)).toEqual(Array.from({ length: 60 }, (_, id) => id));
  });

  it.each([1001, 1006])('tells a drop with code %i once and subscribes anew when asked', async (code) => {
    await ccxt.subscribe(2_000);
    const dropped = ccxt.untilDropped();
    venue.dropSockets(code);
    await dropped;
    expect(drops).toHaveLength(1);
    await ccxt.subscribe(2_000);
    expect(venue.subscriptionCount()).toBe(2);
    venue.push(report(7));
    await until(() => events.length === 1);
  });

  it('tells when the venue ends the stream without closing the socket', async () => {
    await ccxt.subscribe(2_000);
    const dropped = ccxt.untilDropped();
    venue.push({ e: 'eventStreamTerminated', E: 1 });
    await dropped;
    expect(drops).toEqual(['the venue ended the stream']);
    await ccxt.subscribe(2_000);
    expect(venue.subscriptionCount()).toBe(2);
  });

  it('does not believe a subscription that was never confirmed', async () => {
    venue.subscriptions = 'ignore';
    await expect(ccxt.subscribe(100)).rejects.toThrow('within 100 ms');
    venue.subscriptions = 'confirm';
    await ccxt.subscribe(2_000);
    expect(venue.subscriptionCount()).toBe(2);
  });

  it('survives a drop in the middle of subscribing', async () => {
    venue.subscriptions = 'drop';
    await expect(ccxt.subscribe(2_000)).rejects.toThrow();
    venue.subscriptions = 'confirm';
    await ccxt.subscribe(2_000);
    expect(drops).toHaveLength(1);
  });

  it('subscribes at once after many failures: pauses between them are the caller’s', async () => {
    venue.subscriptions = 'drop';
    for (let attempt = 0; attempt < 8; attempt++) await expect(ccxt.subscribe(2_000)).rejects.toThrow('closed');
    venue.subscriptions = 'confirm';
    await ccxt.subscribe(2_000);
    expect(venue.subscriptionCount()).toBe(9);
  });

  it('leaves the next socket alone when the one it replaced closes late', async () => {
    await ccxt.subscribe(2_000);
    const dropped = ccxt.untilDropped();
    ccxt.dropStream('mute');
    await dropped;
    await ccxt.subscribe(2_000);
    void ccxt.untilDropped();
    venue.push(report(1));
    await until(() => events.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    venue.push(report(2));
    await until(() => events.length === 2);
    expect([drops, venue.subscriptionCount()]).toEqual([['mute'], 2]);
  });

  it('may be closed while it connects', async () => {
    const subscribing = ccxt.subscribe(2_000).catch(() => 'ended');
    await ccxt.close();
    expect(await subscribing).toBe('ended');
  });

  it('says when nothing listens any more', async () => {
    await ccxt.subscribe(2_000);
    const dropped = ccxt.untilDropped();
    await venue.close();
    await dropped;
    await expect(ccxt.subscribe(2_000)).rejects.toThrow('ECONNREFUSED');
  });

  it.each([false, true])('throws CredentialsRefused on a refused key, after earlier success %s', async (success) => {
    if (success) {
      venue.on('GET /api/v3/account', () => json({ balances: [] }));
      await ccxt.call('privateGetAccount', {}, () => undefined);
    }
    venue.subscriptions = 'refuse';
    await expect(ccxt.subscribe(2_000)).rejects.toThrow(CredentialsRefused);
  });
});
