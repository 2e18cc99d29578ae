import type { Benchmark } from './bench/benchmark.ts';
import { type Command, UsageError } from './command.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  'market-data': async () => (await import('./bench/market-data.ts')).marketData,
  instruments: async () => (await import('./bench/market-data.ts')).instruments,
  'order-path': async () => (await import('./bench/order-path.ts')).orderPath,
  'risk-gate': async () => (await import('./bench/risk-gate.ts')).riskGate,
  load: async () => (await import('./bench/order-load.ts')).orderLoad,
  stop: async () => (await import('./bench/emergency-stop.ts')).emergencyStop,
};

/** Processes a benchmark starts for itself, with their options as JSON. */
const PARTS: Readonly<Record<string, () => Promise<(options: string) => Promise<number>>>> = {
  'part:venue': async () => (await import('./bench/venue-part.ts')).runVenuePart,
  'part:session': async () => (await import('./bench/session-part.ts')).runSessionPart,
  'part:flood': async () => (await import('./bench/flood-part.ts')).runFloodPart,
  'part:reader': async () => (await import('./bench/reader-part.ts')).runReaderPart,
};

export const command: Command = {
  name: 'bench',
  summary: 'Measure speed and cost on this machine beside their baselines',
  usage: `
usage: leeward bench <market-data | instruments | order-path | risk-gate | load | stop> [options] [--json]

Measures on this machine, each with its baseline in the same run; medians of alternating rounds, never a test.

  market-data        depth message -> changed book: native feed, ccxt.pro and a bare socket on one practice exchange
    --for <duration> length of one measurement (8s)
    --instruments <n> how many, at 10 updates a second each (200)

  instruments        the native feed with 10, 100 and 500 instruments at 10 updates a second
    --for <duration> length of one measurement (8s)

  order-path         signal -> verdict -> commit -> bytes on the socket, beside ccxt alone and a bare socket
    --samples <n>    orders per contestant and round (500)

  risk-gate          portfolio value at risk asked for an entry and moved by a fill, beside the whole quadratic form
    --samples <n>    questions per round (10000)
    --positions <n>  open positions (200)

  load               orders at a steady rate through gate, journal and wire, each proven to be at the venue once
    --rate <n>       orders a second, three to a bracket (1000)
    --for <duration> how long (60s)
    --instruments <n> on how many markets (60)

  stop               emergency stop: request to the first cancel on the wire, plain, with ten entries just sent, under an HTTP
                     flood and with the launcher suspended (order limit raised and printed); then many positions until the
                     account is proven flat, under the venue's true limits
    --samples <n>    stops of each kind (100)
    --positions <n>  how many are closed at once (50)

  --rounds <n>       rounds the medians of the first four are taken of (3)
  --json             one JSON object on stdout; progress goes to stderr
`,
  run: async ([name = '', ...args], io) => {
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (part !== undefined && process.send !== undefined) return (await part())(args[0] ?? '{}');
    const load = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
    if (load === undefined) {
      throw new UsageError(`expected one of ${Object.keys(BENCHMARKS).join(', ')}, was ${JSON.stringify(name)}`);
    }
    return (await load())(args, io);
  },
};
