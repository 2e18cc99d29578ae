import type { Clock } from '../../../engine/ports/clock.ts';
import type { VenueGateway } from '../../../engine/ports/venue-gateway.ts';
import type { Product } from '../life-venues.ts';
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
  /** Exchanges the gateway for a defective one, to see schedules fail. */
  readonly exchange?: (gateway: VenueGateway) => VenueGateway;
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
  readonly executors: number;
  /** Schedules by what they traded. */
  readonly products: Readonly<Partial<Record<Product, number>>>;
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
  const products: Partial<Record<Product, number>> = {};
  let failed = 0;
  for (let number = from; number < from + schedules; number++) {
    const schedule = makeSchedule(`${seed}/${number}`);
    const played = await playSchedule(schedule, run.exchange);
    all.push(played);
    products[schedule.product] = (products[schedule.product] ?? 0) + 1;
    if (played.problems.length > 0) {
      failed += 1;
      run.failed(await shortest(schedule, number, run.exchange));
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
    executors: sum(({ executors }) => executors),
    products,
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

async function shortest(whole: Schedule, schedule: number, exchange: RandomRun['exchange']): Promise<FailedSchedule> {
  const fails = async (kept: Schedule['steps']): Promise<boolean> =>
    (await playSchedule({ ...whole, steps: kept }, exchange)).problems.length > 0;
  const steps = await minimize(whole.steps, fails);
  return { ...whole, schedule, steps, problems: (await playSchedule({ ...whole, steps }, exchange)).problems };
}
