import { z } from 'zod';
import { AnalyticsRefusal } from '../../engine/risk/analytics/numeric/refusal.ts';
import { type CaseResult, isNotChosen } from './suite.ts';

export type Tolerance = { readonly abs: number; readonly rel: number };

/** Our own result, computed when it is compared; `tolerance` replaces that of the case. */
export type Figure = (() => unknown) | { readonly tolerance: Tolerance; readonly of: () => unknown };

export type Figures = Readonly<Record<string, Figure | undefined>>;

export const toleranceSchema = z
  .object({ abs: z.number().default(0), rel: z.number().default(0) })
  .refine(({ abs, rel }) => abs > 0 || rel > 0);

/** Said about figures, not figures. */
const REMARKS = ['source', 'notes', 'tolerance', 'lambda'];

/**
 * One case per figure of `expected`, named by its path; a vector, a matrix and a list are one figure each. A section may carry
 * its own tolerance. A figure of which nothing is computed here is unsupported, or not chosen when conventions.json says so.
 */
export function compareFigures(
  kind: string,
  name: string,
  expected: object,
  tolerance: Tolerance,
  actual: Figures,
): readonly CaseResult[] {
  return leaves(expected, tolerance, '').map(({ path, value, within }): CaseResult => {
    const figure = actual[path];
    if (figure === undefined) {
      return { outcome: isNotChosen(kind, path) ? 'notChosen' : 'unsupported' };
    }
    const limit = typeof figure === 'function' ? within : figure.tolerance;
    const seen = undefinedWhenRefused(typeof figure === 'function' ? figure : figure.of);
    if (seen.ok && agrees(seen.value, value, limit)) return { outcome: 'passed' };
    const was = seen.ok ? shown(seen.value) : seen.error;
    return { outcome: 'failed', name: `${name}.${path}`, detail: `expected ${shown(value)}, was ${was}` };
  });
}

type Leaf = { readonly path: string; readonly value: unknown; readonly within: Tolerance };

function leaves(value: object, outer: Tolerance, prefix: string): readonly Leaf[] {
  const own = toleranceSchema.safeParse('tolerance' in value ? value.tolerance : null);
  const within = own.success ? own.data : outer;
  return Object.entries(value)
    .filter(([key]) => !REMARKS.includes(key))
    .flatMap(([key, each]: [string, unknown]): readonly Leaf[] =>
      isRecord(each) ? leaves(each, within, `${prefix}${key}.`) : [{ path: `${prefix}${key}`, value: each, within }],
    );
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Seen = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

function undefinedWhenRefused(compute: () => unknown): Seen {
  try {
    return { ok: true, value: compute() };
  } catch (error) {
    return error instanceof AnalyticsRefusal ? { ok: true, value: null } : { ok: false, error: String(error) };
  }
}

function agrees(actual: unknown, expected: unknown, tolerance: Tolerance): boolean {
  if (expected === null) return actual === null;
  if (typeof expected === 'number') {
    return (
      typeof actual === 'number' && Math.abs(actual - expected) <= tolerance.abs + tolerance.rel * Math.abs(expected)
    );
  }
  if (typeof expected !== 'object') return actual === expected;
  if (typeof actual !== 'object' || actual === null) return false;
  const [ours, theirs] = [Object.entries(actual), Object.entries(expected)];
  return (
    ours.length === theirs.length &&
    ours.every(([key, value]: [string, unknown]) =>
      agrees(value, (expected as Record<string, unknown>)[key], tolerance),
    )
  );
}

/** Long vectors are cut: the line is read by a person. */
const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200));
