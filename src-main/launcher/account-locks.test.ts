import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../adapters/keychain/venue-keys.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { CONFIG } from '../engine/testing/core-session.ts';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import { lockAccounts } from './account-locks.ts';
import type { AccountBoot } from './boot.ts';
import { type SessionOptions, startSession } from './session.ts';

const HOLDER = join(import.meta.dirname, 'testing/key-holder.ts');
const KEY = 'made-up-key-of-this-test';
const OTHER = 'made-up-key-of-another';
const FINGERPRINT = fingerprintOf(new Secret(KEY));

let dir: string;
let holder: ChildProcess | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-locks-'));
});
afterEach(async () => {
  await killed(holder);
  rmSync(dir, { recursive: true });
});

const account = (apiKey: string, accountId = 'main'): AccountBoot => ({
  ...{ accountId, mode: 'paper', apiKey, secret: 'made-up' },
});

/** Another process that holds the key; resolves once it does. */
async function holderOf(apiKey: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [HOLDER, join(dir, 'locks'), apiKey, '/home/elsewhere'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function killed(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Resolves to what was started: nothing where the lock is refused. */
async function started(apiKey: string, names: string[]): ReturnType<typeof startSession> {
  const options: SessionOptions = {
    host: {
      start: (name) => {
        names.push(name);
        throw new Error(`${name} not started in this test`);
      },
    },
    clock: new VirtualClock(),
    dataDir: join(dir, 'second home'),
    installation: '0a1b2c3d',
    config: CONFIG,
    venue: {
      boot: { venue: 'BINANCE', rest: null, stream: null, wsApi: null, label: '', origin: 'live' },
      accounts: [account(apiKey)],
    },
    ...{ instruments: [], baselineDir: dir, hostLabel: '', modelCards: [], server: null },
    accountLocks: join(dir, 'locks'),
    log: () => undefined,
  };
  return startSession(options);
}

describe('the lock of a venue key', { timeout: 60_000 }, () => {
  it('ends a second session with one line that names the key and its holder, before any process starts', async () => {
    holder = await holderOf(KEY);
    const names: string[] = [];
    await expect(started(KEY, names)).rejects.toThrow(
      `expected venue key ${FINGERPRINT} to be free, was held by process ${holder.pid} with /home/elsewhere`,
    );
    expect(names).toEqual([]);
    await expect(started(OTHER, names)).rejects.toThrow('guardian not started in this test');
  });

  it('dies with its process, however that ends', async () => {
    holder = await holderOf(KEY);
    await killed(holder);
    const lock = lockAccounts(join(dir, 'locks'), [account(KEY)], dir);
    lock.release();
  });

  it('is free again when a session did not start', async () => {
    await expect(started(KEY, [])).rejects.toThrow('not started');
    holder = await holderOf(KEY);
    expect(holder.exitCode).toBeNull();
  });

  it('refuses one key for two accounts and then holds none', () => {
    const locks = join(dir, 'locks');
    expect(() => lockAccounts(locks, [account(OTHER), account(KEY, 'a'), account(KEY, 'b')], dir)).toThrow(
      `expected one account for key ${FINGERPRINT}, was also b`,
    );
    lockAccounts(locks, [account(OTHER), account(KEY)], dir).release();
  });

  it('leaves nothing of the key on disk', () => {
    const locks = join(dir, 'locks');
    lockAccounts(locks, [account(KEY)], dir).release();
    for (const file of readdirSync(locks)) {
      expect(file).toContain(FINGERPRINT);
      expect(readFileSync(join(locks, file), 'utf8')).not.toContain(KEY);
    }
  });
});
