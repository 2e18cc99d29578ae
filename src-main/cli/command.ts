/** Where a command prints. `out` is stdout and carries results only; `error` is stderr. Each call is one line. */
export type CliIo = {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
};

/** One command of `leeward`. Its file is imported when it is called; what is heavy or native it imports inside `run`. */
export type Command = {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  /** Whole text of `leeward <name> --help`. */
  readonly usage: string;
  /** Resolves to the exit code. Throws UsageError on bad arguments, CommandFailure on an expected failure. */
  readonly run: (args: readonly string[], io: CliIo) => Promise<number>;
};

/** Bad arguments: one line on stderr, exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An expected failure, such as a missing file: one line on stderr, exit 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** Result lines: JSON with `--json`, text for people otherwise. */
export type Report = (result: Readonly<Record<string, unknown>>, text: string) => void;

export function report(io: CliIo, json: boolean): Report {
  return (result, text) => io.out(json ? JSON.stringify(result) : text);
}
