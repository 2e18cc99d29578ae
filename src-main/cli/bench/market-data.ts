import { availableParallelism, loadavg } from 'node:os';
import { report } from '../command.ts';
import { durationMs, integerOption, parseOptions, refusePositionals } from '../options.ts';
import type { Benchmark } from './benchmark.ts';
import { type Load, type LoadResult, measureLoad } from './depth-load.ts';
import { measureHandlers } from './handler-cost.ts';
import { judged, line, ratio, table } from './market-data-report.ts';
import { READER_MODES } from './reader.ts';
import { measureWholeEngine } from './whole-engine.ts';

const UPDATES_PER_SECOND = 10;
const OPTIONS = {
  for: { type: 'string', default: '8s' },
  rounds: { type: 'string', default: '3' },
  instruments: { type: 'string', default: '200' },
  json: { type: 'boolean', default: false },
} as const;

const WARM_UP_SECONDS = 2;

function readOptions(args: readonly string[]) {
  const { values, positionals } = parseOptions(args, OPTIONS);
  refusePositionals(positionals);
  return {
    seconds: durationMs('for', values.for) / 1_000,
    warmUpSeconds: WARM_UP_SECONDS,
    rounds: integerOption('rounds', values.rounds, 1, 99),
    instruments: integerOption('instruments', values.instruments, 1, 500),
    json: values.json,
  };
}

/** Depth message to changed book: the native feed beside ccxt.pro and a bare socket, on the same venue in one run. */
export const marketData: Benchmark = async (args, io) => {
  const options = readOptions(args);
  const load: Load = { ...options, updatesPerSecond: UPDATES_PER_SECOND, modes: READER_MODES };
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const { bare, native, ccxt } = await measureLoad(load, io);
  if (bare === undefined || native === undefined || ccxt === undefined) throw new Error('expected three results');
  const modes = { bare, native, ccxt };
  io.error('bench: handlers');
  const handlers = measureHandlers();
  const { ratios, budgets } = judged(modes, handlers);
  const machine = { cores: availableParallelism(), loadBefore, node: process.version };
  const result = {
    ...{ bench: 'market-data', instruments: load.instruments, updatesPerSecond: UPDATES_PER_SECOND },
    ...{ seconds: load.seconds, rounds: load.rounds, modes, handlers, ratios, budgets, machine },
  };
  report(io, options.json)(result, table(modes, handlers, budgets));
  return 0;
};

/** Cost by number of instruments: flat a message, and far from a core at 500. */
export const instruments: Benchmark = async (args, io) => {
  const options = readOptions(args);
  const rows: (LoadResult & { readonly instruments: number })[] = [];
  for (const count of [10, 100, 500]) {
    const load: Load = { ...options, instruments: count, updatesPerSecond: UPDATES_PER_SECOND, modes: ['native'] };
    const { native } = await measureLoad(load, io);
    if (native !== undefined) rows.push({ instruments: count, ...native });
  }
  io.error('bench: the whole engine');
  const engine = await measureWholeEngine(
    { instruments: 500, updatesPerSecond: UPDATES_PER_SECOND, seconds: options.seconds },
    (text) => io.error(`bench: ${text}`),
  );
  const perInstrument = rows.map((row) => ratio(row.cpuPercent, row.instruments));
  const result = {
    ...{ bench: 'instruments', updatesPerSecond: UPDATES_PER_SECOND, seconds: options.seconds, rounds: options.rounds },
    ...{ rows, cpuPercentPerInstrument: perInstrument, engine },
    budgets: {
      booksBelow25Percent: (rows.at(-1)?.cpuPercent ?? Number.NaN) < 25,
      engineBelow50Percent: engine.cpuPercent === null ? null : engine.live === 500 && engine.cpuPercent < 50,
      flatPerInstrument: (perInstrument.at(-1) ?? Number.NaN) <= (perInstrument[0] ?? Number.NaN),
    },
  };
  const lines = rows.map((row) => `${String(row.instruments).padStart(4)} instruments  ${line(row)}`);
  const whole = `whole engine, ${engine.live} live: ${String(engine.cpuPercent)} % of a core, ${String(engine.rssMegabytes)} MB`;
  report(io, options.json)(result, [...lines, whole, `budgets: ${JSON.stringify(result.budgets)}`].join('\n'));
  return 0;
};
