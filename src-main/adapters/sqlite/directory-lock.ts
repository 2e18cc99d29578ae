import { join } from 'node:path';
import { err, type Result } from '../../engine/domain/result.ts';
import type { StoreFailure } from '../../engine/ports/store.ts';
import { holdLock, type ProcessLock } from './process-lock.ts';

/** Holds a data directory for this process alone. Fails with LOCKED while another holds it. */
export function lockDirectory(directory: string): Result<ProcessLock, StoreFailure> {
  const lock = holdLock(join(directory, 'lock.db'), { file: join(directory, 'lock.pid'), text: `${process.pid}` });
  if (lock.ok) return lock;
  const holder = lock.error ?? 'unknown';
  return err({ code: 'LOCKED', detail: `expected ${directory} to be free, was held by process ${holder}` });
}
