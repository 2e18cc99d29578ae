import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode, type Encoded } from './codec.ts';

const overTheWire = (value: unknown): unknown => decode(JSON.parse(JSON.stringify(encode(value))) as Encoded);

const cloneable = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: false,
  withNullPrototype: false,
});

describe('the codec', () => {
  it('carries what structured clone carries, as structured clone carries it', () => {
    fc.assert(
      fc.property(cloneable, (value) => {
        expect(overTheWire(value)).toEqual(structuredClone(value));
      }),
    );
  });

  it.each([() => 1, Symbol('s'), Promise.resolve(1), { deep: [() => 1] }])('refuses what cannot be cloned', (value) => {
    expect(() => encode(value)).toThrow('An object could not be cloned.');
  });
});
