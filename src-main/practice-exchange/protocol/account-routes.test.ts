import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, startTestExchange } from '../testing/practice-client.ts';

let exchange: Awaited<ReturnType<typeof startTestExchange>>;
const ask = async (route: string, params: Record<string, string | number> = {}) =>
  (await call(exchange, route, params, 0)).body as Record<string, unknown>[] & Record<string, unknown>;
const BTC = { symbol: 'BTCUSDT' };

beforeAll(async () => {
  exchange = await startTestExchange();
  await ask('POST /api/v3/order', {
    ...BTC,
    side: 'BUY',
    type: 'MARKET',
    quantity: '1.2',
    strategyId: 7,
    strategyType: 1_000_001,
  });
  await ask('POST /api/v3/order', {
    ...BTC,
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: '0.1',
    price: '99',
  });
  await ask('POST /api/v3/order', {
    symbol: 'ETHUSDT',
    side: 'BUY',
    type: 'LIMIT_MAKER',
    quantity: '0.1',
    price: '98',
  });
  const legs = { aboveType: 'TAKE_PROFIT', aboveStopPrice: '120', belowType: 'STOP_LOSS', belowStopPrice: '80' };
  await ask('POST /api/v3/orderList/oco', { ...BTC, side: 'SELL', quantity: '0.3', ...legs });
});
afterAll(() => exchange.close());

it('lists orders by symbol, id and time', async () => {
  expect(await ask('GET /api/v3/openOrders')).toHaveLength(4);
  expect(await ask('GET /api/v3/openOrders', BTC)).toHaveLength(3);
  const all = await ask('GET /api/v3/allOrders', BTC);
  expect(all).toMatchObject([
    { orderId: 1, strategyId: 7, strategyType: 1_000_001 },
    { orderId: 2 },
    { orderId: 4 },
    { orderId: 5 },
  ]);
  expect(await ask('GET /api/v3/allOrders', { ...BTC, orderId: 2, limit: 1 })).toMatchObject([{ orderId: 2 }]);
  expect(await ask('GET /api/v3/allOrders', { ...BTC, limit: 1 })).toMatchObject([{ orderId: 5 }]);
  expect(await ask('GET /api/v3/allOrders', { ...BTC, startTime: 9_999_999_999_999 })).toEqual([]);
  expect(await ask('GET /api/v3/allOrders', { ...BTC, startTime: 1, endTime: 90_000_000 })).toMatchObject({
    code: -1127,
  });
  expect(await ask('GET /api/v3/allOrders', { ...BTC, limit: 0 })).toMatchObject({ code: -1130 });
});

it('lists own trades by order and id', async () => {
  const trades = await ask('GET /api/v3/myTrades', BTC);
  expect(trades).toMatchObject([
    { orderId: 1, price: '100.01000000', qty: '1.00000000', quoteQty: '100.01000000', isBuyer: true, isMaker: false },
    { orderId: 1, price: '100.02000000', qty: '0.20000000' },
  ]);
  expect(await ask('GET /api/v3/myTrades', { ...BTC, orderId: 2 })).toEqual([]);
  const fromId = Number(trades[1]?.['id']);
  expect(await ask('GET /api/v3/myTrades', { ...BTC, fromId })).toHaveLength(1);
});

it('tells lists, counts, commissions and balances', async () => {
  expect(await ask('GET /api/v3/allOrderList')).toHaveLength(1);
  expect(await ask('GET /api/v3/orderList', { orderListId: 0 })).toMatchObject({
    contingencyType: 'OCO',
    listOrderStatus: 'EXECUTING',
  });
  expect(await ask('GET /api/v3/orderList')).toMatchObject({ code: -1102 });
  expect(await ask('GET /api/v3/orderList', { orderListId: 9 })).toMatchObject({ code: -2018 });
  expect(await ask('GET /api/v3/rateLimit/order')).toMatchObject([
    { interval: 'SECOND', limit: 50 },
    { interval: 'DAY', limit: 160_000 },
  ]);
  expect(await ask('GET /api/v3/account/commission', BTC)).toMatchObject({
    standardCommission: { maker: '0.00100000' },
    discount: { discountAsset: 'BNB' },
  });
  const account = await ask('GET /api/v3/account', { omitZeroBalances: 'true' });
  expect(account).toMatchObject({ makerCommission: 10, accountType: 'SPOT', uid: 1 });
});

it('answers the other calls that clients make at start', async () => {
  for (const route of [
    'GET /sapi/v1/capital/config/getall',
    'GET /sapi/v1/margin/allPairs',
    'GET /sapi/v1/margin/isolated/allPairs',
  ]) {
    expect(await ask(route)).toEqual([]);
  }
  expect(await ask('GET /sapi/v1/system/status')).toMatchObject({ status: 0 });
  for (const route of ['GET /fapi/v1/exchangeInfo', 'GET /dapi/v1/exchangeInfo'])
    expect(await ask(route)).toMatchObject({ symbols: [] });
  expect((await call(exchange, 'GET /api/v3/nothing')).status).toBe(404);
});

it('needs something to find an order or list by', async () => {
  expect(await ask('GET /api/v3/order', BTC)).toMatchObject({
    code: -1102,
    msg: "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
  });
  expect(await ask('DELETE /api/v3/orderList', BTC)).toMatchObject({ code: -1102 });
  expect(
    await ask('DELETE /api/v3/order', { ...BTC, orderId: 2, cancelRestrictions: 'ONLY_PARTIALLY_FILLED' }),
  ).toMatchObject({ code: -2011, msg: 'Order was not canceled due to cancel restrictions.' });
  expect(await ask('DELETE /api/v3/order', { ...BTC, orderId: 2, cancelRestrictions: 'NEVER' })).toMatchObject({
    code: -1145,
  });
  expect(await ask('DELETE /api/v3/order', { ...BTC, orderId: 2, cancelRestrictions: 'ONLY_NEW' })).toMatchObject({
    status: 'CANCELED',
  });
});

it('tells the ledger every balance change on request', async () => {
  const response = await fetch(`${exchange.control}/practice/ledger?account=main&balances=all`);
  const { balanceChanges } = (await response.json()) as { balanceChanges: { asset: string; free: string }[] };
  expect(balanceChanges.find(({ asset }) => asset === 'BTC')).toMatchObject({ free: '2.99900000' });
});
