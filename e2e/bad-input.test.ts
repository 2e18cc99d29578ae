import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli, isBuilt } from './headless-session.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-bad-input-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

type Ended = { readonly code: number | null; readonly signal: string | null; readonly error: string };

async function ended(args: readonly string[], node = process.execPath): Promise<Ended> {
  return new Promise((settle) => {
    const child = execFile(node, [cli, ...args], { timeout: 60_000 }, (_failure, _out, error) =>
      settle({ code: child.exitCode, signal: child.signalCode, error: error.trim() }),
    );
  });
}

const serve = (...args: readonly string[]): readonly string[] => ['serve', '--port', '0', '--data-dir', dir, ...args];

const SYSTEM_NODE = '/usr/bin/node';

describe.skipIf(!isBuilt)('bad input ends with one clear line', { timeout: 90_000 }, () => {
  it.each([
    ['an unknown configuration key', ['--set', 'risk.maxOderNotionalRatio=0.1'], /maxOderNotionalRatio/],
    ['a value out of range', ['--set', 'risk.maxOrderNotionalRatio=-1'], /risk\.maxOrderNotionalRatio/],
    ['a configuration file that is not there', ['--config', '/nowhere/leeward.json'], /\/nowhere\/leeward\.json/],
    ['a market that does not exist', ['--market', 'moon'], /demo, recorded, synthetic/],
    ['a port that is none', ['--port', '99999'], /0 to 65535/],
  ])('%s', async (_name, args, line) => {
    const { code, error } = await ended(serve(...args));
    expect(code).toBeGreaterThan(0);
    expect(error).toMatch(line);
    expect(error.split('\n')).toHaveLength(1);
  });

  it.each([
    ['audit', ['audit', '/nowhere']],
    ['replay', ['replay', '/nowhere.jsonl.gz']],
    ['replay of a session', ['replay', '--session', '/nowhere']],
    ['status without a session', ['status', '--data-dir', '/nowhere']],
  ])('a missing file: %s', async (_name, args) => {
    const { code, error } = await ended(args);
    expect(code).toBe(1);
    expect(error).toContain('/nowhere');
    expect(error).not.toMatch(/unexpected failure|\n\s+at /);
  });

  it('a port in use', async () => {
    const taken = createServer();
    await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready));
    const { port } = taken.address() as AddressInfo;
    const { code, error } = await ended(serve('--port', String(port)));
    taken.close();
    expect(code).toBe(1);
    expect(error).toContain(`expected port ${port} free, was in use`);
    expect(error).not.toMatch(/\n\s+at /);
  });

  it('a data directory that cannot be written', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    const { code, error } = await ended(['serve', '--port', '0', '--data-dir', join(file, 'home')]);
    expect(code).toBe(1);
    expect(error).toContain(file);
    expect(error).not.toMatch(/unexpected failure|\n\s+at /);
  });

  it('a damaged installation', async () => {
    writeFileSync(join(dir, 'installation'), 'not hex\n');
    const { code, error } = await ended(serve());
    expect(code).toBe(1);
    expect(error).toContain('expected 8 hex digits');
    expect(error.split('\n')).toHaveLength(1);
  });

  it('a second session on the same data directory, while the first goes on', async () => {
    const first = spawn(process.execPath, [cli, ...serve('--json')], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await new Promise<void>((ready, fail) => {
        first.stdout.once('data', () => ready());
        first.once('exit', () => fail(new Error('expected a session, was ended')));
      });
      const { code, error } = await ended(serve());
      expect(code).toBe(1);
      expect(error).toContain(dir);
      expect(error).not.toMatch(/unexpected failure|\n\s+at /);
      expect(first.exitCode).toBeNull();
    } finally {
      const over = new Promise((done) => first.once('exit', done));
      first.kill('SIGTERM');
      await over;
    }
  });

  it.skipIf(!existsSync(SYSTEM_NODE))('an older Node, before anything native is loaded', async () => {
    const { code, signal, error } = await ended(['demo'], SYSTEM_NODE);
    if (code === 0) return;
    expect(signal).toBeNull();
    expect(code).toBe(1);
    expect(error).toMatch(/^leeward: expected Node 24 .*, was v\d+/);
    expect(error.split('\n')).toHaveLength(1);
  });
});
