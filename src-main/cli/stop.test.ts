import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Guardian from '../guardian/client.ts';
import { announceRunning, type RunningSession } from '../launcher/data-home.ts';
import type * as Press from '../operations/stop-rehearsal/press-stop.ts';
import type * as Rehearse from '../operations/stop-rehearsal/rehearse-stop.ts';
import { runCli } from './run.ts';

const requestStop = vi.hoisted(() => vi.fn<typeof Guardian.requestStop>());
const pressStop = vi.hoisted(() => vi.fn<typeof Press.pressStop>());
const rehearseStop = vi.hoisted(() => vi.fn<typeof Rehearse.rehearseStop>());
vi.mock('../guardian/client.ts', () => ({ requestStop }));
vi.mock('../operations/stop-rehearsal/press-stop.ts', () => ({ pressStop }));
vi.mock('../operations/stop-rehearsal/rehearse-stop.ts', () => ({ rehearseStop }));

beforeEach(() => {
  vi.resetAllMocks();
});

async function stop(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const [out, error]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void error.push(line) };
  const code = await runCli(['stop', ...args], io);
  return { code, out: out.join('\n'), error: error.join('\n') };
}

/** Against a session that is announced in a home of its own. */
async function stopAnnounced(session: Partial<RunningSession>, ...args: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'leeward-stop-'));
  const places = { dataDir: home, guardianSocket: 'guardian', clientSocket: 'none' };
  announceRunning(home, { pid: process.pid, ...places, ...session });
  try {
    return await stop(...args, '--data-dir', home);
  } finally {
    rmSync(home, { recursive: true });
  }
}

const ORDER: Press.RehearsedOrder = {
  ...{ account: 'practice', symbol: 'BTCUSDT', clientOrderId: 'e1', kind: 'limit', type: 'LIMIT', quantity: '2' },
  ...{ before: 'NEW', after: 'CANCELED', executedQuantity: '0', sentMs: 3, answeredMs: 55 },
};
const EXIT: Press.RehearsedOrder = {
  ...{ ...ORDER, clientOrderId: 'x1', kind: 'exit', type: 'MARKET', before: null, after: 'FILLED' },
  ...{ executedQuantity: '2', sentMs: null, answeredMs: null },
};
const FLAT: Press.StopRehearsal = {
  ...{ ok: true, latencyMs: 50, positions: 1, orders: { limit: 1, stop: 0, list: 2 }, acknowledgedBy: 'engine' },
  ...{ acknowledgedMs: 2, flatMs: 140, verifiedMs: 160, longestUnprotectedMs: 12, perOrder: [ORDER, EXIT] },
  remaining: [],
};
const PRACTICE = { practice: { control: 'http://127.0.0.1:1', accounts: ['practice'] } };

describe('the report of a drill', () => {
  it('tells what became of each order and that nothing is left', async () => {
    rehearseStop.mockImplementation(async ({ progress }) => (progress('all open'), FLAT));
    const { code, error, out } = await stop('--rehearse', '--instruments', '1');
    expect({ code, error }).toEqual({ code: 0, error: 'leeward stop: all open' });
    expect(rehearseStop.mock.calls[0]?.[0]).toMatchObject({ instruments: 1, latencyMs: 50 });
    expect(out).toMatch(/^practice +BTCUSDT +limit LIMIT +NEW -> CANCELED +0 of 2 +3 ms to 55 ms$/m);
    expect(out).toMatch(/^practice +BTCUSDT +exit {2}MARKET +sent -> FILLED +2 of 2 +— to —$/m);
    expect(out).toContain('acknowledged by the engine after 2 ms, flat at the venue after 140 ms, proven after 160 ms');
    expect(out).toMatch(/longest time without a stop 12 ms, 0 orders or positions remain$/);
  });

  it('names what remains and exits 1', async () => {
    const left = { account: 'practice', symbol: 'BTCUSDT', quantity: '2' };
    const remaining = [
      { ...left, what: 'order', clientOrderId: 'e1' },
      { ...left, what: 'position', clientOrderId: null },
    ] as const;
    rehearseStop.mockResolvedValue({ ...FLAT, ok: false, flatMs: null, verifiedMs: null, remaining });
    const { code, error, out } = await stop('--rehearse');
    expect(code).toBe(1);
    expect(error.split('\n')).toEqual([
      'leeward stop: order remains: practice BTCUSDT 2 e1',
      'leeward stop: position remains: practice BTCUSDT 2',
    ]);
    expect(out).toContain('flat at the venue after —, proven after —');
  });

  it('exits 1 when nothing remains but the stop did not prove it', async () => {
    pressStop.mockResolvedValue({ ...FLAT, ok: false });
    const { code, error, out } = await stopAnnounced(PRACTICE, '--rehearse', '--running', '--latency', '7', '--json');
    expect(code).toBe(1);
    expect(error).toBe('leeward stop: nothing remains, but the stop did not prove it');
    expect(JSON.parse(out)).toEqual({ ...FLAT, ok: false });
    expect(pressStop.mock.calls[0]?.[0]).toMatchObject({
      ...{ guardianSocket: 'guardian', latencyMs: 7, place: PRACTICE.practice },
    });
  });

  it.each([
    [new Error('no room on the disk'), 'no room on the disk'],
    ['a word', 'a word'],
  ])('tells in one line that %s kept it from ending', async (problem, text) => {
    for (const drill of [rehearseStop, pressStop]) drill.mockRejectedValue(problem);
    expect(await stop('--rehearse')).toEqual({
      ...{ code: 1, out: '', error: `leeward stop: the drill did not take place: ${text}` },
    });
    expect(await stopAnnounced(PRACTICE, '--rehearse', '--running')).toEqual({
      ...{ code: 1, out: '', error: `leeward stop: the drill did not end: ${text}` },
    });
  });
});

describe('leeward stop', () => {
  it('tells who acknowledged and what was done', async () => {
    const actions = [{ action: 'cancel', instrumentId: 'BTC/USDT.BINANCE.SPOT', outcome: 'done' }];
    const result = { acknowledgedBy: 'guardian', afterMs: 251.26, actions } as unknown;
    requestStop.mockResolvedValue(result as Awaited<ReturnType<typeof Guardian.requestStop>>);
    const { code, out } = await stopAnnounced({});
    expect(code).toBe(0);
    expect(out).toBe('stop acknowledged by the guardian after 251.3 ms\n  cancel BTC/USDT.BINANCE.SPOT done');
    expect(requestStop).toHaveBeenCalledExactlyOnceWith('guardian', 'cli');
  });

  it('fails when the guardian does not answer', async () => {
    requestStop.mockRejectedValue(new Error('nobody listens'));
    const { code, error } = await stopAnnounced({});
    expect(code).toBe(1);
    expect(error).toBe('leeward stop: the guardian does not answer: Error: nobody listens');
  });

  it('fails where no session runs', async () => {
    const { code, error } = await stop('--data-dir', join(tmpdir(), 'leeward-stop-none'));
    expect(code).toBe(1);
    expect(error).toContain('no session is running in');
    expect(requestStop).not.toHaveBeenCalled();
  });
});

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
