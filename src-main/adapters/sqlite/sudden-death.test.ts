import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from './open-journal.ts';
import { type Bench, bench } from './testing/journal-fixtures.ts';

const WRITER = join(import.meta.dirname, 'testing/journal-writer.ts');
const KILLS = 5;

let at: Bench;
beforeEach(() => {
  at = bench();
});
afterEach(() => at.dispose());

/** Lets a writer commit `commits` times, kills it with SIGKILL and returns the last sequence it was told is on disk. */
async function killAfter(commits: number, epoch: number): Promise<{ acknowledged: number; pid: number }> {
  const child = spawn(process.execPath, [WRITER, at.directory, String(epoch)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let acknowledged = 0;
  let left = commits;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    if (left-- === 0) child.kill('SIGKILL');
  }
  await exited;
  return { acknowledged, pid: child.pid ?? 0 };
}

describe('a writer killed in the middle of its work', () => {
  it('loses nothing it was told is written, and frees the directory', { timeout: 60_000 }, async () => {
    let before = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const { acknowledged } = await killAfter(7 * kill, kill);
      const store = at.open({ engineEpoch: 100 + kill });
      expect(acknowledged).toBeGreaterThan(before);
      expect(store.head().sequence).toBeGreaterThanOrEqual(acknowledged);
      expect(store.verify()).toMatchObject({ ok: true, rows: store.head().sequence });
      before = store.head().sequence;
      store.close();
    }
  });

  it('keeps others out while it lives', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [WRITER, at.directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    const refused = openJournal({ directory: at.directory, clock: at.clock, engineEpoch: 2 });
    child.stdout.resume();
    child.kill('SIGKILL');
    await exited;
    expect(refused).toEqual({
      ok: false,
      error: { code: 'LOCKED', detail: `expected ${at.directory} to be free, was held by process ${child.pid}` },
    });
    expect(at.open().verify()).toMatchObject({ ok: true });
  });
});
