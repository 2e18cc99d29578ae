import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { durationMs, integerOption, numberOption, oneOf, parseOptions, refusePositionals } from './options.ts';

describe('options of the command line', () => {
  it.each([
    ['250ms', 250],
    ['120s', 120_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
  ])('reads %s', (text, ms) => expect(durationMs('for', text)).toBe(ms));

  it.each(['', '0s', '-5s', '5', '5d', '1e3s', 'NaNs', '99999999999999999h'])('refuses the duration %j', (text) => {
    expect(() => durationMs('for', text)).toThrow(
      `expected --for as a duration above zero like 120s, was ${JSON.stringify(text)}`,
    );
  });

  it.each(['', '-1', '65536', '1.5', '0x10', 'NaN', '99999999999999999'])('refuses the port %j', (text) => {
    expect(() => integerOption('port', text, 0, 65_535)).toThrow(UsageError);
  });

  it.each(['', '0', '101', '-1', '1e2', 'Infinity', '1,5'])('refuses the speed %j', (text) => {
    expect(() => numberOption('speed', text, 0.1, 100)).toThrow(/expected --speed as a number from 0\.1 to 100/);
  });

  it('takes both bounds', () => {
    expect(integerOption('port', '65535', 0, 65_535)).toBe(65_535);
    expect(numberOption('speed', '0.1', 0.1, 100)).toBe(0.1);
  });

  it('lists what may be chosen', () => {
    expect(oneOf('market', 'demo', ['demo', 'recorded'])).toBe('demo');
    expect(() => oneOf('market', 'x', ['demo', 'recorded'])).toThrow(
      'expected --market as one of demo, recorded, was "x"',
    );
  });

  it('names an unknown option, a missing value and an argument too many', () => {
    const options = { port: { type: 'string' } } as const;
    expect(() => parseOptions(['--prot', '1'], options)).toThrow('unknown option --prot');
    expect(() => parseOptions(['--port'], options)).toThrow(/--port/);
    expect(() => refusePositionals(['extra'])).toThrow('unexpected argument "extra"');
    expect(() => refusePositionals([])).not.toThrow();
  });
});
