import { parseInstrumentId } from '../domain/identifiers.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { DriftBaseline, FeatureBaseline } from './drift-baseline.ts';

/** Reads a baseline from parsed JSON. Denies, naming the first thing that is not as it should be. */
export function readBaseline(raw: unknown): Result<DriftBaseline, string> {
  if (!isObject(raw)) return wrong('a baseline object', raw);
  if (raw['schemaVersion'] !== 1) return wrong('schemaVersion 1', raw['schemaVersion']);
  if (!isObject(raw['settings'])) return wrong('settings as an object', raw['settings']);
  if (!isCount(raw['windowBars'])) return wrong('windowBars above zero', raw['windowBars']);
  if (!isProvenance(raw['provenance']))
    return wrong('provenance with source, instruments and times', raw['provenance']);
  const features: unknown = raw['features'];
  if (!Array.isArray(features) || features.length === 0) return wrong('a list of features', features);
  const broken = (features as readonly unknown[]).find((feature) => !isFeature(feature));
  if (broken !== undefined) return wrong('a feature with edges, shares, quantiles and usual ranges', broken);
  return ok(raw as DriftBaseline);
}

const wrong = (expected: string, was: unknown): Result<never, string> =>
  err(`expected ${expected}, was ${(JSON.stringify(was) as string | undefined)?.slice(0, 80) ?? 'nothing'}`);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

function isProvenance(value: unknown): boolean {
  if (!isObject(value)) return false;
  const ids = value['instruments'];
  const known = (id: unknown): boolean => typeof id === 'string' && parseInstrumentId(id).ok;
  const listed = Array.isArray(ids) && ids.length > 0 && ids.every(known);
  return (
    listed && typeof value['source'] === 'string' && ['fromUs', 'toUs', 'bars'].every((key) => isNumber(value[key]))
  );
}

function isFeature(value: unknown): value is FeatureBaseline {
  if (!isObject(value) || typeof value['name'] !== 'string' || !isCount(value['samples'])) return false;
  const { edges, shares, quantiles, psi, ks } = value;
  return (
    isAscending(edges) &&
    isNumbers(shares) &&
    shares.length === edges.length + 1 &&
    isAscending(quantiles) &&
    isRange(psi) &&
    isRange(ks)
  );
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every(isNumber);

const isAscending = (value: unknown): value is readonly number[] =>
  isNumbers(value) && value.every((one, index) => index === 0 || one >= (value[index - 1] ?? one));

const isRange = (value: unknown): boolean => isObject(value) && isNumber(value['p95']) && isNumber(value['p99']);
