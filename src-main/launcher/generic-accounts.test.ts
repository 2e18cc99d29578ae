import { expect, it } from 'vitest';
import { acceptanceOf, missingLine } from '../adapters/generic/missing-words.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import type { GenericVenueConfig } from '../engine/domain/generic-venue-config.ts';
import { instrumentId } from '../engine/domain/identifiers.ts';
import { liveAccounts, refuseUnacceptedRisk } from './generic-accounts.ts';

const instruments = [instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KUCOIN', product: 'SPOT' })];
const kucoin = (over: Partial<GenericVenueConfig> = {}): GenericVenueConfig => ({
  ...{ venue: 'KUCOIN', mode: 'live', instruments, acceptedRisk: acceptanceOf('KUCOIN') },
  ...over,
});
const keys = { apiKey: new Secret('key'), secret: new Secret('secret') };

it('lets paper go without a word, and live with what is missing accepted word for word', () => {
  refuseUnacceptedRisk([kucoin({ mode: 'paper', acceptedRisk: null }), kucoin()]);
});

it.each([
  [null, 'none'],
  ['I trade KUCOIN without 000000000000', '"I trade KUCOIN without 000000000000"'],
  ['yes', '"yes"'],
])('refuses live orders with %j accepted, in one line that lists what is missing', (acceptedRisk, was) => {
  const expected = `venues.kucoin.acceptedRisk: expected "${acceptanceOf('KUCOIN')}" for live orders, was ${was}; missing at KUCOIN: no stop rests at the venue`;
  const refuse = (): void => refuseUnacceptedRisk([kucoin({ acceptedRisk })]);
  expect(refuse).toThrow(expected);
  expect(refuse).toThrow('one that lost its answer stays unknown and holds its instrument');
  expect(refuse).toThrow(/^[^\n]*$/);
});

it('refuses live orders where none can go, whatever was accepted', () => {
  const bitso = kucoin({ venue: 'BITSO', acceptedRisk: acceptanceOf('BITSO') });
  expect(() => refuseUnacceptedRisk([bitso])).toThrow('venues.bitso.mode: expected paper, was live; missing at BITSO');
});

it('takes the keys that are stored under the id of the venue', async () => {
  const asked: string[] = [];
  const accounts = await liveAccounts([kucoin(), kucoin({ venue: 'OKX', mode: 'paper' })], (name) => {
    asked.push(name);
    return Promise.resolve(keys);
  });
  expect(asked).toEqual(['kucoin']);
  expect(accounts).toEqual([
    {
      ...{ accountId: 'kucoin-01', mode: 'live', venue: 'KUCOIN', apiKey: 'key', secret: 'secret' },
      generic: { instruments, practice: null },
    },
  ]);
  await expect(liveAccounts([kucoin()], () => Promise.resolve(null))).rejects.toThrow(
    'expected keys stored as kucoin (leeward keys set kucoin), was none',
  );
});

it('names the gaps of a venue in a line', () => {
  expect(missingLine('KUCOIN')).toBe(
    'without resting stop, lists, reduce only, create deadline, dead man, proven book, lookup',
  );
});
