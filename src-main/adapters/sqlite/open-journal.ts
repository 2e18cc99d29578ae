import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { JournalDraft, StoreFailure } from '../../engine/ports/store.ts';
import { ed25519RawPublicKey } from '../signing/ed25519.ts';
import { installationKey } from './checkpoint.ts';
import { inlineCheckpointer, threadCheckpointer } from './checkpointer.ts';
import { lockDirectory } from './directory-lock.ts';
import type { ProcessLock } from './process-lock.ts';
import { durability, JournalStore } from './journal-store.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './schema.ts';
import { storeFailure } from './store-failure.ts';
import { OPENED_KIND, publicKeyOf, verifyTail } from './verification.ts';

export const JOURNAL_FILE = 'journal.db';

const FULL = 2;
/** About 4 MB of rows between signatures. */
const CHECKPOINT_EVERY_ROWS = 1_000;

export type JournalOptions = {
  /** Made when it does not exist; held exclusively until the journal closes. */
  readonly directory: string;
  readonly engineEpoch: number;
  readonly clock: Clock;
  /** Ed25519; the installation's own key when absent. */
  readonly signingKey?: KeyObject;
  readonly checkpointEveryRows?: number;
  /** Where heads are signed and the log is folded; on a thread of its own unless told otherwise. */
  readonly checkpoints?: 'thread' | 'inline';
  /** Caps the file at so many pages of 4096 bytes, as a full disk would: the drill for it. */
  readonly pageLimit?: number;
};

/** Fails when the directory is held by another process, or when the rows since the last signature do not verify. */
export function openJournal(options: JournalOptions): Result<JournalStore, StoreFailure> {
  let lock: Result<ProcessLock, StoreFailure> | undefined;
  let db: Database.Database | undefined;
  let opened: Result<JournalStore, StoreFailure> | undefined;
  try {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    lock = lockDirectory(options.directory);
    if (!lock.ok) return lock;
    db = new Database(join(options.directory, JOURNAL_FILE));
    opened = openStore(db, options, lock.value);
    return opened;
  } catch (error) {
    return err(storeFailure(error));
  } finally {
    if (opened?.ok !== true) {
      db?.close();
      if (lock?.ok === true) lock.value.release();
    }
  }
}

function openStore(
  db: Database.Database,
  options: JournalOptions,
  lock: ProcessLock,
): Result<JournalStore, StoreFailure> {
  configure(db, options.pageLimit);
  const { journalMode, synchronous } = durability(db);
  if (journalMode !== 'wal' || synchronous !== FULL) {
    return err({ code: 'IO', detail: `expected WAL with FULL sync, was ${journalMode} with ${synchronous}` });
  }
  const version = schemaVersion(db);
  if (version > SCHEMA_VERSION) {
    return err({ code: 'CORRUPT', detail: `expected schema ${SCHEMA_VERSION} or older, was ${version}` });
  }
  migrate(db);
  const tail = verifyTail(db);
  if (!tail.ok) return err({ code: 'CORRUPT', detail: `journal row ${tail.sequence}: ${tail.reason}` });
  const last = lastEpoch(db);
  if (last > options.engineEpoch) {
    // A life that counts anew would make ids that orders at the venue already have.
    const detail = `expected an engine epoch of at least ${last}, the last of this journal, was ${options.engineEpoch}`;
    return err({ code: 'CORRUPT', detail });
  }
  const signingKey = options.signingKey ?? installationKey(options.directory);
  const publicKey = ed25519RawPublicKey(signingKey).toString('hex');
  const recorded = publicKeyOf(db);
  if (recorded !== undefined && recorded !== publicKey) {
    return err({ code: 'CORRUPT', detail: `expected the key that signs this journal, ${recorded}, was ${publicKey}` });
  }
  const checkpointer = options.checkpoints === 'inline' ? inlineCheckpointer : threadCheckpointer;
  const store = new JournalStore({
    db,
    clock: options.clock,
    engineEpoch: options.engineEpoch,
    head: tail.head,
    signingKey,
    checkpointer: checkpointer({ db, file: db.name, key: signingKey, clock: options.clock }),
    checkpointEveryRows: options.checkpointEveryRows ?? CHECKPOINT_EVERY_ROWS,
    onClose: lock.release,
  });
  if (recorded !== undefined) return ok(store);
  const first = store.commit([openedRow(publicKey, options.clock.nowUs())]);
  if (first.ok) return ok(store);
  store.close();
  return first;
}

function lastEpoch(db: Database.Database): number {
  const newest = 'SELECT engine_epoch AS epoch FROM journal ORDER BY sequence DESC LIMIT 1';
  return db.prepare<[], { epoch: number }>(newest).get()?.epoch ?? 0;
}

/** The first row of every journal: whose signatures it will carry. */
function openedRow(publicKey: string, timeUs: number): JournalDraft {
  return {
    role: 'note',
    kind: OPENED_KIND,
    kindVersion: 1,
    timeUs,
    accountId: null,
    correlationId: null,
    causationSequence: null,
    clientOrderIds: [],
    payload: { publicKey },
  };
}

function configure(db: Database.Database, pageLimit: number | undefined): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // macOS answers a plain sync before the drive has written.
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
  if (pageLimit !== undefined) db.pragma(`max_page_count = ${pageLimit}`);
}
