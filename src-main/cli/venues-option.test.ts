import { expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { venueAccounts } from './venues-option.ts';

it.each([
  ['binance', { accounts: 2, futures: 0, kraken: 0 }],
  ['binance,kraken', { accounts: 2, futures: 0, kraken: 1 }],
  ['usdm,kraken,binance', { accounts: 2, futures: 1, kraken: 1 }],
])('opens accounts for %s', (text, accounts) => {
  expect(venueAccounts(text)).toEqual(accounts);
});

it.each(['kraken', '', 'binance,coinbase', 'Binance'])('refuses %j by name', (text) => {
  expect(() => venueAccounts(text)).toThrow(UsageError);
});
