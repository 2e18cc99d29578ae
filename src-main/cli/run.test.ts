import { describe, expect, it } from 'vitest';
import { type Command, CommandFailure, report, UsageError } from './command.ts';
import { durationMs, integerOption, parseOptions, refusePositionals } from './options.ts';
import { COMMANDS } from './registry.ts';
import { runCli } from './run.ts';

const sample: Command = {
  name: 'sample',
  summary: 'Shows how commands behave',
  usage: '\nusage: leeward sample [--json] [word]\n',
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, { json: { type: 'boolean', default: false } });
    const [word] = positionals;
    if (word === 'usage') throw new UsageError('expected another word');
    if (word === 'missing') throw new CommandFailure('no file named x');
    if (word === 'bug') throw new TypeError('broken');
    report(io, values.json)({ word: word ?? null }, `word: ${word ?? 'none'}`);
    return 0;
  },
};

async function run(...args: string[]): Promise<{ code: number; out: string[]; error: string[] }> {
  const out: string[] = [];
  const error: string[] = [];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void error.push(line) };
  return { code: await runCli(args, io, { sample: async () => sample }), out, error };
}

describe('leeward', () => {
  it.each([
    [['sample'], 0, ['word: none'], []],
    [['sample', '--json', 'x'], 0, ['{"word":"x"}'], []],
    [['sample', '--help'], 0, ['usage: leeward sample [--json] [word]'], []],
    [['sample', '--nope'], 2, [], ['leeward sample: unknown option --nope; see leeward sample --help']],
    [['sample', 'usage'], 2, [], ['leeward sample: expected another word; see leeward sample --help']],
    [['sample', 'missing'], 1, [], ['leeward sample: no file named x']],
    [['sample', 'bug'], 1, [], ['leeward sample: unexpected failure: broken']],
    [['nope'], 2, [], ['leeward: unknown command "nope"; see leeward --help']],
    [['toString'], 2, [], ['leeward: unknown command "toString"; see leeward --help']],
  ])('%j exits %i', async (args, code, out, error) => {
    expect(await run(...args)).toEqual({ code, out, error });
  });

  it('lists its commands on --help and, as a failure, without a command', async () => {
    const help = await run('--help');
    expect(help.code).toBe(0);
    expect(help.out.join('\n')).toContain('sample  Shows how commands behave');
    expect(await run()).toEqual({ code: 2, out: [], error: help.out });
  });
});

describe('the registry', () => {
  it('names each command as the command names itself and gives it help', async () => {
    for (const [name, load] of Object.entries(COMMANDS)) {
      const command = await load();
      expect(command.name).toBe(name);
      expect(command.usage).toContain(`leeward ${name}`);
      expect(command.summary).not.toContain('\n');
    }
  });
});

describe('options', () => {
  it.each([
    ['120s', 120_000],
    ['250ms', 250],
    ['1.5h', 5_400_000],
  ])('reads %s', (text, ms) => expect(durationMs('for', text)).toBe(ms));

  it.each(['', '0s', '120', '-1s', '1d', 's', '99999999999999h'])('refuses the duration %j', (text) => {
    expect(() => durationMs('for', text)).toThrow(/expected --for/);
  });

  it.each(['', '-1', '1.5', '65536', 'x', 'NaN'])('refuses the port %j', (text) => {
    expect(() => integerOption('port', text, 0, 65_535)).toThrow(/expected --port as an integer from 0 to 65535/);
  });

  it('refuses an argument nobody asked for', () => {
    expect(integerOption('port', '0', 0, 65_535)).toBe(0);
    expect(() => refusePositionals(['x'])).toThrow('unexpected argument "x"');
  });

  it('names a missing value', () => {
    expect(() => parseOptions(['--for'], { for: { type: 'string' } })).toThrow(/--for.*argument missing/);
  });
});
