import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../engine/domain/config-defaults.ts';
import { resolveConfig } from '../engine/domain/config-layers.ts';
import { ensure } from '../engine/domain/result.ts';
import { seatedAccounts } from '../practice-exchange/start-practice-exchange.ts';
import { seatsFor, seatsOf } from './practice-seats.ts';
import { onEverySeat } from './seat-strategies.ts';

const ALL = ['binance', 'binance-cross', 'binance-isolated:ETHUSDT', 'usdm', 'kraken', 'kraken-margin'] as const;

describe('accounts of a practice session', () => {
  it('are two of spot and one of each further venue, each with its book at the practice exchange', () => {
    const seats = seatsOf(seatsFor(ALL));
    expect(seats.map(({ boot, ledgerSuffix }) => `${boot.accountId}${ledgerSuffix}`)).toEqual([
      'paper-01',
      'paper-02',
      'futures-01@usdm',
      'kraken-01',
      'cross-01@margin',
      'isolated-ethusdt-01@ETHUSDT',
      'kraken-margin-01',
    ]);
    expect(seats.slice(4).map(({ boot }) => [boot.venue, boot.product, boot.margin])).toEqual([
      [undefined, 'MARGIN', 'cross'],
      [undefined, 'MARGIN', { isolated: 'ETHUSDT' }],
      ['KRAKEN', 'MARGIN', undefined],
    ]);
  });

  it('hold their funds where they trade and nowhere else', () => {
    const funds = { USDT: '100000' };
    expect(seatedAccounts(seatsOf(seatsFor(ALL)).map(({ boot }) => boot))).toEqual([
      { name: 'paper-01', balances: funds },
      { name: 'paper-02', balances: funds },
      { name: 'futures-01', balances: {}, usdm: '100000' },
      { name: 'kraken-01', balances: funds },
      { name: 'cross-01', balances: {}, margin: funds },
      { name: 'isolated-ethusdt-01', balances: {}, isolated: { ETHUSDT: funds } },
      { name: 'kraken-margin-01', balances: funds },
    ]);
  });

  it('open an isolated account of BTCUSDT when no pair is named, and each pair once', () => {
    expect(seatsFor(['binance', 'binance-isolated', 'binance-isolated:BTCUSDT']).isolated).toEqual(['BTCUSDT']);
    expect(seatsFor([])).toEqual({ accounts: 2, futures: 0, kraken: 0, cross: 0, isolated: [], krakenMargin: 0 });
  });
});

describe('a strategy on every account', () => {
  it('is a copy of the first one on the instruments that the account trades', () => {
    const profile = resolveConfig({ profile: 'demo' });
    const config = profile.ok ? profile.value : DEFAULT_CONFIG;
    const { strategies } = onEverySeat(config, seatsOf(seatsFor(ALL)));
    const traded = strategies
      .slice(2)
      .map(({ strategyId, account, instruments }) => [strategyId, account, instruments]);
    expect(traded.map(([id, account]) => [id, account])).toEqual([
      ['ema-fok-futures-01', 2],
      ['ema-fok-kraken-01', 3],
      ['ema-fok-cross-01', 4],
      ['ema-fok-isolated-ethusdt-01', 5],
      ['ema-fok-kraken-margin-01', 6],
    ]);
    expect(ensure(traded[3], 'the isolated one')[2]).toEqual(['ETH/USDT.BINANCE.MARGIN']);
    expect(ensure(traded[4], 'that of Kraken margin')[2]).toContain('BTC/USDT.KRAKEN.MARGIN');
  });

  it('is none where no strategy is configured', () => {
    expect(onEverySeat(DEFAULT_CONFIG, seatsOf(seatsFor(ALL)))).toBe(DEFAULT_CONFIG);
  });
});

describe('venues in the configuration', () => {
  it.each([
    [['venues=binance,nasdaq'], 'venues: expected a list with binance'],
    [['venues=kraken'], 'venues: expected a list with binance'],
    [['execution.marginLeverage=11'], 'execution.marginLeverage: expected times as a whole number between 1 and 10'],
    [
      ['venues=binance,kraken-margin', 'execution.marginLeverage=7'],
      'execution.marginLeverage: expected times as a whole number between 2 and 5 where kraken-margin is traded, was 7',
    ],
  ])('refuses %j by name', (overrides, expected) => {
    const config = resolveConfig({ overrides });
    const problems = config.ok
      ? []
      : config.error.map(({ path, expected: text, was }) => `${path}: expected ${text}, was ${was}`);
    expect(problems.join()).toContain(expected);
  });

  it('takes any venue once beside binance, from a file or a text', () => {
    const ofText = resolveConfig({ overrides: ['venues=binance,usdm,usdm', 'execution.marginLeverage=7'] });
    expect(ofText).toMatchObject({ ok: true, value: { venues: ['binance', 'usdm'] } });
    const file = { name: 'leeward.json', content: { schemaVersion: 1, venues: ['binance', 'kraken-margin'] } };
    expect(resolveConfig({ file })).toMatchObject({ ok: true, value: { venues: ['binance', 'kraken-margin'] } });
    const wrong = { name: 'leeward.json', content: { schemaVersion: 1, venues: 'binance' } };
    expect(resolveConfig({ file: wrong })).toMatchObject({ ok: false });
  });
});
