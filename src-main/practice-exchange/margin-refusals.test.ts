import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HandMadeMarket, testSymbol } from './testing/hand-made-market.ts';
import { call, startMarginExchange } from './testing/practice-client.ts';

type Params = Record<string, string | number>;

let exchange: Awaited<ReturnType<typeof startMarginExchange>>;
beforeAll(async () => {
  exchange = await startMarginExchange();
});
afterAll(() => exchange.close());

const bodyOf = async (route: string, params: Params = {}, account = 0) =>
  (await call(exchange, route, params, account)).body;
const LOAN = 'POST /sapi/v1/margin/borrow-repay';
const LOANS = 'GET /sapi/v1/margin/borrow-repay';
const MOVE = 'POST /sapi/v1/margin/isolated/transfer';
const ORDER = 'POST /sapi/v1/margin/order';
const OCO = 'POST /sapi/v1/margin/order/oco';
const ISOLATED = { isIsolated: 'TRUE', symbol: 'BTCUSDT' };
const borrow = { type: 'BORROW', asset: 'USDT', amount: '10' };
const move = { asset: 'USDT', symbol: 'BTCUSDT', amount: '1', transFrom: 'SPOT', transTo: 'ISOLATED_MARGIN' };
const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1' };

describe('margin requests that are refused', () => {
  it.each<[string, number, Params]>([
    [LOAN, -1130, { ...borrow, type: 'GIFT' }],
    [LOAN, -1102, { type: 'BORROW', asset: 'USDT' }],
    [LOAN, -1130, { ...borrow, amount: '0' }],
    [LOAN, -3002, { ...borrow, asset: 'GOLD' }],
    [LOAN, -1130, { ...borrow, isIsolated: 'MAYBE' }],
    [LOAN, -3003, { ...borrow, isIsolated: 'TRUE', symbol: 'ETHUSDT' }],
    [LOAN, -1121, { ...borrow, isIsolated: 'TRUE', symbol: 'NOPE' }],
    [LOANS, -1102, {}],
    [LOANS, -3003, { type: 'BORROW', isolatedSymbol: 'ETHUSDT' }],
    ['GET /sapi/v1/margin/interestRateHistory', -3002, { asset: 'GOLD' }],
    ['GET /sapi/v1/margin/maxBorrowable', -3003, { asset: 'USDT', isolatedSymbol: 'ETHUSDT' }],
    [MOVE, -1130, { ...move, transTo: 'SPOT' }],
    [MOVE, -1130, { ...move, transFrom: 'POCKET' }],
    [MOVE, -3002, { ...move, asset: 'ETH' }],
    [MOVE, -3003, { ...move, symbol: 'ETHUSDT', transFrom: 'ISOLATED_MARGIN', transTo: 'SPOT' }],
    ['POST /sapi/v1/asset/transfer', -1130, { type: 'MAIN_MOON', asset: 'USDT', amount: '1' }],
    [ORDER, -1130, { ...market, sideEffectType: 'GIFT' }],
    [ORDER, -1130, { ...market, autoRepayAtCancel: 'LATER' }],
    [OCO, -1102, { symbol: 'BTCUSDT', side: 'BUY', quantity: '1' }],
  ])('%s answers %i to %j', async (route, code, params) => expect(await bodyOf(route, params)).toMatchObject({ code }));

  it.each<[string, Params]>([
    ['GET /sapi/v1/margin/account', {}],
    [LOAN, borrow],
    [ORDER, market],
    ['POST /sapi/v1/asset/transfer', { type: 'MAIN_MARGIN', asset: 'USDT', amount: '1' }],
  ])('%s tells a signer without margin that there is none', async (route, params) =>
    expect(await bodyOf(route, params, 1)).toMatchObject({ code: -3003 }),
  );
});

describe('margin accounts', () => {
  it('moves funds between spot and cross, and not more than there are', async () => {
    const transfer = { asset: 'USDT', amount: '5' };
    const path = 'POST /sapi/v1/asset/transfer';
    const free = async () => {
      const { userAssets } = (await bodyOf('GET /sapi/v1/margin/account')) as {
        userAssets: { asset: string; free: string }[];
      };
      return Number(userAssets.find(({ asset }) => asset === 'USDT')?.free);
    };
    const before = await free();
    expect(await bodyOf(path, { ...transfer, type: 'MAIN_MARGIN' })).toHaveProperty('tranId');
    expect(await free()).toBe(before + 5);
    expect(await bodyOf(path, { ...transfer, type: 'MARGIN_MAIN' })).toHaveProperty('tranId');
    expect(await free()).toBe(before);
    expect(await bodyOf(path, { ...transfer, amount: '90000', type: 'MAIN_MARGIN' })).toHaveProperty('code');
  });

  it('keeps loans of a pair apart, in pages', async () => {
    expect(await bodyOf(LOAN, { ...borrow, ...ISOLATED })).toHaveProperty('tranId');
    expect(await bodyOf(LOAN, { ...borrow, ...ISOLATED, amount: '20' })).toHaveProperty('tranId');
    const asked = { type: 'BORROW', isolatedSymbol: 'BTCUSDT' };
    expect(await bodyOf(LOANS, { ...asked, size: 1 })).toMatchObject({
      total: 2,
      rows: [{ isolatedSymbol: 'BTCUSDT', principal: '20.00000000', type: 'MANUAL' }],
    });
    expect(await bodyOf(LOANS, { ...asked, size: 1, current: 2 })).toMatchObject({
      rows: [{ principal: '10.00000000' }],
    });
    for (const none of [{ asset: 'BTC' }, { startTime: Date.now() * 2 }, { endTime: 1 }]) {
      expect(await bodyOf(LOANS, { ...asked, ...none })).toEqual({ rows: [], total: 0 });
    }
    const interests = await bodyOf('GET /sapi/v1/margin/interestHistory', { isolatedSymbol: 'BTCUSDT' });
    expect(interests).toMatchObject({ rows: [{ isolatedSymbol: 'BTCUSDT' }, { type: 'ON_BORROW' }] });
    expect(await bodyOf(LOAN, { ...borrow, ...ISOLATED, type: 'REPAY' })).toHaveProperty('tranId');
    expect(await bodyOf(LOANS, { type: 'REPAY', isolatedSymbol: 'BTCUSDT' })).toMatchObject({ total: 1 });
  });

  it('lists the pairs that are asked for', async () => {
    const path = 'GET /sapi/v1/margin/isolated/account';
    expect(await bodyOf(path, { symbols: 'ETHUSDT' })).toEqual({ assets: [] });
    expect(await bodyOf(path, { symbols: 'ETHUSDT,BTCUSDT' })).toMatchObject({ assets: [{ symbol: 'BTCUSDT' }] });
  });

  it('names the legs of an OCO that buys', async () => {
    const oco = { symbol: 'BTCUSDT', side: 'BUY', quantity: '1', price: '95', stopPrice: '105' };
    expect(await bodyOf(OCO, oco)).toMatchObject({
      isIsolated: false,
      orderReports: [
        { type: 'STOP_LOSS', side: 'BUY' },
        { type: 'LIMIT_MAKER', side: 'BUY' },
      ].map((leg) => expect.objectContaining(leg) as object),
    });
    const ended = await bodyOf('DELETE /sapi/v1/margin/openOrders', { symbol: 'BTCUSDT' });
    expect(ended).toMatchObject([{ isIsolated: false, contingencyType: 'OCO' }]);
  });
});

describe('levels of an isolated account', () => {
  const levelOf = async (on: typeof exchange) => {
    const { body } = await call(on, 'GET /sapi/v1/margin/isolated/account', {}, 0);
    return (body as { assets: object[] }).assets[0];
  };

  it.each([
    ['EXCESSIVE', '0'],
    ['NORMAL', '400'],
  ])('says %s when %s is borrowed', async (marginLevelStatus, amount) => {
    const own = await startMarginExchange();
    if (amount !== '0') {
      const { body } = await call(own, LOAN, { ...borrow, ...ISOLATED, amount }, 0);
      expect(body).toHaveProperty('tranId');
    }
    expect(await levelOf(own)).toMatchObject({ marginLevelStatus });
    await own.close();
  });

  it('values nothing in BTC where there is none, and an empty account at nothing', async () => {
    const own = await startMarginExchange({
      market: new HandMadeMarket([testSymbol('ETHUSDT', 'ETH')]),
      accounts: [{ name: 'main', balances: { USDT: '10' }, margin: { USDT: '10' }, isolated: { ETHUSDT: {} } }],
    });
    expect((await call(own, 'GET /sapi/v1/margin/account', {}, 0)).body).toMatchObject({
      totalAssetOfBtc: '0.00000000',
      totalCollateralValueInUSDT: '10.00000000',
    });
    expect(await levelOf(own)).toMatchObject({
      marginLevelStatus: 'EXCESSIVE',
      liquidateRate: '0.00000000',
      quoteAsset: { netAssetOfBtc: '0.00000000' },
    });
    await own.close();
  });

  it('offers no pairs where nobody has a margin account', async () => {
    const own = await startMarginExchange({ accounts: [{ name: 'main', balances: { USDT: '10' } }] });
    expect((await call(own, 'GET /sapi/v1/margin/allPairs', {}, 0)).body).toEqual([]);
    await own.close();
  });
});
