import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { StoreFailure } from '../../engine/ports/store.ts';

export type DirectoryLock = { readonly release: () => void };

/**
 * Holds a data directory for this process alone. The lock is the operating system's own on `lock.db`, so it ends with the
 * process however that dies; the file naming the holder is for the message only. Fails with LOCKED while another holds it.
 */
export function lockDirectory(directory: string): Result<DirectoryLock, StoreFailure> {
  const holder = join(directory, 'lock.pid');
  const db = new Database(join(directory, 'lock.db'), { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    return err({ code: 'LOCKED', detail: `expected ${directory} to be free, was held by process ${pidIn(holder)}` });
  }
  writeFileSync(holder, `${process.pid}\n`, { mode: 0o600 });
  return ok({ release: () => void db.close() });
}

function pidIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown'; // The holder may not have written it yet.
  }
}
