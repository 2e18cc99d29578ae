import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = Buffer.alloc(4096, 1);

/** Milliseconds of fdatasync after a 4 KiB append, on the disk that holds `directory`: what no commit can beat. */
export function diskSyncTimes(directory: string, count: number): readonly number[] {
  const file = openSync(join(directory, 'sync-probe'), 'w');
  try {
    return Array.from({ length: count }, () => {
      writeSync(file, PAGE);
      const startMs = performance.now();
      fdatasyncSync(file);
      return performance.now() - startMs;
    });
  } finally {
    closeSync(file);
  }
}
