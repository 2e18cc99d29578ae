import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { JournalDraft, JsonValue } from '../../engine/ports/store.ts';
import { canonicalJson } from './canonical-json.ts';

/** Older ones are dropped: each is only a shortcut to what the journal says. */
const KEPT_SNAPSHOTS = 3;

export const SNAPSHOT_KIND = 'snapshot.saved';

/** State after the row of this sequence. */
export type Snapshot = { readonly sequence: number; readonly state: JsonValue };

export type StoredSnapshot = { readonly sequence: number; readonly state: string; readonly note_sequence: number };

/** SHA-256, in hex, of the state's canonical JSON. */
export function stateHash(state: JsonValue): string {
  return hashOf(canonicalJson(state));
}

/** The row that puts a snapshot's hash into the chain: a changed snapshot is as visible as a changed row. */
export function snapshotNote(sequence: number, state: string, timeUs: number): JournalDraft {
  return {
    role: 'note',
    kind: SNAPSHOT_KIND,
    kindVersion: 1,
    timeUs,
    accountId: null,
    correlationId: null,
    causationSequence: null,
    clientOrderIds: [],
    payload: snapshotNotePayload(sequence, state),
  };
}

/** To run inside the transaction that writes the snapshot's note. */
export function writeSnapshot(db: Database.Database, snapshot: StoredSnapshot): void {
  db.prepare<StoredSnapshot>('INSERT OR REPLACE INTO snapshots VALUES (@sequence, @state, @note_sequence)').run(
    snapshot,
  );
  db.prepare(
    'DELETE FROM snapshots WHERE sequence NOT IN (SELECT sequence FROM snapshots ORDER BY sequence DESC LIMIT ?)',
  ).run(KEPT_SNAPSHOTS);
}

/** The newest one that its note vouches for; null sends the reader to the first row. */
export function latestSnapshot(db: Database.Database): Snapshot | null {
  const rows = db
    .prepare<[], StoredSnapshot & { readonly note: string }>(
      `SELECT snapshots.*, journal.payload AS note FROM snapshots JOIN journal ON journal.sequence = note_sequence
       WHERE kind = '${SNAPSHOT_KIND}' ORDER BY snapshots.sequence DESC`,
    )
    .all();
  const whole = rows.find(({ sequence, state, note }) => note === canonicalJson(snapshotNotePayload(sequence, state)));
  return whole === undefined ? null : { sequence: whole.sequence, state: JSON.parse(whole.state) as JsonValue };
}

function snapshotNotePayload(
  sequence: number,
  state: string,
): { readonly sequence: number; readonly stateHash: string } {
  return { sequence, stateHash: hashOf(state) };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
