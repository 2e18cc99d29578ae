import { describe, expect, it } from 'vitest';
import { feeRatesOf, listedInstruments, venueLimits } from './listed-instruments.ts';
import { exchangeInfo } from './testing/gateway-fixture.ts';
import { accountReply, exchangeInfoReply } from './wire-schemas.ts';

const FEES = { maker: '0.001', taker: '0.001' };
const [BTCUSDT] = exchangeInfo.symbols;
const listed = (symbol: object): ReturnType<typeof listedInstruments> =>
  listedInstruments(exchangeInfoReply.parse({ ...exchangeInfo, symbols: [{ ...BTCUSDT, ...symbol }] }), FEES, 1);
const withFilter = (filter: object): object => ({ filters: [...(BTCUSDT?.filters ?? []), filter] });

describe('listed instruments', () => {
  it.each([
    ['a halted market', { status: 'BREAK' }],
    ['a market without spot trading', { isSpotTradingAllowed: false }],
    ['an asset name no id of ours can hold', { baseAsset: '币安' }],
    ['no filters', { filters: [] }],
    [
      'a tick of zero',
      { filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.00' }, ...(BTCUSDT?.filters.slice(1) ?? [])] },
    ],
  ])('leaves out %s', (_name, symbol) => {
    expect(listed(symbol)).toEqual([]);
  });

  it('takes the narrower band of both sides', () => {
    const filter = {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: '1.2',
      bidMultiplierDown: '0.2',
      askMultiplierUp: '5',
      askMultiplierDown: '0.8',
      avgPriceMins: 5,
    };
    expect(listed(withFilter(filter))[0]?.priceBand).toEqual({ up: '1.2', down: '0.8' });
  });

  it.each([
    [{ filterType: 'MAX_NUM_ORDERS', maxNumOrders: 120 }, { maxOrders: 120 }],
    [{ filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 7 }, { maxStopOrders: 7 }],
    [
      { filterType: 'PERCENT_PRICE', multiplierUp: '5.0', multiplierDown: '0.20' },
      { priceBand: { up: '5', down: '0.2' } },
    ],
  ])('reads %j', (filter, expected) => {
    expect(listed(withFilter(filter))[0]).toMatchObject(expected);
  });

  it('reads the limits that are rationed', () => {
    expect(venueLimits(exchangeInfoReply.parse(exchangeInfo))).toEqual([
      { resource: 'weight', windowMs: 60_000, limit: 6000 },
      { resource: 'orders', windowMs: 10_000, limit: 50 },
    ]);
  });
});

describe('fee rates', () => {
  const ratesOf = (fields: object): unknown => feeRatesOf(accountReply.parse({ balances: [], ...fields }));
  it.each([
    [
      { commissionRates: { maker: '0.00075', taker: '0.001' }, makerCommission: 99 },
      { maker: '0.00075', taker: '0.001' },
    ],
    [
      { makerCommission: 10, takerCommission: 15 },
      { maker: '0.001', taker: '0.0015' },
    ],
    [{}, { maker: '0.001', taker: '0.001' }],
  ])('of %j', (fields, expected) => {
    expect(ratesOf(fields)).toEqual(expected);
  });
});
