import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { UsageError } from './command.ts';

type Parsed<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>
>;

/** Options and positional arguments. Throws UsageError naming an unknown option or a missing value. */
export function parseOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(optionProblem(error));
  }
}

/** Throws UsageError when arguments stand where the command takes none. */
export function refusePositionals(positionals: readonly string[]): void {
  const [first] = positionals;
  if (first !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(first)}`);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `250ms`, `120s`, `5m`, `1.5h` in milliseconds. Throws UsageError naming the option. */
export function durationMs(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = UNIT_MS[match?.[2] ?? ''];
  const value = Math.round(Number(match?.[1]) * (unit ?? Number.NaN));
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new UsageError(`expected --${option} as a duration above zero like 120s, was ${JSON.stringify(text)}`);
  }
  return value;
}

/** An integer between the bounds. Throws UsageError naming the option. */
export function integerOption(option: string, text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError(`expected --${option} as an integer from ${min} to ${max}, was ${JSON.stringify(text)}`);
  }
  return value;
}

/** A decimal number between the bounds. Throws UsageError naming the option. */
export function numberOption(option: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError(`expected --${option} as a number from ${min} to ${max}, was ${JSON.stringify(text)}`);
  }
  return value;
}

/** One of the named values. Throws UsageError that lists them. */
export function oneOf<T extends string>(option: string, text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found === undefined)
    throw new UsageError(`expected --${option} as one of ${values.join(', ')}, was ${JSON.stringify(text)}`);
  return found;
}

/** Node explains at length; one clause is enough beside the pointer to `--help`. */
function optionProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '([^']+)'/.exec(message);
  if (unknown !== null) return `unknown option ${unknown[1] ?? ''}`;
  return message.split('\n')[0]?.replace(/\.$/, '') ?? message;
}
