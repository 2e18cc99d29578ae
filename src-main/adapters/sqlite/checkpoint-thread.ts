/** Entry of the journal's one thread: signs heads it is told of and folds the write-ahead log into the file. */
import type { KeyObject } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { signCheckpoint } from './checkpoint.ts';
import { foldLog } from './fold-log.ts';

export type CheckpointThreadData = {
  readonly file: string;
  readonly key: KeyObject;
  /** Set to 1 and notified when the connection is closed. */
  readonly closed: Int32Array;
};

export type CheckpointOrder =
  | { readonly kind: 'sign'; readonly sequence: number; readonly hash: string; readonly signedAtUs: number }
  | { readonly kind: 'close' };

const { file, key, closed } = workerData as CheckpointThreadData;
const db = new Database(file);

parentPort?.on('message', (order: CheckpointOrder) => {
  if (order.kind === 'close') close();
  else {
    const { sequence, hash, signedAtUs } = order;
    parentPort?.postMessage(signCheckpoint(key, { sequence, hash, signedAtUs }));
    foldLog(db);
  }
});

function close(): void {
  db.close();
  Atomics.store(closed, 0, 1);
  Atomics.notify(closed, 0);
  parentPort?.close();
}
