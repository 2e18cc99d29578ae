import { beforeEach, describe, expect, it } from 'vitest';
import type { VenueOrderId } from '../../engine/domain/identifiers.ts';
import { AccountQueries } from './account-queries.ts';
import { ClientIdIndex } from './client-id-index.ts';
import { SPOT_FORM } from './product-form.ts';
import { ACCOUNT, account, BTC, orderId } from './testing/gateway-fixture.ts';
import { failureOf, scriptedRest, type ScriptedRest } from './testing/scripted-rest.ts';

const mine = orderId('entry');
const ODD = 'ODDUSDT';
const orderRow = (fields: object = {}): object => ({
  ...{ symbol: 'BTCUSDT', orderId: 5, clientOrderId: mine, price: '100', origQty: '1', executedQty: '0.0' },
  ...{ status: 'NEW', type: 'LIMIT', side: 'BUY', time: 1_000 },
  ...fields,
});
const trade = {
  ...{ symbol: 'BTCUSDT', id: 4, orderId: 5, price: '100', qty: '1', commission: '0.1', commissionAsset: 'USDT' },
  ...{ time: 1_000, isBuyer: true, isMaker: false },
};

let rest: ScriptedRest;
let queries: AccountQueries;
beforeEach(() => {
  rest = scriptedRest();
  rest.on('privateGetOpenOrders', () => []);
  rest.on('privateGetMyTrades', () => []);
  rest.on('privateGetAllOrders', () => []);
  rest.on('privateGetAccount', () => account);
  rest.fail('privateGetOrder', failureOf('-2013', 'rejected'));
  const symbols = {
    instrumentOf: (symbol: string) => (symbol === 'BTCUSDT' ? BTC : undefined),
    lists: () => true,
    venueSymbolOf: () => 'BTCUSDT',
  };
  const clientIds = new ClientIdIndex();
  queries = new AccountQueries({ rest: rest.client, form: SPOT_FORM, accountId: ACCOUNT, symbols, clientIds });
});

describe('a look at a spot account', () => {
  it.each([
    'privateGetOpenOrders',
    'privateGetMyTrades',
    'privateGetAllOrders',
    'privateGetOrder',
    'privateGetAccount',
  ] as const)('fails whole when %s has no answer, and says why', async (call) => {
    rest.on('privateGetMyTrades', () => [trade]);
    rest.fail(call, failureOf('TIMEOUT'));
    const look = await queries.snapshot([{ clientOrderId: mine, instrumentId: BTC }], [BTC]);
    expect(look).toMatchObject({ ok: false, error: { outcome: 'unknown', code: 'TIMEOUT' } });
  });

  it('leaves out orders and trades of markets we cannot name', async () => {
    rest.on('privateGetOpenOrders', () => [orderRow({ symbol: ODD })]);
    queries.noteActivity(ODD);
    const look = await queries.snapshot([], []);
    expect(look).toMatchObject({ ok: true, value: { openOrders: [], fills: [] } });
    expect(rest.asked.map(({ call }) => call)).toEqual(['privateGetOpenOrders', 'privateGetAccount']);
  });
});

describe('a lookup', () => {
  const lookup = async (venueOrderId?: string): Promise<unknown> => {
    const id = venueOrderId === undefined ? {} : { venueOrderId: venueOrderId as VenueOrderId };
    const look = await queries.snapshot([{ clientOrderId: mine, instrumentId: BTC, ...id }], []);
    return look.ok ? look.value.lookups[0] : look.error.code;
  };

  it('goes by the venue’s id where one is known, whatever the order is called', async () => {
    rest.on('privateGetOrder', () => orderRow({ clientOrderId: 'renamed' }));
    expect(await lookup('5')).toMatchObject({ clientOrderId: mine, found: true, fills: [] });
    expect(rest.asked.find(({ call }) => call === 'privateGetOrder')?.params).toEqual({
      symbol: 'BTCUSDT',
      orderId: '5',
    });
  });

  it.each([
    ['another venue id', {}, '6'],
    ['another client id', { clientOrderId: 'someone-elses' }, undefined],
    ['a market we cannot name', { symbol: ODD }, undefined],
  ])('believes no reply with %s', async (_name, fields, venueOrderId) => {
    rest.on('privateGetOrder', () => orderRow(fields));
    expect(await lookup(venueOrderId)).toBe('WRONG_ORDER');
  });

  it('fails when the trades of a filled order have no answer', async () => {
    rest.on('privateGetOrder', () => orderRow({ status: 'FILLED', executedQty: '1' }));
    rest.fail('privateGetMyTrades', failureOf('TIMEOUT'));
    expect(await lookup()).toBe('TIMEOUT');
  });
});
