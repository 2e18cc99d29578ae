import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Guardian from '../guardian/client.ts';
import { announceRunning, type RunningSession } from '../launcher/data-home.ts';
import type * as Press from '../operations/stop-rehearsal/press-stop.ts';
import type * as Comparison from '../operations/stop-rehearsal/stop-comparison.ts';
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

const ORDER: Comparison.RehearsedOrder = {
  ...{ account: 'practice', symbol: 'BTCUSDT', clientOrderId: 'e1', kind: 'stopLimit', type: 'STOP_LOSS_LIMIT' },
  ...{ side: 'SELL', quantity: '2', before: 'NEW', after: 'CANCELED', executedQuantity: '0' },
  ...{ sentMs: 3, answeredMs: 55 },
};
const EXIT: Comparison.RehearsedOrder = {
  ...{ ...ORDER, clientOrderId: 'x1', kind: 'exit', type: 'MARKET', before: null, after: 'FILLED' },
  ...{ executedQuantity: '2', sentMs: null, answeredMs: null },
};
const BOOKS: Comparison.RehearsedAccount = {
  ...{ account: 'practice', positions: 1, exits: 1, flatMs: 140, remaining: 0 },
  orders: { limit: 0, list: 0, stop: 0, stopLimit: 1, conditional: 0, algo: 3 },
};
const EXECUTOR: Comparison.RehearsedExecutor = {
  ...{ executorId: 'x1-1', account: 'practice', instrumentId: 'BTC/USDT.BINANCE.SPOT', executor: 'twap' },
  ...{ filled: '1', quantity: '3', before: 'working', after: 'ended' },
};
const FLAT: Comparison.StopRehearsal = {
  ...{ ok: true, latencyMs: 50, acknowledgedBy: 'engine', acknowledgedMs: 2, firstCancelMs: 3 },
  ...{ flatMs: 140, verifiedMs: 160, longestUnprotectedMs: 12, remaining: [] },
  ...{ perAccount: [BOOKS], executors: [EXECUTOR], perOrder: [ORDER, EXIT] },
};
const PRACTICE = { practice: { control: 'http://127.0.0.1:1', accounts: ['practice'] } };

describe('the report of a drill', () => {
  it('tells what became of each order and that nothing is left', async () => {
    rehearseStop.mockImplementation(async ({ progress }) => (progress('all open'), FLAT));
    const { code, error, out } = await stop('--rehearse', '--instruments', '1', '--venues', 'binance,kraken');
    expect({ code, error }).toEqual({ code: 0, error: 'leeward stop: all open' });
    const venues = ['venues=binance,kraken'];
    expect(rehearseStop.mock.calls[0]?.[0]).toMatchObject({ venues, instruments: 1, latencyMs: 50 });
    const words = out.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(words).toEqual([
      ['account', 'symbol', 'order', 'side', 'type', 'filled', 'at the venue', 'sent', 'answered'],
      ...[
        ['practice', 'BTCUSDT', 'stop-limit', 'sell', 'STOP_LOSS_LIMIT', '0 of 2', 'NEW -> CANCELED', '3 ms', '55 ms'],
        ['practice', 'BTCUSDT', 'by the stop', 'sell', 'MARKET', '2 of 2', 'sent -> FILLED', '—', '—'],
      ],
      [''],
      ['account', 'instrument', 'executor', 'filled', 'outcome'],
      ['practice', 'BTC/USDT.BINANCE.SPOT', 'twap', '1 of 3', 'working -> ended'],
      [''],
      ...[
        ['books', 'positions', 'limit', 'list leg', 'stop', 'stop-limit', 'conditional', 'algo'],
        ['practice', '1', '0', '0', '0', '1', '0', '3'],
      ].map((cells, at) => [
        ...cells,
        ...(at === 0 ? ['sent by the stop', 'flat after', 'remain'] : ['1', '140 ms', '0']),
      ]),
      [''],
      ['before: 1 positions, 4 orders, 1 executors; the venue answers 50 ms later'],
      ['acknowledged by the engine after 2 ms, first cancel sent after 3 ms'],
      ['flat at the venue after 140 ms, proven by asking again after 160 ms'],
      ['longest time without a stop in the whole drill 12 ms'],
      ['passed: nothing remains'],
    ]);
  });

  it('has no table of executors where none was at work', async () => {
    rehearseStop.mockResolvedValue({ ...FLAT, executors: [] });
    expect((await stop('--rehearse')).out).not.toContain('executor ');
  });

  it('names what remains and exits 1', async () => {
    const left = { account: 'practice', symbol: 'BTCUSDT', quantity: '2' };
    const debt = { account: 'practice', symbol: 'USDT', quantity: '7', what: 'debt', clientOrderId: null } as const;
    const remaining = [
      { ...left, what: 'order', clientOrderId: 'e1' },
      { ...left, what: 'position', clientOrderId: null },
      debt,
    ] as const;
    rehearseStop.mockResolvedValue({ ...FLAT, ok: false, flatMs: null, verifiedMs: null, remaining });
    const { code, error, out } = await stop('--rehearse');
    expect(code).toBe(1);
    expect(error.split('\n')).toEqual([
      'leeward stop: order remains: practice BTCUSDT 2 e1',
      'leeward stop: position remains: practice BTCUSDT 2',
      'leeward stop: debt remains: practice USDT 7',
    ]);
    expect(out).toContain('flat at the venue after —, proven by asking again after —');
    expect(out).toMatch(/FAILED: 3 remain$/);
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
    [['--venues', 'binance'], 'expected --rehearse with --venues, was without'],
    [['--rehearse', '--venues', 'kraken'], 'expected --venues as a list with binance'],
    [['--rehearse', '--running', '--instruments', '3'], 'expected --instruments or --running, was both'],
    [['--rehearse', '--running', '--venues', 'binance'], 'expected --venues or --running, was both'],
    [['--rehearse', '--data-dir', '/tmp'], 'expected --data-dir with --running, was without'],
  ])('refuses %j in one line', async (args, line) => {
    const { code, error } = await stop(...args);
    expect(code).toBe(2);
    expect(error).toContain(line);
    expect(error.split('\n')).toHaveLength(1);
  });
});
