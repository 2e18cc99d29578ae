import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fingerprintOf } from '../adapters/keychain/venue-keys.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { holdLock, type ProcessLock } from '../adapters/sqlite/process-lock.ts';
import type { AccountBoot } from './boot.ts';

/**
 * Where the locks of venue keys stand: one place for every data home of this user, whatever `--data-dir` says. Variables
 * that differ between a shell and a service do not move it, or each would have locks of its own.
 */
export function accountLockDirectory(): string {
  const home = homedir();
  if (process.platform === 'win32') return join(home, 'AppData/Local/Leeward/account-locks');
  if (process.platform === 'darwin') return join(home, 'Library/Application Support/Leeward/account-locks');
  return join(home, '.local/state/leeward/account-locks');
}

/**
 * Holds the venue key of each account for this process alone, so that two data homes never trade one account. The locks end
 * with the process. Throws one line that names the key by fingerprint and its holder; then none is held.
 */
export function lockAccounts(directory: string, accounts: readonly AccountBoot[], dataDir: string): ProcessLock {
  const held = new Map<string, ProcessLock>();
  const release = (): void => {
    for (const lock of held.values()) lock.release();
  };
  try {
    for (const { accountId, apiKey } of accounts) {
      const fingerprint = fingerprintOf(new Secret(apiKey));
      if (held.has(fingerprint)) throw new Error(`expected one account for key ${fingerprint}, was also ${accountId}`);
      held.set(fingerprint, lockKey(directory, fingerprint, dataDir));
    }
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function lockKey(directory: string, fingerprint: string, dataDir: string): ProcessLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const note = { file: join(directory, `${fingerprint}.holder`), text: `process ${process.pid} with ${dataDir}` };
  const lock = holdLock(join(directory, `${fingerprint}.db`), note);
  if (lock.ok) return lock.value;
  throw new Error(`expected venue key ${fingerprint} to be free, was held by ${lock.error ?? 'another process'}`);
}
