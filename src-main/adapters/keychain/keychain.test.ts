import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'testing/keychain-session.ts');
/** Starts an empty, unlocked keyring in a session bus of its own, then the script. */
const WITH_KEYRING = `printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" "$1"`;

const isInstalled = (command: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });
const missing = ['dbus-run-session', 'gnome-keyring-daemon'].filter((command) => !isInstalled(command));
const title = missing.length === 0 ? 'in a session with a keyring' : `skipped: ${missing.join(', ')} not installed`;

describe.runIf(process.platform === 'linux')('keychain', () => {
  let home: string;
  beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'leeward-keychain-'))));
  afterAll(() => rm(home, { recursive: true, force: true }));
  const session = async (command: string, args: readonly string[]): Promise<Record<string, unknown>> => {
    const env = { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home };
    const { stdout } = await run(command, args, { env, timeout: 15_000 });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  };

  describe.skipIf(missing.length > 0)(title, () => {
    it('keeps, replaces, finds and deletes credentials', async () => {
      const node = process.execPath;
      const result = await session('dbus-run-session', ['--', 'bash', '-c', WITH_KEYRING, node, SCRIPT]);
      expect(result).toMatchObject({ absent: null, stored: 'second canary', deleted: [true, false], afterwards: null });
      expect(result['found']).toHaveLength(2);
      expect(result['found']).toContainEqual({ account: 'kraken', password: 'third canary' });
    });
  });

  it('refuses by name where the session has no keychain, and falls back to nothing', async () => {
    const result = await session(process.execPath, [SCRIPT]);
    expect(result).toMatchObject({
      failure: 'KeychainUnavailable',
      set: 'KeychainUnavailable',
      find: 'KeychainUnavailable',
    });
    expect(result['message']).toContain('expected an unlocked keychain');
  });
});
