import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rowHash, type StoredRow } from './journal-row.ts';
import { openJournal } from './open-journal.ts';
import { type Bench, bench, draft } from './testing/journal-fixtures.ts';
import { verifyJournal } from './verification.ts';

let at: Bench;
beforeEach(() => {
  at = bench();
  const store = at.open({ checkpointEveryRows: 10 });
  for (let index = 2; index <= 40; index++) store.commit([draft({ index })]);
  store.close();
});
afterEach(() => at.dispose());

function tamper(change: (db: Database.Database) => void) {
  const db = new Database(join(at.directory, 'journal.db'));
  try {
    change(db);
    return verifyJournal(db);
  } finally {
    db.close();
  }
}

/** Rewrites the chain from a row on, as someone who knows the hash but not the key would. */
function rechain(db: Database.Database, from: number): void {
  const rows = db.prepare<[number], StoredRow>('SELECT * FROM journal WHERE sequence >= ? ORDER BY sequence').all(from);
  let previous = db.prepare<[number], StoredRow>('SELECT * FROM journal WHERE sequence = ?').get(from - 1)!.hash;
  for (const row of rows) {
    const hash = rowHash({ ...row, previous_hash: previous });
    db.prepare('UPDATE journal SET previous_hash = ?, hash = ? WHERE sequence = ?').run(previous, hash, row.sequence);
    previous = hash;
  }
}

describe('verification', () => {
  it('passes what was written and counts it', () => {
    expect(tamper(() => undefined)).toMatchObject({ ok: true, rows: 40, checkpoints: 4, head: { sequence: 40 } });
  });

  it.each([
    ['time_us', 1],
    ['role', 'note'],
    ['kind', 'test.changed'],
    ['kind_version', 2],
    ['engine_epoch', 2],
    ['account_id', 'other'],
    ['correlation_id', 'other'],
    ['causation_sequence', 3],
    ['client_order_ids', '["x"]'],
    ['payload', '{"index":18}'],
    ['previous_hash', 'f'.repeat(64)],
    ['hash', 'f'.repeat(64)],
  ])('names the row whose %s was changed', (column, value) => {
    const result = tamper((db) => db.prepare(`UPDATE journal SET ${column} = ? WHERE sequence = 17`).run(value));
    expect(result).toMatchObject({ ok: false, sequence: 17 });
  });

  it.each([
    ['an unreadable beginning', "UPDATE journal SET payload = 'no JSON' WHERE sequence = 1", 1],
    ['a removed row', 'DELETE FROM journal WHERE sequence = 17', 17],
    ['a removed beginning', 'DELETE FROM journal WHERE sequence <= 5', 1],
    ['a changed number', 'UPDATE journal SET sequence = 4000 WHERE sequence = 40', 40],
    ['a removed signed row', 'DELETE FROM journal WHERE sequence > 39', 40],
    ['a forged signature', "UPDATE checkpoints SET signature = 'AAAA' WHERE sequence = 20", 20],
    ['a moved checkpoint', 'UPDATE checkpoints SET sequence = 19 WHERE sequence = 20', 19],
  ])('names the row of %s', (_, sql, sequence) => {
    expect(tamper((db) => db.exec(sql))).toMatchObject({ ok: false, sequence });
  });

  it('finds a rewritten chain by its next signature', () => {
    const result = tamper((db) => {
      db.exec(`UPDATE journal SET payload = '{"index":0}' WHERE sequence = 17`);
      rechain(db, 17);
    });
    expect(result).toMatchObject({ ok: false, sequence: 20 });
  });

  it('at opening covers the rows since the last signature', () => {
    const open = () => openJournal({ directory: at.directory, clock: at.clock, engineEpoch: 2, checkpoints: 'inline' });
    tamper((db) => {
      db.exec('DELETE FROM checkpoints WHERE sequence > 31');
      db.exec(`UPDATE journal SET payload = '{"index":0}' WHERE sequence = 37`);
    });
    const opened = open();
    expect(opened.ok ? '' : `${opened.error.code} ${opened.error.detail}`).toMatch(/^CORRUPT journal row 37: /);
  });
});
