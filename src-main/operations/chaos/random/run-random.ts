import type { Clock } from '../../../engine/ports/clock.ts';
import { minimize } from './minimize.ts';
import { playSchedule, type PlayedSchedule } from './play-schedule.ts';
import { makeSchedule, type Schedule } from './schedule.ts';

export type RandomRun = {
  readonly clock: Clock;
  readonly schedules: number;
  readonly seed: string;
  /** Number of the first schedule: a failing one is played again by its own number alone. */
  readonly from: number;
  readonly failed: (failure: FailedSchedule) => void;
  readonly progress: (played: number) => void;
};

export type FailedSchedule = Schedule & { readonly schedule: number; readonly problems: readonly string[] };

export type RandomResult = {
  readonly schedules: number;
  readonly seed: string;
  readonly failed: number;
  readonly kills: number;
  readonly faultsFired: number;
  readonly filterChanges: number;
  readonly orders: number;
  readonly fills: number;
  readonly partialFills: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly resolvedMsWorst: number;
  readonly unprotectedMsWorst: number;
  readonly seconds: number;
  readonly ok: boolean;
};

const PROGRESS_EVERY = 250;

/** Plays seeded schedules one after the other; one that fails is made as short as it can be while it still fails. */
export async function runRandom(run: RandomRun): Promise<RandomResult> {
  const { clock, from, schedules, seed } = run;
  const startedUs = clock.monotonicUs();
  const all: PlayedSchedule[] = [];
  let failed = 0;
  for (let number = from; number < from + schedules; number++) {
    const schedule = makeSchedule(`${seed}/${number}`);
    const played = await playSchedule(schedule);
    all.push(played);
    if (played.problems.length > 0) {
      failed += 1;
      run.failed(await shortest(schedule, number));
    }
    if (all.length % PROGRESS_EVERY === 0) run.progress(all.length);
  }
  const sum = (of: (played: PlayedSchedule) => number): number => all.reduce((total, played) => total + of(played), 0);
  const worst = (of: (played: PlayedSchedule) => number): number =>
    all.reduce((most, one) => Math.max(most, of(one)), 0);
  return {
    schedules: all.length,
    seed,
    failed,
    kills: sum(({ lives }) => lives - 1),
    faultsFired: sum(({ struck }) => struck),
    filterChanges: sum(({ filterChanges }) => filterChanges),
    orders: sum(({ orders }) => orders),
    fills: sum(({ fills }) => fills),
    partialFills: sum(({ partialFills }) => partialFills),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    resolvedMsWorst: worst(({ resolvedMs }) => resolvedMs),
    unprotectedMsWorst: worst(({ unprotectedMs }) => unprotectedMs),
    seconds: Math.round((clock.monotonicUs() - startedUs) / 1e6),
    ok: failed === 0,
  };
}

async function shortest({ seed, steps }: Schedule, schedule: number): Promise<FailedSchedule> {
  const fails = async (kept: Schedule['steps']): Promise<boolean> =>
    (await playSchedule({ seed, steps: kept })).problems.length > 0;
  const kept = await minimize(steps, fails);
  return { schedule, seed, steps: kept, problems: (await playSchedule({ seed, steps: kept })).problems };
}
