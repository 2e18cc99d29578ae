import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { JournalRow, StoreFailure } from '../../engine/ports/store.ts';
import { journalRow, type StoredRow } from './journal-row.ts';
import { JOURNAL_FILE } from './open-journal.ts';
import { SCHEMA_VERSION, schemaVersion } from './schema.ts';
import { latestSnapshot, type Snapshot } from './snapshots.ts';
import { storeFailure } from './store-failure.ts';
import { type JournalVerification, verifyJournal } from './verification.ts';

export type JournalFilter = {
  readonly kind?: string;
  /** Rows that carry or mention this client order id. */
  readonly clientOrderId?: string;
  readonly fromSequence?: number;
  /** Rows up to here, without it. */
  readonly beforeSequence?: number;
  readonly fromTimeUs?: number;
  readonly limit?: number;
};

/** A journal for looking at, also while its engine writes: no lock, no change. */
export type JournalReader = {
  readonly verify: () => JournalVerification;
  readonly rows: (filter: JournalFilter) => Iterable<JournalRow>;
  readonly latestSnapshot: () => Snapshot | null;
  readonly close: () => void;
};

/** `path` is a data directory or a journal file. Fails when there is no journal of this version. */
export function readJournal(path: string): Result<JournalReader, StoreFailure> {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, JOURNAL_FILE) : path;
  if (!existsSync(file)) return err({ code: 'IO', detail: `expected a journal at ${file}, was none` });
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true });
    const version = schemaVersion(db);
    if (version === SCHEMA_VERSION) return ok(reader(db));
    db.close();
    return err({ code: 'CORRUPT', detail: `expected a journal of schema ${SCHEMA_VERSION}, was ${version}` });
  } catch (error) {
    db?.close();
    return err(storeFailure(error));
  }
}

function reader(db: Database.Database): JournalReader {
  return {
    verify: () => verifyJournal(db),
    rows: (filter) => filteredRows(db, filter),
    latestSnapshot: () => latestSnapshot(db),
    close: () => void db.close(),
  };
}

function* filteredRows(db: Database.Database, filter: JournalFilter): Generator<JournalRow> {
  const select = db.prepare<Record<string, string | number | null>, StoredRow>(`
    SELECT * FROM journal
    WHERE sequence >= @fromSequence AND sequence < @beforeSequence AND time_us >= @fromTimeUs AND (@kind IS NULL OR kind = @kind)
      AND (@order IS NULL OR instr(client_order_ids, @order) > 0 OR instr(payload, @order) > 0)
    ORDER BY sequence LIMIT @limit`);
  const parameters = {
    fromSequence: filter.fromSequence ?? 0,
    beforeSequence: filter.beforeSequence ?? Number.MAX_SAFE_INTEGER,
    fromTimeUs: filter.fromTimeUs ?? 0,
    kind: filter.kind ?? null,
    order: filter.clientOrderId ?? null,
    limit: filter.limit ?? -1,
  };
  for (const row of select.iterate(parameters)) yield journalRow(row);
}
