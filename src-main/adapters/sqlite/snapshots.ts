import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { JsonValue } from '../../engine/ports/store.ts';
import { canonicalJson } from './canonical-json.ts';

/** Older ones are dropped: each is only a shortcut to what the journal says. */
const KEPT_SNAPSHOTS = 3;

export type Snapshot = { readonly sequence: number; readonly state: JsonValue };

type StoredSnapshot = { readonly sequence: number; readonly state: string; readonly state_hash: string };

export function saveSnapshot(db: Database.Database, { sequence, state }: Snapshot): void {
  const text = canonicalJson(state);
  db.transaction(() => {
    db.prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)').run(sequence, text, hashOf(text));
    db.prepare(
      'DELETE FROM snapshots WHERE sequence NOT IN (SELECT sequence FROM snapshots ORDER BY sequence DESC LIMIT ?)',
    ).run(KEPT_SNAPSHOTS);
  }).immediate();
}

/** The newest one that is whole and not ahead of the journal; null sends the reader to the first row. */
export function latestSnapshot(db: Database.Database): Snapshot | null {
  const rows = db
    .prepare<[], StoredSnapshot>(
      `SELECT * FROM snapshots WHERE sequence <= (SELECT max(sequence) FROM journal) ORDER BY sequence DESC`,
    )
    .all();
  const whole = rows.find(({ state, state_hash }) => hashOf(state) === state_hash);
  return whole === undefined ? null : { sequence: whole.sequence, state: JSON.parse(whole.state) as JsonValue };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
