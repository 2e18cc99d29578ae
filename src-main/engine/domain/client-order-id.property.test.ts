import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeClientOrderId, ORDER_ROLES, parseClientOrderId } from './client-order-id.ts';

const HEX = Array.from({ length: 16 }, (_, digit) => digit.toString(16));
const parts = fc.record({
  installation: fc.string({ unit: fc.constantFrom(...HEX), minLength: 8, maxLength: 8 }),
  epoch: fc.integer({ min: 0, max: 0xff_ffff }),
  counter: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  role: fc.constantFrom(...ORDER_ROLES),
});

describe('client order id', () => {
  it('round-trips its parts in 32 lowercase hex', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const id = makeClientOrderId(given);
        expect(id).toMatch(/^[0-9a-f]{32}$/);
        expect(parseClientOrderId(id)).toEqual(given);
      }),
    );
  });

  it('detects every corruption of a single character', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const id = makeClientOrderId(given);
        for (let at = 0; at < id.length; at++) {
          for (const digit of HEX) {
            if (digit === id[at]) continue;
            expect(parseClientOrderId(id.slice(0, at) + digit + id.slice(at + 1))).toBeUndefined();
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('detects two neighbors swapped', () => {
    fc.assert(
      fc.property(parts, fc.nat(30), (given, at) => {
        const id = makeClientOrderId(given);
        fc.pre(id[at] !== id[at + 1]);
        const swapped = id.slice(0, at) + id.charAt(at + 1) + id.charAt(at) + id.slice(at + 2);
        expect(parseClientOrderId(swapped)).toBeUndefined();
      }),
    );
  });

  it('is unique for unique parts', () => {
    fc.assert(
      fc.property(fc.uniqueArray(parts, { selector: (given) => JSON.stringify(given), maxLength: 50 }), (all) => {
        expect(new Set(all.map(makeClientOrderId)).size).toBe(all.length);
      }),
    );
  });

  it('takes no other text for its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...HEX), minLength: 32, maxLength: 32 }), (text) => {
        const read = parseClientOrderId(text);
        if (read !== undefined) expect(makeClientOrderId(read)).toBe(text);
      }),
    );
    for (const text of ['', 'x'.repeat(32), 'A'.repeat(32), '0'.repeat(31), '0'.repeat(33)])
      expect(parseClientOrderId(text)).toBeUndefined();
  });

  it.each([
    [{ installation: 'ABCDEF01' }, 'expected 8 hex digits'],
    [{ installation: 'abc' }, 'expected 8 hex digits'],
    [{ epoch: -1 }, 'at most 6 hex digits, was -1'],
    [{ epoch: 0x100_0000 }, 'at most 6 hex digits, was 16777216'],
    [{ counter: 2 ** 40 }, 'at most 10 hex digits'],
    [{ counter: 1.5 }, 'at most 10 hex digits, was 1.5'],
    [{ counter: Number.NaN }, 'was NaN'],
  ])('refuses %j', (wrong, message) => {
    const right = { installation: '0a1b2c3d', epoch: 1, counter: 1, role: 'entry' } as const;
    expect(() => makeClientOrderId({ ...right, ...wrong })).toThrow(message);
  });

  it('keeps its format: ids of past orders stay recognizable', () => {
    const id = makeClientOrderId({ installation: '0a1b2c3d', epoch: 7, counter: 255, role: 'stop' });
    expect(id.slice(0, 26)).toBe('0a1b2c3d00000700000000ff01');
    expect(parseClientOrderId('0a1b2c3d00000700000000ff01' + id.slice(26))?.role).toBe('stop');
  });
});
