import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../engine/ports/store.ts';
import { canonicalJson } from './canonical-json.ts';

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>;

/** The same value with the keys of every object in another order. */
function shuffled(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Readonly<Record<string, JsonValue>>);
  return Object.fromEntries(entries.toReversed().map(([key, each]) => [key, shuffled(each)]));
}

describe('canonical JSON', () => {
  it('reads back as the value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is one text for one value, whatever the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      }),
    );
    expect(canonicalJson({ b: 1, a: [{ d: null, c: '€' }] })).toBe('{"a":[{"c":"€","d":null}],"b":1}');
  });

  it('quotes any text as JSON.stringify does', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(
        fc.oneof(texts, fc.constantFrom('\ud800', '\udc00x', '\ud83d\ude00', '\u2028', '"', '\\')),
        (text) => {
          expect(canonicalJson(text)).toBe(JSON.stringify(text));
          expect(canonicalJson({ [text]: -0 })).toBe(JSON.stringify({ [text]: 0 }));
        },
      ),
    );
  });

  it('leaves out a key without a value', () => {
    const value = { a: 1, b: undefined } as unknown as JsonValue;
    expect(canonicalJson(value)).toBe('{"a":1}');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, undefined, () => 1, Symbol('x')])('throws on %s', (value) => {
    expect(() => canonicalJson(value as unknown as JsonValue)).toThrow(/^expected a /);
    expect(() => canonicalJson([value] as unknown as JsonValue)).toThrow(/^expected a /);
  });
});
