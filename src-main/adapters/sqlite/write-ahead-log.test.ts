import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from './open-journal.ts';
import { type Bench, bench, draft } from './testing/journal-fixtures.ts';

/** https://www.sqlite.org/fileformat2.html#walformat */
const WAL_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4096;
const TRANSACTIONS = 60;

let at: Bench;
beforeEach(() => {
  at = bench();
});
afterEach(() => at.dispose());

/** What a machine leaves that lost power with `bytes` of the log on disk: reopened, verified, and its head. */
function rowsAfterCut(wal: Buffer, bytes: number): number {
  const directory = join(at.directory, 'cut');
  mkdirSync(directory);
  cpSync(join(at.directory, 'journal.db'), join(directory, 'journal.db'));
  cpSync(join(at.directory, 'journal-key.pem'), join(directory, 'journal-key.pem'));
  writeFileSync(join(directory, 'journal.db-wal'), wal.subarray(0, bytes));
  const opened = openJournal({ directory, clock: at.clock, engineEpoch: 2, checkpoints: 'inline' });
  if (!opened.ok) throw new Error(`${opened.error.code} ${opened.error.detail}`);
  const verified = opened.value.verify();
  const rows = opened.value.head().sequence;
  opened.value.close();
  rmSync(directory, { recursive: true });
  expect(verified).toMatchObject({ ok: true, rows });
  return rows;
}

describe('a log cut short', () => {
  it('reopens consistently at every frame, with all rows of the transactions it holds', { timeout: 60_000 }, () => {
    const store = at.open({ checkpointEveryRows: 20 });
    // Sizes vary, so transactions are of one frame and of several.
    for (let index = 0; index < TRANSACTIONS; index++) {
      store.commit(
        Array.from({ length: 1 + (index % 3) }, (_, row) => draft('x'.repeat(((index * 7 + row) % 9) * 300))),
      );
    }
    const wal = readFileSync(join(at.directory, 'journal.db-wal'));
    const frames = (wal.length - WAL_HEADER_BYTES) / FRAME_BYTES;
    expect(Number.isInteger(frames)).toBe(true);
    expect(frames).toBeGreaterThan(TRANSACTIONS);
    const rows = Array.from({ length: frames + 1 }, (_, frame) =>
      rowsAfterCut(wal, WAL_HEADER_BYTES + frame * FRAME_BYTES),
    );
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    expect(rows[0]).toBe(1);
    expect(rows[frames]).toBe(store.head().sequence);
    expect(new Set(rows).size).toBeGreaterThanOrEqual(TRANSACTIONS);
  });

  it('ignores a frame of which only a part or another content arrived', () => {
    const store = at.open();
    for (let index = 0; index < 5; index++) store.commit([draft(index)]);
    const wal = readFileSync(join(at.directory, 'journal.db-wal'));
    expect(rowsAfterCut(wal, wal.length - 1)).toBe(5);
    wal[wal.length - 2_000] = 0xff ^ (wal[wal.length - 2_000] ?? 0);
    expect(rowsAfterCut(wal, wal.length)).toBe(5);
  });
});
