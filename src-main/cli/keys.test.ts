import { describe, expect, it } from 'vitest';
import { type Keychain, KeychainUnavailable } from '../adapters/keychain/keychain.ts';
import { CommandFailure, UsageError } from './command.ts';
import { runKeys } from './keys.ts';

const CANARIES = ['api-key-canary', 'secret-canary'] as const;

/** keytar's interface over a map. */
function keychainOver(entries: Map<string, string>): Keychain {
  return {
    getPassword: async (_service, account) => entries.get(account) ?? null,
    setPassword: async (_service, account, password) => void entries.set(account, password),
    deletePassword: async (_service, account) => entries.delete(account),
    findCredentials: async () => [...entries].map(([account, password]) => ({ account, password })),
  };
}

function rig(answers: readonly string[] = []): {
  entries: Map<string, string>;
  printed: string[];
  run: (...args: string[]) => Promise<number>;
} {
  const entries = new Map<string, string>();
  const printed: string[] = [];
  const io = { out: (line: string) => void printed.push(line), error: (line: string) => void printed.push(line) };
  const parts = { open: async () => keychainOver(entries), ask: async () => answers };
  return { entries, printed, run: (...args) => runKeys(args, io, parts) };
}

describe('leeward keys', () => {
  it('saves a pair, lists it by fingerprint and deletes it, and prints neither', async () => {
    const { entries, printed, run } = rig(CANARIES);
    expect(await run('set', 'binance-main')).toBe(0);
    expect(JSON.parse(entries.get('binance-main') ?? '')).toEqual({ apiKey: CANARIES[0], secret: CANARIES[1] });
    await run('list', '--json');
    expect(JSON.parse(printed.at(-1) ?? '')).toEqual({
      keys: [{ name: 'binance-main', fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) as string }],
    });
    await run('delete', 'binance-main');
    expect(entries.size).toBe(0);
    for (const canary of CANARIES) expect(printed.join('\n')).not.toContain(canary);
  });

  it('says when there are none', async () => {
    const { printed, run } = rig();
    await run('list');
    expect(printed).toEqual(['no keys']);
  });

  it.each([
    ['half a pair', ['only-a-key'], ['set', 'main'], 'half a pair'],
    ['a key that is not there', [], ['delete', 'main'], 'was none'],
  ])('fails on %s', async (_name, answers, args, expected) => {
    const { entries, run } = rig(answers);
    await expect(run(...args)).rejects.toThrow(CommandFailure);
    await expect(run(...args)).rejects.toThrow(expected);
    expect(entries.size).toBe(0);
  });

  it('does not quote an entry that is not a key pair', async () => {
    const { entries, run } = rig();
    entries.set('other', '{"token":"someone-elses-canary"}');
    await expect(run('list')).rejects.toThrow(/^expected a key pair stored as other(?!.*canary)/);
  });

  it.each([[[]], [['show']], [['set']], [['set', 'UPPER']], [['set', 'a', 'b']], [['list', 'a']]])(
    'refuses %j',
    async (args) => {
      await expect(rig().run(...args)).rejects.toThrow(UsageError);
    },
  );

  it('fails by one clear line without a keychain', async () => {
    const io = { out: () => undefined, error: () => undefined };
    const open = async (): Promise<Keychain> => {
      throw new KeychainUnavailable('expected an unlocked keychain in this session, was none');
    };
    await expect(runKeys(['list'], io, { open, ask: async () => [] })).rejects.toThrow(CommandFailure);
  });
});
