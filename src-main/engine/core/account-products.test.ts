import { expect, it } from 'vitest';
import { accountId, instrumentId, type Product } from '../domain/identifiers.ts';
import { accountTrades } from './account-products.ts';

const market = (product: Product) => instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product });
const account = { accountId: accountId('one'), venue: 'BINANCE', mode: 'paper' } as const;

it.each([
  ['SPOT', 'SPOT', true],
  ['SPOT', 'USDM', false],
  ['USDM', 'USDM', true],
  ['USDM', 'SPOT', false],
] as const)('lets an account of %s trade %s: %s', (own, product, expected) => {
  expect(accountTrades([{ ...account, product: own }], account.accountId, market(product))).toBe(expected);
});

it('knows no other account, and asks nothing of one without a product', () => {
  expect(accountTrades([account], accountId('two'), market('SPOT'))).toBe(false);
  expect(accountTrades([account], account.accountId, market('USDM'))).toBe(true);
});

it('keeps an isolated account to its pair', () => {
  const isolated = { ...account, product: 'MARGIN', isolatedPair: 'ETHUSDT' } as const;
  const ether = instrumentId({ base: 'ETH', quote: 'USDT', venue: 'BINANCE', product: 'MARGIN' });
  expect(accountTrades([isolated], account.accountId, ether)).toBe(true);
  expect(accountTrades([isolated], account.accountId, market('MARGIN'))).toBe(false);
});
