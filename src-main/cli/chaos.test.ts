import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaseResult } from '../operations/chaos/chaos-case.ts';
import type * as Cases from '../operations/chaos/run-cases.ts';
import type * as Random from '../operations/chaos/random/run-random.ts';
import type * as Drill from '../operations/kill-drill/run-kill-drill.ts';
import { runCli } from './run.ts';

const runCases = vi.hoisted(() => vi.fn<typeof Cases.runCases>());
const runRandom = vi.hoisted(() => vi.fn<typeof Random.runRandom>());
const runKillDrill = vi.hoisted(() => vi.fn<typeof Drill.runKillDrill>());
vi.mock('../operations/chaos/run-cases.ts', () => ({ runCases }));
vi.mock('../operations/chaos/random/run-random.ts', () => ({ runRandom }));
vi.mock('../operations/kill-drill/run-kill-drill.ts', () => ({ runKillDrill }));
vi.mock('../operations/chaos/cases/all-cases.ts', () => ({
  CASES: [
    { name: 'lost-answer', standsFor: 'fault: an answer is lost', play: async () => undefined },
    { name: 'later', standsFor: 'fault: of another venue', play: async () => undefined },
  ],
}));

beforeEach(() => {
  vi.resetAllMocks();
});

async function chaos(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const [out, error]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void error.push(line) };
  const code = await runCli(['chaos', ...args], io);
  return { code, out: out.join('\n'), error: error.join('\n') };
}

const RESULT: CaseResult = {
  ...{ case: 'lost-answer', seed: '7', faultsFired: 2, ordersSent: 3, ok: true, lost: 0, duplicated: 0 },
  ...{ unprotectedMs: 40, resolvedMs: 900, ledgerAgrees: true, problems: [] },
};
const FAILED: CaseResult = { ...RESULT, case: 'later', ok: false, lost: 1, problems: ['one order is lost'] };

describe('leeward chaos', () => {
  it.each([
    [['--list', '--kills', '3'], 'expected one of --case, --list, --kills and --random, was more'],
    [['--case', 'x', '--random', '3'], 'expected one of --case, --list, --kills and --random, was more'],
    [['--kills', '0'], 'expected --kills as an integer from 1 to 10000, was "0"'],
    [['--kills', '1', '--speed', '101'], 'expected --speed as a number from 1 to 100, was "101"'],
    [['--random', 'many'], 'expected --random as an integer from 1 to 1000000, was "many"'],
    [['--random', '1', '--from', '0'], 'expected --from as an integer from 1 to 1000000000, was "0"'],
    [['more'], 'unexpected argument "more"'],
  ])('refuses %j and plays nothing', async (args, line) => {
    const { code, error, out } = await chaos(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain(line);
    for (const play of [runCases, runRandom, runKillDrill]) expect(play).not.toHaveBeenCalled();
  });

  it('names the cases and what each stands for', async () => {
    const { code, out } = await chaos('--list');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'lost-answer                 fault: an answer is lost',
      'later                       fault: of another venue',
    ]);
    expect((await chaos('--list', '--json')).out.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      { case: 'lost-answer', standsFor: 'fault: an answer is lost' },
      { case: 'later', standsFor: 'fault: of another venue' },
    ]);
  });

  it('is 0 when every case holds, and has a line for each', async () => {
    runCases.mockImplementation(async ({ told }) => (told(RESULT), [RESULT]));
    const { code, error, out } = await chaos('--case', 'lost-answer', '--seed', '7');
    expect(code).toBe(0);
    expect(runCases.mock.calls[0]?.[0]).toMatchObject({ only: 'lost-answer', seed: '7' });
    expect(out).toMatch(/^case .*\nlost-answer +2 +3 +0 +0 +40 +900 {2}ok$/);
    expect(error).toMatch(/: 1 of 1 cases hold$/);
  });

  it('is 1 when a case failed, and says why', async () => {
    runCases.mockImplementation(async ({ told }) => {
      for (const result of [RESULT, FAILED]) told(result);
      return [RESULT, FAILED];
    });
    const text = await chaos();
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/later .* FAILED$/);
    expect(text.error).toContain('leeward chaos: later: one order is lost');
    expect(text.error).toContain('1 of 2 cases hold');
    const { out } = await chaos('--json');
    expect(out.split('\n').map((line) => (JSON.parse(line) as CaseResult).ok)).toEqual([true, false]);
  });

  it.each<[readonly string[], (problem: unknown) => unknown]>([
    [[], (problem) => runCases.mockRejectedValueOnce(problem)],
    [['--kills', '2'], (problem) => runKillDrill.mockRejectedValueOnce(problem)],
  ])('tells in one line what kept %j from being played', async (args, fail) => {
    for (const problem of [new Error('no room on the disk'), 'no room on the disk']) {
      fail(problem);
      const { code, error } = await chaos(...args);
      expect({ code, error }).toEqual({ code: 1, error: 'leeward chaos: no room on the disk' });
    }
  });

  it.each([
    [true, 0],
    [false, 1],
  ])('prints how to play a random schedule again: ok %s is %i', async (ok, code) => {
    runRandom.mockImplementation(async ({ failed, from, progress, seed }) => {
      progress(250);
      const steps = [{ afterMs: 30, act: { kind: 'kill' } }] as unknown as Random.FailedSchedule['steps'];
      if (!ok) failed({ schedule: from, steps, problems: ['a fill is lost'] } as unknown as Random.FailedSchedule);
      return { schedules: 500, seed, ok } as Random.RandomResult;
    });
    const told = await chaos('--random', '500', '--from', '12', '--seed', 's');
    expect(told.code).toBe(code);
    expect(told.error).toBe('leeward chaos: 250 of 500 schedules');
    expect(told.out).toContain(`ok  ${ok}`);
    const again = 'leeward chaos --random 1 --from 12 --seed s\na fill is lost\n  after 30 ms {"kind":"kill"}';
    expect(told.out.includes(again)).toBe(!ok);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])('prints what the kills cost: ok %s is %i', async (ok, code) => {
    const result = { kills: 2, lost: ok ? 0 : 3, ok } as Drill.KillDrillResult;
    const problems = ok ? [] : ['three orders are lost'];
    runKillDrill.mockResolvedValue({ result, problems, dataDir: '' });
    const told = await chaos('--kills', '2', '--speed', '5', '--data-dir', 'd', '--json');
    expect(told).toEqual({
      code,
      out: JSON.stringify(result),
      error: problems.map((p) => `leeward chaos: ${p}`).join(),
    });
    expect(runKillDrill.mock.calls[0]?.[0]).toMatchObject({ kills: 2, speed: 5, dataDir: 'd', seed: '1' });
    expect((await chaos('--kills', '2')).out).toBe(`kills  2\nlost  ${ok ? 0 : 3}\nok  ${ok}`);
  });
});
