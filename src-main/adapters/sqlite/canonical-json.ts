import type { JsonValue } from '../../engine/ports/store.ts';

/**
 * JSON with sorted keys and no white space: equal values give equal text, so a hash of it means something. Throws on what
 * JSON cannot hold: NaN, infinities and values that are not JSON at all.
 */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value);
  throw new TypeError(`expected a JSON value, was ${typeof value}`);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`expected a finite number, was ${value}`);
  return JSON.stringify(value);
}

/** A key without a value is left out, as JSON.stringify does. */
function canonicalObject(value: Readonly<Record<string, JsonValue | undefined>>): string {
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const each = value[key];
    if (each !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(each)}`);
  }
  return `{${parts.join(',')}}`;
}
