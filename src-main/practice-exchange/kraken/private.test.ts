import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TEST_START_MS } from '../testing/hand-made-market.ts';
import { krakenCall, krakenClient, krakenJson } from '../testing/kraken-client.ts';
import { call, control, startTestExchange, TestSocket } from '../testing/practice-client.ts';

type Exchange = Awaited<ReturnType<typeof startTestExchange>>;
type Row = Record<string, unknown>;

let exchange: Exchange;
beforeEach(async () => {
  exchange = await startTestExchange({ krakenLimits: { callsMax: 1_000 } });
});
afterEach(() => exchange.close());

const LIMIT = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', price: '99.5', volume: '1' };
const MARKET = { pair: 'XBTUSDT', type: 'buy', ordertype: 'market', volume: '1' };
const STOP = { pair: 'XBTUSDT', type: 'sell', ordertype: 'stop-loss', price: '95', volume: '1' };
const id = (digit: string) => digit.repeat(32);
const result = async (method: string, params: Record<string, string | number> = {}) => {
  const reply = await krakenCall(exchange, method, params);
  if (reply.error.length > 0) throw new Error(reply.error.join());
  return reply.result as Row;
};
const add = async (params: Record<string, string | number>) =>
  ((await result('AddOrder', params))['txid'] as string[])[0] ?? '';
const query = async (txid: string) => (await result('QueryOrders', { txid, trades: 'true' }))[txid] as Row;
const print = (ticks: number) =>
  exchange.handMade.push({
    kind: 'trade',
    symbol: 'BTCUSDT',
    marketTimeMs: TEST_START_MS,
    ticks,
    lots: 1,
    aggressor: 'sell',
  });

describe('Kraken orders by REST', () => {
  it('rests a limit order with its fee held, finds it by its ids and cancels it', async () => {
    const txid = await add({ ...LIMIT, cl_ord_id: id('a'), userref: 7 });
    expect(txid).toMatch(/^O[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{6}$/);
    expect(await result('BalanceEx')).toMatchObject({
      USDT: { balance: '10000.00000000', hold_trade: '99.59950000' },
      XXBT: { balance: '2.00000000', hold_trade: '0.00000000' },
    });
    for (const params of [{ cl_ord_id: id('a') }, { userref: 7 }, {}]) {
      expect((await result('OpenOrders', params))['open']).toMatchObject({
        [txid]: {
          status: 'open',
          cl_ord_id: id('a'),
          vol: '1.000',
          descr: { order: 'buy 1.000 XBTUSDT @ limit 99.50' },
        },
      });
    }
    expect(await result('CancelOrder', { cl_ord_id: id('a') })).toEqual({ count: 1 });
    expect(await query(txid)).toMatchObject({ status: 'canceled', reason: 'User requested', vol_exec: '0.000' });
    expect(await krakenCall(exchange, 'CancelOrder', { txid })).toEqual({ error: ['EOrder:Unknown order'] });
  });

  it.each([
    ['fciq', 10_000 - 100.01 - 0.10001, '3.00000000', '0.10001000'],
    ['fcib', 10_000 - 100.01, '2.99900000', '0.10001000'],
  ])('takes the fee as %s asks', async (oflags, left, held, fee) => {
    const txid = await add({ ...MARKET, oflags });
    expect(await result('Balance')).toMatchObject({ XXBT: held });
    expect(Number((await result('Balance'))['USDT'])).toBeCloseTo(left, 8);
    expect(await query(txid)).toMatchObject({ status: 'closed', vol_exec: '1.000', cost: '100.01000000', fee, oflags });
    const trades = (await result('TradesHistory'))['trades'] as Record<string, Row>;
    expect(Object.values(trades)).toEqual([
      expect.objectContaining({ ordertxid: txid, price: '100.01', vol: '1.000', fee, maker: false }),
    ]);
    const ledger = exchange.venue.ledger.report(exchange.venue.account('main'), Date.now());
    expect(ledger.fills[0]).toMatchObject({
      quantity: '1.00000000',
      commissionAsset: oflags === 'fciq' ? 'USDT' : 'BTC',
    });
  });

  it.each([
    [{ ...LIMIT, price: '99.555' }, 'EOrder:Tick size check failed'],
    [{ ...LIMIT, volume: '0.0001' }, 'EOrder:Order minimum not met'],
    [{ ...LIMIT, volume: '0.001' }, 'EOrder:Cost minimum not met'],
    [{ ...LIMIT, volume: '1000' }, 'EOrder:Insufficient funds'],
    [{ ...LIMIT, price: '101', oflags: 'post' }, 'EOrder:Post only order'],
    [{ ...LIMIT, pair: 'NOPE' }, 'EQuery:Unknown asset pair'],
    [{ ...LIMIT, ordertype: 'iceberg' }, 'EGeneral:Invalid arguments:ordertype'],
    [{ ...LIMIT, price: '-5' }, 'EGeneral:Invalid arguments:price'],
    [{ ...LIMIT, cl_ord_id: 'x'.repeat(20) }, 'EGeneral:Invalid arguments:cl_ord_id'],
    [{ ...LIMIT, timeinforce: 'DAY' }, 'EGeneral:Invalid arguments:timeinforce'],
    [{ ...LIMIT, deadline: '2020-01-01T00:00:00Z' }, 'EService:Deadline elapsed'],
    [{ ...STOP, price: '101' }, 'EOrder:Invalid price'],
    [{ ...LIMIT, leverage: 'lots' }, 'EGeneral:Invalid arguments:leverage'],
    [{ ...LIMIT, reduce_only: 'true' }, 'EOrder:Reduce only:No position exists'],
  ])('refuses %j with its words', async (params, error) => {
    expect(await krakenCall(exchange, 'AddOrder', params)).toEqual({ error: [error] });
    expect((await result('OpenOrders'))['open']).toEqual({});
  });

  it('judges without placing', async () => {
    expect(await result('AddOrder', { ...LIMIT, validate: 'true' })).not.toHaveProperty('txid');
    expect((await result('OpenOrders'))['open']).toEqual({});
  });

  it('checks key, signature and nonce', async () => {
    const nonce = Date.now() * 1000 + 1_000_000;
    await krakenCall(exchange, 'Balance', {}, { nonce });
    expect(await krakenCall(exchange, 'Balance', {}, { nonce })).toEqual({ error: ['EAPI:Invalid nonce'] });
    expect(await krakenCall(exchange, 'Balance', {}, { nonce: nonce + 1 })).toMatchObject({ error: [] });
    const url = `${exchange.rest}/0/private/Balance`;
    const send = async (headers: Record<string, string>): Promise<unknown> =>
      (await fetch(url, { method: 'POST', headers, body: `nonce=${nonce + 9}` })).json();
    expect(await send({ 'API-Key': 'nobody' })).toEqual({ error: ['EAPI:Invalid key'] });
    expect(await send({ 'API-Key': exchange.apiKey, 'API-Sign': 'AAAA' })).toEqual({
      error: ['EAPI:Invalid signature'],
    });
  });

  it('drills: another program took the key ahead', async () => {
    const nonce = Date.now() * 1000 + 2_000_000;
    await krakenCall(exchange, 'Balance', {}, { nonce });
    await control(exchange, 'POST', 'faults', { kind: 'nonceAhead', ms: 5 });
    expect(await krakenCall(exchange, 'Balance', {}, { nonce: nonce + 5_000 })).toEqual({
      error: ['EAPI:Invalid nonce'],
    });
    expect(await krakenCall(exchange, 'Balance', {}, { nonce: nonce + 5_001 })).toMatchObject({ error: [] });
  });

  it('stops a position: a triggered stop-loss sells at the market', async () => {
    const txid = await add(STOP);
    expect(await query(txid)).toMatchObject({ status: 'open', stopprice: '95.00', trigger: 'last' });
    print(9_500);
    await vi.waitFor(async () => expect(await query(txid)).toMatchObject({ status: 'closed' }), { timeout: 15_000 });
  });

  it('lets a trailing stop follow the best price and not come back', async () => {
    const txid = await add({ ...STOP, ordertype: 'trailing-stop', price: '+2%' });
    const stopPrice = async () => (await query(txid))['stopprice'];
    expect(await stopPrice()).toBe('98.00');
    print(10_200);
    await vi.waitFor(async () => expect(await stopPrice()).toBe('99.96'), { timeout: 15_000 });
    print(10_100);
    print(10_300);
    await vi.waitFor(async () => expect(await stopPrice()).toBe('100.94'), { timeout: 15_000 });
    print(10_094);
    await vi.waitFor(async () => expect(await query(txid)).toMatchObject({ status: 'closed' }), { timeout: 15_000 });
  });

  it('makes a close order for what the primary order traded', async () => {
    const primary = await add({ ...MARKET, volume: '1.5', 'close[ordertype]': 'stop-loss', 'close[price]': '95' });
    const open = (await result('OpenOrders'))['open'] as Record<string, Row>;
    expect(Object.values(open)).toEqual([
      expect.objectContaining({
        refid: primary,
        vol: '1.500',
        stopprice: '95.00',
        descr: expect.objectContaining({ type: 'sell' }) as object,
      }),
    ]);
    expect(exchange.venue.ledger.report(exchange.venue.account('main'), Date.now()).positions[0]).toMatchObject({
      isProtected: true,
    });
  });

  it('ends GTD orders in time and cancels all when its dead man is not told to wait', async () => {
    const expiretm = Math.ceil(Date.now() / 1000) + 1;
    const txid = await add({ ...LIMIT, timeinforce: 'GTD', expiretm });
    await vi.waitFor(async () => expect(await query(txid)).toMatchObject({ status: 'expired' }), { timeout: 15_000 });
    const other = await add(LIMIT);
    await result('CancelAllOrdersAfter', { timeout: 1 });
    await vi.waitFor(async () => expect(await query(other)).toMatchObject({ status: 'canceled' }), { timeout: 15_000 });
    expect(await result('CancelAllOrdersAfter', { timeout: 0 })).toMatchObject({ triggerTime: '0' });
  });

  it('counts orders per pair and calls per key, and keeps no order of other protocols', async () => {
    const errors: string[] = [];
    for (let count = 0; count < 40 && errors.length === 0; count += 1) {
      const { error, result: placed } = await krakenCall(exchange, 'AddOrder', LIMIT);
      errors.push(...error);
      if (error.length > 0) break;
      const txid = (placed as { txid: string[] }).txid[0] ?? '';
      errors.push(...(await krakenCall(exchange, 'CancelOrder', { txid })).error);
    }
    expect(errors).toEqual(['EOrder:Rate limit exceeded']);
    await call(
      exchange,
      'POST /api/v3/order',
      { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '90' },
      0,
    );
    const open = Object.values((await result('OpenOrders'))['open'] as Row) as Row[];
    expect(open.every((order) => (order['descr'] as Row)['price'] === '99.50')).toBe(true);
  });
});

describe('canceling a batch', () => {
  const cancelBatch = (orders: unknown) => krakenJson(exchange, 'CancelOrderBatch', { orders });
  const placed = async (): Promise<string> => add(LIMIT);

  it('ends what is open of the named, counts it, and leaves the rest', async () => {
    const [first, second, third] = [await placed(), await placed(), await placed()];
    expect(await cancelBatch([first, second, first])).toEqual({ error: [], result: { count: 2 } });
    expect(Object.keys((await result('OpenOrders'))['open'] as Row)).toEqual([third]);
    expect(await cancelBatch([second, third])).toMatchObject({ result: { count: 1 } });
  });

  it.each([
    ['orders that are gone', ['OAAAAA-BBBBB-CCCCCC', 'OAAAAA-BBBBB-DDDDDD'], 'EOrder:Unknown order'],
    ['one order', ['OAAAAA-BBBBB-CCCCCC'], 'EGeneral:Invalid arguments:orders'],
    ['no list', 'OAAAAA-BBBBB-CCCCCC', 'EGeneral:Invalid arguments:orders'],
    [
      'more than fifty',
      Array.from({ length: 51 }, (_, at) => `OAAAAA-BBBBB-${at}`),
      'EGeneral:Invalid arguments:orders',
    ],
  ])('refuses %s', async (_, orders, error) => {
    expect((await cancelBatch(orders)).error).toEqual([error]);
  });
});

describe('Kraken private channels', () => {
  const openChannel = async (channel: string) => {
    const { token } = await result('GetWebSocketsToken');
    const socket = await new TestSocket(exchange.krakenPrivate).opened();
    socket.send({ method: 'subscribe', params: { channel, token, snap_orders: true, snap_trades: true } });
    return socket;
  };
  type Message = { channel: string; type: string; sequence: number; data: Row[] };

  it('tells orders that rest, trade, fill and end', async () => {
    await add({ ...LIMIT, cl_ord_id: id('b') });
    const socket = await openChannel('executions');
    const snapshot = await socket.next<Message>(({ type, channel }) => type === 'snapshot' && channel === 'executions');
    expect(snapshot.data).toMatchObject([{ cl_ord_id: id('b'), exec_type: 'new', order_qty: 1, limit_price: 99.5 }]);
    await add({ ...MARKET, volume: '1.2' });
    const types: unknown[] = [];
    while (types.at(-1) !== 'filled') {
      const message = await socket.next<Message>(({ type, channel }) => type === 'update' && channel === 'executions');
      types.push(...message.data.map((row) => row['exec_type']));
    }
    expect(types).toEqual(['pending_new', 'new', 'trade', 'trade', 'filled']);
    await result('CancelAll');
    const end = await socket.next<Message>(
      ({ channel, data }) => channel === 'executions' && data[0]?.['exec_type'] === 'canceled',
    );
    expect(end.data[0]).toMatchObject({ cl_ord_id: id('b'), reason: 'User requested' });
    await socket.close();
  });

  it('tells balances, refuses strangers, and can be disturbed', async () => {
    const socket = await openChannel('balances');
    await socket.next<Message>(({ type, channel }) => type === 'snapshot' && channel === 'balances');
    await add(MARKET);
    const told = await socket.next<Message>(
      ({ type, channel, data }) => type === 'update' && channel === 'balances' && data[0]?.['asset'] === 'BTC',
    );
    expect(told.data).toMatchObject([{ balance: 3 }, { asset: 'USDT' }]);
    await socket.close();
    const stranger = await new TestSocket(exchange.krakenPrivate).opened();
    stranger.send({ method: 'subscribe', params: { channel: 'executions', token: 'x' } });
    expect(await stranger.next<Row>((row) => row['success'] === false)).toMatchObject({
      error: 'ESession:Invalid session',
    });
    await stranger.close();
    await control(exchange, 'POST', 'faults', { kind: 'duplicateFill' });
    const events = await openChannel('executions');
    await events.next<Message>(({ type }) => type === 'snapshot');
    await add({ ...MARKET, volume: '0.1' });
    for (let count = 0; count < 2; count += 1)
      await events.next<Message>(({ data, channel }) => channel === 'executions' && data[0]?.['exec_type'] === 'trade');
    await events.close();
  });
});

describe('unmodified ccxt', () => {
  it('places, finds and cancels orders, reads fills, balances and true errors', async () => {
    const client = krakenClient(exchange);
    let nonce = Date.now() * 1000 + 5_000_000;
    client.nonce = () => ++nonce;
    await client.loadMarkets();
    const created = await client.createOrder('BTC/USDT', 'limit', 'buy', 1, 99.5, { clientOrderId: id('c') });
    expect((await client.fetchOpenOrders('BTC/USDT')).map((order) => [order.id, order.clientOrderId])).toEqual([
      [created.id, id('c')],
    ]);
    expect((await client.fetchBalance())['USDT']).toMatchObject({ used: 99.5995 });
    await client.cancelOrder(created.id ?? '', 'BTC/USDT');
    expect(await client.fetchOrder(created.id ?? '')).toMatchObject({ status: 'canceled' });
    await client.createOrder('BTC/USDT', 'market', 'buy', 1.5);
    expect((await client.fetchMyTrades('BTC/USDT')).map(({ price, amount }) => [price, amount]).sort()).toEqual([
      [100.01, 1],
      [100.02, 0.5],
    ]);
    await client.createOrder('BTC/USDT', 'market', 'sell', 1, undefined, { stopLossPrice: 95 });
    expect((await client.fetchOpenOrders())[0]).toMatchObject({ stopLossPrice: 95 });
    expect(await client.fetchClosedOrders('BTC/USDT')).toHaveLength(2);
    await expect(client.createOrder('BTC/USDT', 'limit', 'buy', 1_000, 99)).rejects.toThrow(
      'EOrder:Insufficient funds',
    );
    nonce -= 100;
    await expect(client.fetchBalance()).rejects.toThrow('EAPI:Invalid nonce');
    await client.close();
  });

  it('hears its orders and trades', async () => {
    const client = krakenClient(exchange);
    let nonce = Date.now() * 1000 + 5_000_000;
    client.nonce = () => ++nonce;
    await client.loadMarkets();
    const orders = client.watchOrders();
    await vi.waitFor(() => expect(exchange.status().privateSubscriptions).toBe(1), { timeout: 15_000 });
    const created = await client.createOrder('BTC/USDT', 'limit', 'buy', 1, 99.5);
    expect((await orders).at(-1)).toMatchObject({ id: created.id });
    await client.close();
  });
});
