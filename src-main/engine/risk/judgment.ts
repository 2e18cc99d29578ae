import { addDecimals, compareDecimals, type Decimal, formatDecimal } from '../domain/decimal.ts';
import type { Denial, DenialCode, DenialParams, RiskCheck, Verdict } from '../domain/denial.ts';

/**
 * One evaluated check. A failed check without a denial of its own could not be measured because something it needs was
 * already denied: it counts as failed, and the trader reads the root cause once.
 */
export type Judgment = { readonly check: RiskCheck; readonly denial: Denial | null };

export const denial = (code: DenialCode, params: DenialParams): Denial => ({ code, params });

/** A yes-or-no check. */
export function fact(name: string, refusal: Denial | null): Judgment {
  const check = { name, passed: refusal === null, used: null, after: null, limit: null, headroom: null, unit: '' };
  return { check, denial: refusal };
}

/** A check whose input is missing or invalid; another check carries the denial. */
export function unmeasured(name: string, unit: string): Judgment {
  return { check: { name, passed: false, used: null, after: null, limit: null, headroom: null, unit }, denial: null };
}

export type Measure = {
  readonly name: string;
  readonly unit: string;
  readonly bound: 'atMost' | 'atLeast';
  readonly limit: Decimal;
  /** Before the order, where that means something. */
  readonly used: Decimal | null;
  readonly after: Decimal;
};

/** A number against its limit. Denies when `after` is beyond it; the denial carries the numbers and `params`. */
export function measured(measure: Measure, code: DenialCode, params: DenialParams = {}): Judgment {
  const { limit, after, used, bound, unit, name } = measure;
  const headroom = bound === 'atMost' ? subtract(limit, after) : subtract(after, limit);
  const passed = headroom.units >= 0n;
  const texts = {
    used: used === null ? null : formatDecimal(used),
    after: formatDecimal(after),
    limit: formatDecimal(limit),
  };
  const check = { name, passed, ...texts, headroom: formatDecimal(headroom), unit };
  return { check, denial: passed ? null : denial(code, { ...texts, unit, ...params }) };
}

/** Allowed when every check passed; all checks are kept, not only the failed ones. */
export function verdictOf(judgments: readonly Judgment[]): Verdict {
  return {
    allowed: judgments.every(({ check }) => check.passed),
    denials: judgments.flatMap((judgment) => (judgment.denial === null ? [] : [judgment.denial])),
    checks: judgments.map(({ check }) => check),
  };
}

export const subtract = (a: Decimal, b: Decimal): Decimal => addDecimals(a, { units: -b.units, scale: b.scale });

export const larger = (a: Decimal, b: Decimal): Decimal => (compareDecimals(a, b) >= 0 ? a : b);

export const smaller = (a: Decimal, b: Decimal): Decimal => (compareDecimals(a, b) <= 0 ? a : b);

export const count = (value: number): Decimal => ({ units: BigInt(value), scale: 0 });
