import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ed25519PrivateKey, ed25519PublicKey, ed25519RawPublicKey } from '../signing/ed25519.ts';
import { isCheckpointSigned } from './checkpoint.ts';
import { threadCheckpointer } from './checkpointer.ts';
import { type Bench, bench, draft } from './testing/journal-fixtures.ts';

let at: Bench;
beforeEach(() => {
  at = bench();
});
afterEach(() => at.dispose());

const log = (): number => statSync(join(at.directory, 'journal.db-wal')).size;

describe('checkpoints on their own thread', () => {
  it('are signed there, written with a later commit, and valid', async () => {
    const store = at.open({ checkpoints: 'thread', checkpointEveryRows: 10 });
    for (let row = 2; row <= 10; row++) store.commit([draft(row)]);
    expect(store.metrics().checkpoints).toBe(0);
    while (store.metrics().checkpoints === 0) {
      await nextTurn();
      store.commit([draft('next')]);
    }
    expect(store.verify()).toMatchObject({ ok: true, checkpoints: 1 });
    expect(store.metrics().checkpointsApart).toBe(true);
  });

  it('fold the log into the file while it is written', async () => {
    const store = at.open({ checkpoints: 'thread', checkpointEveryRows: 50 });
    const file = join(at.directory, 'journal.db');
    const before = statSync(file).size;
    while (statSync(file).size === before) {
      store.commit([draft('x'.repeat(3_000))]);
      await nextTurn();
    }
    expect(log()).toBeGreaterThan(0);
    store.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(at.open().verify()).toMatchObject({ ok: true });
  });

  it('sign the last row at close, at once', () => {
    const store = at.open({ checkpoints: 'thread' });
    store.commit([draft('last')]);
    store.close();
    expect(at.open().verify()).toMatchObject({ ok: true, rows: 2, checkpoints: 1 });
  });

  it('go on here, and the database folds by itself, when the thread is lost', async () => {
    const db = new Database(':memory:');
    const key = ed25519PrivateKey(Buffer.alloc(32, 3));
    const checkpointer = threadCheckpointer({ db, file: join(at.directory, 'none', 'x.db'), key, clock: at.clock });
    expect(db.pragma('wal_autocheckpoint', { simple: true })).toBe(0);
    while (checkpointer.isApart) await nextTurn();
    expect(db.pragma('wal_autocheckpoint', { simple: true })).toBe(1_000);
    checkpointer.request({ sequence: 7, hash: 'ab' });
    const checkpoint = checkpointer.take();
    expect(checkpoint).toMatchObject({ sequence: 7, hash: 'ab' });
    expect(isCheckpointSigned(ed25519PublicKey(ed25519RawPublicKey(key)), checkpoint!)).toBe(true);
    expect(checkpointer.take()).toBeUndefined();
    checkpointer.close();
    db.close();
  });
});
