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
import type { StopReportDto } from '../../../src-preload/contract/state.ts';
import type { GuardianRequest, StopResult, WorkedParent } from '../../guardian/protocol.ts';
import { readFrames } from '../../launcher/framing.ts';
import { pressStop } from './press-stop.ts';
import type { StopRehearsal } from './stop-comparison.ts';

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
  it('leaves nothing at any venue, and says what became of each order and executor', async () => {
    const { code, out, error } = await stop('--rehearse', '--instruments', '4', '--latency', '10', '--json');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const result = JSON.parse(out) as StopRehearsal;
    expect(result).toMatchObject({ ok: true, latencyMs: 10, acknowledgedBy: 'engine', remaining: [] });
    const books = (account: string) => result.perAccount.find((one) => one.account === account);
    expect(books('paper-01')?.positions).toBeGreaterThanOrEqual(2);
    expect(books('futures-01@usdm')).toMatchObject({ positions: 4, remaining: 0 });
    expect(books('futures-01@usdm')?.orders.algo).toBeGreaterThanOrEqual(6);
    expect(books('kraken-01')?.positions).toBe(4);
    expect(books('kraken-margin-01')?.positions).toBe(4);
    expect(books('cross-01@margin')?.positions).toBe(4);
    expect(books('isolated-syn001usdt-01@SYN001USDT')?.orders.limit).toBeGreaterThanOrEqual(1);
    const kinds = new Set(result.perOrder.flatMap(({ before, kind }) => (before === null ? [] : [kind])));
    expect([...kinds].sort()).toEqual(['algo', 'limit', 'list', 'stop', 'stopLimit']);
    expect(result.flatMs).toBeGreaterThanOrEqual(20);
    expect(result.verifiedMs).toBeGreaterThan(0);
    const open = result.perOrder.filter(({ before }) => before !== null);
    expect(open.filter(({ after }) => !['CANCELED', 'EXPIRED', 'FILLED'].includes(after))).toEqual([]);
    const onSpot = result.perOrder.filter(({ account, kind }) => account.startsWith('paper') && kind === 'exit');
    expect(onSpot.length).toBeGreaterThanOrEqual(4);
    // Sent after its cancel was answered, which took the venue's time.
    expect(onSpot.every(({ sentMs }) => sentMs !== null && sentMs >= 10)).toBe(true);
    expect(new Set(result.executors.map(({ executor }) => executor))).toContain('chase');
    expect(result.executors.every(({ after }) => after === 'ended')).toBe(true);
  });
});

const BOOKS = {
  positions: [{ symbol: 'BTCUSDT', held: '0.00000001', isProtected: true, longestUnprotectedMs: 7 }],
  orders: [],
};
const ORDER = {
  ...{ clientOrderId: 'a', orderListId: -1, symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', status: 'NEW' },
  ...{ quantity: '2', executedQuantity: '0' },
};
const PARENT: WorkedParent = {
  ...{
    executorId: 'x1-1',
    accountId: 'paper-01',
    instrumentId: 'BTC/USDT.BINANCE.SPOT',
    executor: 'twap',
    side: 'buy',
  },
  ...{ quantity: '3', filled: '1', status: 'working', reason: null },
};
const REPORT: StopReportDto = {
  ...{ startedAtUs: 1_000, finishedAtUs: 3_000, sources: ['cli'], verifiedFlat: true, actions: [] },
};

/** A venue with these books and a guardian with these answers, whatever was asked of them. */
async function press(odd: {
  readonly books?: object;
  readonly result?: Partial<StopResult>;
  readonly executors?: readonly WorkedParent[];
  readonly report?: StopReportDto | null;
}): Promise<StopRehearsal> {
  const http: Server = createServer(
    (_request, response) => void response.end(JSON.stringify({ ...BOOKS, ...odd.books })),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const guardianSocket = socketPath(temporary(), 'guardian');
  const result = { acknowledgedBy: 'engine', afterMs: 1, actions: [], verifiedFlat: null, ...odd.result };
  const guardian = await listenLocal(guardianSocket, (socket) => {
    readFrames(socket, {
      onJson: (message) => {
        const isStop = (message as GuardianRequest).t === 'stop';
        const status = { executors: odd.executors ?? [] };
        socket.write(jsonFrame(isStop ? { t: 'stopResult', result } : { t: 'status', status }));
      },
      onBook: () => undefined,
      onBroken: () => undefined,
    });
  });
  closing.push(
    () => guardian.close(),
    () => http.close(),
  );
  const { port } = http.address() as AddressInfo;
  const { report } = odd;
  return pressStop({
    clock: createSystemClock(),
    place: { control: `http://127.0.0.1:${port}`, accounts: ['paper-01'] },
    guardianSocket,
    latencyMs: 0,
    report: report === undefined ? undefined : async () => report,
    patienceMs: 50,
  });
}

describe('a rehearsed stop is fine', () => {
  it.each([
    ['by the word of its engine', { report: REPORT }],
    [
      'by that of the guardian, which had to act alone',
      { report: null, result: { acknowledgedBy: 'guardian', verifiedFlat: true } },
    ],
    ['by the venue alone where no engine is asked', {}],
  ] as const)('%s', async (_, odd) => {
    expect(await press(odd)).toMatchObject({ ok: true, remaining: [], longestUnprotectedMs: 7 });
  });
});

describe('a rehearsed stop is not fine', () => {
  it.each([
    [
      'with a position',
      { books: { positions: [{ ...BOOKS.positions[0], held: '0.5', isProtected: false }] } },
      'position',
    ],
    ['with an order', { books: { orders: [ORDER] } }, 'order'],
    [
      'with an order of the conditional space',
      { books: { conditionalOrders: [{ ...ORDER, clientAlgoId: 'c' }] } },
      'order',
    ],
    ['with a debt', { books: { debts: [{ asset: 'USDT', borrowed: '7', interest: '0' }] } }, 'debt'],
    ['with an executor at work', { executors: [PARENT] }, 'executor'],
  ] as const)('%s', async (_, odd, what) => {
    const result = await press({ report: REPORT, ...odd });
    expect(result).toMatchObject({ ok: false, remaining: [{ what }] });
    expect(result.flatMs === null).toBe(what !== 'executor');
  });

  it.each([
    ['the engine never ended it', { report: { ...REPORT, finishedAtUs: null, verifiedFlat: false } }],
    ['the engine could not verify it', { report: { ...REPORT, verifiedFlat: false } }],
    ['the engine has no report', { report: null }],
    ['the guardian could not verify it', { result: { acknowledgedBy: 'guardian', verifiedFlat: false } }],
  ] as const)('where nothing is left but %s', async (_, odd) => {
    expect(await press(odd)).toMatchObject({ ok: false, remaining: [] });
  });
});
