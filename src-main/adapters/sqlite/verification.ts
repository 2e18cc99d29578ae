import type { KeyObject } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { JournalHead } from '../../engine/ports/store.ts';
import { ed25519PublicKey } from '../signing/ed25519.ts';
import { type Checkpoint, isCheckpointSigned } from './checkpoint.ts';
import { GENESIS_HASH, rowHash, type StoredRow } from './journal-row.ts';

export type JournalVerification =
  | { readonly ok: true; readonly rows: number; readonly checkpoints: number; readonly head: JournalHead }
  /** `sequence` is the first row that is not what was written. */
  | { readonly ok: false; readonly sequence: number; readonly reason: string };

type Broken = Extract<JournalVerification, { ok: false }>;

/** Kind of the first row: it carries the public key of the checkpoints. */
export const OPENED_KIND = 'journal.opened';
/** Canonical, so its text has one form. */
const OPENED_PAYLOAD = /^\{"publicKey":"([0-9a-f]{64})"\}$/;

const CHECKPOINTS = `
  SELECT sequence, hash, signed_at_us AS signedAtUs, signature FROM checkpoints WHERE sequence > ? ORDER BY sequence`;

/** Recomputes the whole chain and checks every signature. Reads in pages: memory stays flat whatever the length. */
export function verifyJournal(db: Database.Database): JournalVerification {
  const key = verificationKey(db);
  if (key === undefined) return verifyEmpty(db);
  return verifyFrom(db, key, { sequence: 0, hash: GENESIS_HASH });
}

/** What opening checks: the last signature and the chain since. */
export function verifyTail(db: Database.Database): JournalVerification {
  const key = verificationKey(db);
  if (key === undefined) return verifyEmpty(db);
  const last = db
    .prepare<[], Checkpoint>(
      `SELECT sequence, hash, signed_at_us AS signedAtUs, signature FROM checkpoints
                              ORDER BY sequence DESC LIMIT 1`,
    )
    .get();
  if (last === undefined) return verifyFrom(db, key, { sequence: 0, hash: GENESIS_HASH });
  const broken = brokenCheckpoint(db, key, last);
  return broken ?? verifyFrom(db, key, last);
}

/** Row by row from after `start`, whose hash is trusted. */
function verifyFrom(db: Database.Database, key: KeyObject, start: JournalHead): JournalVerification {
  let head: JournalHead = { sequence: start.sequence, hash: start.hash };
  let rows = 0;
  for (const row of db
    .prepare<[number], StoredRow>('SELECT * FROM journal WHERE sequence > ? ORDER BY sequence')
    .iterate(start.sequence)) {
    const reason = rowFault(row, head);
    if (reason !== undefined) return { ok: false, sequence: head.sequence + 1, reason };
    head = { sequence: row.sequence, hash: row.hash };
    rows++;
  }
  let checkpoints = 0;
  for (const checkpoint of db.prepare<[number], Checkpoint>(CHECKPOINTS).all(start.sequence)) {
    const broken = brokenCheckpoint(db, key, checkpoint);
    if (broken !== undefined) return broken;
    checkpoints++;
  }
  return { ok: true, rows, checkpoints, head };
}

function rowFault(row: StoredRow, before: JournalHead): string | undefined {
  if (row.sequence !== before.sequence + 1) return `expected row ${before.sequence + 1}, was ${row.sequence}`;
  if (row.previous_hash !== before.hash) return `expected predecessor ${before.hash}, was ${row.previous_hash}`;
  const hash = rowHash(row);
  return hash === row.hash ? undefined : `expected hash ${hash} of its content, was ${row.hash}`;
}

function brokenCheckpoint(db: Database.Database, key: KeyObject, checkpoint: Checkpoint): Broken | undefined {
  const { sequence } = checkpoint;
  if (!isCheckpointSigned(key, checkpoint)) {
    return { ok: false, sequence, reason: 'expected a checkpoint signed by this installation, was another' };
  }
  const row = db.prepare<[number], { hash: string }>('SELECT hash FROM journal WHERE sequence = ?').get(sequence);
  if (row?.hash === checkpoint.hash) return undefined;
  return { ok: false, sequence, reason: `expected signed hash ${checkpoint.hash}, was ${row?.hash ?? 'no row'}` };
}

function verifyEmpty(db: Database.Database): JournalVerification {
  const row = db.prepare<[], { sequence: number }>('SELECT sequence FROM journal ORDER BY sequence LIMIT 1').get();
  if (row === undefined) return { ok: true, rows: 0, checkpoints: 0, head: { sequence: 0, hash: GENESIS_HASH } };
  return { ok: false, sequence: 1, reason: `expected ${OPENED_KIND} with a public key, was row ${row.sequence}` };
}

/** The raw key, in hex, that the first row says signs this journal; undefined when there is no such row. */
export function publicKeyOf(db: Database.Database): string | undefined {
  const row = db
    .prepare<[], { kind: string; payload: string }>('SELECT kind, payload FROM journal WHERE sequence = 1')
    .get();
  return row?.kind === OPENED_KIND ? OPENED_PAYLOAD.exec(row.payload)?.[1] : undefined;
}

function verificationKey(db: Database.Database): KeyObject | undefined {
  const hex = publicKeyOf(db);
  return hex === undefined ? undefined : ed25519PublicKey(Buffer.from(hex, 'hex'));
}
