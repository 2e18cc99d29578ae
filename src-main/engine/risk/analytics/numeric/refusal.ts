import { err, ok, type Result } from '../../../domain/result.ts';

/** Why a figure cannot be given. `what` names the input or the intermediate result. */
export type Refusal =
  | { readonly code: 'TOO_FEW_SAMPLES'; readonly what: string; readonly samples: number; readonly atLeast: number }
  | { readonly code: 'NOT_FINITE'; readonly what: string }
  | { readonly code: 'ZERO_VARIANCE'; readonly what: string }
  | { readonly code: 'NOT_POSITIVE_DEFINITE'; readonly what: string }
  | { readonly code: 'LENGTHS_DIFFER'; readonly what: string; readonly expected: number; readonly was: number }
  | { readonly code: 'OUT_OF_RANGE'; readonly what: string; readonly was: number }
  | { readonly code: 'UNDEFINED'; readonly what: string }
  | { readonly code: 'INFEASIBLE'; readonly what: string }
  | { readonly code: 'NOT_CONVERGED'; readonly what: string; readonly steps: number };

/** Thrown by every function of the analytics instead of returning NaN; `attempt` turns it into a value. */
export class AnalyticsRefusal extends Error {
  override readonly name = 'AnalyticsRefusal';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${JSON.stringify(refusal)}`);
    this.refusal = refusal;
  }
}

export function refuse(refusal: Refusal): never {
  throw new AnalyticsRefusal(refusal);
}

/** The figure, or why there is none. Throws whatever is no refusal. */
export function attempt<T>(compute: () => T): Result<T, Refusal> {
  try {
    return ok(compute());
  } catch (error) {
    if (error instanceof AnalyticsRefusal) return err(error.refusal);
    throw error;
  }
}

/** Beyond this the fourth powers of a few values would overflow; no return, weight or amount comes near it. */
const LARGEST = 1e30;

/** Throws AnalyticsRefusal when the series is shorter than `atLeast` or holds a value that is not finite or over 1e30. */
export function requireSeries(series: ArrayLike<number>, atLeast: number, what: string): void {
  if (series.length < atLeast) refuse({ code: 'TOO_FEW_SAMPLES', what, samples: series.length, atLeast });
  for (let i = 0; i < series.length; i++) {
    const value = series[i] ?? NaN;
    if (!Number.isFinite(value)) refuse({ code: 'NOT_FINITE', what });
    if (Math.abs(value) > LARGEST) refuse({ code: 'OUT_OF_RANGE', what, was: value });
  }
}

/** Throws AnalyticsRefusal when the lengths differ. */
export function requireLength(series: { readonly length: number }, expected: number, what: string): void {
  if (series.length !== expected) refuse({ code: 'LENGTHS_DIFFER', what, expected, was: series.length });
}

/** Throws AnalyticsRefusal unless lowest <= value <= highest; NaN is never in range. */
export function requireRange(value: number, lowest: number, highest: number, what: string): void {
  if (!(value >= lowest && value <= highest)) refuse({ code: 'OUT_OF_RANGE', what, was: value });
}

/** Throws AnalyticsRefusal when a result is NaN or infinite. */
export function finite(value: number, what: string): number {
  return Number.isFinite(value) ? value : refuse({ code: 'NOT_FINITE', what });
}
