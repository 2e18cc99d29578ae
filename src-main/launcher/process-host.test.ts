import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChildMessage } from './boot.ts';
import { type Child, nodeProcessHost, prioritize } from './process-host.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-host-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

function startScript(source: string): Child {
  const file = join(dir, 'entry.mjs');
  writeFileSync(file, source);
  return nodeProcessHost(() => pathToFileURL(file)).start('worker');
}

const firstMessage = async (child: Child): Promise<ChildMessage> => new Promise((resolve) => child.onMessage(resolve));

describe('plain Node children', () => {
  it('get nothing of the shell but the system’s own variables, nothing in argv, and a lower priority', async () => {
    vi.stubEnv('LEEWARD_CANARY_SECRET', 'made-up-canary');
    const child = startScript(`
      import os from 'node:os';
      process.on('message', ({ t }) => {
        const seen = { t, env: Object.values(process.env), argv: process.argv.slice(2), nice: os.getPriority() };
        process.send({ t: 'log', line: JSON.stringify(seen) });
      });
    `);
    const said = firstMessage(child);
    child.send({ t: 'newLife' });
    const message = await said;
    const seen = JSON.parse(message.t === 'log' ? message.line : '{}') as Record<string, unknown>;
    expect(seen).toMatchObject({ t: 'newLife', argv: [], nice: 10 });
    expect(seen['env']).not.toContain('made-up-canary');
    child.kill();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(() => child.send({ t: 'newLife' })).not.toThrow();
  });

  it('go on where the system does not let us raise their priority', () => {
    const nobody = 2 ** 30;
    expect(() => prioritize('engine', nobody)).not.toThrow();
    expect(() => prioritize('guardian', nobody)).not.toThrow();
    expect(() => prioritize('server', nobody)).toThrow('ESRCH');
    expect(() => prioritize('server', -1)).not.toThrow();
  });

  it('tell the code they ended with', async () => {
    expect(await startScript('process.exitCode = 3;').exited).toEqual({ code: 3, signal: null });
  });
});
