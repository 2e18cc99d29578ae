import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensure } from '../../engine/domain/result.ts';
import { report } from '../command.ts';
import { integerOption, parseOptions, refusePositionals } from '../options.ts';
import { benchMarkets } from './bench-markets.ts';
import type { Benchmark } from './benchmark.ts';
import { diskSyncTimes } from './disk-sync.ts';
import { EngineContestant, type PathTimes } from './engine-contestant.ts';
import { bareContestant, ccxtContestant, type Contestant } from './order-contestants.ts';
import { medianSpread, type Spread, spreadOf } from './percentiles.ts';
import { type PracticeVenueAddress, startPracticeProcess } from './practice-process.ts';

/** High enough that the venue's true limits do not shape the figures; the ready line and the result print them. */
const RAISED = ['--orders-per-10s', '1000000', '--weight-per-minute', '1000000000'];
const MARKET = ['--market', 'synthetic', '--synthetic', '1'];
/** Orders until the compiler has seen the path often enough: an engine runs for weeks. */
const WARM_UP = 500;
const DISK_SAMPLES = 200;
const BUDGET_MS = { p50: 0.5, p99: 3 };

const OPTIONS = {
  rounds: { type: 'string', default: '3' },
  samples: { type: 'string', default: '500' },
  json: { type: 'boolean', default: false },
} as const;

/** Signal -> verdict -> commit -> bytes on the socket. */
export const orderPath: Benchmark = async (args, io) => {
  const { values, positionals } = parseOptions(args, OPTIONS);
  refusePositionals(positionals);
  const settings = {
    rounds: integerOption('rounds', values.rounds, 1, 99),
    samples: integerOption('samples', values.samples, 1, 1_000_000),
    warmUp: WARM_UP,
  };
  const venue = await startPracticeProcess([...MARKET, ...RAISED]);
  const directory = await mkdtemp(join(tmpdir(), 'leeward-bench-'));
  try {
    const figures = await measureOrderPath(venue, directory, settings, (line) => io.error(line));
    report(io, values.json)(figures, described(figures));
    return 0;
  } finally {
    await venue.close();
    await rm(directory, { recursive: true, force: true });
  }
};

export type OrderPathSettings = { readonly rounds: number; readonly samples: number; readonly warmUp: number };

export type OrderPathFigures = {
  readonly bench: 'order-path';
  readonly rounds: number;
  readonly samplesPerRound: number;
  readonly venueLimits: Readonly<Record<string, unknown>>;
  readonly diskFdatasyncMs: Spread;
  /** `netOfCommit`: what is left without the one transaction, for disks slower than this one. */
  readonly leewardMs: Readonly<Record<keyof PathTimes | 'netOfCommit', Spread>>;
  readonly baselinesMs: Readonly<Record<string, Spread>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly budgetMs: typeof BUDGET_MS;
  readonly withinBudget: boolean;
};

/** Rounds alternate between the contestants, so that a busy minute falls on all of them. */
export async function measureOrderPath(
  venue: PracticeVenueAddress,
  directory: string,
  { rounds, samples, warmUp }: OrderPathSettings,
  progress: (line: string) => void,
): Promise<OrderPathFigures> {
  const { listed, base, quote, price } = ensure((await benchMarkets(venue.rest))[0], 'a market that trades');
  const engine = new EngineContestant(venue, directory, { base, quote });
  const baselines = [ccxtContestant(venue, { listed, price }), bareContestant(venue, { listed, price })];
  try {
    await engine.start(price);
    for (let index = 0; index < warmUp; index++) await engine.send(price);
    for (const baseline of baselines) await repeated(warmUp, () => baseline.send());
    const runs: PathTimes[][] = [];
    const baselineRuns = new Map<string, number[][]>(baselines.map(({ name }) => [name, []]));
    const disk: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}: ${samples} orders each`);
      runs.push(await repeated(samples, () => engine.send(price)));
      for (const baseline of baselines) baselineRuns.get(baseline.name)?.push(await timed(baseline, samples));
      disk.push(...diskSyncTimes(directory, DISK_SAMPLES));
    }
    return summarized({ runs, baselineRuns, disk, rounds, samples, venue, outcomes: engine.outcomes });
  } finally {
    await engine.close();
    await Promise.all(baselines.map((baseline) => baseline.close()));
  }
}

function summarized(measured: {
  readonly runs: readonly (readonly PathTimes[])[];
  readonly baselineRuns: ReadonlyMap<string, readonly (readonly number[])[]>;
  readonly disk: readonly number[];
  readonly rounds: number;
  readonly samples: number;
  readonly venue: PracticeVenueAddress;
  readonly outcomes: Readonly<Record<string, number>>;
}): OrderPathFigures {
  const over = (pick: (times: PathTimes) => number): Spread =>
    medianSpread(measured.runs.map((run) => spreadOf(run.map(pick))));
  const total = over((times) => times.total);
  return {
    bench: 'order-path',
    rounds: measured.rounds,
    samplesPerRound: measured.samples,
    venueLimits: measured.venue.limits,
    diskFdatasyncMs: spreadOf(measured.disk),
    leewardMs: {
      total,
      verdict: over((times) => times.verdict),
      commit: over((times) => times.commit),
      send: over((times) => times.send),
      netOfCommit: over((times) => times.total - times.commit),
    },
    baselinesMs: Object.fromEntries(
      [...measured.baselineRuns].map(([name, runs]) => [name, medianSpread(runs.map((run) => spreadOf(run)))]),
    ),
    outcomes: measured.outcomes,
    budgetMs: BUDGET_MS,
    withinBudget: total.p50 < BUDGET_MS.p50 && total.p99 < BUDGET_MS.p99,
  };
}

const timed = (contestant: Contestant, count: number): Promise<number[]> => repeated(count, () => contestant.send());

async function repeated<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index++) results.push(await work());
  return results;
}

function described(figures: OrderPathFigures): string {
  const line = (name: string, { p50, p95, p99, max }: Spread): string =>
    `${name.padEnd(28)} p50 ${p50.toFixed(3)}  p95 ${p95.toFixed(3)}  p99 ${p99.toFixed(3)}  max ${max.toFixed(3)} ms`;
  return [
    ...Object.entries(figures.leewardMs).map(([name, spread]) => line(`leeward ${name}`, spread)),
    ...Object.entries(figures.baselinesMs).map(([name, spread]) => line(name, spread)),
    line('fdatasync of this disk', figures.diskFdatasyncMs),
    `budget p50 < ${figures.budgetMs.p50} ms, p99 < ${figures.budgetMs.p99} ms: ${figures.withinBudget ? 'met' : 'missed'}`,
  ].join('\n');
}
