import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import { runCli } from '../../cli/run.ts';
import type * as Protocol from '../../guardian/protocol.ts';
import { jsonFrame } from '../../launcher/framing.ts';
import { listenLocal, socketPath } from '../../launcher/local-socket.ts';
import type * as Hosts from '../../launcher/process-host.ts';
import { inProcessHost } from '../../launcher/testing/in-process-host.ts';
import { pressStop, type StopRehearsal } from './press-stop.ts';

vi.mock('../../launcher/process-host.ts', async (original) => ({
  ...(await original<typeof Hosts>()),
  nodeProcessHost: () => inProcessHost(),
}));
// One thread serves all processes here: how long one of them is silent says nothing about it.
vi.mock('../../guardian/protocol.ts', async (original) => ({
  ...(await original<typeof Protocol>()),
  ENGINE_SILENCE_MS: 600_000,
  GUARDIAN_SILENCE_MS: 600_000,
  STOP_ACKNOWLEDGE_MS: 600_000,
}));
// The engine's process is the test's.
vi.mock('../../guardian/process-exit.ts', () => ({ endProcess: async () => undefined }));

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function stop(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const [out, error]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void error.push(line) };
  const code = await runCli(['stop', ...args], io);
  return { code, out: out.join('\n'), error: error.join('\n') };
}

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'leeward-press-'));
  closing.push(() => rmSync(dir, { recursive: true }));
  return dir;
}

describe('a rehearsed stop', { timeout: 120_000 }, () => {
  it('leaves nothing on a venue of its own, and says what became of each order', async () => {
    const { code, out, error } = await stop('--rehearse', '--instruments', '2', '--latency', '10', '--json');
    const result = JSON.parse(out) as StopRehearsal;
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(result).toMatchObject({ ok: true, latencyMs: 10, acknowledgedBy: 'engine', remaining: [] });
    expect(result.positions).toBeGreaterThanOrEqual(2);
    expect(result.orders.stop).toBeGreaterThanOrEqual(2);
    expect(result.orders.list).toBeGreaterThanOrEqual(2);
    expect(result.flatMs).toBeGreaterThanOrEqual(20);
    expect(result.verifiedMs).toBeGreaterThan(0);
    const open = result.perOrder.filter(({ before }) => before !== null);
    expect(open.every(({ after }) => ['CANCELED', 'EXPIRED', 'FILLED'].includes(after))).toBe(true);
    const exits = result.perOrder.filter(({ kind, after }) => kind === 'exit' && after === 'FILLED');
    expect(exits.length).toBeGreaterThanOrEqual(2);
    // Sent after its cancel was answered, which took the venue's time.
    expect(exits.every(({ sentMs }) => sentMs !== null && sentMs >= 10)).toBe(true);
  });

  it('that leaves something is not fine, whoever acknowledged it', async () => {
    const books = {
      account: 'paper-01',
      positions: [{ symbol: 'BTCUSDT', held: '0.5', isProtected: false, longestUnprotectedMs: 7 }],
      orders: [],
    };
    const http: Server = createServer((_request, response) => void response.end(JSON.stringify(books)));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const guardianSocket = socketPath(temporary(), 'guardian');
    const result = { acknowledgedBy: 'engine', afterMs: 1, actions: [], verifiedFlat: null };
    const guardian = await listenLocal(guardianSocket, (socket) => {
      socket.on('data', () => socket.write(jsonFrame({ t: 'stopResult', result })));
    });
    closing.push(
      () => guardian.close(),
      () => http.close(),
    );
    const { port } = http.address() as AddressInfo;
    const place = { control: `http://127.0.0.1:${port}`, accounts: ['paper-01'] };
    const parts = {
      clock: createSystemClock(),
      place,
      guardianSocket,
      latencyMs: 0,
      report: undefined,
      patienceMs: 50,
    };
    expect(await pressStop(parts)).toMatchObject({
      ...{ ok: false, flatMs: null, longestUnprotectedMs: 7 },
      remaining: [{ what: 'position', symbol: 'BTCUSDT', quantity: '0.5' }],
    });
  });
});
