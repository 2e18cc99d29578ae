import type { CliIo } from '../command.ts';

/** One benchmark: reads its own options, prints its one result, resolves to the exit code. */
export type Benchmark = (args: readonly string[], io: CliIo) => Promise<number>;
