import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { report } from '../command.ts';
import { integerOption, parseOptions, refusePositionals } from '../options.ts';
import type { Benchmark } from './benchmark.ts';
import { BenchChild, type ChildMessage } from './children.ts';
import { type Spread, spreadOf } from './percentiles.ts';
import type { SessionPartOptions } from './session-part.ts';
import { StopDrill, type StopTimes } from './stop-drill.ts';

const BUDGET = { firstCancelP99Ms: 50, provenMs: 3_000, positions: 50, venueLatencyMs: 50 };
const ENTRIES = 10;
const ORDER_WINDOW_MS = 10_500;
const SLOW_FOR_MS = 120_000;

const OPTIONS = {
  samples: { type: 'string', default: '100' },
  positions: { type: 'string', default: String(BUDGET.positions) },
  json: { type: 'boolean', default: false },
} as const;

const WAYS = ['plain', 'entriesJustSent', 'httpFlood', 'launcherSuspended'] as const;
type Way = (typeof WAYS)[number];

type WayFigures = {
  readonly samples: number;
  /** From the request to the engine's notice, to the first cancel on the wire, and to the venue's own word of it. */
  readonly noticedMs: Spread;
  readonly firstCancelMs: Spread | null;
  readonly firstCanceledMs: Spread | null;
  readonly withinBudget: boolean;
};

type FlattenFigures = {
  readonly positions: number;
  /** From the engine's first notice of the stop to the last exit's answer, and to the proof. */
  readonly lastExitMs: number | null;
  readonly provenMs: number | null;
  readonly heldAfterwards: number;
  readonly withinBudget: boolean;
};

/** From the request at the guardian, which the key sends, to the first cancel on the wire; and to a proven flat account. */
export const emergencyStop: Benchmark = async (args, io) => {
  const { values, positionals } = parseOptions(args, OPTIONS);
  refusePositionals(positionals);
  const samples = integerOption('samples', values.samples, 1, 1_000);
  const positions = integerOption('positions', values.positions, 0, 100);
  const progress = (line: string): void => io.error(`bench: ${line}`);
  const loadBefore = loadavg()[0] ?? 0;
  const ways = await inSession({ instruments: ENTRIES, trueLimits: false }, (drill, part, session) =>
    stopInWays({ drill, part, session, samples, progress }),
  );
  const flatten =
    positions === 0
      ? null
      : await inSession({ instruments: positions, trueLimits: true }, (drill) => flattenAll(drill, progress));
  const figures = { bench: 'stop', ...ways, flatten, budget: BUDGET, loadAverage: loadBefore } as const;
  report(io, values.json)(figures, described(figures));
  return 0;
};

async function inSession<T>(
  options: Omit<SessionPartOptions, 'home'>,
  work: (drill: StopDrill, part: BenchChild, session: ChildMessage) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'leeward-bench-'));
  const part = new BenchChild('session', { home, ...options });
  try {
    const session = await part.next('ready');
    const drill = await StopDrill.of(session);
    try {
      return await work(drill, part, session);
    } finally {
      drill.close();
    }
  } finally {
    await part.close();
    await rm(home, { recursive: true, force: true });
  }
}

type Ways = {
  readonly ways: Readonly<Record<Way, WayFigures>>;
  readonly venueLimits: unknown;
  readonly floodAnswers: number;
};

async function stopInWays(run: {
  readonly drill: StopDrill;
  readonly part: BenchChild;
  readonly session: ChildMessage;
  readonly samples: number;
  readonly progress: (line: string) => void;
}): Promise<Ways> {
  const { drill, part, session, samples, progress } = run;
  const ways: Partial<Record<Way, WayFigures>> = {};
  let floodAnswers = 0;
  for (const way of WAYS) {
    progress(`${samples} stops, ${way}`);
    const flood =
      way === 'httpFlood' ? new BenchChild('flood', { address: new URL('/', String(session['address'])).href }) : null;
    try {
      ways[way] = await sampled(drill, part, way, samples);
      if (flood !== null) floodAnswers = Number((await flood.ask('answers'))['answers']);
    } finally {
      await flood?.stop();
    }
  }
  return { ways: ways as Record<Way, WayFigures>, venueLimits: session['limits'], floodAnswers };
}

async function sampled(drill: StopDrill, part: BenchChild, way: Way, samples: number): Promise<WayFigures> {
  const times: StopTimes[] = [];
  for (let sample = 0; sample < samples; sample++) {
    drill.sendEntries(1);
    await drill.untilResting(1);
    if (way === 'entriesJustSent') drill.sendEntries(ENTRIES);
    if (way === 'launcherSuspended') part.signal('SIGSTOP');
    try {
      times.push(await drill.stop());
    } finally {
      part.signal('SIGCONT');
    }
    await drill.rearm();
  }
  const firstCancelMs = spread(times.map((one) => one.firstCancelMs));
  return {
    samples: times.length,
    noticedMs: spreadOf(times.map(({ noticedMs }) => noticedMs)),
    firstCancelMs,
    firstCanceledMs: spread(times.map((one) => one.firstCanceledMs)),
    withinBudget: firstCancelMs !== null && firstCancelMs.p99 < BUDGET.firstCancelP99Ms,
  };
}

/** Null where one of them had no cancel: a mean of the others would hide it. */
function spread(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : spreadOf(known);
}

/** Under the venue's true limits, each of its answers late. */
async function flattenAll(drill: StopDrill, progress: (line: string) => void): Promise<FlattenFigures> {
  progress('opening positions as fast as the venue allows');
  const positions = await drill.openPositions();
  await pause(ORDER_WINDOW_MS);
  await drill.arm({ kind: 'slow', ms: BUDGET.venueLatencyMs, forMs: SLOW_FOR_MS });
  const { lastExitMs, provenMs } = await drill.stop();
  const heldAfterwards = await drill.heldAtVenue();
  const withinBudget =
    positions >= BUDGET.positions && heldAfterwards === 0 && provenMs !== null && provenMs < BUDGET.provenMs;
  return { positions, lastExitMs, provenMs, heldAfterwards, withinBudget };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const shown = (ms: Spread | null): string =>
  ms === null ? 'not each time' : `p50 ${ms.p50}  p95 ${ms.p95}  p99 ${ms.p99}  max ${ms.max} ms`;

function described(figures: Ways & { readonly flatten: FlattenFigures | null; readonly loadAverage: number }): string {
  const { flatten, loadAverage } = figures;
  const verdict = (met: boolean): string => (met ? 'met' : 'missed');
  return [
    ...WAYS.flatMap((way) => {
      const { firstCancelMs, firstCanceledMs, noticedMs, samples, withinBudget } = figures.ways[way];
      return [
        `${way.padEnd(18)} first cancel on the wire ${shown(firstCancelMs)}, ${samples} stops: ` +
          `budget p99 < ${BUDGET.firstCancelP99Ms} ms ${verdict(withinBudget)}`,
        `${''.padEnd(18)} noticed by the engine ${shown(noticedMs)}; in the venue's books ${shown(firstCanceledMs)}`,
      ];
    }),
    `the flood had ${figures.floodAnswers} answers; machine load ${loadAverage}`,
    ...(flatten === null
      ? []
      : [
          `${flatten.positions} positions at ${BUDGET.venueLatencyMs} ms of venue latency: last exit after ${flatten.lastExitMs} ms, ` +
            `proven flat after ${flatten.provenMs ?? 'more than 60000'} ms, ` +
            `${flatten.heldAfterwards} left at the venue: budget < ${BUDGET.provenMs} ms ${verdict(flatten.withinBudget)}`,
        ]),
  ].join('\n');
}
