/** Expected outcomes are values; only broken invariants throw. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });
export const err = <E>(error: E): Result<never, E> => ({ ok: false, error });

/** A broken promise of our own code: the engine halts and the journal keeps it. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  constructor(message: string) {
    super(`Invariant: ${message}`);
  }
}

/** Throws when `condition` is false. `message` reads "expected X, was Y". */
export function invariant(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new InvariantError(typeof message === 'string' ? message : message());
}

/** Throws when `value` is missing. */
export function ensure<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new InvariantError(`expected ${what}, was ${String(value)}`);
  return value;
}

/** Makes the compiler check that every case of a union is handled. Throws when one reaches it at run time. */
export function unreachable(value: never): never {
  throw new InvariantError(`expected no further case, was ${JSON.stringify(value)}`);
}
