import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { storeFailure } from './store-failure.ts';

describe('a store failure', () => {
  it.each([
    ['SQLITE_FULL', 'DISK_FULL'],
    ['SQLITE_IOERR_FSYNC', 'IO'],
    ['SQLITE_IOERR_SHORT_READ', 'IO'],
    ['SQLITE_READONLY_DBMOVED', 'IO'],
    ['SQLITE_BUSY_SNAPSHOT', 'LOCKED'],
    ['SQLITE_CORRUPT', 'CORRUPT'],
    ['SQLITE_CONSTRAINT_PRIMARYKEY', 'CORRUPT'],
  ])('names %s %s', (code, expected) => {
    expect(storeFailure(new Database.SqliteError('said so', code))).toEqual({
      code: expected,
      detail: `${code}: said so`,
    });
  });

  it('names what the system refused', () => {
    const refused = (code: string) => Object.assign(new Error(code), { code, syscall: 'write' });
    expect(storeFailure(refused('ENOSPC')).code).toBe('DISK_FULL');
    expect(storeFailure(refused('EACCES')).code).toBe('IO');
  });

  it('rethrows a fault of ours', () => {
    expect(() => storeFailure(new TypeError('ours'))).toThrow('ours');
    expect(() => storeFailure(new Database.SqliteError('near', 'SQLITE_ERROR'))).toThrow('near');
  });
});
