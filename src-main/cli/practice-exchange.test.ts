import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { runCli } from './run.ts';

async function run(...args: string[]) {
  const out: string[] = [];
  const error: string[] = [];
  const code = runCli(['practice-exchange', ...args], {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
  });
  return { code, out, error };
}

describe('leeward practice-exchange', () => {
  it.each([
    [['--port', '-1'], '--port'],
    [['--port', 'x'], '--port'],
    [['--market', 'moon'], 'expected --market as one of demo recorded synthetic, was moon'],
    [['--speed', '0'], 'expected --speed from 0.01 to 1000'],
    [['--speed', 'fast'], 'expected --speed from 0.01 to 1000'],
    [['--start', 'yesterday'], 'expected --start as a UTC time'],
    [['--synthetic', '501'], '--synthetic'],
    [['--fees', 'none'], 'expected --fees as received or bnb'],
    [['extra'], 'unexpected argument'],
  ])('refuses %j in one line', async (args, text) => {
    const { code, error, out } = await run(...args);
    expect(await code).toBe(2);
    expect(error[0]).toContain(text);
    expect(out).toEqual([]);
  });

  it('names a port in use and an unknown symbol', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
    const { port } = taken.address() as AddressInfo;
    const inUse = await run('--port', String(port), '--symbols', 'BTCUSDT');
    expect(await inUse.code).toBe(1);
    expect(inUse.error[0]).toContain(`port`);
    taken.close();
    const unknown = await run('--symbols', 'NOPEUSDT');
    expect(await unknown.code).toBe(1);
    expect(unknown.error[0]).toContain('NOPEUSDT');
  });

  it('prints one JSON line when ready and ends when interrupted', async () => {
    const { code, out } = await run('--symbols', 'BTCUSDT', '--orders-per-10s', '1000', '--json');
    await vi.waitFor(() => expect(out).toHaveLength(1), { timeout: 15_000 });
    const ready = JSON.parse(out[0] ?? '') as Record<string, unknown>;
    expect(ready).toMatchObject({ ready: true, limits: { ordersPer10s: 1000 } });
    const response = await fetch(`${String(ready['rest'])}/api/v3/depth?symbol=BTCUSDT&limit=1`);
    expect(((await response.json()) as { bids: unknown[] }).bids).toHaveLength(1);
    process.emit('SIGTERM');
    expect(await code).toBe(0);
  });
});
