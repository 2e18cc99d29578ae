import { readFileSync } from 'node:fs';
import type { Clock } from '../engine/ports/clock.ts';

const POLL_MS = 5;

/** Ends the process for good and resolves once nothing of it can run any more. */
export async function endProcess(pid: number, clock: Clock): Promise<void> {
  if (!signal(pid, 'SIGKILL')) return;
  while (signal(pid, 0) && !isZombie(pid)) await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
}

/** A killed process whose parent has not asked for its exit yet (a suspended launcher): it runs no more. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'Z';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

/** False when there is no such process. */
function signal(pid: number, code: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, code);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
