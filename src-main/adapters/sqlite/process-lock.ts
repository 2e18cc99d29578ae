import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../engine/domain/result.ts';

export type ProcessLock = { readonly release: () => void };

/** Names the holder, for messages only. */
export type HolderNote = { readonly file: string; readonly text: string };

/**
 * Holds `path` for this process alone. The lock is the operating system's own, so it ends with the process however that
 * dies; the note beside it proves nothing. Fails with the note of the other holder while one holds it, null when that has
 * not written it yet.
 */
export function holdLock(path: string, note: HolderNote): Result<ProcessLock, string | null> {
  const db = new Database(path, { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    return err(noteIn(note.file));
  }
  writeFileSync(note.file, `${note.text}\n`, { mode: 0o600 });
  return ok({ release: () => void db.close() });
}

function noteIn(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null; // The holder may not have written it yet.
  }
}
