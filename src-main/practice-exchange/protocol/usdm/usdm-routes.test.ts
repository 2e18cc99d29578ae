import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_START_MS } from '../../testing/hand-made-market.ts';
import { call, startFuturesExchange, startTestExchange } from '../../testing/practice-client.ts';

type Params = Record<string, string | number>;
type Body = Record<string, unknown>[] & Record<string, unknown>;

let exchange: Awaited<ReturnType<typeof startFuturesExchange>>;
const ask = async (route: string, params: Params = {}, account = 0) =>
  (await call(exchange, route, params, account)).body as Body;
const BTC = { symbol: 'BTCUSDT' };
const MARKET = { ...BTC, side: 'BUY', type: 'MARKET', quantity: '1' };
const LIMIT = { ...BTC, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '99' };
const STOP = { ...BTC, algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', quantity: '1', triggerPrice: '95' };
const TRAILING = { ...BTC, algoType: 'CONDITIONAL', side: 'SELL', type: 'TRAILING_STOP_MARKET', quantity: '1' };
const EIGHT_HOURS_MS = 8 * 3_600_000;
const WEEK_MS = 7 * 86_400_000;

beforeAll(async () => {
  exchange = await startFuturesExchange({
    limits: { weightPerMinute: 1_000_000, ordersPer10s: 10_000, ordersPerDay: 1_000_000 },
  });
  await ask('POST /fapi/v1/order', { ...LIMIT, newClientOrderId: 'resting', price: '90' });
  await ask('POST /fapi/v1/order', { ...MARKET, newClientOrderId: 'taken' });
  await ask('POST /fapi/v1/order', { ...LIMIT, newClientOrderId: 'gone', price: '90' });
  await ask('DELETE /fapi/v1/order', { ...BTC, origClientOrderId: 'gone' });
  await ask('POST /fapi/v1/algoOrder', { ...STOP, clientAlgoId: 'stop' });
});
afterAll(() => exchange.close());

describe('a create of an ordinary order', () => {
  it.each<[string, Params, number]>([
    ['a conditional type', { ...MARKET, type: 'STOP_MARKET' }, -4120],
    ['an unknown type', { ...MARKET, type: 'ICEBERG' }, -1116],
    ['an unknown side', { ...MARKET, side: 'LONG' }, -1117],
    ['an unknown symbol', { ...MARKET, symbol: 'NOPE' }, -1121],
    ['a side of a hedge', { ...MARKET, positionSide: 'LONG' }, -4061],
    ['one that closes the position', { ...MARKET, closePosition: 'true' }, -4136],
    ['a flag that is none', { ...MARKET, reduceOnly: 'yes' }, -1130],
    ['a market order with a time in force', { ...MARKET, timeInForce: 'GTC' }, -1106],
    ['a market order with a price', { ...MARKET, price: '99' }, -1106],
    ['an unknown time in force', { ...LIMIT, timeInForce: 'DAY' }, -1115],
    ['good till date without a date', { ...LIMIT, timeInForce: 'GTD' }, -1102],
    ['a date too near', { ...LIMIT, timeInForce: 'GTD', goodTillDate: 1 }, -5040],
    ['a date past the year 9999', { ...LIMIT, timeInForce: 'GTD', goodTillDate: 253_402_300_800_000 }, -5040],
    ['no quantity', { ...BTC, side: 'BUY', type: 'MARKET' }, -1102],
    ['a quantity of zero', { ...MARKET, quantity: '0' }, -4003],
    ['a price of zero', { ...LIMIT, price: '0' }, -4001],
    ['a client id in use', { ...LIMIT, newClientOrderId: 'resting' }, -4116],
    ['a quantity below the least', { ...LIMIT, quantity: '0.0001' }, -4004],
    ['a quantity above the most', { ...LIMIT, quantity: '9001' }, -4005],
    ['a quantity between two lots', { ...LIMIT, quantity: '1.0005' }, -1111],
    ['a price between two ticks', { ...LIMIT, price: '99.001' }, -4014],
    ['a bid above the price band', { ...LIMIT, price: '120' }, -4016],
    ['an offer below the price band', { ...LIMIT, side: 'SELL', price: '80' }, -4024],
    ['too small a notional', { ...LIMIT, quantity: '0.01' }, -4164],
    ['post-only that would trade', { ...LIMIT, timeInForce: 'GTX', price: '101' }, -5022],
    ['reduce-only beyond nothing', { ...MARKET, symbol: 'ETHUSDT', side: 'SELL', reduceOnly: 'true' }, -2022],
    ['fill-or-kill that cannot fill', { ...LIMIT, timeInForce: 'FOK', price: '99' }, -5021],
    ['a parameter that nobody reads', { ...LIMIT, stopPrize: '90' }, -1104],
  ])('refuses %s, and its test does too', async (_case, params, code) => {
    expect(await ask('POST /fapi/v1/order', params)).toMatchObject({ code });
    expect(await ask('POST /fapi/v1/order/test', params)).toMatchObject({ code });
  });

  it('tests without placing, and answers as asked', async () => {
    const before = await ask('GET /fapi/v1/allOrders', BTC);
    expect(await ask('POST /fapi/v1/order/test', LIMIT)).toEqual({});
    expect(await ask('GET /fapi/v1/allOrders', BTC)).toHaveLength(before.length);
    const ETH = { ...MARKET, symbol: 'ETHUSDT' };
    expect(await ask('POST /fapi/v1/order', ETH)).toMatchObject({ status: 'NEW', executedQty: '0.00000000' });
    expect(await ask('POST /fapi/v1/order', { ...ETH, side: 'SELL', newOrderRespType: 'RESULT' })).toMatchObject({
      status: 'FILLED',
    });
  });

  it('refuses a position above what the leverage allows', async () => {
    await ask('POST /fapi/v1/leverage', { symbol: 'ETHUSDT', leverage: 125 });
    const large = { ...LIMIT, symbol: 'ETHUSDT', quantity: '600' };
    expect(await ask('POST /fapi/v1/order', large)).toMatchObject({ code: -2027 });
  });

  it('keeps a good-till-date order with its date', async () => {
    const goodTillDate = 253_402_300_799_000;
    const dated = await ask('POST /fapi/v1/order', { ...LIMIT, price: '89', timeInForce: 'GTD', goodTillDate });
    expect(dated).toMatchObject({ status: 'NEW', timeInForce: 'GTD', goodTillDate });
    await ask('DELETE /fapi/v1/order', { ...BTC, orderId: Number(dated['orderId']) });
  });
});

describe('a change of an open order', () => {
  const CHANGE = { ...BTC, side: 'BUY', quantity: '1', price: '90' };
  it.each<[string, Params, number]>([
    ['an unknown order', { ...CHANGE, origClientOrderId: 'nobody' }, -2013],
    ['an order that was canceled', { ...CHANGE, origClientOrderId: 'gone', price: '91' }, -2013],
    ['a market order', { ...CHANGE, origClientOrderId: 'taken' }, -5027],
    ['another side', { ...CHANGE, origClientOrderId: 'resting', side: 'SELL' }, -1117],
    ['nothing new', { ...CHANGE, origClientOrderId: 'resting' }, -5027],
    ['a price between two ticks', { ...CHANGE, origClientOrderId: 'resting', price: '90.001' }, -4014],
    ['no price', { ...BTC, side: 'BUY', quantity: '1', origClientOrderId: 'resting' }, -1102],
  ])('refuses %s', async (_case, params, code) => {
    expect(await ask('PUT /fapi/v1/order', params)).toMatchObject({ code });
    expect(await ask('GET /fapi/v1/order', { ...BTC, origClientOrderId: 'resting' })).toMatchObject({
      price: '90.00000000',
      status: 'NEW',
    });
  });
});

describe('several orders at once', () => {
  const name = (clientOrderId: string) => ({ ...LIMIT, price: '88', newClientOrderId: clientOrderId });

  it.each<[string, string, number]>([
    ['six orders', JSON.stringify(Array.from({ length: 6 }, () => LIMIT)), -4082],
    ['what is no list', JSON.stringify(LIMIT), -1130],
  ])('refuses %s', async (_case, batchOrders, code) => {
    expect(await ask('POST /fapi/v1/batchOrders', { batchOrders })).toMatchObject({ code });
  });

  it('answers for each order by itself', async () => {
    const rows = [
      null,
      'text',
      name('batch-1'),
      { ...name('batch-2'), side: 'LONG' },
      { ...name('batch-3'), newOrderRespType: 'RESULT' },
    ];
    expect(await ask('POST /fapi/v1/batchOrders', { batchOrders: JSON.stringify(rows) })).toMatchObject([
      { code: -1102 },
      { code: -1102 },
      { clientOrderId: 'batch-1', status: 'NEW' },
      { code: -1117 },
      { clientOrderId: 'batch-3', status: 'NEW' },
    ]);
    const origClientOrderIdList = JSON.stringify(['batch-1', 'batch-2']);
    expect(await ask('DELETE /fapi/v1/batchOrders', { ...BTC, origClientOrderIdList })).toMatchObject([
      { clientOrderId: 'batch-1', status: 'CANCELED' },
      { code: -2011 },
    ]);
    const { orderId } = await ask('GET /fapi/v1/order', { ...BTC, origClientOrderId: 'batch-3' });
    expect(
      await ask('DELETE /fapi/v1/batchOrders', { ...BTC, orderidlist: JSON.stringify([orderId]) }, 1),
    ).toMatchObject([{ code: -2011 }]);
    expect(
      await ask('DELETE /fapi/v1/batchOrders', { symbol: 'ETHUSDT', orderIdList: JSON.stringify([orderId]) }),
    ).toMatchObject([{ code: -2011 }]);
    expect(
      await ask('DELETE /fapi/v1/batchOrders', { ...BTC, orderIdList: JSON.stringify([orderId, 999_999]) }),
    ).toMatchObject([{ clientOrderId: 'batch-3', status: 'CANCELED' }, { code: -2011 }]);
  });

  it.each<[string, Params, number]>([
    ['no ids', {}, -1102],
    ['an empty list', { orderIdList: '[]' }, -1102],
    ['eleven ids', { orderIdList: JSON.stringify(Array.from({ length: 11 }, (_, index) => index)) }, -1102],
    ['what is no list', { origclientorderidlist: '"resting"' }, -1130],
  ])('cancels nothing for %s', async (_case, params, code) => {
    expect(await ask('DELETE /fapi/v1/batchOrders', { ...BTC, ...params })).toMatchObject({ code });
  });
});

it('starts and stops a countdown, and needs a time for it', async () => {
  const route = 'POST /fapi/v1/countdownCancelAll';
  expect(await ask(route, BTC)).toMatchObject({ code: -1102 });
  expect(await ask(route, { ...BTC, countdownTime: 600_000 })).toEqual({ ...BTC, countdownTime: '600000' });
  const { countdowns } = exchange.venue.usdm ?? { countdowns: undefined };
  expect(await ask(route, { ...BTC, countdownTime: 0 })).toEqual({ ...BTC, countdownTime: '0' });
  expect(countdowns?.due(Infinity)).toEqual([]);
});

describe('a conditional order', () => {
  it.each<[string, Params, number]>([
    ['a client id that waits already', { ...STOP, clientAlgoId: 'stop' }, -4116],
    ['a price that has come', { ...STOP, triggerPrice: '101' }, -2021],
    ['a trigger between two ticks', { ...STOP, triggerPrice: '95.001' }, -4014],
    ['a limit price between two ticks', { ...STOP, type: 'STOP', price: '94.001' }, -4014],
    ['a price it has no use for', { ...STOP, price: '94' }, -1106],
    ['a quantity between two lots', { ...STOP, quantity: '1.0005' }, -1111],
    ['a quantity beside the whole position', { ...STOP, closePosition: 'true' }, -1106],
    ['an unknown time in force', { ...STOP, timeInForce: 'GTX' }, -1115],
    ['an unknown working type', { ...STOP, workingType: 'INDEX_PRICE' }, -1130],
    ['an unknown kind', { ...STOP, algoType: 'VP' }, -1130],
    ['an ordinary type', { ...STOP, type: 'LIMIT' }, -1116],
    ['no callback', TRAILING, -1102],
    ['too small a callback', { ...TRAILING, callbackRate: '0.01' }, -2007],
    ['too large a callback', { ...TRAILING, callbackRate: '21' }, -2007],
  ])('is refused with %s', async (_case, params, code) => {
    expect(await ask('POST /fapi/v1/algoOrder', params)).toMatchObject({ code });
    expect(await ask('GET /fapi/v1/openAlgoOrders', BTC)).toMatchObject([{ clientAlgoId: 'stop' }]);
  });

  it.each<[string, Params, Record<string, unknown>]>([
    ['follows the price at once', { ...TRAILING, callbackRate: '2' }, { callbackRate: '2', activatePrice: '' }],
    ['names it', { ...STOP, timeInForce: 'GTE_GTC' }, { timeInForce: 'GTC', triggerPrice: '95.00000000' }],
    [
      'keeps when it begins to follow the price',
      { ...TRAILING, callbackRate: '1', activatePrice: '105' },
      { callbackRate: '1', activatePrice: '105.00000000' },
    ],
    [
      'reads the other name',
      { ...TRAILING, callbackRate: '0.5', activationPrice: '106' },
      { activatePrice: '106.00000000' },
    ],
  ])('without a client id: %s', async (_case, params, expected) => {
    const created = await ask('POST /fapi/v1/algoOrder', params);
    expect(created).toMatchObject({
      ...expected,
      algoStatus: 'NEW',
      clientAlgoId: expect.stringMatching(/^\w{22}$/) as string,
    });
    await ask('DELETE /fapi/v1/algoOrder', { algoId: Number(created['algoId']) });
  });
});

describe('queries of an account', () => {
  it('finds an open order only while it is open', async () => {
    const open = (origClientOrderId: string) => ask('GET /fapi/v1/openOrder', { ...BTC, origClientOrderId });
    expect(await open('resting')).toMatchObject({ status: 'NEW' });
    expect(await open('gone')).toMatchObject({ code: -2013 });
    expect(await open('nobody')).toMatchObject({ code: -2013 });
    expect(await ask('GET /fapi/v1/order', { ...BTC, origClientOrderId: 'nobody' })).toMatchObject({ code: -2013 });
    expect(await ask('GET /fapi/v1/openOrders')).toMatchObject([{ clientOrderId: 'resting' }]);
    expect(await ask('GET /fapi/v1/openOrders', { symbol: 'ETHUSDT' })).toEqual([]);
    expect(await ask('GET /fapi/v1/order', { ...BTC, origClientOrderId: 'gone' })).toMatchObject({
      status: 'CANCELED',
    });
  });

  it.each(['allOrders', 'userTrades', 'income'])('refuses more than a week of %s', async (route) => {
    const window = { ...BTC, startTime: TEST_START_MS };
    const asked = (endTime: number) => ask(`GET /fapi/v1/${route}`, { ...window, endTime });
    expect(await asked(TEST_START_MS + WEEK_MS + 1)).toMatchObject({ code: -4165 });
    expect((await asked(TEST_START_MS + WEEK_MS)).length).toBeGreaterThan(0);
  });

  it('pages orders by id and by time', async () => {
    const all = await ask('GET /fapi/v1/allOrders', BTC);
    const last = Number(all.at(-1)?.['orderId']);
    expect(await ask('GET /fapi/v1/allOrders', { ...BTC, orderId: last })).toHaveLength(1);
    expect(await ask('GET /fapi/v1/allOrders', { ...BTC, limit: 1 })).toMatchObject([{ orderId: last }]);
    expect(await ask('GET /fapi/v1/allOrders', { ...BTC, endTime: 1 })).toEqual([]);
  });

  it('tells the income by symbol and kind', async () => {
    expect(await ask('GET /fapi/v1/income', { incomeType: 'TRANSFER' })).toMatchObject([
      { symbol: '', income: '10000.00000000', info: 'TRANSFER', tradeId: '' },
    ]);
    const fees = await ask('GET /fapi/v1/income', { ...BTC, incomeType: 'COMMISSION' });
    const [trade] = await ask('GET /fapi/v1/userTrades', BTC);
    expect(fees).toMatchObject([{ ...BTC, income: '-0.05000500', tradeId: String(trade?.['id']) }]);
    expect(await ask('GET /fapi/v1/income', { incomeType: 'TRANSFER', endTime: 1 })).toEqual([]);
    const [orderId, id] = [Number(trade?.['orderId']), Number(trade?.['id'])];
    expect(await ask('GET /fapi/v1/userTrades', { ...BTC, orderId })).toEqual([trade]);
    expect(await ask('GET /fapi/v1/userTrades', { ...BTC, orderId: orderId + 1 })).toEqual([]);
    expect(await ask('GET /fapi/v1/userTrades', { ...BTC, fromId: id + 1 })).toEqual([]);
  });

  it('tells one symbol or all of them', async () => {
    expect(await ask('GET /fapi/v2/positionRisk')).toHaveLength(2);
    expect(await ask('GET /fapi/v2/positionRisk', BTC)).toMatchObject([{ ...BTC, positionAmt: '1.00000000' }]);
    expect(await ask('GET /fapi/v3/positionRisk')).toMatchObject([BTC]);
    expect(await ask('GET /fapi/v3/positionRisk', { symbol: 'ETHUSDT' })).toEqual([]);
    expect(await ask('GET /fapi/v1/symbolConfig', { symbol: 'NOPE' })).toMatchObject({ code: -1121 });
  });

  it.each<[string, Params, number, string]>([
    ['leverage', { ...BTC, leverage: 0 }, -4028, 'Leverage 0 is not valid'],
    ['leverage', { ...BTC, leverage: 126 }, -4028, 'Leverage 126 is not valid'],
    ['leverage', BTC, -4028, 'Leverage  is not valid'],
    ['marginType', { ...BTC, marginType: 'CROSSED' }, -4046, 'No need to change margin type.'],
    [
      'marginType',
      { ...BTC, marginType: 'ISOLATED' },
      -4051,
      'Isolated margin is not offered by the practice exchange.',
    ],
    ['marginType', { ...BTC, marginType: 'BOTH' }, -1130, "Data sent for parameter 'marginType' is not valid."],
    ['positionSide/dual', { dualSidePosition: 'False' }, -4059, 'No need to change position side.'],
    ['positionSide/dual', { dualSidePosition: 'true' }, -4068, 'Hedge mode is not offered by the practice exchange.'],
  ])('refuses %s of %j', async (setting, params, code, msg) => {
    expect(await ask(`POST /fapi/v1/${setting}`, params)).toEqual({ code, msg });
  });

  it('keeps a listen key alive only when there is one', async () => {
    expect(await ask('PUT /fapi/v1/listenKey', {}, 1)).toMatchObject({ code: -1125 });
    const issued = await ask('POST /fapi/v1/listenKey', {}, 1);
    expect(await ask('PUT /fapi/v1/listenKey', {}, 1)).toEqual(issued);
    expect(await ask('DELETE /fapi/v1/listenKey', {}, 1)).toEqual({});
    expect(await ask('PUT /fapi/v1/listenKey', {}, 1)).toMatchObject({ code: -1125 });
  });
});

describe('public market data', () => {
  const read = async (route: string, params: Params = {}) => {
    const { body, headers } = await call(exchange, `GET /fapi/v1/${route}`, params);
    return { body: body as Body, used: Number(headers.get('x-mbx-used-weight-1m')) };
  };

  it.each<[string, Params, number]>([
    ['depth', { ...BTC, limit: 50 }, 2],
    ['depth', { ...BTC, limit: 100 }, 5],
    ['depth', BTC, 10],
    ['depth', { ...BTC, limit: 1000 }, 20],
    ['ticker/24hr', BTC, 1],
    ['ticker/24hr', {}, 40],
  ])('%s of %j weighs what the venue says', async (route, params, weight) => {
    const { used } = await read('ping');
    expect((await read(route, params)).used - used).toBe(weight);
  });

  it('tells past funding for a symbol or all, within the times asked', async () => {
    const latest = Math.floor(TEST_START_MS / EIGHT_HOURS_MS) * EIGHT_HOURS_MS;
    const times = async (params: Params) =>
      (await read('fundingRate', params)).body.map((row) => [row['symbol'], row['fundingTime']]);
    expect(await times({ limit: 1 })).toEqual([
      ['BTCUSDT', latest],
      ['ETHUSDT', latest],
    ]);
    const endTime = latest - 1;
    expect(await times({ ...BTC, startTime: latest - 2 * EIGHT_HOURS_MS, endTime })).toEqual([
      ['BTCUSDT', latest - 2 * EIGHT_HOURS_MS],
      ['BTCUSDT', latest - EIGHT_HOURS_MS],
    ]);
    expect(await times({ ...BTC, startTime: latest + 1 })).toEqual([]);
  });

  it('lists no symbol while no account has a futures wallet', async () => {
    const spotOnly = await startTestExchange();
    const answer = await call(spotOnly, 'GET /fapi/v1/depth', BTC);
    const info = await call(spotOnly, 'GET /fapi/v1/exchangeInfo');
    await spotOnly.close();
    expect(answer).toMatchObject({ status: 400, body: { code: -1121 } });
    expect(info).toMatchObject({ status: 200, body: { rateLimits: [], symbols: [] } });
  });

  it('says which symbol halts', async () => {
    const rules = exchange.venue.usdm?.engine.state.market('ETHUSDT').rules;
    if (rules === undefined) throw new Error('expected a market, was none');
    rules.status = 'HALT';
    const { symbols } = (await read('exchangeInfo')).body;
    rules.status = 'TRADING';
    expect(symbols).toMatchObject([
      { symbol: 'BTCUSDT', status: 'TRADING' },
      { symbol: 'ETHUSDT', status: 'PENDING_TRADING' },
    ]);
  });
});
