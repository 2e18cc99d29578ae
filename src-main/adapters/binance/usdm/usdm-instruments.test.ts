import { describe, expect, it } from 'vitest';
import { BTC_PERPETUAL } from '../testing/gateway-fixture.ts';
import { contractMap, listedContracts } from './usdm-instruments.ts';

const FEES = { maker: '0.0002', taker: '0.0005' };
const PRICE = { filterType: 'PRICE_FILTER', tickSize: '0.10' };
const LOT = { filterType: 'LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '1000' };
const contract = (fields: object = {}) => ({
  ...{ symbol: 'BTCUSDT', status: 'TRADING', contractType: 'PERPETUAL', baseAsset: 'BTC', quoteAsset: 'USDT' },
  ...{ marginAsset: 'USDT', filters: [PRICE, LOT] as { filterType: string }[] },
  ...fields,
});
const list = (fields: object) => listedContracts({ rateLimits: [], symbols: [contract(fields)] }, FEES, 3);

describe('a contract', () => {
  it('is listed with the venue’s defaults where it states no rule', () => {
    expect(list({})).toMatchObject([
      { id: BTC_PERPETUAL, version: 3, minNotional: '0', priceBand: null, maxOrders: 200, takerFee: '0.0005' },
    ]);
  });

  it.each([
    ['settles', { status: 'SETTLING' }],
    ['is a delivery', { contractType: 'CURRENT_QUARTER' }],
    ['is margined in its coin', { marginAsset: 'BTC' }],
    ['has no name we can write', { baseAsset: 'B/C' }],
    ['has no tick', { filters: [LOT] }],
    ['has a tick of nothing', { filters: [{ ...PRICE, tickSize: '0' }, LOT] }],
    ['has no lot', { filters: [PRICE] }],
    ['has no smallest quantity', { filters: [PRICE, { ...LOT, minQty: undefined }] }],
    ['has a largest quantity of nothing', { filters: [PRICE, { ...LOT, maxQty: '0' }] }],
  ])('is left out when it %s', (_name, fields) => {
    expect(list(fields)).toEqual([]);
  });

  it('has a name by id as long as it is a perpetual', () => {
    const symbols = [contract({ status: 'SETTLING' }), contract({ symbol: 'BTCUSD_PERP', marginAsset: 'BTC' })];
    const map = contractMap({ rateLimits: [], symbols });
    expect([map.venueSymbolOf(BTC_PERPETUAL), map.instrumentOf('BTCUSD_PERP')]).toEqual(['BTCUSDT', undefined]);
    const other = 'ETH/USDT.BINANCE.USDM' as typeof BTC_PERPETUAL;
    expect(map.lists(other)).toBe(false);
    expect(() => map.venueSymbolOf(other)).toThrow('expected a contract listed by the venue');
  });
});
