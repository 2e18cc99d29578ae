import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { krakenCall, krakenJson, krakenText } from '../testing/kraken-client.ts';
import { startTestExchange, TestSocket } from '../testing/practice-client.ts';

type Row = Record<string, unknown>;
type Params = Record<string, string | number>;

let exchange: Awaited<ReturnType<typeof startTestExchange>>;
beforeAll(async () => {
  exchange = await startTestExchange({ krakenLimits: { callsMax: 10_000, ordersMax: 10_000, openOrdersPerPair: 8 } });
});
afterEach(() => krakenCall(exchange, 'CancelAll'));
afterAll(() => exchange.close());

const LIMIT = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', price: '99.5', volume: '0.1' };
const MARKET = { pair: 'XBTUSDT', type: 'buy', ordertype: 'market', volume: '0.1' };
const STOP = { pair: 'XBTUSDT', type: 'sell', ordertype: 'stop-loss', price: '95', volume: '0.1' };
const TRAIL = { ...STOP, ordertype: 'trailing-stop' };
const GTD = { ...LIMIT, timeinforce: 'GTD' };
const invalid = (name: string) => `EGeneral:Invalid arguments:${name}`;
const result = async (method: string, params: Params = {}): Promise<Row> => {
  const reply = await krakenCall(exchange, method, params);
  expect(reply.error).toEqual([]);
  return reply.result as Row;
};
const errorsOf = async (method: string, params: Params = {}) => (await krakenCall(exchange, method, params)).error;
const add = async (params: Params) => ((await result('AddOrder', params))['txid'] as string[])[0] ?? '';
const query = async (txid: string) => (await result('QueryOrders', { txid, trades: 'true' }))[txid] as Row;
const open = async () => Object.values((await result('OpenOrders'))['open'] as Row) as Row[];

describe('reading an order', () => {
  it.each<[string, Params]>([
    ['oflags', { ...MARKET, oflags: 'post' }],
    ['oflags', { ...LIMIT, oflags: 'viqc' }],
    ['oflags', { ...LIMIT, oflags: 'fcib,fciq' }],
    ['oflags', { ...LIMIT, oflags: 'gift' }],
    ['volume', { ...LIMIT, volume: '0' }],
    ['volume', { ...LIMIT, volume: 'much' }],
    ['volume', { ...LIMIT, volume: '' }],
    ['price', { ...LIMIT, price: '' }],
    ['price', { ...LIMIT, price: '+1%' }],
    ['price2', { ...STOP, ordertype: 'stop-loss-limit' }],
    ['price', { ...TRAIL, price: '2%' }],
    ['price', { ...TRAIL, price: '+0' }],
    ['price', { ...TRAIL, price: '+0.005' }],
    ['type', { ...LIMIT, type: 'hold' }],
    ['userref', { ...LIMIT, userref: 'mine' }],
    ['expiretm', GTD],
    ['expiretm', { ...GTD, expiretm: 'soon' }],
    ['expiretm', { ...GTD, expiretm: 1 }],
    ['expiretm', { ...GTD, expiretm: '+0' }],
    ['close[ordertype]', { ...LIMIT, 'close[ordertype]': 'market' }],
    ['close[ordertype]', { ...LIMIT, 'close[ordertype]': 'later' }],
    ['close[price]', { ...LIMIT, 'close[ordertype]': 'limit' }],
    ['close[price2]', { ...LIMIT, 'close[ordertype]': 'stop-loss-limit', 'close[price]': '95' }],
    ['deadline', { ...LIMIT, deadline: 'tomorrow' }],
    ['pair', { ...LIMIT, pair: '' }],
  ])('names %s when it is wrong: %j', async (name, params) => {
    expect(await errorsOf('AddOrder', params)).toEqual([invalid(name)]);
    expect(await open()).toEqual([]);
  });

  it('buys for an amount of quote', async () => {
    const order = await query(await add({ ...MARKET, oflags: 'viqc', volume: '20' }));
    expect(order).toMatchObject({ status: 'closed', vol_exec: '0.199' });
    expect(order['trades']).toHaveLength(1);
  });

  it('rests until a number of seconds from now', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { expiretm, status } = await query(await add({ ...GTD, expiretm: '+3600' }));
    expect(status).toBe('open');
    expect(expiretm).toBeGreaterThanOrEqual(before + 3_600);
  });

  const lastPrice = () => (exchange.venue.engine.state.market('BTCUSDT').lastTicks ?? 0) / 100;

  it.each([
    ['sell', '+5', -5],
    ['buy', '+5', 5],
    ['buy', '+2%', 2],
  ])('starts a trailing %s at a distance of %s', async (type, price, distance) => {
    const { stopprice, status } = await query(await add({ ...TRAIL, type, price }));
    expect(status).toBe('open');
    expect(Number(stopprice)).toBeCloseTo(lastPrice() + distance, 1);
  });

  it('closes a sale by a trailing stop above it', async () => {
    const primary = await add({ ...MARKET, type: 'sell', 'close[ordertype]': 'trailing-stop', 'close[price]': '+5' });
    const stopprice = (lastPrice() + 5).toFixed(2);
    expect(await open()).toMatchObject([{ refid: primary, stopprice, descr: { type: 'buy' } }]);
  });

  it('says which order ended an immediate one unfilled', async () => {
    const [ioc, fok] = [await add({ ...LIMIT, timeinforce: 'IOC' }), await add({ ...LIMIT, timeinforce: 'FOK' })];
    expect(await query(ioc)).toMatchObject({ status: 'canceled', reason: 'IOC order remainder' });
    expect(await query(fok)).toMatchObject({ status: 'canceled', reason: 'FOK order not filled' });
  });
});

describe('limits of open orders', () => {
  it('takes no more than the tier allows on a pair', async () => {
    for (let count = 0; count < 8; count += 1) await add(LIMIT);
    expect(await errorsOf('AddOrder', LIMIT)).toEqual(['EOrder:Orders limit exceeded']);
  });

  it('refuses a client id that rests already', async () => {
    await add({ ...LIMIT, cl_ord_id: 'again' });
    expect(await errorsOf('AddOrder', { ...LIMIT, cl_ord_id: 'again' })).toEqual([invalid('cl_ord_id')]);
  });
});

describe('changing and canceling', () => {
  it('amends price, quantity and trigger, and leaves what is not named', async () => {
    const txid = await add(LIMIT);
    expect(await result('AmendOrder', { txid, limit_price: '98.5' })).toHaveProperty('amend_id');
    expect(await query(txid)).toMatchObject({ vol: '0.100', descr: { price: '98.50' } });
    await result('AmendOrder', { txid, order_qty: '0.2' });
    expect(await query(txid)).toMatchObject({ vol: '0.200', descr: { price: '98.50' } });
    const stop = await add(STOP);
    await result('AmendOrder', { txid: stop, trigger_price: '94' });
    expect(await query(stop)).toMatchObject({ stopprice: '94.00' });
  });

  it.each<[string, Params]>([
    [invalid('trigger_price'), { trigger_price: '95' }],
    [invalid('limit_price'), { limit_price: '-1' }],
    [invalid('order_qty'), { order_qty: '0' }],
    ['EOrder:Tick size check failed', { limit_price: '98.005' }],
    ['EOrder:Insufficient funds', { order_qty: '1000' }],
    ['EService:Deadline elapsed', { order_qty: '1', deadline: '2020-01-01T00:00:00Z' }],
  ])('answers %s to an amendment by %j and keeps the order', async (error, params) => {
    const txid = await add(LIMIT);
    expect(await errorsOf('AmendOrder', { txid, ...params })).toEqual([error]);
    expect(await query(txid)).toMatchObject({ status: 'open', vol: '0.100', descr: { price: '99.50' } });
  });

  it('finds orders by userref, and none by what is no id', async () => {
    const txid = await add({ ...LIMIT, userref: 12 });
    await add(LIMIT);
    expect(await result('CancelOrder', { txid: 12 })).toEqual({ count: 1 });
    expect(await query(txid)).toMatchObject({ status: 'canceled' });
    for (const unknown of ['12', 'O00000-00000-ZZZZZZ', 'OZZZZZ-ZZZZZ-ZZZZZZ', 'nothing']) {
      expect(await errorsOf('CancelOrder', { txid: unknown })).toEqual(['EOrder:Unknown order']);
      expect(await errorsOf('AmendOrder', { txid: unknown, order_qty: '1' })).toEqual(['EOrder:Unknown order']);
    }
    expect(await errorsOf('CancelOrder')).toEqual([invalid('txid')]);
    expect(await open()).toHaveLength(1);
  });

  it.each([{}, { timeout: -1 }, { timeout: 'never' }])('arms no dead man by %j', async (params: Params) =>
    expect(await errorsOf('CancelAllOrdersAfter', params)).toEqual([invalid('timeout')]),
  );
});

describe('batches', () => {
  const { pair, ...order } = LIMIT;

  it('answers each order by itself', async () => {
    const orders = [order, { ...order, price: '101', oflags: 'post' }];
    const { result: placed } = await krakenJson(exchange, 'AddOrderBatch', { pair, orders });
    expect(placed).toMatchObject({
      orders: [{ txid: expect.stringMatching(/^O/) as string }, { error: 'EOrder:Post only order' }],
    });
    expect(await open()).toHaveLength(1);
  });

  it('judges a batch without placing it, closes and all', async () => {
    const close = { ordertype: 'stop-loss-limit', price: '95', price2: '94' };
    const orders = [
      { ...order, close },
      { ...order, price: '99.555' },
    ];
    expect((await krakenJson(exchange, 'AddOrderBatch', { pair, orders, validate: true })).result).toMatchObject({
      orders: [
        { txid: null, descr: { close: expect.stringContaining('94') as string } },
        { error: 'EOrder:Tick size check failed' },
      ],
    });
    expect(await open()).toEqual([]);
  });

  it.each<[string, object]>([
    [invalid('orders'), { pair, orders: [order] }],
    [invalid('orders'), { pair, orders: Array.from({ length: 16 }, () => order) }],
    [invalid('orders'), { pair, orders: [order, null, 'buy'] }],
    [invalid('orders'), { pair, orders: 'all' }],
    [invalid('orders'), { pair }],
    [invalid('pair'), { orders: [order, order] }],
    ['EQuery:Unknown asset pair', { pair: 'NOPE', orders: [order, order] }],
    [invalid('volume'), { pair, orders: [order, { ...order, volume: '' }] }],
  ])('refuses a batch as a whole with %s', async (error, params) => {
    expect((await krakenJson(exchange, 'AddOrderBatch', params)).error).toEqual([error]);
    expect(await open()).toEqual([]);
  });

  it.each(['', '}}', ', "orders": [', ', "pair": "XBTUSDT'])(
    'refuses a signed body of JSON that is cut or broken: %s',
    async (rest) => {
      const answer = await krakenText(exchange, 'AddOrderBatch', (nonce) => `{"nonce": "${nonce}"${rest}`);
      expect(answer).toEqual({ error: ['EGeneral:Invalid arguments'] });
    },
  );

  it('takes batches as JSON only', async () =>
    expect(await errorsOf('AddOrderBatch', { pair })).toEqual([invalid('orders')]));
});

describe('history', () => {
  it('spans from and to a time, an order or a trade', async () => {
    const [first, second] = [await add(MARKET), await add(MARKET)];
    const [trade] = (await query(second))['trades'] as string[];
    expect(Object.keys(await result('QueryTrades', { txid: trade ?? '' }))).toEqual([trade]);
    expect(Object.keys((await result('ClosedOrders', { end: second }))['closed'] as Row)).toContain(first);
    expect(await result('ClosedOrders', { start: second, end: first })).toEqual({ closed: {}, count: 0 });
    expect(await result('TradesHistory', { start: trade ?? '', end: trade ?? '' })).toEqual({ trades: {}, count: 0 });
    expect(await result('TradesHistory', { start: '99999999999.5' })).toEqual({ trades: {}, count: 0 });
    expect((await result('TradesHistory', { start: 0 }))['count']).toBeGreaterThanOrEqual(2);
  });

  it.each<[string, string, Params]>([
    ['ClosedOrders', invalid('start'), { start: 'once' }],
    ['TradesHistory', invalid('end'), { end: 'never' }],
    ['ClosedOrders', invalid('ofs'), { ofs: 'far' }],
    ['QueryOrders', 'EOrder:Unknown order', { txid: 'O00000-00000-ZZZZZZ' }],
    ['QueryOrders', invalid('txid'), { txid: Array.from({ length: 51 }, () => 'O00000-00000-000001').join() }],
    ['QueryTrades', 'EQuery:Unknown trade', { txid: 'T00000-00000-000001' }],
    ['TradeBalance', 'EQuery:Unknown asset', { asset: 'EUR' }],
    ['Dance', 'EGeneral:Unknown method', {}],
  ])('%s answers %s', async (method, error, params) => expect(await errorsOf(method, params)).toEqual([error]));

  it('answers private methods to POST only, with a nonce', async () => {
    const url = `${exchange.rest}/0/private/Balance`;
    expect(await (await fetch(url)).json()).toEqual({ error: ['EGeneral:Unknown method'] });
    const nonceless = await fetch(url, { method: 'POST', headers: { 'API-Key': exchange.apiKey }, body: 'nonce=x' });
    expect(await nonceless.json()).toEqual({ error: ['EAPI:Invalid nonce'] });
  });
});

describe('private subscriptions', () => {
  it.each(['executions', 'balances'])('joins and leaves %s once', async (channel) => {
    await add(LIMIT);
    const { token } = await result('GetWebSocketsToken');
    const socket = await new TestSocket(exchange.krakenPrivate).opened();
    const ask = async (method: string, params: object = { channel, token, snap_orders: false }) => {
      socket.send({ method, params });
      return socket.next<Row>((row) => row['method'] === method);
    };
    expect(await ask('unsubscribe')).toMatchObject({ error: 'Subscription Not Found' });
    expect(await ask('subscribe', { channel })).toMatchObject({ error: invalid('').slice(0, -1) });
    expect(await ask('subscribe')).toMatchObject({ success: true });
    const { data } = await socket.next<{ type?: string; data: Row[] }>(({ type }) => type === 'snapshot');
    expect(data.length > 0).toBe(channel === 'balances');
    expect(await ask('subscribe')).toMatchObject({ error: 'Already subscribed' });
    expect(await ask('unsubscribe')).toMatchObject({ success: true, result: { channel } });
    expect(await ask('unsubscribe')).toMatchObject({ error: 'Subscription Not Found' });
    await socket.close();
  });

  it('describes resting and amended orders by all their terms', async () => {
    const { token } = await result('GetWebSocketsToken');
    const stop = await add({ ...STOP, ordertype: 'stop-loss-limit', price2: '94' });
    await add({ ...GTD, expiretm: '+3600', oflags: 'post,fcib' });
    const socket = await new TestSocket(exchange.krakenPrivate).opened();
    socket.send({ method: 'subscribe', params: { channel: 'executions', token } });
    type Message = { type?: string; data?: Row[] };
    expect((await socket.next<Message>(({ type }) => type === 'snapshot')).data).toMatchObject([
      { order_id: stop, stop_price: 95, limit_price: 94, triggers: { status: 'untriggered' }, exec_type: 'new' },
      { post_only: true, fee_ccy_pref: 'fcib', expire_time: expect.any(String) as string, time_in_force: 'GTD' },
    ]);
    await result('AmendOrder', { txid: stop, trigger_price: '94.5' });
    expect((await socket.next<Message>(({ data }) => data?.[0]?.['exec_type'] === 'amended')).data).toMatchObject([
      { order_id: stop, stop_price: 94.5, order_status: 'new' },
    ]);
    await socket.close();
  });
});
