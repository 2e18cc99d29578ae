import { beforeEach, describe, expect, it } from 'vitest';
import type { BinanceCall, CallParams } from '../../ccxt/ccxt-binance.ts';
import { ClientIdIndex } from '../client-id-index.ts';
import { ACCOUNT, BTC_PERPETUAL, orderId } from '../testing/gateway-fixture.ts';
import { failureOf, scriptedRest, type ScriptedRest } from '../testing/scripted-rest.ts';
import { ConditionalIndex } from './conditional-index.ts';
import { UsdmQueries } from './usdm-queries.ts';

const mine = orderId('entry');
const asset = { asset: 'USDT', walletBalance: '100.00', availableBalance: '90.000' };
const orderRow = (fields: object = {}): object => ({
  ...{ symbol: 'BTCUSDT', orderId: 5, clientOrderId: mine, price: '100.00', origQty: '1', executedQty: '0.00' },
  ...{ status: 'NEW', timeInForce: 'GTC', type: 'LIMIT', origType: 'LIMIT', side: 'BUY', updateTime: 1_000 },
  ...fields,
});
const algoRow = (fields: object = {}): object => ({
  ...{ symbol: 'BTCUSDT', algoId: 9, clientAlgoId: mine, orderType: 'STOP_MARKET', side: 'SELL', quantity: '1' },
  ...{ algoStatus: 'NEW', triggerPrice: '95.00', price: '', updateTime: 1_000 },
  ...fields,
});
const tradeRow = (id: number, fields: object = {}): object => ({
  ...{ symbol: 'BTCUSDT', id, orderId: 5, price: '100.00', qty: '1', commission: '0.05', commissionAsset: 'USDT' },
  ...{ time: 1_000, buyer: true, maker: true },
  ...fields,
});
const positionRow = (symbol: string, positionAmt: string): object => ({
  ...{ symbol, positionSide: 'BOTH', positionAmt, entryPrice: '100.0', liquidationPrice: '0' },
});

const account = {
  ...{ totalMarginBalance: '100', totalMaintMargin: '8', availableBalance: '90' },
  assets: [asset],
};

let rest: ScriptedRest;
let queries: UsdmQueries;
beforeEach(() => {
  rest = scriptedRest();
  rest.on('fapiPrivateGetOpenAlgoOrders', () => []);
  rest.on('fapiPrivateGetOpenOrders', () => []);
  rest.on('fapiPrivateGetUserTrades', () => []);
  rest.on('fapiPrivateV3GetAccount', () => account);
  rest.on('fapiPrivateV3GetPositionRisk', () => []);
  rest.on('fapiPrivateGetIncome', () => []);
  rest.fail('fapiPrivateGetOrder', failureOf('-2013', 'rejected'));
  rest.fail('fapiPrivateGetAlgoOrder', failureOf('-2013', 'rejected'));
  const symbols = {
    instrumentOf: (symbol: string) => (symbol === 'BTCUSDT' ? BTC_PERPETUAL : undefined),
    lists: () => true,
    venueSymbolOf: () => 'BTCUSDT',
  };
  const indexes = { clientIds: new ClientIdIndex(), conditionals: new ConditionalIndex() };
  queries = new UsdmQueries({ rest: rest.client, accountId: ACCOUNT, symbols, ...indexes });
});

const request = { clientOrderId: mine, instrumentId: BTC_PERPETUAL };
const paramsOf = (call: BinanceCall): readonly CallParams[] =>
  rest.asked.filter((one) => one.call === call).map(({ params }) => params);

describe('a look at USD-M', () => {
  it.each([
    'fapiPrivateGetOpenAlgoOrders',
    'fapiPrivateGetOpenOrders',
    'fapiPrivateGetUserTrades',
    'fapiPrivateGetOrder',
    'fapiPrivateGetAlgoOrder',
    'fapiPrivateV3GetAccount',
    'fapiPrivateV3GetPositionRisk',
  ] as const)('fails whole when %s has no answer, and says why', async (call) => {
    rest.fail(call, failureOf('TIMEOUT'));
    const look = await queries.snapshot([request], [BTC_PERPETUAL]);
    expect(look).toMatchObject({ ok: false, error: { outcome: 'unknown', code: 'TIMEOUT' } });
  });

  it('asks for the trades of a failed look again', async () => {
    rest.fail('fapiPrivateV3GetAccount', failureOf('TIMEOUT'));
    await queries.snapshot([], [BTC_PERPETUAL]);
    rest.on('fapiPrivateV3GetAccount', () => account);
    rest.on('fapiPrivateGetUserTrades', () => [tradeRow(7)]);
    const look = await queries.snapshot([], []);
    expect(look.ok && look.value.fills.map(({ tradeId }) => tradeId)).toEqual(['7']);
  });

  it('leaves out positions, orders and trades of contracts that are no perpetual', async () => {
    const other = 'BTCUSDT_260327';
    rest.on('fapiPrivateV3GetPositionRisk', () => [
      positionRow(other, '1.0'),
      positionRow('BTCUSDT', '0.000'),
      positionRow('BTCUSDT', '-2.0'),
    ]);
    rest.on('fapiPrivateGetOpenOrders', () => [orderRow({ symbol: other })]);
    rest.on('fapiPrivateGetOpenAlgoOrders', () => [algoRow({ symbol: other, clientAlgoId: 'theirs' })]);
    queries.noteActivity(other);
    const look = await queries.snapshot([], []);
    expect(look).toMatchObject({
      value: { openOrders: [], fills: [], positions: [{ quantity: '-2.0', liquidationPrice: null }] },
    });
    expect(paramsOf('fapiPrivateGetUserTrades')).toEqual([]);
  });

  it('splits a wallet into what is free and what stands as margin', async () => {
    const look = await queries.snapshot([], []);
    expect(look.ok && look.value.balances).toEqual([{ asset: 'USDT', free: '90.000', locked: '10.000' }]);
  });

  it('shows an order that triggered between the two lists once, as what it was asked for', async () => {
    rest.on('fapiPrivateGetOpenAlgoOrders', () => [algoRow()]);
    rest.on('fapiPrivateGetOpenOrders', () => [orderRow({ type: 'MARKET', origType: 'MARKET' })]);
    const look = await queries.snapshot([], []);
    expect(look.ok && look.value.openOrders).toMatchObject([
      { clientOrderId: mine, venueOrderId: '5', type: 'stopMarket', triggered: true, triggerPrice: '95.00' },
    ]);
  });
});

describe('what carrying costs', () => {
  const paid = (tranId: number, fields: object = {}): object => ({
    ...{ symbol: 'BTCUSDT', income: '-0.05', asset: 'USDT', time: 1_000 + tranId, tranId: String(tranId) },
    ...fields,
  });

  it('is told once, of the contract it was for, and asked for from the last one on', async () => {
    rest.on('fapiPrivateGetIncome', () => [paid(1), paid(2, { symbol: 'BTCUSDT_260327', income: '0.01' })]);
    const first = await queries.snapshot([], []);
    expect(first.ok && first.value.charges).toEqual([
      {
        ...{ chargeId: 'funding-1-BTCUSDT', kind: 'funding', asset: 'USDT', amount: '-0.05' },
        ...{ instrumentId: BTC_PERPETUAL, chargedAtUs: 1_001_000 },
      },
      expect.objectContaining({ chargeId: 'funding-2-BTCUSDT_260327', amount: '0.01', instrumentId: null }),
    ]);
    rest.on('fapiPrivateGetIncome', () => [paid(2, { symbol: 'BTCUSDT_260327' }), paid(3)]);
    expect((await queries.newFunding()).map(({ chargeId }) => chargeId)).toEqual(['funding-3-BTCUSDT']);
    expect(paramsOf('fapiPrivateGetIncome').map(({ startTime }) => startTime)).toEqual([undefined, 1_002]);
  });

  it('is left out of a look when the venue does not tell, and asked for again', async () => {
    rest.fail('fapiPrivateGetIncome', failureOf('TIMEOUT'));
    expect(await queries.snapshot([], [])).toMatchObject({ ok: true, value: { charges: [] } });
    expect(await queries.newFunding()).toEqual([]);
    rest.on('fapiPrivateGetIncome', () => [paid(1)]);
    expect(await queries.newFunding()).toHaveLength(1);
  });

  it.each([
    ['8', '12.50000000'],
    ['0', null],
  ])('stands beside the level of the account with a maintenance margin of %s', async (totalMaintMargin, level) => {
    rest.on('fapiPrivateV3GetAccount', () => ({ ...account, totalMaintMargin }));
    const look = await queries.snapshot([], []);
    expect(look.ok && look.value.standing).toEqual({ level, liquidationLevel: '1', freeMargin: '90', asset: 'USDT' });
  });
});

describe('new trades', () => {
  it('are read page by page after the last one known, and the first page alone at the start', async () => {
    rest.on('fapiPrivateGetUserTrades', ({ fromId }) => {
      if (fromId === undefined) return Array.from({ length: 1_000 }, (_, index) => tradeRow(index + 1));
      return Array.from({ length: fromId === '1001' ? 1_000 : 2 }, (_, index) => tradeRow(Number(fromId) + index));
    });
    const first = await queries.snapshot([], [BTC_PERPETUAL]);
    const second = await queries.snapshot([], [BTC_PERPETUAL]);
    expect([first.ok && first.value.fills.length, second.ok && second.value.fills.length]).toEqual([1_000, 1_002]);
    expect(paramsOf('fapiPrivateGetUserTrades').map(({ fromId }) => fromId)).toEqual([undefined, '1001', '2001']);
  });

  it('are named by the order asked for once, and stay unlisted where the venue knows none', async () => {
    rest.on('fapiPrivateGetUserTrades', () => [tradeRow(1), tradeRow(2), tradeRow(3, { orderId: 6, maker: false })]);
    rest.on('fapiPrivateGetOrder', (params) =>
      params['orderId'] === '5' ? orderRow() : rest.refusal(failureOf('-2013', 'rejected')),
    );
    const look = await queries.snapshot([], [BTC_PERPETUAL]);
    expect(look.ok && look.value.fills.map((fill) => [fill.clientOrderId, fill.liquidity])).toEqual([
      [mine, 'maker'],
      [mine, 'maker'],
      ['unlisted-6', 'taker'],
    ]);
    expect(paramsOf('fapiPrivateGetOrder').map((params) => params['orderId'])).toEqual(['5', '6']);
  });

  it('fail the look when their order cannot be asked for', async () => {
    rest.on('fapiPrivateGetUserTrades', () => [tradeRow(1)]);
    rest.fail('fapiPrivateGetOrder', failureOf('TIMEOUT'));
    expect(await queries.snapshot([], [BTC_PERPETUAL])).toMatchObject({ ok: false, error: { code: 'TIMEOUT' } });
  });
});

describe('a lookup', () => {
  const lookup = async (): Promise<unknown> => {
    const look = await queries.snapshot([request], []);
    return look.ok ? look.value.lookups[0] : look.error.code;
  };

  it('proves absence only when both order spaces say so', async () => {
    expect(await lookup()).toEqual({ clientOrderId: mine, found: false });
    rest.fail('fapiPrivateGetAlgoOrder', failureOf('-2013', 'unknown'));
    expect(await lookup()).toBe('-2013');
  });

  it.each([
    ['another client id', { clientOrderId: 'someone-elses' }],
    ['a contract that is no perpetual', { symbol: 'BTCUSDT_260327' }],
  ])('believes no reply with %s', async (_name, fields) => {
    rest.on('fapiPrivateGetOrder', () => orderRow(fields));
    expect(await lookup()).toBe('WRONG_ORDER');
  });

  it('fails when the trades of a filled order have no answer', async () => {
    rest.on('fapiPrivateGetOrder', () => orderRow({ status: 'FILLED', executedQty: '1' }));
    rest.fail('fapiPrivateGetUserTrades', failureOf('TIMEOUT'));
    expect(await lookup()).toBe('TIMEOUT');
  });

  it.each([undefined, null, '', '0'])('takes a conditional order whose actual order is %j for waiting', async (id) => {
    rest.on('fapiPrivateGetAlgoOrder', () => algoRow(id === undefined ? {} : { actualOrderId: id }));
    expect(await lookup()).toMatchObject({
      found: true,
      report: { venueOrderId: 'algo-9', venueStatus: 'live', triggered: false },
      fills: [],
    });
  });

  describe('of a conditional order that became an ordinary one', () => {
    const became = (answer: () => unknown): void => {
      rest.on('fapiPrivateGetAlgoOrder', () => algoRow({ algoStatus: 'FINISHED', actualOrderId: 77 }));
      rest.on('fapiPrivateGetOrder', ({ orderId: id }) =>
        id === '77' ? answer() : rest.refusal(failureOf('-2013', 'rejected')),
      );
    };

    it('tells what that one did', async () => {
      became(() => orderRow({ orderId: 77, status: 'FILLED', executedQty: '1', type: 'MARKET', origType: 'MARKET' }));
      rest.on('fapiPrivateGetUserTrades', (params) => (params['orderId'] === '77' ? [tradeRow(4)] : []));
      expect(await lookup()).toMatchObject({
        found: true,
        report: { venueStatus: 'filled', type: 'stopMarket', triggered: true },
        fills: [{ tradeId: '4', clientOrderId: mine }],
      });
    });

    it('fails when that one cannot be asked for', async () => {
      became(() => rest.refusal(failureOf('TIMEOUT')));
      expect(await lookup()).toBe('TIMEOUT');
    });
  });
});
