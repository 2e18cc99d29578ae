import type Database from 'better-sqlite3';

/** Forward only; a file knows by `user_version` how many of these it has seen. Never edit one that was released. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    time_us INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('input', 'decision', 'note')),
    kind TEXT NOT NULL,
    kind_version INTEGER NOT NULL,
    engine_epoch INTEGER NOT NULL,
    account_id TEXT,
    correlation_id TEXT,
    causation_sequence INTEGER,
    client_order_ids TEXT NOT NULL,
    payload TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE checkpoints (
    sequence INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    signed_at_us INTEGER NOT NULL,
    signature TEXT NOT NULL
  ) STRICT;
  CREATE TABLE snapshots (
    sequence INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    note_sequence INTEGER NOT NULL
  ) STRICT;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings a file to this version, each step in a transaction of its own. */
export function migrate(db: Database.Database): void {
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < schemaVersion(db)) continue;
    db.transaction(() => {
      db.exec(statements);
      db.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}

export function schemaVersion(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}
