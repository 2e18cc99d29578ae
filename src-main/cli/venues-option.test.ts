import { expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { venuesOverride } from './venues-option.ts';

it.each([
  [undefined, []],
  ['binance', ['venues=binance']],
  ['usdm,kraken-margin,binance', ['venues=usdm,kraken-margin,binance']],
  ['binance,binance-cross,binance-isolated:ETHUSDT', ['venues=binance,binance-cross,binance-isolated:ETHUSDT']],
])('turns %s into values of the configuration', (text, overrides) => {
  expect(venuesOverride(text)).toEqual(overrides);
});

it.each([
  'kraken',
  '',
  'binance,coinbase',
  'Binance',
  'binance,binance-isolated:',
  'binance,binance-isolated:btc/usdt',
])('refuses %j by name', (text) => {
  expect(() => venuesOverride(text)).toThrow(UsageError);
  expect(() => venuesOverride(text)).toThrow(JSON.stringify(text));
});
