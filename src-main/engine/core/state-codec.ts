import { InvariantError } from '../domain/result.ts';
import type { JsonValue } from '../ports/store.ts';

const MAP = '@map';

/** Plain data as JSON; maps keep their order, on which decisions depend. Throws on classes, functions and undefined. */
export function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return { [MAP]: [...value].map(([key, entry]) => [toJson(key), toJson(entry)]) };
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return objectToJson(value);
  throw new InvariantError(`expected plain data in the state, was ${typeof value}`);
}

/** Filled key by key: entries made, mapped and joined again took three times as long on a state of 10,000 orders. */
function objectToJson(value: object): JsonValue {
  const json: Record<string, JsonValue> = {};
  for (const [key, entry] of Object.entries(value)) json[key] = toJson(entry);
  return json;
}

/** The inverse of {@link toJson}. */
export function fromJson(json: JsonValue): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (isArray(json)) return json.map(fromJson);
  const entries = json[MAP];
  if (entries !== undefined && isArray(entries)) {
    return new Map(entries.map((entry) => fromJson(entry) as [unknown, unknown]));
  }
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, fromJson(value)]));
}

const isArray = (json: JsonValue): json is readonly JsonValue[] => Array.isArray(json);
