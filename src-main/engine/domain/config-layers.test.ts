import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, DEFAULT_STRATEGY } from './config-defaults.ts';
import { type ConfigSources, resolveConfig } from './config-layers.ts';
import { migrateConfig } from './config-migration.ts';
import { describeProblem, nearestKey } from './config-problem.ts';
import { PROFILE_NAMES } from './config-profiles.ts';
import { parseInstrumentId } from './identifiers.ts';

const file = (content: Readonly<Record<string, unknown>>): ConfigSources => ({
  file: { name: 'leeward.json', content: { schemaVersion: 1, ...content } },
});

function resolved(sources: ConfigSources) {
  const result = resolveConfig(sources);
  if (!result.ok) throw new Error(result.error.map(describeProblem).join('\n'));
  return result.value;
}

function problems(sources: ConfigSources): readonly string[] {
  const result = resolveConfig(sources);
  return result.ok ? [] : result.error.map(describeProblem);
}

describe('configuration layers', () => {
  it('starts from the defaults, which trade nothing', () => {
    expect(resolved({})).toEqual(DEFAULT_CONFIG);
    expect(DEFAULT_CONFIG.strategies).toEqual([]);
    expect(DEFAULT_STRATEGY.enabled).toBe(false);
  });

  it('puts file under profile under command line', () => {
    const sources = file({ execution: { stopEscalationMs: 9_000, protectionAttempts: 2 } });
    expect(resolved(sources).execution).toMatchObject({ stopEscalationMs: 9_000, commandTimeoutMs: 5_000 });
    const withProfile = resolved({ ...sources, profile: 'demo' });
    expect(withProfile.execution).toMatchObject({ stopEscalationMs: 2_000, protectionAttempts: 2 });
    const withCommand = resolved({ ...sources, profile: 'demo', overrides: ['execution.stopEscalationMs=7'] });
    expect(withCommand.execution).toMatchObject({ stopEscalationMs: 7, protectionAttempts: 2 });
  });

  it.each(PROFILE_NAMES)('leaves the limits of a file alone under the %s profile', (profile) => {
    const risk = { maxOrderNotionalRatio: '0.01', maxPositionNotionalRatio: '0.02', maxDayLossRatio: '0.01' };
    expect(resolved({ ...file({ risk }), profile }).risk).toMatchObject(risk);
  });

  it.each(PROFILE_NAMES)('has a sound %s profile with instruments that parse', (profile) => {
    const { strategies } = resolved({ profile });
    expect(strategies.map(({ entry, account }) => [entry, account])).toEqual([
      ['fok', 0],
      ['resting', 1],
    ]);
    const instruments = strategies.flatMap((strategy) => strategy.instruments);
    expect(new Set(instruments).size).toBe(14);
    expect(instruments.every((id) => parseInstrumentId(id).ok)).toBe(true);
  });

  it('completes strategies of a file and lets the command line change one by its id', () => {
    const sources = file({ strategies: [{ strategyId: 'my.cross', fastPeriod: 5, instruments: [] }] });
    expect(resolved(sources).strategies).toEqual([{ ...DEFAULT_STRATEGY, strategyId: 'my.cross', fastPeriod: 5 }]);
    const overrides = [
      'strategies.my.cross.enabled=true',
      'strategies.my.cross.slowPeriod=30',
      'strategies.my.cross.instruments=BTC/USDT.BINANCE.SPOT,ETH/USDT.BINANCE.SPOT',
    ];
    expect(resolved({ ...sources, overrides }).strategies[0]).toMatchObject({
      enabled: true,
      slowPeriod: 30,
      instruments: ['BTC/USDT.BINANCE.SPOT', 'ETH/USDT.BINANCE.SPOT'],
    });
  });

  it.each<[string, ConfigSources, string]>([
    [
      'a ratio out of range',
      file({ risk: { maxOrderNotionalRatio: '7' } }),
      'leeward.json: risk.maxOrderNotionalRatio: expected a ratio between 0 and 1 as decimal text, was "7"',
    ],
    [
      'a ratio as a float',
      file({ risk: { maxOrderNotionalRatio: 0.1 } }),
      'leeward.json: risk.maxOrderNotionalRatio: expected a ratio between 0 and 1 as decimal text, was 0.1',
    ],
    [
      'an unknown key, with the nearest known one',
      file({ risk: { maxOrderNotional: '0.1' } }),
      'leeward.json: risk.maxOrderNotional: expected a known key such as maxOrderNotionalRatio, was "maxOrderNotional"',
    ],
    ['an unknown section', file({ rsik: {} }), 'leeward.json: rsik: expected a known key such as risk, was "rsik"'],
    ['a section that is no object', file({ execution: [] }), 'leeward.json: execution: expected an object, was []'],
    [
      'a fraction of an attempt',
      file({ execution: { protectionAttempts: 1.5 } }),
      'leeward.json: execution.protectionAttempts: expected attempts as a whole number between 1 and 20, was 1.5',
    ],
    [
      'a strategy without a name',
      file({ strategies: [{ fastPeriod: 5 }] }),
      'leeward.json: strategies[0].strategyId: expected a name of letters, digits, . _ -, was undefined',
    ],
    [
      'an instrument that is none',
      file({ strategies: [{ strategyId: 'a', instruments: ['BTCUSDT'] }] }),
      'leeward.json: strategies[0].instruments: expected a list of instruments such as BTC/USDT.BINANCE.SPOT, was ["BTCUSDT"]',
    ],
    [
      'no version',
      { file: { name: 'leeward.json', content: {} } },
      'leeward.json: schemaVersion: expected 1, was undefined',
    ],
    ['a version to come', file({ schemaVersion: 2 }), 'leeward.json: schemaVersion: expected 1, was 2'],
    ['no object', { file: { name: 'leeward.json', content: null } }, 'leeward.json: expected an object, was null'],
    ['an unknown profile', { profile: 'dmeo' }, 'profile: expected a known key such as demo, was "dmeo"'],
    [
      'an override without a value',
      { overrides: ['risk'] },
      'command line: expected key=value such as risk.priceCollarRatio=0.01, was "risk"',
    ],
    [
      'an override of an unknown strategy',
      { profile: 'demo', overrides: ['strategies.ema-fuk.enabled=true'] },
      'command line: strategies.ema-fuk: expected a known key such as ema-fok, was "ema-fuk"',
    ],
    [
      'an override that is no number',
      { overrides: ['execution.commandTimeoutMs=soon'] },
      'command line: execution.commandTimeoutMs: expected milliseconds as a whole number between 100 and 60000, was "soon"',
    ],
    [
      'a key of every object',
      { overrides: ['constructor.name=x'] },
      'command line: constructor: expected one of the keys schemaVersion, reportingAsset, venues, risk, execution, capture, failover, reconciliation, strategies, was "constructor"',
    ],
    [
      'a fast average that is slow',
      file({ strategies: [{ strategyId: 'a', fastPeriod: 26 }] }),
      'configuration: strategies.a.fastPeriod: expected fewer bars than slowPeriod (26), was 26',
    ],
    [
      'a slippage beyond the target',
      file({ strategies: [{ strategyId: 'a', slippageAtr: '3.0' }] }),
      'configuration: strategies.a.slippageAtr: expected less than targetAtr (3), was 3.0',
    ],
    [
      'two strategies of one name',
      file({ strategies: [{ strategyId: 'a' }, { strategyId: 'a' }] }),
      'configuration: strategies.a: expected each strategyId once, was named twice',
    ],
    [
      'an order limit above the position limit',
      file({ risk: { maxOrderNotionalRatio: '0.2' } }),
      'configuration: risk.maxOrderNotionalRatio: expected at most risk.maxPositionNotionalRatio (0.10), was 0.2',
    ],
  ])('refuses %s', (_name, sources, line) => {
    expect(problems(sources)).toEqual([line]);
  });

  it('names every problem at once', () => {
    const sources = { ...file({ risk: { a: 1, maxDayLossRatio: '-1' }, execution: 3 }), overrides: ['x'] };
    expect(problems(sources)).toHaveLength(4);
  });

  it('never throws on what a file may hold', () => {
    for (const content of [[], 3, 'x', { schemaVersion: 1, strategies: [null, 3, { strategyId: {} }] }]) {
      expect(resolveConfig({ file: { name: 'f', content } }).ok).toBe(false);
    }
  });
});

describe('migrations', () => {
  const migrations = [
    (raw: Readonly<Record<string, unknown>>) => ({ ...raw, risk: { renamed: raw['limits'] } }),
    (raw: Readonly<Record<string, unknown>>) => ({ ...raw, last: true }),
  ];

  it('runs every step from the version of the file on', () => {
    expect(migrateConfig('f', { schemaVersion: 1, limits: 3 }, migrations)).toMatchObject({
      value: { schemaVersion: 3, risk: { renamed: 3 }, last: true },
    });
    expect(migrateConfig('f', { schemaVersion: 2, limits: 3 }, migrations)).toEqual({
      ok: true,
      value: { schemaVersion: 3, limits: 3, last: true },
    });
  });

  it.each([0, 4, 1.5, '1', null])('refuses version %s', (schemaVersion) => {
    const expected = 'a version between 1 and 3';
    expect(migrateConfig('f', { schemaVersion }, migrations)).toMatchObject({ ok: false, error: { expected } });
  });
});

describe('nearest key', () => {
  it('finds what was meant and nothing when nothing was', () => {
    expect(nearestKey('commandTimeout', Object.keys(DEFAULT_CONFIG.execution))).toBe('commandTimeoutMs');
    expect(nearestKey('zzzzzz', Object.keys(DEFAULT_CONFIG.execution))).toBeUndefined();
    expect(nearestKey('anything', [])).toBeUndefined();
  });
});
