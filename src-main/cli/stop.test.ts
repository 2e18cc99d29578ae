import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { announceRunning } from '../launcher/data-home.ts';
import { runCli } from './run.ts';

async function stop(...args: readonly string[]): Promise<{ code: number; error: string }> {
  const error: string[] = [];
  const code = await runCli(['stop', ...args], { out: () => undefined, error: (line) => void error.push(line) });
  return { code, error: error.join('\n') };
}

describe('leeward stop --rehearse', () => {
  it('never touches a session on another venue', async () => {
    const home = mkdtempSync(join(tmpdir(), 'leeward-stop-'));
    announceRunning(home, { pid: process.pid, dataDir: home, guardianSocket: 'none', clientSocket: 'none' });
    const { code, error } = await stop('--rehearse', '--running', '--data-dir', home);
    rmSync(home, { recursive: true });
    expect(code).toBe(1);
    expect(error).toBe(
      'leeward stop: expected a session on the practice exchange, was another venue: a drill never touches it',
    );
  });

  it.each([
    [['--running'], 'expected --rehearse with --running, was without'],
    [['--instruments', '3'], 'expected --rehearse with --instruments, was without'],
    [['--latency', '3'], 'expected --rehearse with --latency, was without'],
    [['--latency', ''], 'expected --rehearse with --latency, was without'],
    [['--rehearse', '--instruments', '0'], 'expected --instruments as an integer from 1 to 100, was "0"'],
    [['--rehearse', '--instruments', 'NaN'], 'expected --instruments as an integer from 1 to 100, was "NaN"'],
    [['--rehearse', '--latency', '-5'], ''],
    [['--rehearse', '--latency', '5s'], 'expected --latency as an integer from 0 to 2000, was "5s"'],
    [['--rehearse', '--running', '--instruments', '3'], 'expected --instruments or --running, was both'],
    [['--rehearse', '--data-dir', '/tmp'], 'expected --data-dir with --running, was without'],
  ])('refuses %j in one line', async (args, line) => {
    const { code, error } = await stop(...args);
    expect(code).toBe(2);
    expect(error).toContain(line);
    expect(error.split('\n')).toHaveLength(1);
  });
});
