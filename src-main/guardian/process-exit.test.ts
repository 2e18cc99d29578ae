import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../adapters/system-clock/system-clock.ts';
import { endProcess } from './process-exit.ts';

describe('ending a process', () => {
  it('resolves once it is gone, also when it is stopped and ignores signals', async () => {
    const child = spawn('sh', ['-c', 'trap "" TERM INT; echo up; while :; do sleep 0.05; done'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const exited = once(child, 'exit');
    child.kill('SIGSTOP');
    await endProcess(child.pid ?? -1, createSystemClock());
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it.runIf(process.platform === 'linux')('does not wait for a parent that never asks for the exit', async () => {
    // The shell stops itself, so its killed child stays a zombie.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; kill -STOP $$'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    await endProcess(Number(line.toString()), createSystemClock());
    parent.kill('SIGKILL');
  });

  it('resolves at once for a process that was never there', async () => {
    await expect(endProcess(2 ** 22 - 1, createSystemClock())).resolves.toBeUndefined();
  });
});
