import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  divide,
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
  rescale,
  type RoundingSide,
  toNumberLossy,
} from './decimal.ts';

/** Wide enough that the reference never rounds by itself. */
const Exact = Reference.clone({ precision: 400, toExpNeg: -9e15, toExpPos: 9e15 });
const REFERENCE_SIDE: Readonly<Record<RoundingSide, Reference.Rounding>> = {
  down: Reference.ROUND_FLOOR,
  up: Reference.ROUND_CEIL,
  halfEven: Reference.ROUND_HALF_EVEN,
};

const side = fc.constantFrom<RoundingSide>('down', 'up', 'halfEven');
const scale = fc.integer({ min: 0, max: 18 });
/** Small units meet ties and zero often; large ones pass every machine word. */
const units = fc.oneof(fc.bigInt({ min: -300n, max: 300n }), fc.bigInt({ min: -(10n ** 39n), max: 10n ** 39n }));
const value = fc.record({ units, scale });

const exact = (given: Decimal): Reference => new Exact(formatDecimal(given));

describe('decimal text', () => {
  it('round-trips value and scale', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(decimal(formatDecimal(given))).toEqual(given);
      }),
    );
  });

  it('reads the same number as decimal.js', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(exact(given).toFixed(given.scale)).toBe(
          given.units === 0n ? (0).toFixed(given.scale) : formatDecimal(given),
        );
      }),
    );
  });

  it.each(['', '-', '.', '1.', '.5', '+1', '1e3', '0x10', ' 1', '1 ', '1,5', 'NaN', 'Infinity', '--1', '1.2.3', '١'])(
    'denies %j',
    (text) => {
      const parsed = parseDecimal(text);
      expect(parsed).toEqual({
        ok: false,
        error: `expected a plain decimal of at most 18 fraction digits, was ${JSON.stringify(text)}`,
      });
    },
  );

  it('denies more digits than it keeps, naming a shortened text', () => {
    expect(parseDecimal(`0.${'1'.repeat(19)}`).ok).toBe(false);
    expect(parseDecimal('1'.repeat(41)).ok).toBe(false);
    expect(parseDecimal('1'.repeat(40)).ok).toBe(true);
    const refused = parseDecimal('x'.repeat(500));
    expect(refused.ok ? '' : refused.error).toMatch(/^.{60,140}$/);
  });

  it('throws for a bad literal', () => {
    expect(() => decimal('1e-8')).toThrow('was "1e-8"');
  });

  it('has no negative zero', () => {
    expect(formatDecimal(decimal('-0.00'))).toBe('0.00');
  });
});

describe('decimal arithmetic against decimal.js', () => {
  it('adds exactly', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(exact(addDecimals(a, b)).eq(exact(a).plus(exact(b)))).toBe(true);
      }),
    );
  });

  it('multiplies exactly', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(exact(multiplyDecimals(a, b)).eq(exact(a).times(exact(b)))).toBe(true);
      }),
    );
  });

  it('compares like numbers, whatever the scales', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(compareDecimals(a, b)).toBe(exact(a).comparedTo(exact(b)));
        expect(compareDecimals(a, rescale(a, 18, 'down'))).toBe(0);
      }),
    );
  });

  it('rescales to the named side', () => {
    fc.assert(
      fc.property(value, scale, side, (given, digits, to) => {
        const result = rescale(given, digits, to);
        expect(result.scale).toBe(digits);
        expect(exact(result).eq(exact(given).toDecimalPlaces(digits, REFERENCE_SIDE[to]))).toBe(true);
      }),
    );
  });

  it('divides to the named side', () => {
    fc.assert(
      fc.property(value, value, scale, side, (a, b, digits, to) => {
        fc.pre(b.units !== 0n);
        const result = divideDecimals(a, b, digits, to);
        const quotient = exact(a).div(exact(b));
        expect(result.scale).toBe(digits);
        expect(exact(result).eq(quotient.toDecimalPlaces(digits, REFERENCE_SIDE[to]))).toBe(true);
      }),
    );
  });

  it('divides integers with every sign of either side', () => {
    const small = fc.bigInt({ min: -40n, max: 40n });
    fc.assert(
      fc.property(small, small, side, (a, b, to) => {
        fc.pre(b !== 0n);
        const reference = new Exact(a.toString()).div(b.toString()).toDecimalPlaces(0, REFERENCE_SIDE[to]);
        expect(divide(a, b, to).toString()).toBe(reference.isZero() ? '0' : reference.toFixed(0));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses to divide by zero', () => {
    expect(() => divideDecimals(decimal('1'), decimal('0.00'), 2, 'down')).toThrow('divisor other than zero');
  });

  it('leaves exactness by the nearest float only', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(toNumberLossy(given)).toBe(Number(formatDecimal(given)));
      }),
    );
    expect(toNumberLossy(decimal('0.1'))).toBe(0.1);
  });
});
