/** A venue's message that does not have the shape its kind promises. Text reads "expected X, was Y". */
export class DecodeFailure extends Error {
  override readonly name = 'DecodeFailure';
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws DecodeFailure naming the field. */
export function textField(from: JsonObject, field: string): string {
  const value = from[field];
  if (typeof value !== 'string') throw mismatch(field, 'a text', value);
  return value;
}

/** Throws DecodeFailure naming the field. */
export function integerField(from: JsonObject, field: string): number {
  const value = from[field];
  if (!Number.isSafeInteger(value)) throw mismatch(field, 'a safe integer', value);
  return value as number;
}

/** Throws DecodeFailure naming the field. */
export function booleanField(from: JsonObject, field: string): boolean {
  const value = from[field];
  if (typeof value !== 'boolean') throw mismatch(field, 'true or false', value);
  return value;
}

/** Book levels: arrays that begin with two texts. Throws DecodeFailure naming the field. */
export function levelsField(from: JsonObject, field: string): readonly (readonly [string, string])[] {
  const value = from[field];
  if (!Array.isArray(value) || !value.every(isLevel)) throw mismatch(field, 'levels of two texts', value);
  return value as readonly (readonly [string, string])[];
}

export function mismatch(field: string, expected: string, was: unknown): DecodeFailure {
  const text = JSON.stringify(was) as string | undefined;
  return new DecodeFailure(`expected ${field} as ${expected}, was ${text?.slice(0, 80) ?? 'missing'}`);
}

function isLevel(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string';
}
