import { expect, it } from 'vitest';
import { instrumentId } from '../../engine/domain/identifiers.ts';
import { listedMarkets, type Listing } from './listed-markets.ts';

const BTC = instrumentId({ base: 'BTC', quote: 'EUR', venue: 'BITSTAMP', product: 'SPOT' });
const listing: Listing = { venue: 'BITSTAMP', precisionMode: 4, version: 3, wanted: [BTC] };
const market = {
  ...{
    id: 'btceur',
    symbol: 'BTC/EUR',
    base: 'BTC',
    quote: 'EUR',
    spot: true,
    active: true,
    maker: 0.003,
    taker: 0.004,
  },
  precision: { price: '1', amount: '1e-8' },
  limits: { amount: { min: undefined, max: undefined }, cost: { min: '10' } },
};
const read = (over: object, by: Partial<Listing> = {}) =>
  listedMarkets({ x: { ...market, ...over } }, { ...listing, ...by });

it('lists a market by its ticks', () => {
  expect(read({})).toEqual([
    {
      symbol: 'BTC/EUR',
      quote: 'EUR',
      instrument: {
        ...{ id: BTC, version: 3, venueSymbol: 'btceur', tickSize: '1', lotSize: '0.00000001', priceBand: null },
        ...{
          minQuantity: '0.00000001',
          maxQuantity: '1000000000',
          minNotional: '10',
          maxOrders: 50,
          maxStopOrders: 50,
        },
        ...{ makerFee: '0.003', takerFee: '0.004' },
      },
    },
  ]);
});

it('lists a market by its digits, and takes the dearest fee where none is stated', () => {
  const places = { precision: { price: 2, amount: '0' }, maker: undefined, taker: undefined };
  expect(
    read({ ...places, limits: { amount: { min: '5', max: '90' }, cost: { min: null } } }, { precisionMode: 2 }),
  ).toMatchObject([
    {
      instrument: {
        ...{ tickSize: '0.01', lotSize: '1', minQuantity: '5', maxQuantity: '90', minNotional: '0', takerFee: '0.006' },
      },
    },
  ]);
});

it.each([
  ['that is closed', { active: false }, {}],
  ['of another kind', { spot: false }, {}],
  ['without a tick', { precision: { price: undefined, amount: '1' } }, {}],
  ['with a tick of zero', { precision: { price: '0', amount: '1' } }, {}],
  ['counted in significant digits', {}, { precisionMode: 3 }],
  ['with half a digit', { precision: { price: '1.5', amount: '1' } }, { precisionMode: 2 }],
  ['that cannot be read', { limits: null }, {}],
])('refuses a wanted market %s', (_name, over, by) => {
  expect(() => read(over, by)).toThrow(
    'expected markets that BITSTAMP lists with their rules, was without BTC/EUR.BITSTAMP.SPOT',
  );
});

it('refuses a reply without markets', () => {
  expect(() => listedMarkets(undefined, listing)).toThrow('was without BTC/EUR.BITSTAMP.SPOT');
  expect(listedMarkets({ x: market }, { ...listing, wanted: [] })).toEqual([]);
});
