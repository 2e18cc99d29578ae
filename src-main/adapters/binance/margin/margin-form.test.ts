import { beforeEach, describe, expect, it } from 'vitest';
import { BTC_MARGIN, order, orderId, stopOf, targetOf } from '../testing/gateway-fixture.ts';
import { failureOf, scriptedRest, type ScriptedRest } from '../testing/scripted-rest.ts';
import { marginForm } from './margin-form.ts';

const asset = (name: string, fields: object = {}): object => ({
  ...{ asset: name, free: '0', locked: '0', borrowed: '0', interest: '0' },
  ...fields,
});
const cross = (userAssets: readonly object[], totals: object = {}): object => ({
  ...{ marginLevel: '2', totalAssetOfBtc: '2', totalLiabilityOfBtc: '1', tradeEnabled: true, userAssets },
  ...totals,
});
const pair = (fields: object = {}): object => ({
  ...{ symbol: 'BTCUSDT', marginLevel: '2', liquidatePrice: '0', tradeEnabled: true },
  ...{ baseAsset: asset('BTC', { free: '1' }), quoteAsset: asset('USDT') },
  ...fields,
});
const symbols = {
  instrumentOf: (symbol: string) => (symbol === 'BTCUSDT' ? BTC_MARGIN : undefined),
  lists: (id: string) => id === BTC_MARGIN || id === 'ETH/USDT.BINANCE.MARGIN',
  venueSymbolOf: () => 'BTCUSDT',
};
const [CROSS, ISOLATED] = [marginForm('cross'), marginForm({ isolated: 'BTCUSDT' })];

let rest: ScriptedRest;
beforeEach(() => {
  rest = scriptedRest();
  rest.on('sapiGetMarginPriceIndex', ({ symbol }) => ({ symbol, price: symbol === 'BTCUSDT' ? '100' : '10' }));
  rest.on('sapiPostMarginBorrowRepay', () => ({ tranId: 1 }));
});

describe('a look at a cross account', () => {
  const look = () => CROSS.look(rest.client, symbols, 'query');
  const pricesOf = async (): Promise<unknown> => {
    const result = await look();
    return result.ok ? result.value.positions?.map((one) => [one.instrumentId, one.liquidationPrice]) : result.error;
  };

  it('fails when the account has no answer', async () => {
    rest.fail('sapiGetMarginAccount', failureOf('TIMEOUT'));
    expect(await look()).toEqual({ ok: false, error: failureOf('TIMEOUT') });
  });

  it('asks for no index price without a position', async () => {
    rest.on('sapiGetMarginAccount', () => cross([asset('USDT', { free: '5' }), asset('BTC')]));
    expect(await look()).toMatchObject({ ok: true, value: { balances: [{ asset: 'USDT' }], positions: [] } });
    expect(rest.asked.map(({ call }) => call)).toEqual(['sapiGetMarginAccount']);
  });

  it('leaves out assets without a pair in the quote asset, and prices each other one by its own index', async () => {
    rest.on('sapiGetMarginAccount', () =>
      cross([asset('ODD', { free: '1' }), asset('ETH', { free: '10' }), asset('BTC', { free: '1' })]),
    );
    // ETH: (1.1 x 1 x 100 - (2 x 100 - 10 x 10)) / 10; BTC: (1.1 x 100 - (200 - 100)) / 1.
    expect(await pricesOf()).toEqual([
      ['ETH/USDT.BINANCE.MARGIN', '1.00000000'],
      [BTC_MARGIN, '10.00000000'],
    ]);
    expect(rest.asked.map(({ params }) => params['symbol'])).toEqual([undefined, 'BTCUSDT', 'ETHUSDT']);
  });

  it.each([
    ['there is no debt', [asset('BTC', { free: '1' })], { totalAssetOfBtc: '0.5', totalLiabilityOfBtc: '0' }],
    ['the price would lie below zero', [asset('BTC', { free: '1' })], { totalAssetOfBtc: '9' }],
    // What is held is just the bar times its debt: the price moves both alike.
    ['no price closes it', [asset('BTC', { free: '1.1', borrowed: '1' })], {}],
  ])('knows the position but no liquidation price when %s', async (_name, assets, totals) => {
    rest.on('sapiGetMarginAccount', () => cross(assets, totals));
    expect(await pricesOf()).toEqual([[BTC_MARGIN, null]]);
  });

  it.each(['BTCUSDT', 'ETHUSDT'])('knows the position without the index price of %s', async (absent) => {
    rest.on('sapiGetMarginAccount', () => cross([asset('ETH', { free: '10' })]));
    rest.on('sapiGetMarginPriceIndex', ({ symbol }) =>
      symbol === absent ? rest.refusal(failureOf('TIMEOUT')) : { symbol, price: '10' },
    );
    expect(await pricesOf()).toEqual([['ETH/USDT.BINANCE.MARGIN', null]]);
  });
});

describe('a look at an isolated account', () => {
  const look = (isolated = 'BTCUSDT') => marginForm({ isolated }).look(rest.client, symbols, 'query');

  it('fails when the account has no answer', async () => {
    rest.fail('sapiGetMarginIsolatedAccount', failureOf('TIMEOUT'));
    expect(await look()).toEqual({ ok: false, error: failureOf('TIMEOUT') });
  });

  it('fails when the venue tells of other pairs only', async () => {
    rest.on('sapiGetMarginIsolatedAccount', () => ({ assets: [pair({ symbol: 'ETHUSDT' })] }));
    expect(await look()).toMatchObject({ ok: false, error: { outcome: 'rejected', code: 'NO_ISOLATED_ACCOUNT' } });
  });

  it.each([
    ['a position without a liquidation price', pair(), [{ quantity: '1', liquidationPrice: null }]],
    ['its liquidation price', pair({ liquidatePrice: '93.5' }), [{ quantity: '1', liquidationPrice: '93.5' }]],
    ['nothing held', pair({ baseAsset: asset('BTC') }), []],
  ])('tells %s', async (_name, row, positions) => {
    rest.on('sapiGetMarginIsolatedAccount', () => ({ assets: [row] }));
    expect(await look()).toMatchObject({ ok: true, value: { positions } });
  });

  it('tells no position of a pair we do not list', async () => {
    rest.on('sapiGetMarginIsolatedAccount', () => ({ assets: [pair({ symbol: 'ODDUSDT' })] }));
    expect(await look('ODDUSDT')).toMatchObject({ ok: true, value: { positions: [], balances: [{ asset: 'BTC' }] } });
  });
});

describe('paying back', () => {
  const owed = asset('USDT', { free: '3', borrowed: '5', interest: '0.5' });
  const repaid = () =>
    rest.asked.filter(({ call }) => call === 'sapiPostMarginBorrowRepay').map(({ params }) => params);

  it('takes what lies idle on the cross account', async () => {
    rest.on('sapiGetMarginAccount', () => cross([asset('BTC', { free: '1' }), owed]));
    await CROSS.repayIdle?.(rest.client);
    expect(repaid()).toEqual([{ isIsolated: 'FALSE', asset: 'USDT', amount: '3', type: 'REPAY' }]);
  });

  it('takes what lies idle on an isolated account', async () => {
    rest.on('sapiGetMarginIsolatedAccount', () => ({ assets: [pair({ quoteAsset: { ...owed, free: '9' } })] }));
    await ISOLATED.repayIdle?.(rest.client);
    expect(repaid()).toEqual([{ isIsolated: 'TRUE', symbol: 'BTCUSDT', asset: 'USDT', amount: '5.5', type: 'REPAY' }]);
  });

  it.each([
    ['cross', CROSS, 'sapiGetMarginAccount'],
    ['isolated', ISOLATED, 'sapiGetMarginIsolatedAccount'],
  ] as const)('moves nothing when the %s account has no answer', async (_name, form, call) => {
    rest.fail(call, failureOf('TIMEOUT'));
    await form.repayIdle?.(rest.client);
    expect(repaid()).toEqual([]);
  });
});

describe('a create on margin', () => {
  const oco = (stop: Parameters<typeof stopOf>[0]) =>
    CROSS.create({ kind: 'oco', listId: orderId('list'), target: targetOf(), stop: stopOf(stop) }, 'BTCUSDT');

  it.each([
    ['with a limit', {}, { stopLimitPrice: '58900.00', stopLimitTimeInForce: 'GTC' }],
    ['with a limit of no named time', { timeInForce: null }, { stopLimitTimeInForce: 'GTC' }],
    ['at the market', { type: 'stopMarket', price: null, timeInForce: null }, { stopPrice: '59000.00' }],
  ] as const)('writes an OCO whose stop is one %s', (_name, stop, params) => {
    const request = oco(stop);
    expect(request).toMatchObject({ ok: true, value: { call: 'sapiPostMarginOrderOco', params } });
    const hasLimit = request.ok && 'stopLimitPrice' in request.value.params;
    expect(hasLimit).toBe(!('price' in stop));
  });

  it('borrows for an entry and pays back by what ends a position', () => {
    const effects = [order('entry'), order('exit')].map((spec) => {
      const request = ISOLATED.create({ kind: 'single', order: spec }, 'BTCUSDT');
      return request.ok && [request.value.params['sideEffectType'], request.value.params['isIsolated']];
    });
    expect(effects).toEqual([
      ['MARGIN_BUY', 'TRUE'],
      ['AUTO_REPAY', 'TRUE'],
    ]);
  });

  it('is denied where spot has no form for it', () => {
    const exit = order('exit', { reduceOnly: true });
    expect(CROSS.create({ kind: 'single', order: exit }, 'BTCUSDT').ok).toBe(false);
  });
});

describe('interest', () => {
  const row = (txId: number, more: object = {}): object => ({
    ...{ txId: String(txId), interestAccuredTime: 1_000 + txId, asset: 'USDT', interest: '0.02' },
    ...more,
  });
  const asked = () => rest.asked.map(({ params }) => params);
  const interest = (form: typeof CROSS, sinceUs: number | null) =>
    form.charges?.({ rest: rest.client, symbols, sinceUs, lane: 'query' });

  it('is a cost without a position on the cross account, and of its pair on an isolated one', async () => {
    rest.on('sapiGetMarginInterestHistory', () => ({ rows: [row(1)], total: 1 }));
    const charge = { chargeId: 'interest-1', kind: 'interest', asset: 'USDT', amount: '-0.02', chargedAtUs: 1_001_000 };
    expect(await interest(CROSS, null)).toEqual({ ok: true, value: [{ ...charge, instrumentId: null }] });
    expect(await interest(ISOLATED, null)).toEqual({ ok: true, value: [{ ...charge, instrumentId: BTC_MARGIN }] });
    expect(asked()).toEqual([
      { current: 1, size: 100 },
      { isolatedSymbol: 'BTCUSDT', current: 1, size: 100 },
    ]);
  });

  it('is read page by page since the last one told, and from the latest page alone at first', async () => {
    const full = Array.from({ length: 100 }, (_, index) => row(index));
    rest.on('sapiGetMarginInterestHistory', ({ current }) => ({ rows: current === 1 ? full : [row(100)], total: 101 }));
    expect(await interest(CROSS, 5_000_500)).toMatchObject({ ok: true, value: { length: 101 } });
    expect(asked().map(({ current, startTime }) => [current, startTime])).toEqual([
      [1, 5_000],
      [2, 5_000],
    ]);
    expect(await interest(CROSS, null)).toMatchObject({ ok: true, value: { length: 100 } });
  });

  it('fails when a page has no answer', async () => {
    rest.fail('sapiGetMarginInterestHistory', failureOf('TIMEOUT'));
    expect(await interest(CROSS, null)).toEqual({ ok: false, error: failureOf('TIMEOUT') });
  });
});

describe('the level of an account', () => {
  it.each([
    ['1.99', '1.99'],
    ['999', null],
    ['999.00000000', null],
  ])('of %s is %s on the cross account, and on an isolated one', async (marginLevel, level) => {
    rest.on('sapiGetMarginAccount', () => cross([], { marginLevel }));
    rest.on('sapiGetMarginIsolatedAccount', () => ({ assets: [pair({ marginLevel })] }));
    const standing = { level, freeMargin: null, asset: 'USDT' };
    expect(await CROSS.look(rest.client, symbols, 'query')).toMatchObject({
      value: { standing: { ...standing, liquidationLevel: '1.1' } },
    });
    expect(await ISOLATED.look(rest.client, symbols, 'query')).toMatchObject({
      value: { standing: { ...standing, liquidationLevel: '1.05' } },
    });
  });
});
