import type Database from 'better-sqlite3';
import type { Checkpoint } from './checkpoint.ts';
import { rowFields, type StoredRow } from './journal-row.ts';
import { type StoredSnapshot, writeSnapshot } from './snapshots.ts';

const COLUMNS = 13;
/** Rows of one statement: a quarter of the time of an insert is that of its call. */
const ROWS_AT_ONCE = [16, 4, 1];

export type JournalWrite = (rows: readonly StoredRow[], checkpoint?: Checkpoint, snapshot?: StoredSnapshot) => void;

/** Writes rows, and what goes with them, in one transaction. Throws SqliteError when nothing of it was written. */
export function journalWriter(db: Database.Database): JournalWrite {
  const insertRows = rowInserter(db);
  const insertCheckpoint = db.prepare<Checkpoint>(
    'INSERT OR REPLACE INTO checkpoints VALUES (@sequence, @hash, @signedAtUs, @signature)',
  );
  const transaction = db.transaction<JournalWrite>((rows, checkpoint, snapshot) => {
    insertRows(rows);
    if (checkpoint !== undefined) insertCheckpoint.run(checkpoint);
    if (snapshot !== undefined) writeSnapshot(db, snapshot);
  });
  return (rows, checkpoint, snapshot) => transaction.immediate(rows, checkpoint, snapshot);
}

function rowInserter(db: Database.Database): (rows: readonly StoredRow[]) => void {
  // By position: to bind a field by its name costs as much as the rest of an insert.
  const row = `(${'?, '.repeat(COLUMNS - 1)}?)`;
  const statements = ROWS_AT_ONCE.map((count) => ({
    count,
    insert: db.prepare(`INSERT INTO journal VALUES ${`${row}, `.repeat(count - 1)}${row}`),
  }));
  return (rows) => {
    let next = 0;
    for (const { count, insert } of statements) {
      for (; rows.length - next >= count; next += count) {
        insert.run(rows.slice(next, next + count).flatMap((each) => [...rowFields(each), each.hash]));
      }
    }
  };
}
