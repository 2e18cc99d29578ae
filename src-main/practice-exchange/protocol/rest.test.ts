import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, startTestExchange } from '../testing/practice-client.ts';

let exchange: Awaited<ReturnType<typeof startTestExchange>>;
beforeAll(async () => {
  exchange = await startTestExchange({ limits: { ordersPer10s: 100_000 } });
});
afterAll(() => exchange.close());

const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: '99' };
const create = (params: Record<string, string | number>, account = 0) =>
  call(exchange, 'POST /api/v3/order', params, account);

describe('what the venue refuses, word for word', () => {
  const { price: _price, ...withoutPrice } = LIMIT;
  it.each([
    ['an unknown symbol', { ...LIMIT, symbol: 'NOPE' }, -1121, 'Invalid symbol.'],
    ['a missing price', withoutPrice, -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."],
    ['an unknown side', { ...LIMIT, side: 'UP' }, -1117, 'Invalid side.'],
    ['an unknown type', { ...LIMIT, type: 'BEST' }, -1116, 'Invalid orderType.'],
    ['an unknown time in force', { ...LIMIT, timeInForce: 'GTD' }, -1115, 'Invalid timeInForce.'],
    [
      'a negative size',
      { ...LIMIT, quantity: '-1' },
      -1100,
      "Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
    ],
    [
      'a size that is no number',
      { ...LIMIT, quantity: 'NaN' },
      -1100,
      "Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
    ],
    ['a zero size', { ...LIMIT, quantity: '0' }, -1013, 'Invalid quantity.'],
    [
      'too much precision',
      { ...LIMIT, quantity: '0.1234567891' },
      -1111,
      "Parameter 'quantity' has too much precision.",
    ],
    ['a size between lots', { ...LIMIT, quantity: '0.1001' }, -1013, 'Filter failure: LOT_SIZE'],
    ['a price between ticks', { ...LIMIT, price: '99.001' }, -1013, 'Filter failure: PRICE_FILTER'],
    ['a price far away', { ...LIMIT, price: '19.99', quantity: '1' }, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
    ['a small notional', { ...LIMIT, quantity: '0.05' }, -1013, 'Filter failure: NOTIONAL'],
    ['missing funds', { ...LIMIT, quantity: '200' }, -2010, 'Account has insufficient balance for requested action.'],
    [
      'a price on a market order',
      { ...LIMIT, type: 'MARKET' },
      -1106,
      "Parameter 'timeInForce' sent when not required.",
    ],
    [
      'a trailing stop',
      { ...LIMIT, type: 'STOP_LOSS', trailingDelta: 100 },
      -2010,
      'Trailing stop orders are not supported for this symbol.',
    ],
    [
      'a bad client id',
      { ...LIMIT, newClientOrderId: 'no spaces' },
      -1100,
      "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
    ],
    ['a window too long', { ...LIMIT, recvWindow: 60_001 }, -1131, 'recvWindow must be less than 60000.'],
  ])('%s', async (_name, params, code, msg) => {
    const answer = await create(params);
    expect(answer).toMatchObject({ status: 400, body: { code, msg } });
  });

  it('a missing or malformed key with 401', async () => {
    expect(await call(exchange, 'GET /api/v3/account')).toMatchObject({ status: 401, body: { code: -2014 } });
  });

  it('an order that is not there', async () => {
    const params = { symbol: 'BTCUSDT', origClientOrderId: 'nothing' };
    expect(await call(exchange, 'GET /api/v3/order', params, 0)).toMatchObject({
      body: { code: -2013, msg: 'Order does not exist.' },
    });
    expect(await call(exchange, 'DELETE /api/v3/order', params, 0)).toMatchObject({
      body: { code: -2011, msg: 'Unknown order sent.' },
    });
  });

  it("another account's order", async () => {
    await create({ ...LIMIT, newClientOrderId: 'mine' });
    const params = { symbol: 'BTCUSDT', origClientOrderId: 'mine' };
    expect(await call(exchange, 'GET /api/v3/order', params, 1)).toMatchObject({ body: { code: -2013 } });
    await call(exchange, 'DELETE /api/v3/order', params, 0);
  });
});

describe('answers to creates', () => {
  it('acknowledge, state the result, or give all fills', async () => {
    const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' };
    const full = await create(market);
    expect(full.body).toMatchObject({
      status: 'FILLED',
      fills: [{ price: '100.01000000', qty: '0.10000000', commission: '0.00010000', commissionAsset: 'BTC' }],
    });
    const result = await create({ ...market, newOrderRespType: 'RESULT' });
    expect(result.body).toMatchObject({ executedQty: '0.10000000', cummulativeQuoteQty: '10.00100000' });
    expect(result.body).not.toHaveProperty('fills');
    const ack = await create({ ...market, newOrderRespType: 'ACK' });
    expect(Object.keys(ack.body as object)).toEqual([
      'symbol',
      'orderId',
      'orderListId',
      'clientOrderId',
      'transactTime',
    ]);
  });

  it('tests an order without placing it', async () => {
    expect(await call(exchange, 'POST /api/v3/order/test', LIMIT, 0)).toMatchObject({ status: 200, body: {} });
    expect((await call(exchange, 'GET /api/v3/openOrders', {}, 0)).body).toEqual([]);
  });
});

describe('lists', () => {
  const OCO = {
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity: '0.5',
    aboveType: 'LIMIT_MAKER',
    abovePrice: '110',
    belowType: 'STOP_LOSS_LIMIT',
    belowStopPrice: '95',
    belowPrice: '94',
    belowTimeInForce: 'GTC',
    listClientOrderId: 'oco-1',
    belowClientOrderId: 'below-1',
  };

  it('takes an OCO that holds the coins once and cancels it whole', async () => {
    const placed = await call(exchange, 'POST /api/v3/orderList/oco', OCO, 0);
    expect(placed.body).toMatchObject({
      contingencyType: 'OCO',
      listStatusType: 'EXEC_STARTED',
      orderReports: [
        { type: 'LIMIT_MAKER', status: 'NEW' },
        { type: 'STOP_LOSS_LIMIT', status: 'NEW', stopPrice: '95.00000000' },
      ],
    });
    const account = (await call(exchange, 'GET /api/v3/account', {}, 0)).body as {
      balances: { asset: string; locked: string }[];
    };
    expect(account.balances.find(({ asset }) => asset === 'BTC')?.locked).toBe('0.50000000');
    expect((await call(exchange, 'GET /api/v3/openOrderList', {}, 0)).body).toHaveLength(1);
    const canceled = await call(
      exchange,
      'DELETE /api/v3/orderList',
      { symbol: 'BTCUSDT', listClientOrderId: 'oco-1' },
      0,
    );
    expect(canceled.body).toMatchObject({
      listOrderStatus: 'ALL_DONE',
      orderReports: [{ status: 'CANCELED' }, { status: 'CANCELED' }],
    });
    expect((await call(exchange, 'GET /api/v3/orderList', { origClientOrderId: 'oco-1' }, 0)).body).toMatchObject({
      listOrderStatus: 'ALL_DONE',
    });
  });

  it.each([
    [
      { belowStopPrice: '101', belowPrice: '101' },
      -2010,
      'The relationship of the prices for the orders is not correct.',
    ],
    [{ aboveType: 'STOP_LOSS', aboveStopPrice: '110' }, -1106, "Parameter 'abovePrice' sent when not required."],
    [{ belowType: 'LIMIT_MAKER' }, -1106, "Parameter 'belowStopPrice' sent when not required."],
    [{ side: 'BUY' }, -1196, 'A stop loss order in a buy OCO must be above.'],
  ])('refuses legs on the wrong side: %j', async (change, code, msg) => {
    expect(await call(exchange, 'POST /api/v3/orderList/oco', { ...OCO, ...change }, 0)).toMatchObject({
      body: { code, msg },
    });
  });

  it('cancels everything on a symbol, lists as lists', async () => {
    await create(LIMIT);
    await call(exchange, 'POST /api/v3/orderList/oco', OCO, 0);
    const canceled = await call(exchange, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' }, 0);
    expect(canceled.body).toMatchObject([
      { status: 'CANCELED', type: 'LIMIT' },
      { contingencyType: 'OCO', orderReports: [{}, {}] },
    ]);
    expect(await call(exchange, 'DELETE /api/v3/openOrders', { symbol: 'BTCUSDT' }, 0)).toMatchObject({
      status: 400,
      body: { code: -2011 },
    });
  });

  it('takes an OPO whose leg sells what was bought', async () => {
    const opo = {
      symbol: 'ETHUSDT',
      workingType: 'LIMIT',
      workingSide: 'BUY',
      workingPrice: '100.05',
      workingQuantity: '0.5',
      workingTimeInForce: 'FOK',
      pendingSide: 'SELL',
      pendingType: 'STOP_LOSS',
      pendingStopPrice: '95',
      pendingClientOrderId: 'opo-stop',
    };
    expect((await call(exchange, 'POST /api/v3/orderList/opo', opo, 0)).body).toMatchObject({
      orderReports: [{ status: 'FILLED' }, { status: 'PENDING_NEW', origQty: '0.00000000' }],
    });
    const leg = await call(exchange, 'GET /api/v3/order', { symbol: 'ETHUSDT', origClientOrderId: 'opo-stop' }, 0);
    expect(leg.body).toMatchObject({ status: 'NEW', origQty: '0.49900000' });
  });
});

describe('cancelReplace', () => {
  const REPLACE = { ...LIMIT, price: '98', cancelReplaceMode: 'STOP_ON_FAILURE' };

  it('cancels one and places another', async () => {
    await create({ ...LIMIT, newClientOrderId: 'old-1' });
    const answer = await call(
      exchange,
      'POST /api/v3/order/cancelReplace',
      { ...REPLACE, cancelOrigClientOrderId: 'old-1', newClientOrderId: 'new-1' },
      0,
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { cancelResult: 'SUCCESS', newOrderResult: 'SUCCESS', newOrderResponse: { status: 'NEW' } },
    });
    await call(exchange, 'DELETE /api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'new-1' }, 0);
  });

  it('does not attempt the new one when the cancel fails', async () => {
    const answer = await call(
      exchange,
      'POST /api/v3/order/cancelReplace',
      { ...REPLACE, cancelOrigClientOrderId: 'nothing' },
      0,
    );
    expect(answer).toMatchObject({
      status: 400,
      body: { code: -2022, data: { cancelResult: 'FAILURE', newOrderResult: 'NOT_ATTEMPTED', newOrderResponse: null } },
    });
  });

  it('says when only the new one failed', async () => {
    await create({ ...LIMIT, newClientOrderId: 'old-2' });
    const answer = await call(
      exchange,
      'POST /api/v3/order/cancelReplace',
      { ...REPLACE, quantity: '300', cancelOrigClientOrderId: 'old-2' },
      0,
    );
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: -2021,
        data: { cancelResult: 'SUCCESS', newOrderResult: 'FAILURE', newOrderResponse: { code: -2010 } },
      },
    });
  });
});

describe('limits', () => {
  it('states used weight, then answers 429 with Retry-After, then bans with 418', async () => {
    const limited = await startTestExchange({ limits: { weightPerMinute: 100 } });
    try {
      const first = await call(limited, 'GET /api/v3/exchangeInfo');
      expect(first.headers.get('x-mbx-used-weight-1m')).toBe('20');
      const statuses: number[] = [];
      for (let count = 0; count < 16; count++) statuses.push((await call(limited, 'GET /api/v3/exchangeInfo')).status);
      expect(statuses.slice(0, 4)).toEqual([200, 200, 200, 200]);
      expect(statuses.slice(4, 14)).toEqual(Array.from({ length: 10 }, () => 429));
      const ban = await call(limited, 'GET /api/v3/ping');
      expect(ban).toMatchObject({ status: 418, body: { code: -1003 } });
      expect(Number(ban.headers.get('retry-after'))).toBeGreaterThan(100);
    } finally {
      await limited.close();
    }
  });

  it('counts unfilled orders only', async () => {
    const limited = await startTestExchange({ limits: { ordersPer10s: 2, ordersPerDay: 1000 } });
    try {
      const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' };
      for (let count = 0; count < 4; count++)
        expect((await call(limited, 'POST /api/v3/order', market, 0)).status).toBe(200);
      const statuses: number[] = [];
      for (let count = 0; count < 5; count++)
        statuses.push((await call(limited, 'POST /api/v3/order', LIMIT, 0)).status);
      expect(statuses).toContain(429);
    } finally {
      await limited.close();
    }
  });
});

describe('market data', () => {
  it('serves bars of the history and refuses unknown intervals', async () => {
    const bars = (await call(exchange, 'GET /api/v3/klines', { symbol: 'BTCUSDT', interval: '15m', limit: 3 }))
      .body as unknown[][];
    expect(bars[0]?.slice(1, 6)).toEqual([
      '100.00000000',
      '101.00000000',
      '99.00000000',
      '100.00000000',
      '30.00000000',
    ]);
    expect(await call(exchange, 'GET /api/v3/klines', { symbol: 'BTCUSDT', interval: '7m' })).toMatchObject({
      body: { code: -1120 },
    });
  });

  it('serves trades, tickers and the filters of chosen symbols', async () => {
    const info = (await call(exchange, 'GET /api/v3/exchangeInfo', { symbols: '["ETHUSDT"]' })).body as {
      symbols: { symbol: string }[];
    };
    expect(info.symbols.map(({ symbol }) => symbol)).toEqual(['ETHUSDT']);
    expect((await call(exchange, 'GET /api/v3/aggTrades', { symbol: 'ETHUSDT', limit: 1 })).body).toHaveLength(1);
    expect((await call(exchange, 'GET /api/v3/trades', { symbol: 'ETHUSDT' })).body).toMatchObject([
      { id: 1, price: '100.00000000' },
      {},
    ]);
    expect((await call(exchange, 'GET /api/v3/ticker/24hr', { symbol: 'ETHUSDT' })).body).toMatchObject({
      symbol: 'ETHUSDT',
      openPrice: '100.00000000',
    });
    expect((await call(exchange, 'GET /api/v3/ticker/bookTicker')).body).toHaveLength(2);
    expect((await call(exchange, 'GET /api/v3/ticker/price', { symbol: 'ETHUSDT' })).body).toMatchObject({
      symbol: 'ETHUSDT',
    });
    expect((await call(exchange, 'GET /api/v3/avgPrice', { symbol: 'ETHUSDT' })).body).toMatchObject({ mins: 5 });
  });
});

describe('parameters nobody asked for', () => {
  it('are refused, not dropped', async () => {
    const answer = await create({ ...LIMIT, 'stopLoss[triggerPrice]': '90' });
    expect(answer.body).toEqual({
      code: -1104,
      msg: "Not all sent parameters were read; read '8' parameter(s) but was sent '9'.",
    });
  });
});

describe('order lists that cannot stand', () => {
  const LEGS = { symbol: 'BTCUSDT', quantity: '0.3' };
  const maker = (leg: string, price: number) => ({ [`${leg}Type`]: 'LIMIT_MAKER', [`${leg}Price`]: price });
  const stop = (leg: string, price: number) => ({ [`${leg}Type`]: 'STOP_LOSS', [`${leg}StopPrice`]: price });
  const profit = (leg: string, price: number) => ({ [`${leg}Type`]: 'TAKE_PROFIT', [`${leg}StopPrice`]: price });
  it.each([
    ['two limits', 'SELL', { ...maker('above', 110), ...maker('below', 90) }, -1168],
    ['a market leg', 'SELL', { aboveType: 'MARKET', ...stop('below', 90) }, -1158],
    ['a sell stop loss above', 'SELL', { ...stop('above', 110), ...stop('below', 90) }, -1197],
    ['a buy stop loss below', 'BUY', { ...stop('above', 110), ...stop('below', 90) }, -1196],
    ['a sell limit below', 'SELL', { ...profit('above', 110), ...maker('below', 90) }, -1166],
    ['a buy limit above', 'BUY', { ...maker('above', 110), ...profit('below', 90) }, -1165],
    ['a sell take profit below', 'SELL', { ...maker('above', 110), ...profit('below', 90) }, -1199],
    ['a buy take profit above', 'BUY', { ...profit('above', 110), ...maker('below', 90) }, -1198],
  ])('an OCO with %s', async (_name, side, legs, code) => {
    const params: Record<string, string | number> = { ...LEGS, side };
    const answer = await call(exchange, 'POST /api/v3/orderList/oco', { ...params, ...legs }, 0);
    expect(answer).toMatchObject({ status: 400, body: { code } });
  });

  const WORKING = {
    ...{ symbol: 'BTCUSDT', workingType: 'LIMIT', workingSide: 'BUY', workingPrice: '99', workingQuantity: '0.3' },
    ...{ workingTimeInForce: 'GTC', pendingSide: 'SELL', pendingType: 'STOP_LOSS', pendingStopPrice: '90' },
  };
  it.each([
    ['oto', 'works with a market order', { workingType: 'MARKET' }, -1106],
    ['oto', 'works with a stop', { workingType: 'STOP_LOSS_LIMIT', workingStopPrice: '101' }, -1116],
    ['opo', 'works with an ask', { workingSide: 'SELL' }, -1222],
    ['opo', 'waits with a bid', { pendingSide: 'BUY' }, -1223],
  ])('an %s that %s', async (list, _name, change, code) => {
    const answer = await call(exchange, `POST /api/v3/orderList/${list}`, { ...WORKING, ...change }, 0);
    expect(answer).toMatchObject({ status: 400, body: { code } });
  });
});
