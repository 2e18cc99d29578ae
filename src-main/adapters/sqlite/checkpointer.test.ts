import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
});
