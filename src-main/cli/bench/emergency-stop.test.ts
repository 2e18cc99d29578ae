import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../command.ts';
import type { ChildMessage } from './children.ts';
import { emergencyStop } from './emergency-stop.ts';
import type { StopTimes } from './stop-drill.ts';

/** What the session and the trader's side of it answer, and what they were told. */
const session = vi.hoisted(() => ({
  told: [] as string[],
  times: { noticedMs: 2, firstCancelMs: 4, firstCanceledMs: 5, lastExitMs: 30, provenMs: 60 },
  held: 0,
  positions: 50,
  isRefused: false,
}));
vi.mock('./children.ts', () => ({
  BenchChild: class {
    private readonly name: string;
    constructor(name: string) {
      this.name = name;
      session.told.push(`start ${name}`);
    }
    next = async (t: string): Promise<ChildMessage> => ({ t, address: 'http://127.0.0.1:1', limits: { orders: 50 } });
    ask = async (t: string): Promise<ChildMessage> => ({ t, answers: 900 });
    signal = (name: string): void => void session.told.push(name);
    close = async (): Promise<void> => void session.told.push(`close ${this.name}`);
    stop = async (): Promise<void> => void session.told.push(`end ${this.name}`);
  },
}));
vi.mock('./stop-drill.ts', () => ({
  StopDrill: {
    of: async () => ({
      sendEntries: (count: number) => void session.told.push(`entries ${count}`),
      untilResting: async () => undefined,
      stop: async () => {
        if (session.isRefused) throw new Error('the guardian had to act alone');
        return session.times;
      },
      rearm: async () => undefined,
      openPositions: async () => session.positions,
      arm: async (fault: object) => void session.told.push(JSON.stringify(fault)),
      heldAtVenue: async () => session.held,
      close: () => void session.told.push('leave'),
    }),
  },
}));

const TIMES: StopTimes = { noticedMs: 2, firstCancelMs: 4, firstCanceledMs: 5, lastExitMs: 30, provenMs: 60 };
beforeEach(() => {
  Object.assign(session, { told: [], times: TIMES, held: 0, positions: 50, isRefused: false });
  // Only the waits between samples are skipped.
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void) => setImmediate(act)) as never);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function bench(...args: readonly string[]): Promise<string> {
  const out: string[] = [];
  const io = { out: (line: string) => void out.push(line), error: () => undefined };
  expect(await emergencyStop(args, io)).toBe(0);
  return out.join('\n');
}

describe('the stop benchmark', () => {
  it.each([
    [['--samples', '0'], 'expected --samples as an integer from 1 to 1000, was "0"'],
    [['--positions', '101'], 'expected --positions as an integer from 0 to 100, was "101"'],
    [['more'], 'unexpected argument "more"'],
  ])('refuses %j and starts nothing', async (args, line) => {
    await expect(bench(...args)).rejects.toThrow(new UsageError(line));
    expect(session.told).toEqual([]);
  });

  it('stops in every way, then closes what is open, and meets its budget', async () => {
    const text = await bench('--samples', '2');
    const way = 'first cancel on the wire p50 4  p95 4  p99 4  max 4 ms, 2 stops: budget p99 < 50 ms met';
    const spread = (ms: number) => `p50 ${ms}  p95 ${ms}  p99 ${ms}  max ${ms} ms`;
    expect(text).toContain(`noticed by the engine ${spread(2)}; in the venue's books ${spread(5)}`);
    for (const name of ['plain', 'entriesJustSent', 'httpFlood', 'launcherSuspended']) {
      expect(text).toContain(`${name.padEnd(18)} ${way}`);
    }
    expect(text).toContain('the flood had 900 answers');
    expect(text).toContain('50 positions at 50 ms of venue latency: last exit after 30 ms, proven flat after 60 ms');
    expect(text).toContain('0 left at the venue: budget < 3000 ms met');
    const { told } = session;
    expect(told.filter((line) => line === 'entries 10')).toHaveLength(2);
    expect(told.filter((line) => line === 'SIGSTOP')).toHaveLength(2);
    expect(told.filter((line) => line === 'end flood')).toHaveLength(1);
    expect(told.filter((line) => line === 'close session')).toHaveLength(2);
    expect(told).toContain('{"kind":"slow","ms":50,"forMs":120000}');
  });

  it.each([
    [
      'a cancel that is late',
      { times: { ...TIMES, firstCancelMs: 50 } },
      'max 50 ms, 1 stops: budget p99 < 50 ms missed',
    ],
    [
      'no cancel at all',
      { times: { ...TIMES, firstCancelMs: null } },
      'first cancel on the wire not each time, 1 stops: budget p99 < 50 ms missed',
    ],
    ['too few positions', { positions: 49 }, '0 left at the venue: budget < 3000 ms missed'],
    ['a position that stays', { held: 1 }, '1 left at the venue: budget < 3000 ms missed'],
    ['no proof', { times: { ...TIMES, provenMs: null } }, 'proven flat after more than 60000 ms'],
    ['a proof that is late', { times: { ...TIMES, provenMs: 3_000 } }, '0 left at the venue: budget < 3000 ms missed'],
  ])('misses its budget by %s', async (_, odd, line) => {
    Object.assign(session, odd);
    expect(await bench('--samples', '1')).toContain(line);
  });

  it('leaves the positions out when asked for none', async () => {
    const figures = JSON.parse(await bench('--samples', '1', '--positions', '0', '--json')) as object;
    expect(figures).toMatchObject({ bench: 'stop', flatten: null, floodAnswers: 900, venueLimits: { orders: 50 } });
    expect(session.told.filter((line) => line === 'start session')).toHaveLength(1);
  });

  it('lets the session go on and ends it when a stop fails', async () => {
    session.isRefused = true;
    await expect(bench('--samples', '1')).rejects.toThrow('the guardian had to act alone');
    expect(session.told.slice(-3)).toEqual(['SIGCONT', 'leave', 'close session']);
  });
});
