import type { CliIo } from '../command.ts';
import { BenchChild } from './children.ts';
import type { BenchSymbol, ReaderMode } from './reader.ts';
import { medianSpread, type Spread, spreadOf } from './percentiles.ts';
import { latenciesUs, type Stamps } from './stamps.ts';

export type Load = {
  readonly instruments: number;
  readonly updatesPerSecond: number;
  readonly seconds: number;
  /** Before the measurement, so that code is compiled and books have settled. */
  readonly warmUpSeconds: number;
  readonly rounds: number;
  readonly modes: readonly ReaderMode[];
};

/** Medians over the rounds. Latency runs from the venue's send to the changed book (bare: to the message). */
export type LoadResult = {
  readonly cpuPercent: number;
  readonly cpuUsPerMessage: number;
  readonly latencyUs: Spread;
  readonly rssMb: number;
  readonly sent: number;
  /** Share of the sent updates the reader was told of one by one. */
  readonly seenRatio: number;
};

/** Plays one venue to each way of reading in turn, round by round, each reader in a process of its own. */
export async function measureLoad(load: Load, io: CliIo): Promise<Readonly<Partial<Record<ReaderMode, LoadResult>>>> {
  const { instruments, updatesPerSecond } = load;
  const venue = new BenchChild('venue', { instruments, updatesPerSecond });
  const runs = new Map<ReaderMode, LoadResult[]>(load.modes.map((mode) => [mode, []]));
  try {
    const { rest, stream, symbols } = await venue.next('ready');
    for (let round = 1; round <= load.rounds; round++) {
      for (const mode of load.modes) {
        io.error(`bench: ${instruments} instruments, round ${round} of ${load.rounds}, ${mode}`);
        const place = { mode, rest, stream, symbols: symbols as readonly BenchSymbol[] };
        runs.get(mode)?.push(await measureReader(venue, place, load));
      }
    }
  } finally {
    await venue.stop();
  }
  return Object.fromEntries([...runs].map(([mode, results]) => [mode, medians(results)]));
}

async function measureReader(
  venue: BenchChild,
  options: Readonly<Record<string, unknown>>,
  { seconds, warmUpSeconds }: Load,
): Promise<LoadResult> {
  const reader = new BenchChild('reader', options);
  try {
    await reader.next('ready');
    await pause(warmUpSeconds * 1_000);
    await venue.ask('begin');
    await reader.ask('begin');
    await pause(seconds * 1_000);
    const result = await reader.ask('result');
    const { stamps } = await venue.ask('stamps');
    return summarize(result, stamps as Stamps);
  } finally {
    await reader.stop();
  }
}

function summarize(result: Readonly<Record<string, unknown>>, sent: Stamps): LoadResult {
  const latencies = latenciesUs(sent, result['seen'] as Stamps);
  const messages = sent.length / 3;
  return {
    cpuPercent: result['cpuPercent'] as number,
    cpuUsPerMessage: (result['cpuUs'] as number) / messages,
    latencyUs: spreadOf(latencies),
    rssMb: result['rssMb'] as number,
    sent: messages,
    seenRatio: latencies.length / messages,
  };
}

function medians(results: readonly LoadResult[]): LoadResult {
  const median = (pick: (result: LoadResult) => number): number => spreadOf(results.map(pick)).p50;
  return {
    cpuPercent: median((result) => result.cpuPercent),
    cpuUsPerMessage: median((result) => result.cpuUsPerMessage),
    latencyUs: medianSpread(results.map(({ latencyUs }) => latencyUs)),
    rssMb: median((result) => result.rssMb),
    sent: median((result) => result.sent),
    seenRatio: median((result) => result.seenRatio),
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
