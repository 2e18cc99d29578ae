import type { Benchmark } from './bench/benchmark.ts';
import { type Command, UsageError } from './command.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  'order-path': async () => (await import('./bench/order-path.ts')).orderPath,
};

export const command: Command = {
  name: 'bench',
  summary: 'Measure speed and cost on this machine beside their baselines',
  usage: `
usage: leeward bench <order-path> [options] [--json]

Measures on this machine, each with its baseline in the same run; medians of alternating rounds, never a test.

  order-path         signal -> verdict -> commit -> bytes on the socket, beside ccxt alone and a bare socket
    --samples <n>    orders per contestant and round (500)

  --rounds <n>       rounds the medians are taken of (3)
  --json             one JSON object on stdout; progress goes to stderr
`,
  run: async ([name = '', ...args], io) => {
    const load = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
    if (load === undefined) {
      throw new UsageError(`expected one of ${Object.keys(BENCHMARKS).join(', ')}, was ${JSON.stringify(name)}`);
    }
    return (await load())(args, io);
  },
};
