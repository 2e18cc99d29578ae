import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TEST_START_MS } from './testing/hand-made-market.ts';
import { call, ccxtClient, control, startMarginExchange } from './testing/practice-client.ts';

const PAIR = 'BTC/USDT';
const CROSS = { marginMode: 'cross' };
const ISOLATED = { marginMode: 'isolated' };

let exchange: Awaited<ReturnType<typeof startMarginExchange>>;
let client: ReturnType<typeof ccxtClient>;
beforeEach(async () => {
  exchange = await startMarginExchange();
  client = ccxtClient(exchange, 0, { options: { fetchMarkets: { types: ['spot'] }, fetchCurrencies: false } });
});
afterEach(async () => {
  // ccxt leaves futures that nobody awaits; closing rejects them.
  for (const socket of Object.values(client.clients as Record<string, { futures: Record<string, Promise<unknown>> }>)) {
    for (const future of Object.values(socket.futures)) future.catch(() => undefined);
  }
  await client.close();
  await exchange.close();
});

const marketAt = (ticks: number): void =>
  exchange.handMade.push(
    {
      kind: 'book',
      symbol: 'BTCUSDT',
      marketTimeMs: TEST_START_MS,
      snapshot: true,
      bids: [[ticks - 1, 500_000]],
      asks: [[ticks + 1, 500_000]],
    },
    { kind: 'trade', symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS, ticks, lots: 1, aggressor: 'sell' },
  );
const crossOf = async (asset: string) => {
  const { body } = await call(exchange, 'GET /sapi/v1/margin/account', {}, 0);
  const { userAssets } = body as { userAssets: { asset: string }[] };
  return userAssets.find((row) => row.asset === asset);
};
const ledgerOf = async (name: string) =>
  (await control(exchange, 'GET', `ledger?account=${encodeURIComponent(name)}`)) as {
    positions: { held: string; isProtected: boolean }[];
    debts: { asset: string; borrowed: string; interest: string }[];
  };

describe('unmodified ccxt on cross margin', () => {
  it('knows which pairs trade on margin', async () => {
    await client.loadMarkets();
    expect(client.market(PAIR)).toMatchObject({ spot: true, margin: true });
  });

  it('borrows by the side effect of an order, pays interest, and pays back with what a sale brings', async () => {
    const bought = await client.createOrder(PAIR, 'market', 'buy', 15, undefined, {
      ...CROSS,
      sideEffectType: 'MARGIN_BUY',
    });
    expect(bought).toMatchObject({ status: 'closed', filled: 15, info: { marginBuyBorrowAsset: 'USDT' } });
    // 15 at 100.01 to 100.15, of which 1000 was there; the first hour at 0.024 % a day is due at once.
    expect(await crossOf('USDT')).toMatchObject({
      borrowed: '501.20000000',
      interest: '0.00501200',
      free: '0.00000000',
    });
    expect(await crossOf('BTC')).toMatchObject({ free: '14.98500000' });
    await client.createOrder(PAIR, 'market', 'sell', 14.9, undefined, { ...CROSS, sideEffectType: 'AUTO_REPAY' });
    expect(await crossOf('USDT')).toMatchObject({ borrowed: '0.00000000', interest: '0.00000000' });
    expect((await ledgerOf('main@margin')).debts).toEqual([
      { asset: 'USDT', borrowed: '0.00000000', interest: '0.00000000' },
    ]);
  });

  it('sells short with borrowed coins and a stop that buys them back', async () => {
    await client.createOrder(PAIR, 'market', 'sell', 2, undefined, { ...CROSS, sideEffectType: 'MARGIN_BUY' });
    expect(await crossOf('BTC')).toMatchObject({ borrowed: '2.00000000', netAsset: '-2.00002000' });
    expect(await ledgerOf('main@margin')).toMatchObject({ positions: [{ held: '-2.00000000', isProtected: false }] });
    const stop = await client.createOrder(PAIR, 'STOP_LOSS_LIMIT', 'buy', 2.003, 106, {
      ...CROSS,
      stopPrice: 105,
      sideEffectType: 'AUTO_REPAY',
      clientOrderId: 'stop-1',
    });
    expect(await ledgerOf('main@margin')).toMatchObject({ positions: [{ isProtected: true }] });
    expect(await client.fetchOpenOrders(PAIR, undefined, undefined, CROSS)).toMatchObject([{ id: stop.id }]);
    expect(await client.fetchOpenOrders(PAIR)).toEqual([]);
    marketAt(10_550);
    await vi.waitFor(async () => expect(await crossOf('BTC')).toMatchObject({ borrowed: '0.00000000' }), 15_000);
  });

  it('borrows and repays on request, up to twice what the account owns, and keeps the history', async () => {
    expect(await client.borrowCrossMargin('USDT', 500)).toMatchObject({ currency: 'USDT' });
    const over = await client.borrowCrossMargin('USDT', 5_000).catch(String);
    expect(over).toContain('-3006');
    await client.repayCrossMargin('USDT', 100);
    expect(await crossOf('USDT')).toMatchObject({ borrowed: '400.00500000', interest: '0.00000000' });
    const { body } = await call(exchange, 'GET /sapi/v1/margin/borrow-repay', { type: 'REPAY', asset: 'USDT' }, 0);
    expect(body).toMatchObject({ rows: [{ type: 'MANUAL', interest: '0.00500000', principal: '99.99500000' }] });
    expect(await client.fetchBorrowInterest('USDT')).toMatchObject([{ interest: 0.005, currency: 'USDT' }]);
    expect(await client.fetchCrossBorrowRate('USDT')).toMatchObject({ rate: 0.00024 });
  });

  it('gives back what a canceled order borrowed', async () => {
    const resting = await client.createOrder(PAIR, 'limit', 'buy', 15, 99, { ...CROSS, sideEffectType: 'MARGIN_BUY' });
    expect(await crossOf('USDT')).toMatchObject({ borrowed: '485.00000000', locked: '1485.00000000' });
    await client.cancelOrder(resting.id ?? '', PAIR, CROSS);
    expect(await crossOf('USDT')).toMatchObject({
      borrowed: '0.00485000',
      interest: '0.00000000',
      locked: '0.00000000',
    });
  });

  it('charges interest each hour of market time', async () => {
    await client.borrowCrossMargin('USDT', 500);
    await control(exchange, 'POST', 'clock', { speed: 10_000 });
    await vi.waitFor(async () => {
      const { body } = await call(exchange, 'GET /sapi/v1/margin/interestHistory', { asset: 'USDT', size: 100 }, 0);
      const { rows } = body as { rows: { type: string }[] };
      expect(rows.at(-1)).toMatchObject({ type: 'ON_BORROW', interest: '0.00500000' });
      expect(rows[0]).toMatchObject({ type: 'PERIODIC', principal: '500.00000000', interest: '0.00500000' });
    }, 15_000);
  });

  it('protects by an OCO of which one leg ends the other', async () => {
    await client.createOrder(PAIR, 'market', 'buy', 1, undefined, CROSS);
    const { body, status } = await call(
      exchange,
      'POST /sapi/v1/margin/order/oco',
      {
        ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: '0.999', price: '110', stopPrice: '95', stopLimitPrice: '94' },
        ...{ stopLimitTimeInForce: 'GTC', limitClientOrderId: 'target-1', stopClientOrderId: 'stop-1' },
        sideEffectType: 'AUTO_REPAY',
      },
      0,
    );
    expect({ status, body }).toMatchObject({ status: 200, body: { isIsolated: false, contingencyType: 'OCO' } });
    expect(await client.fetchOpenOrders(PAIR, undefined, undefined, CROSS)).toHaveLength(2);
    await client.cancelAllOrders(PAIR, CROSS);
    expect(await client.fetchOpenOrders(PAIR, undefined, undefined, CROSS)).toEqual([]);
  });

  it('rests the legs of an OTOCO when its borrowed entry is filled', async () => {
    const { body } = await call(
      exchange,
      'POST /sapi/v1/margin/order/otoco',
      {
        ...{ symbol: 'BTCUSDT', sideEffectType: 'MARGIN_BUY', workingType: 'LIMIT', workingSide: 'BUY' },
        ...{ workingPrice: '100.20', workingQuantity: '15', workingTimeInForce: 'FOK', pendingSide: 'SELL' },
        ...{ pendingQuantity: '14.98', pendingAboveType: 'LIMIT_MAKER', pendingAbovePrice: '110' },
        ...{ pendingBelowType: 'STOP_LOSS', pendingBelowStopPrice: '95' },
      },
      0,
    );
    expect(body).toMatchObject({ orderReports: [{ status: 'FILLED', marginBuyBorrowAsset: 'USDT' }, {}, {}] });
    expect(await ledgerOf('main@margin')).toMatchObject({ positions: [{ isProtected: true }] });
  });

  it('tells its private events under a listen token, apart from those of spot', async () => {
    await client.loadMarkets();
    const seen: string[] = [];
    const original = client.handleOrderUpdate.bind(client);
    client.handleOrderUpdate = (socket: unknown, message: { c: string; X: string }) => {
      seen.push(`${message.c} ${message.X}`);
      original(socket as never, message);
    };
    const watching = client.watchOrders(PAIR, undefined, undefined, { type: 'margin' });
    await vi.waitFor(() => expect(exchange.status().privateSubscriptions).toBe(1), 15_000);
    await client.createOrder(PAIR, 'market', 'buy', 1, undefined, { clientOrderId: 'on-spot' });
    await client.createOrder(PAIR, 'market', 'buy', 1, undefined, { ...CROSS, clientOrderId: 'on-margin' });
    await watching;
    await vi.waitFor(() => expect(seen).toEqual(['on-margin NEW', 'on-margin FILLED']), 15_000);
  });

  it('sells everything towards the debts when the level falls to 1.1', async () => {
    await client.createOrder(PAIR, 'market', 'buy', 29, undefined, { ...CROSS, sideEffectType: 'MARGIN_BUY' });
    marketAt(7_500);
    await vi.waitFor(async () => expect(await crossOf('BTC')).toMatchObject({ free: '28.97100000' }), 15_000);
    marketAt(7_200);
    await vi.waitFor(
      async () => expect(await crossOf('USDT')).toMatchObject({ borrowed: '0.00000000', interest: '0.00000000' }),
      15_000,
    );
    expect((await client.fetchMyTrades(PAIR, undefined, undefined, CROSS)).at(-1)).toMatchObject({ side: 'sell' });
  });

  it.each([
    ['more than the account carries', { sideEffectType: 'MARGIN_BUY' }, 60, '-3006'],
    ['more than it owns, without borrowing', {}, 15, 'insufficient balance'],
    ['an effect that does not exist', { sideEffectType: 'GIFT' }, 1, '-1130'],
  ])('is told the true error for %s', async (_name, params, amount, code) => {
    const refused = await client
      .createOrder(PAIR, 'market', 'buy', amount, undefined, { ...CROSS, ...params })
      .catch(String);
    expect(refused).toContain(code);
  });
});

describe('unmodified ccxt on isolated margin', () => {
  it('borrows ten times, tells level and liquidation price, and is liquidated alone', async () => {
    await client.createOrder(PAIR, 'market', 'buy', 9, undefined, { ...ISOLATED, sideEffectType: 'MARGIN_BUY' });
    const { body } = await call(exchange, 'GET /sapi/v1/margin/isolated/account', {}, 0);
    const [row] = (body as { assets: { liquidatePrice: string; marginLevelStatus: string }[] }).assets;
    expect(row).toMatchObject({ marginLevelStatus: 'NORMAL', symbol: 'BTCUSDT' });
    expect(Number(row?.liquidatePrice)).toBeGreaterThan(93);
    expect(Number(row?.liquidatePrice)).toBeLessThan(94);
    marketAt(9_300);
    await vi.waitFor(
      async () =>
        expect((await ledgerOf('main@BTCUSDT')).debts).toEqual([
          { asset: 'USDT', borrowed: '0.00000000', interest: '0.00000000' },
        ]),
      15_000,
    );
    expect(await crossOf('USDT')).toMatchObject({ free: '1000.00000000' });
  });

  it('takes funds from spot and gives them back', async () => {
    const transfer = { asset: 'USDT', symbol: 'ETHUSDT', amount: '50' };
    const path = 'POST /sapi/v1/margin/isolated/transfer';
    const into = { ...transfer, transFrom: 'SPOT', transTo: 'ISOLATED_MARGIN' };
    const out = { ...transfer, transFrom: 'ISOLATED_MARGIN', transTo: 'SPOT' };
    expect((await call(exchange, path, into, 0)).status).toBe(200);
    expect(await ledgerOf('main@ETHUSDT')).toMatchObject({ balances: [{ asset: 'USDT', free: '50.00000000' }] });
    expect((await call(exchange, path, out, 0)).status).toBe(200);
    expect((await call(exchange, path, out, 0)).body).toMatchObject({ code: -3041 });
  });
});
