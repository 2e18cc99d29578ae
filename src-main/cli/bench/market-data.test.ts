import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../command.ts';
import type * as Depth from './depth-load.ts';
import type * as Handlers from './handler-cost.ts';
import { instruments, marketData } from './market-data.ts';
import type * as Whole from './whole-engine.ts';

const measureLoad = vi.hoisted(() => vi.fn<typeof Depth.measureLoad>());
const measureHandlers = vi.hoisted(() => vi.fn<typeof Handlers.measureHandlers>());
const measureWholeEngine = vi.hoisted(() => vi.fn<typeof Whole.measureWholeEngine>());
vi.mock('./depth-load.ts', () => ({ measureLoad }));
vi.mock('./handler-cost.ts', () => ({ measureHandlers }));
vi.mock('./whole-engine.ts', () => ({ measureWholeEngine }));

const result = (cpuPercent: number): Depth.LoadResult => ({
  ...{ cpuPercent, cpuUsPerMessage: 1, latencyUs: { p50: 1, p95: 2, p99: 3, max: 4 } },
  ...{ rssMb: 90, sent: 10, seenRatio: 1 },
});
const whole = { instruments: 500, live: 500, cpuPercent: 49, rssMegabytes: 200, orders: 0 };

beforeEach(() => {
  vi.resetAllMocks();
  measureHandlers.mockReturnValue([{ levels: 10, depth: 100, nativeUs: 1, ccxtUs: 6 }]);
  measureWholeEngine.mockImplementation(async (_, log) => (log('all live'), whole));
});

async function run(bench: typeof marketData, ...args: readonly string[]): Promise<{ out: string; error: string }> {
  const [out, error]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), error: (line: string) => void error.push(line) };
  expect(await bench(args, io)).toBe(0);
  return { out: out.join('\n'), error: error.join('\n') };
}

describe('the market-data benchmark', () => {
  it.each([
    [['--for', '0s'], 'expected --for as a duration above zero like 120s, was "0s"'],
    [['--rounds', '0'], 'expected --rounds as an integer from 1 to 99, was "0"'],
    [['--instruments', '501'], 'expected --instruments as an integer from 1 to 500, was "501"'],
    [['more'], 'unexpected argument "more"'],
  ])('refuses %j and measures nothing', async (args, line) => {
    await expect(run(marketData, ...args)).rejects.toThrow(new UsageError(line));
    expect(measureLoad).not.toHaveBeenCalled();
  });

  it('holds the native feed against the other two', async () => {
    measureLoad.mockResolvedValue({ bare: result(2), native: result(3), ccxt: result(8) });
    const { out } = await run(marketData, '--rounds', '1', '--instruments', '20', '--for', '500ms', '--json');
    expect(JSON.parse(out)).toMatchObject({
      ...{ bench: 'market-data', instruments: 20, seconds: 0.5, rounds: 1 },
      ratios: { cpuNativeToCcxt: 0.375, handlerNativeToCcxt: 0.167 },
    });
    expect(measureLoad.mock.calls[0]?.[0]).toMatchObject({ modes: ['bare', 'native', 'ccxt'], warmUpSeconds: 2 });
  });

  it.each(['bare', 'native', 'ccxt'])('throws without the result of %s rather than judge by two', async (lacking) => {
    const modes = { bare: result(2), native: result(3), ccxt: result(8) };
    measureLoad.mockResolvedValue({ ...modes, [lacking]: undefined });
    await expect(run(marketData)).rejects.toThrow('expected three results');
  });
});

describe('the instruments benchmark', () => {
  const budgetsOf = async (): Promise<unknown> => {
    const { out } = await run(instruments, '--json');
    return (JSON.parse(out) as { readonly budgets: unknown }).budgets;
  };

  it('reads each number of instruments and the whole engine once', async () => {
    measureLoad.mockImplementation(async (load) => ({ native: result(load.instruments / 25) }));
    const { error, out } = await run(instruments);
    expect(measureLoad.mock.calls.map(([load]) => load.instruments)).toEqual([10, 100, 500]);
    expect(error).toBe('bench: the whole engine\nbench: all live');
    expect(out).toMatch(/^ {2}10 instruments {2}0\.40 % of a core.*\n 100 instruments.*\n 500 instruments/);
    expect(out).toContain('whole engine, 500 live: 49 % of a core, 200 MB');
  });

  it.each([
    ['at the edge', 24.9, whole, { booksBelow25Percent: true, engineBelow50Percent: true }],
    ['books too dear', 25, whole, { booksBelow25Percent: false }],
    ['an engine too dear', 1, { ...whole, cpuPercent: 50 }, { engineBelow50Percent: false }],
    ['a market that never came', 1, { ...whole, live: 499 }, { engineBelow50Percent: false }],
    ['an engine that cannot be weighed', 1, { ...whole, cpuPercent: null }, { engineBelow50Percent: null }],
  ])('judges %s', async (_, cpuPercent, engine, budgets) => {
    measureLoad.mockResolvedValue({ native: result(cpuPercent) });
    measureWholeEngine.mockResolvedValue(engine);
    expect(await budgetsOf()).toMatchObject(budgets);
  });

  it('meets no budget of books that were not measured', async () => {
    measureLoad.mockResolvedValue({});
    expect(await budgetsOf()).toMatchObject({ booksBelow25Percent: false, flatPerInstrument: false });
  });

  it('notices that an instrument costs more among many', async () => {
    measureLoad.mockImplementation(async ({ instruments: count }) => ({ native: result(count === 10 ? 0.1 : 20) }));
    expect(await budgetsOf()).toMatchObject({ flatPerInstrument: false });
  });
});
