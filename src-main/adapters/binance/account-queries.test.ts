import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientOrderId } from '../../engine/domain/identifiers.ts';
import { account, BTC, listOneMarket, orderId, type Rig, rigGateway } from './testing/gateway-fixture.ts';
import { type Answer, json, type LoopbackVenue, startLoopbackVenue, venueError } from './testing/loopback-venue.ts';

let venue: LoopbackVenue;
let rig: Rig;

beforeEach(async () => {
  venue = await startLoopbackVenue();
  listOneMarket(venue);
  venue.on('GET /api/v3/openOrders', () => json([]));
  venue.on('GET /api/v3/myTrades', () => json([]));
  venue.on('GET /api/v3/allOrders', () => json([]));
  rig = rigGateway(venue);
  await rig.gateway.connect();
});
afterEach(async () => {
  await rig.gateway.close();
  await venue.close();
});

const orderRow = (clientOrderId: string, fields: object = {}): object => ({
  symbol: 'BTCUSDT',
  orderId: 5,
  orderListId: -1,
  clientOrderId,
  price: '60000.00',
  origQty: '0.00200',
  executedQty: '0.00000',
  status: 'NEW',
  type: 'LIMIT',
  side: 'BUY',
  stopPrice: '0.00000000',
  isWorking: true,
  time: 1_700_000_000_000,
  updateTime: 1_700_000_000_500,
  ...fields,
});
const tradeRow = (id: number, order = 5): object => ({
  symbol: 'BTCUSDT',
  id,
  orderId: order,
  price: '60000.00',
  qty: '0.00100',
  commission: '0.06',
  commissionAsset: 'USDT',
  time: 1_700_000_000_400,
  isBuyer: true,
  isMaker: true,
});
const asked = (path: string): readonly Readonly<Record<string, string>>[] =>
  venue.seen.filter((seen) => seen.path === path).map((seen) => seen.params);

describe('a look at the account', () => {
  it('may go in the lane of exits, before what waits for weight', async () => {
    await rig.limiter.acquire({ lane: 'reduce', weight: 4_800 });
    let waited = true;
    const ordinary = rig.gateway.snapshot([], [BTC]).then(() => (waited = false));
    const urgent = await rig.gateway.snapshot([], [BTC], 'reduce');
    expect([urgent.ok, waited]).toEqual([true, true]);
    await rig.gateway.close();
    void ordinary;
  });

  it('shows open orders, trades of asked instruments and balances ever held', async () => {
    const mine = orderId('entry');
    venue.on('GET /api/v3/openOrders', () => json([orderRow(mine)]));
    venue.on('GET /api/v3/myTrades', () => json([tradeRow(9)]));
    const look = await rig.gateway.snapshot([], [BTC]);
    expect(look).toMatchObject({
      ok: true,
      value: {
        openOrders: [
          { clientOrderId: mine, venueStatus: 'live', triggerPrice: null, reportedAtUs: 1_700_000_000_500_000 },
        ],
        fills: [{ clientOrderId: mine, tradeId: '9', liquidity: 'maker', fee: { amount: '0.06', asset: 'USDT' } }],
        balances: [{ asset: 'USDT', free: '1000.00', locked: '0.00' }],
        lookups: [],
      },
    });
  });

  it('never takes back what the stream told while it was under way', async () => {
    venue.on('GET /api/v3/account', async () => {
      venue.push({ e: 'outboundAccountPosition', E: 1, u: 1, B: [{ a: 'BTC', f: '0.5', l: '0.1' }] });
      venue.push({ e: 'outboundAccountPosition', E: 2, u: 2, B: [{ a: 'USDT', f: '940.00', l: '0.00' }] });
      await rig.heard((event) => event.kind === 'balances' && event.balances[0]?.asset === 'USDT');
      return json(account);
    });
    const look = await rig.gateway.snapshot([], [BTC]);
    const told = [
      { asset: 'USDT', free: '940.00', locked: '0.00' },
      { asset: 'BTC', free: '0.5', locked: '0.1' },
    ];
    expect(look.ok && look.value.balances).toEqual(told);
    venue.on('GET /api/v3/account', () => json(account));
    const later = await rig.gateway.snapshot([], [BTC]);
    expect(later.ok && later.value.balances).toEqual([account.balances[0]]);
  });

  it('shows the trades of a look that failed in another part again', async () => {
    venue.on('GET /api/v3/myTrades', ({ params }) => json(Number(params['fromId'] ?? 0) <= 9 ? [tradeRow(9)] : []));
    venue.on('GET /api/v3/allOrders', () => json([orderRow(orderId('exit'))]));
    venue.on('GET /api/v3/account', () => json({ code: -1001, msg: 'Internal error' }, 500));
    expect((await rig.gateway.snapshot([], [BTC])).ok).toBe(false);
    venue.on('GET /api/v3/account', () => json(account));
    const look = await rig.gateway.snapshot([], [BTC]);
    expect(look.ok && look.value.fills.map((fill) => fill.tradeId)).toEqual(['9']);
  });

  it('names the order of each trade, also of orders never seen', async () => {
    const old = orderId('exit');
    venue.on('GET /api/v3/myTrades', () => json([tradeRow(1, 70), tradeRow(2, 71)]));
    venue.on('GET /api/v3/allOrders', () => json([orderRow(old, { orderId: 70 })]));
    const look = await rig.gateway.snapshot([], [BTC]);
    expect(look.ok && look.value.fills.map((fill) => fill.clientOrderId)).toEqual([old, 'unlisted-71']);
    expect(asked('/api/v3/allOrders').map((params) => params['orderId'])).toEqual(['70', '71']);
  });

  it('goes on after the last trade it saw by query, page by page', async () => {
    venue.on('GET /api/v3/myTrades', ({ params }) => {
      const from = params['fromId'];
      if (from === undefined) return json([tradeRow(10)]);
      const page = Array.from({ length: from === '11' ? 1000 : 2 }, (_, index) => tradeRow(Number(from) + index));
      return json(page);
    });
    venue.on('GET /api/v3/allOrders', () => json([orderRow(orderId('entry'))]));
    await rig.gateway.snapshot([], [BTC]);
    const second = await rig.gateway.snapshot([], [BTC]);
    expect(second.ok && second.value.fills.length).toBe(1002);
    expect(asked('/api/v3/myTrades').map((params) => params['fromId'])).toEqual([undefined, '11', '1011']);
  });

  it('asks for trades again after a look that failed', async () => {
    venue.on('GET /api/v3/openOrders', () => json([orderRow(orderId('entry'))]));
    venue.on('GET /api/v3/account', () => ({ status: 502, body: 'gone' }));
    expect((await rig.gateway.snapshot([], [])).ok).toBe(false);
    listOneMarket(venue);
    venue.on('GET /api/v3/openOrders', () => json([]));
    venue.on('GET /api/v3/myTrades', () => json([tradeRow(9)]));
    const look = await rig.gateway.snapshot([], []);
    expect(look.ok && look.value.fills).toHaveLength(1);
  });

  it('finds an order by our id with its own trades', async () => {
    const mine = orderId('entry');
    venue.on('GET /api/v3/order', () => json(orderRow(mine, { status: 'FILLED', executedQty: '0.00100' })));
    venue.on('GET /api/v3/myTrades', ({ params }) => json(params['orderId'] === '5' ? [tradeRow(4)] : []));
    const look = await rig.gateway.snapshot([{ clientOrderId: mine, instrumentId: BTC }], []);
    expect(look.ok && look.value.lookups).toMatchObject([
      { clientOrderId: mine, found: true, report: { venueStatus: 'filled' }, fills: [{ tradeId: '4' }] },
    ]);
    expect(asked('/api/v3/order')[0]).toMatchObject({ symbol: 'BTCUSDT', origClientOrderId: mine });
  });

  it('takes only the venue’s own words for absence', async () => {
    const mine = orderId('entry');
    venue.on('GET /api/v3/order', () => venueError(400, -2013, 'Order does not exist.'));
    const look = await rig.gateway.snapshot([{ clientOrderId: mine, instrumentId: BTC }], []);
    expect(look.ok && look.value.lookups).toEqual([{ clientOrderId: mine, found: false }]);
  });

  const NO_ANSWERS: readonly (readonly [string, Answer])[] = [
    ['HTML saying 200', { headers: { 'Content-Type': 'text/html' }, body: '<html>-2013</html>' }],
    [
      '-2013 in HTML',
      { status: 400, headers: { 'Content-Type': 'text/html' }, body: '{"code":-2013,"msg":"Order does not exist."}' },
    ],
    ['-2013 with a 500', venueError(500, -2013, 'Order does not exist.')],
    ['an empty list', json([])],
    ['another order', json(orderRow('someone-elses'))],
    ['an empty body', { status: 200, headers: { 'Content-Type': 'application/json' }, body: '' }],
    ['a cut body', 'cutBody'],
    ['a reset', 'reset'],
  ];
  it.each(NO_ANSWERS)('has no information from %s', async (_name, answer) => {
    venue.on('GET /api/v3/order', () => answer);
    const look = await rig.gateway.snapshot([{ clientOrderId: orderId('entry'), instrumentId: BTC }], []);
    expect(look.ok).toBe(false);
  });

  it.each(['openOrders', 'myTrades', 'account'])('fails whole when %s is a captive portal page', async (path) => {
    venue.on(`GET /api/v3/${path}`, () => ({ headers: { 'Content-Type': 'text/html' }, body: '<html></html>' }));
    expect((await rig.gateway.snapshot([], [BTC])).ok).toBe(false);
  });

  it('says when to ask again after a throttle', async () => {
    venue.on('GET /api/v3/openOrders', () =>
      venueError(429, -1003, 'Too much request weight used.', { 'Retry-After': '9' }),
    );
    const look = await rig.gateway.snapshot([], []);
    expect(look).toMatchObject({ ok: false, error: { retryAfterMs: 9_000 } });
  });

  it('tells an asset that is gone once it was held', async () => {
    await rig.gateway.snapshot([], []);
    venue.on('GET /api/v3/account', () => json({ balances: [{ asset: 'USDT', free: '0', locked: '0' }] }));
    const look = await rig.gateway.snapshot([], []);
    expect(look.ok && look.value.balances).toEqual([{ asset: 'USDT', free: '0', locked: '0' }]);
  });

  it('throws on an instrument the venue does not list', async () => {
    const request = { clientOrderId: 'x' as ClientOrderId, instrumentId: 'XX/YY.BINANCE.SPOT' as typeof BTC };
    await expect(rig.gateway.snapshot([request], [])).rejects.toThrow('expected an instrument listed');
  });
});
