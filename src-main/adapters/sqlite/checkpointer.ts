import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { Clock } from '../../engine/ports/clock.ts';
import type { JournalHead } from '../../engine/ports/store.ts';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';
import type { CheckpointOrder, CheckpointThreadData } from './checkpoint-thread.ts';

/** Signs heads and folds the write-ahead log back, away from the path of a decision. */
export type Checkpointer = {
  /** Asks for a signature of a committed head and for the log to be folded. */
  request(head: JournalHead): void;
  /** A signature that is ready, once; the store writes it with its next transaction. */
  take(): Checkpoint | undefined;
  /** False once the thread is lost: signing goes on, on the caller's thread. */
  readonly isApart: boolean;
  /** Returns when the thread has let go of the file. */
  close(): void;
};

/** Longer than a fold of the largest log; a thread that hangs is left behind. */
const CLOSE_TIMEOUT_MS = 2_000;
/** SQLite's own default, for when the thread that folds the log is lost. */
const AUTO_FOLD_PAGES = 1_000;

export type CheckpointerParts = {
  readonly db: Database.Database;
  /** Of the same database, for a connection of the thread's own. */
  readonly file: string;
  readonly key: KeyObject;
  readonly clock: Clock;
};

/** On the caller's own thread: for tools and tests. SQLite folds the log by itself. */
export function inlineCheckpointer({ key, clock }: CheckpointerParts): Checkpointer {
  let ready: Checkpoint | undefined;
  return {
    isApart: false,
    request: ({ sequence, hash }) => {
      ready = signCheckpoint(key, { sequence, hash, signedAtUs: clock.nowUs() });
    },
    take: () => {
      const taken = ready;
      ready = undefined;
      return taken;
    },
    close: () => {
      ready = undefined;
    },
  };
}

/** On a thread of its own with its own connection. Never blocks a commit: a fold that meets one does what it can. */
export function threadCheckpointer(parts: CheckpointerParts): Checkpointer {
  const { db, file, key, clock } = parts;
  const inline = inlineCheckpointer(parts);
  const closed = new Int32Array(new SharedArrayBuffer(4));
  const workerData: CheckpointThreadData = { file, key, closed };
  const worker = new Worker(threadFile(), { workerData, name: 'journal checkpointer' });
  let ready: Checkpoint | undefined;
  let apart = true;
  const lose = (): void => {
    if (apart && db.open) db.pragma(`wal_autocheckpoint = ${AUTO_FOLD_PAGES}`);
    apart = false;
  };
  worker.unref();
  worker.on('message', (checkpoint: Checkpoint) => (ready = checkpoint));
  worker.on('error', lose);
  worker.on('exit', lose);
  db.pragma('wal_autocheckpoint = 0');
  const order = (message: CheckpointOrder): void => worker.postMessage(message);
  return {
    get isApart() {
      return apart;
    },
    request: (head) => {
      if (apart) order({ kind: 'sign', ...head, signedAtUs: clock.nowUs() });
      else inline.request(head);
    },
    take: () => {
      const taken = ready ?? inline.take();
      ready = undefined;
      return taken;
    },
    close: () => {
      if (!apart) return;
      apart = false;
      order({ kind: 'close' });
      Atomics.wait(closed, 0, 0, CLOSE_TIMEOUT_MS);
    },
  };
}

/** Beside this file in the sources; under the name of its entry once bundled, seen from an entry or from a chunk. */
function threadFile(): string {
  const bundled = 'adapters/sqlite/checkpoint-thread.js';
  const places = ['checkpoint-thread.ts', bundled, `../${bundled}`].map((place) => join(import.meta.dirname, place));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`expected the checkpoint thread at ${places.join(' or ')}, was none`);
  return found;
}
