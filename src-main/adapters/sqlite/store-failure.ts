import Database from 'better-sqlite3';
import type { StoreFailure } from '../../engine/ports/store.ts';

/** First match names the failure: extended codes of SQLite start with their primary one. */
const CODES: readonly (readonly [prefix: string, code: StoreFailure['code']])[] = [
  ['SQLITE_FULL', 'DISK_FULL'],
  ['SQLITE_IOERR', 'IO'],
  ['SQLITE_CANTOPEN', 'IO'],
  ['SQLITE_READONLY', 'IO'],
  ['SQLITE_PERM', 'IO'],
  ['SQLITE_BUSY', 'LOCKED'],
  ['SQLITE_LOCKED', 'LOCKED'],
  ['SQLITE_CORRUPT', 'CORRUPT'],
  ['SQLITE_NOTADB', 'CORRUPT'],
  ['SQLITE_CONSTRAINT', 'CORRUPT'],
];

/** What a failed statement or file operation means to the engine. Rethrows what is a fault of ours. */
export function storeFailure(error: unknown): StoreFailure {
  if (error instanceof Database.SqliteError) {
    const found = CODES.find(([prefix]) => error.code.startsWith(prefix));
    if (found !== undefined) return { code: found[1], detail: `${error.code}: ${error.message}` };
  } else if (isSystemError(error)) {
    return { code: error.code === 'ENOSPC' ? 'DISK_FULL' : 'IO', detail: error.message };
  }
  throw error;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
