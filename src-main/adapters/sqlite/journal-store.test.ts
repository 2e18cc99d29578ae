import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountId, type ClientOrderId } from '../../engine/domain/identifiers.ts';
import type { StoreFailure } from '../../engine/ports/store.ts';
import { ed25519PrivateKey } from '../signing/ed25519.ts';
import { openJournal } from './open-journal.ts';
import { stateHash } from './snapshots.ts';
import { type Bench, bench, draft } from './testing/journal-fixtures.ts';

let at: Bench;
beforeEach(() => {
  at = bench();
});
afterEach(() => at.dispose());

describe('a commit', () => {
  it('returns the head that is on disk and reads back as it was given', () => {
    const store = at.open({ engineEpoch: 7 });
    const row = draft(
      { price: '35000.10', list: [1, null, true], nested: { b: 1, a: 'ü"\n' } },
      {
        role: 'decision',
        accountId: accountId('paper-1'),
        correlationId: 'c-1',
        causationSequence: 1,
        clientOrderIds: ['0a1b2c3d' as ClientOrderId],
      },
    );
    const head = store.commit([row, draft('second')]);
    expect(head).toEqual({ ok: true, value: store.head() });
    expect(store.head().sequence).toBe(3);
    const [opened, first, second] = [...store.read(1)];
    expect(opened).toMatchObject({ kind: 'journal.opened', role: 'note', sequence: 1 });
    expect(first).toMatchObject({ ...row, sequence: 2, engineEpoch: 7, previousHash: opened!.hash });
    expect(second).toMatchObject({ payload: 'second', previousHash: first!.hash, hash: store.head().hash });
    expect([...store.read(3)]).toEqual([second]);
    expect([...store.read(4)]).toEqual([]);
  });

  it('is one transaction with what was queued before it, in order', () => {
    const store = at.open();
    store.enqueue([draft('a'), draft('b')]);
    expect(store.nextSequence).toBe(4);
    expect(store.head().sequence).toBe(1);
    const before = store.metrics().transactions;
    store.commit([draft('c')]);
    expect(store.metrics().transactions).toBe(before + 1);
    expect([...store.read(2)].map(({ payload }) => payload)).toEqual(['a', 'b', 'c']);
  });

  it('of nothing touches nothing', () => {
    const store = at.open();
    const before = store.metrics();
    expect(store.commit([])).toEqual({ ok: true, value: store.head() });
    expect(store.metrics()).toEqual(before);
  });

  it('is synced before it returns: the database says WAL and FULL', () => {
    expect(at.open().durability()).toEqual({ journalMode: 'wal', synchronous: 2 });
  });

  it('refuses a payload that is not JSON and stays whole', () => {
    const store = at.open();
    expect(() => store.commit([draft('good'), draft(Number.NaN)])).toThrow('expected a finite number, was NaN');
    expect(store.nextSequence).toBe(2);
    expect(store.commit([draft('next')]).ok).toBe(true);
    expect(store.verify()).toMatchObject({ ok: true, rows: 2 });
  });
});

describe('queued rows', () => {
  it('share one commit 5 ms after the first', () => {
    const store = at.open();
    const before = store.metrics().transactions;
    store.enqueue([draft('a')]);
    at.clock.advance(4);
    store.enqueue([draft('b')]);
    expect(store.head().sequence).toBe(1);
    at.clock.advance(1);
    expect(store.head().sequence).toBe(3);
    expect(store.metrics()).toMatchObject({ transactions: before + 1, queuedRows: 0 });
    store.enqueue([draft('c')]);
    at.clock.advance(5);
    expect(store.head().sequence).toBe(4);
  });

  it('do not wait when they are many', () => {
    const store = at.open();
    store.enqueue(Array.from({ length: 1_000 }, (_, index) => draft(index)));
    expect(store.head().sequence).toBe(1_001);
    expect(store.verify()).toMatchObject({ ok: true, rows: 1_001 });
  });

  it('are written by close', () => {
    const store = at.open();
    store.enqueue([draft('last')]);
    store.close();
    expect([...at.open().read(2)].map(({ payload }) => payload)).toEqual(['last']);
  });
});

describe('a full disk', () => {
  it('fails every commit from then on, tells its listeners and drops nothing that was acknowledged', () => {
    const store = at.open({ pageLimit: 24 });
    const told: StoreFailure[] = [];
    store.onFailure((failure) => told.push(failure));
    let acknowledged = store.head().sequence;
    let failure: StoreFailure | undefined;
    for (let index = 0; index < 500 && failure === undefined; index++) {
      const result = store.commit([draft('x'.repeat(400))]);
      if (result.ok) acknowledged = result.value.sequence;
      else failure = result.error;
    }
    expect(failure).toMatchObject({ code: 'DISK_FULL' });
    expect(store.commit([draft('small')])).toEqual({ ok: false, error: failure });
    expect(store.saveSnapshot(1, {})).toEqual({ ok: false, error: failure });
    store.enqueue([draft('late')]);
    store.onFailure((late) => told.push(late));
    expect(told).toEqual([failure, failure]);
    store.close();
    const reopened = at.open();
    expect(reopened.head().sequence).toBe(acknowledged);
    expect(reopened.verify()).toMatchObject({ ok: true, rows: acknowledged });
  });

  it('reaches the listener when a group commit meets it', () => {
    const store = at.open({ pageLimit: 24 });
    const told: StoreFailure[] = [];
    store.onFailure((failure) => told.push(failure));
    store.enqueue([draft('x'.repeat(200_000))]);
    at.clock.advance(5);
    expect(told).toMatchObject([{ code: 'DISK_FULL' }]);
  });

  it('says so when there is no room to begin', () => {
    const opened = openJournal({
      directory: at.directory,
      clock: at.clock,
      engineEpoch: 1,
      checkpoints: 'inline',
      pageLimit: 2,
    });
    expect(opened).toMatchObject({ ok: false, error: { code: 'DISK_FULL' } });
    expect(at.open().head().sequence).toBe(1);
  });
});

describe('opening', () => {
  it('continues the chain under a new epoch', () => {
    const first = at.open({ engineEpoch: 1 });
    first.commit([draft('a')]);
    first.close();
    const second = at.open({ engineEpoch: 2 });
    second.commit([draft('b')]);
    expect([...second.read(2)].map(({ engineEpoch }) => engineEpoch)).toEqual([1, 2]);
    expect(second.verify()).toMatchObject({ ok: true, rows: 3 });
  });

  it('is refused by a life that counts below the last one, whose order ids it would make again', () => {
    at.open({ engineEpoch: 7 }).close();
    const refused = openJournal({ directory: at.directory, clock: at.clock, engineEpoch: 1, checkpoints: 'inline' });
    expect(refused).toMatchObject({ ok: false, error: { detail: expect.stringContaining('at least 7') as string } });
  });

  it('is refused while another holds the directory, naming it', () => {
    const store = at.open();
    const again = () =>
      openJournal({ directory: at.directory, clock: at.clock, engineEpoch: 2, checkpoints: 'inline' });
    const refused = again();
    expect(refused).toEqual({
      ok: false,
      error: { code: 'LOCKED', detail: `expected ${at.directory} to be free, was held by process ${process.pid}` },
    });
    store.close();
    const freed = again();
    expect(freed.ok).toBe(true);
    if (freed.ok) freed.value.close();
  });

  it('keeps its key and its files to their owner', () => {
    at.open();
    expect(statSync(join(at.directory, 'journal-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('refuses another key than the one that signs it', () => {
    at.open().close();
    const signingKey = ed25519PrivateKey(Buffer.alloc(32, 1));
    const opened = openJournal({
      directory: at.directory,
      clock: at.clock,
      engineEpoch: 2,
      checkpoints: 'inline',
      signingKey,
    });
    expect(opened).toMatchObject({ ok: false, error: { code: 'CORRUPT' } });
  });

  it('refuses a journal of a newer Leeward, and a file that is none', () => {
    at.open().close();
    const file = join(at.directory, 'journal.db');
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
    expect(() => at.open()).toThrow('CORRUPT expected schema 1 or older, was 99');
    writeFileSync(file, 'no database '.repeat(400));
    expect(() => at.open()).toThrow(/^CORRUPT SQLITE_NOTADB/);
  });
});

describe('a directory that cannot be written', () => {
  it('is a failure, not a crash', () => {
    const file = join(at.directory, 'a-file');
    writeFileSync(file, '');
    const opened = openJournal({ directory: join(file, 'inside'), clock: at.clock, engineEpoch: 1 });
    expect(opened).toMatchObject({ ok: false, error: { code: 'IO' } });
    const lockless = join(at.directory, 'lockless');
    mkdirSync(join(lockless, 'lock.db'), { recursive: true });
    expect(openJournal({ directory: lockless, clock: at.clock, engineEpoch: 1 })).toMatchObject({
      ok: false,
      error: { code: 'IO' },
    });
  });
});

describe('a closed journal', () => {
  it('closes twice and then fails', () => {
    const store = at.open();
    store.close();
    store.close();
    expect(store.commit([draft('late')])).toMatchObject({ ok: false, error: { code: 'CLOSED' } });
  });
});

describe('snapshots', () => {
  it('return the newest one the chain vouches for and keep three', () => {
    const store = at.open();
    expect(store.latestSnapshot()).toBeNull();
    for (let index = 0; index < 5; index++) {
      store.enqueue([draft(index)]);
      expect(store.saveSnapshot(store.nextSequence - 1, { index }).ok).toBe(true);
    }
    expect(store.latestSnapshot()).toEqual({ sequence: 10, state: { index: 4 } });
    expect(store.verify()).toMatchObject({ ok: true, rows: 11 });
    expect([...store.read(11)]).toMatchObject([
      { kind: 'snapshot.saved', role: 'note', payload: { sequence: 10, stateHash: stateHash({ index: 4 }) } },
    ]);
    store.close();
    const db = new Database(join(at.directory, 'journal.db'));
    db.prepare(`UPDATE snapshots SET state = '{"index":5}' WHERE sequence = 10`).run();
    expect(db.prepare('SELECT count(*) AS n FROM snapshots').get()).toEqual({ n: 3 });
    db.close();
    expect(at.open().latestSnapshot()).toEqual({ sequence: 8, state: { index: 3 } });
  });

  it('cannot be ahead of the journal', () => {
    const store = at.open();
    expect(() => store.saveSnapshot(2, {})).toThrow('expected a sequence up to 1, was 2');
    expect(() => store.saveSnapshot(1, Number.NaN)).toThrow('expected a finite number');
    expect(store.nextSequence).toBe(2);
  });
});
