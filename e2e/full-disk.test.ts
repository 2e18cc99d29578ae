import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { connectEngine } from '../src-main/launcher/engine-client.ts';
import { isBuilt, startHeadlessSession } from './headless-session.ts';

/** A disk of its own, small enough to fill; only root may mount one. */
const disk = mkdtempSync(join(tmpdir(), 'leeward-disk-'));
const mounted =
  isBuilt &&
  process.getuid?.() === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]).status === 0;

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    const block = Buffer.alloc(1024 * 1024);
    for (;;) writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.skipIf(!mounted)('a full disk under the journal', { timeout: 120_000 }, () => {
  it('halts the engine, and the terminal says so', async () => {
    const headless = await startHeadlessSession(20, disk);
    try {
      const client = await connectEngine(headless.session.clientSocket, headless.session.clientToken);
      expect((await client.snapshot()).journal.failed).toBeNull();
      fill(join(disk, 'ballast'));
      const state = await vi.waitFor(
        async () => {
          const seen = await client.snapshot();
          expect(seen.journal.failed).not.toBeNull();
          return seen;
        },
        { timeout: 60_000, interval: 100 },
      );
      expect(state.journal.failed).toMatch(/^DISK_FULL/);
      expect(state.strip).toMatchObject({ tradingState: 'halted', tradingStateReason: 'STORE_FAILED' });
      expect(state.alerts.map(({ code }) => code)).toContain('STORE_FAILED');
      expect(state.components).toContainEqual(expect.objectContaining({ component: 'store', state: 'down' }));
      client.close();
    } finally {
      await headless.close();
    }
  });
});
