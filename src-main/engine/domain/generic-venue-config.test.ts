import { describe, expect, it } from 'vitest';
import { type ConfigSources, resolveConfig } from './config-layers.ts';
import { describeProblem } from './config-problem.ts';

const KUCOIN = { adapter: 'generic', id: 'kucoin', instruments: ['BTC/USDT.KUCOIN.SPOT'] };
const sources = (venues: unknown, overrides: readonly string[] = []): ConfigSources => ({
  file: { name: 'leeward.json', content: { schemaVersion: 1, venues } },
  overrides,
});
const problems = (venues: unknown): readonly string[] => {
  const result = resolveConfig(sources(venues));
  return result.ok ? [] : result.error.map(describeProblem);
};

describe('venues of the generic adapter in a configuration', () => {
  it('stand among the others, on paper unless told otherwise', () => {
    const result = resolveConfig(sources(['binance', 'kraken', KUCOIN]));
    expect(result.ok && [result.value.venues, result.value.genericVenues]).toEqual([
      ['binance', 'kraken'],
      [{ venue: 'KUCOIN', mode: 'paper', instruments: ['BTC/USDT.KUCOIN.SPOT'], acceptedRisk: null }],
    ]);
  });

  it('leave no trace where none is named, or where a later layer names none', () => {
    const without = resolveConfig(sources(['binance']));
    expect(without.ok && 'genericVenues' in without.value).toBe(false);
    const replaced = resolveConfig(sources(['binance', KUCOIN], ['venues=binance']));
    expect(replaced.ok && 'genericVenues' in replaced.value).toBe(false);
    const kept = resolveConfig(sources(['binance', KUCOIN], ['risk.priceCollarRatio=0.01']));
    expect(kept.ok && kept.value.genericVenues).toHaveLength(1);
  });

  it.each([
    [[KUCOIN], /^leeward\.json: venues: expected a list with binance/],
    [
      ['binance', { ...KUCOIN, id: 'kraken' }],
      /venues\[1\]\.id: expected an exchange id that leeward venues lists, such as kucoin, was "kraken"$/,
    ],
    [['binance', { ...KUCOIN, id: 'KUCOIN' }], /venues\[1\]\.id: expected an exchange id/],
    [['binance', { ...KUCOIN, adapter: 'native' }], /venues\[1\]\.adapter: expected generic, was "native"$/],
    [['binance', { ...KUCOIN, mode: 'real' }], /venues\[1\]\.mode: expected one of paper, live, was "real"$/],
    [
      ['binance', { ...KUCOIN, instruments: [] }],
      /venues\[1\]\.instruments: expected a list of its instruments such as BTC\/USDT\.KUCOIN\.SPOT, was \[\]$/,
    ],
    [['binance', { ...KUCOIN, instruments: ['BTC/USDT.OKX.SPOT'] }], /venues\[1\]\.instruments: expected/],
    [
      ['binance', { ...KUCOIN, acceptedRisk: true }],
      /venues\[1\]\.acceptedRisk: expected the text that leeward venues prints, was true$/,
    ],
    [
      ['binance', { ...KUCOIN, secret: 'x' }],
      /venues\[1\]\.secret: expected one of the keys adapter, id, mode, instruments, acceptedRisk, was "secret"$/,
    ],
    [['binance', KUCOIN, KUCOIN], /venues\[2\]\.id: expected each venue once, was kucoin again$/],
  ])('refuse %j', (venues, message) => {
    expect(problems(venues)).toEqual([expect.stringMatching(message)]);
  });
});
