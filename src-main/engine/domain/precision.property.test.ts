import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decimal, decimal, formatDecimal } from './decimal.ts';
import {
  decimalFromFloat,
  divideTowardZero,
  parseScientific,
  plainText,
  type PrecisionSide,
  remainderDecimals,
  roundToPrecision,
} from './precision.ts';

const Exact = Reference.clone({ precision: 700, toExpNeg: -9e15, toExpPos: 9e15, modulo: Reference.ROUND_DOWN });
const REFERENCE_SIDE: Readonly<Record<PrecisionSide, Reference.Rounding>> = {
  towardZero: Reference.ROUND_DOWN,
  halfAwayFromZero: Reference.ROUND_HALF_UP,
  awayFromZero: Reference.ROUND_UP,
};
const side = fc.constantFrom<PrecisionSide>('towardZero', 'halfAwayFromZero', 'awayFromZero');
const value = fc.record({
  units: fc.oneof(fc.bigInt({ min: -300n, max: 300n }), fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n })),
  scale: fc.integer({ min: 0, max: 18 }),
});
const exact = (given: Decimal): Reference => new Exact(formatDecimal(given));

describe('a venue precision against decimal.js', () => {
  it('rounds to decimal places, negative ones too', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: -6, max: 18 }), side, (given, places, to) => {
        const step = new Exact(10).pow(-places);
        const expected = exact(given).div(step).toDecimalPlaces(0, REFERENCE_SIDE[to]).times(step);
        expect(exact(roundToPrecision(given, { by: 'decimalPlaces', places }, to)).eq(expected)).toBe(true);
      }),
    );
  });

  it('rounds to significant digits', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 20 }), side, (given, digits, to) => {
        const rounded = roundToPrecision(given, { by: 'significantDigits', digits }, to);
        expect(exact(rounded).eq(exact(given).toSignificantDigits(digits, REFERENCE_SIDE[to]))).toBe(true);
      }),
    );
  });

  it('counts digits again when rounding adds one', () => {
    const rounded = roundToPrecision(decimal('0.00098765'), { by: 'significantDigits', digits: 1 }, 'halfAwayFromZero');
    expect(formatDecimal(rounded)).toBe('0.001');
  });

  it('rounds to ticks and refuses a tick that is not above zero', () => {
    fc.assert(
      fc.property(value, fc.bigInt({ min: 1n, max: 500n }), fc.nat(18), side, (given, units, scale, to) => {
        const tick = { units, scale };
        const expected = exact(given).div(exact(tick)).toDecimalPlaces(0, REFERENCE_SIDE[to]).times(exact(tick));
        expect(exact(roundToPrecision(given, { by: 'tick', tick }, to)).eq(expected)).toBe(true);
      }),
    );
    expect(() => roundToPrecision(decimal('1'), { by: 'tick', tick: decimal('0') }, 'towardZero')).toThrow(
      'expected a tick above zero, was 0',
    );
  });

  it('divides and leaves a remainder towards zero', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        fc.pre(b.units !== 0n);
        const expected = exact(a).div(exact(b)).toDecimalPlaces(18, Reference.ROUND_DOWN);
        expect(exact(divideTowardZero(a, b, 18)).eq(expected)).toBe(true);
        expect(exact(remainderDecimals(a, b)).eq(exact(a).mod(exact(b)))).toBe(true);
      }),
    );
  });
});

describe('number text', () => {
  it('reads floats as libraries write them, exactly', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (given) => {
        const read = decimalFromFloat(given);
        expect(read.ok && exact(read.value).eq(new Exact(String(given)))).toBe(true);
        expect(read.ok && Number(plainText(read.value))).toBe(given === 0 ? 0 : given);
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('denies the float %d', (given) => {
    expect(decimalFromFloat(given)).toEqual({ ok: false, error: `expected number text, was "${given}"` });
  });

  it.each(['', '.', '-', 'e5', '1e', '1e1000', '0x1', '1 ', '1_0'])('denies %j', (text) => {
    expect(parseScientific(text).ok).toBe(false);
  });

  it('writes no exponent and no trailing zeros', () => {
    expect(plainText(decimal('100.00'))).toBe('100');
    expect(plainText(decimal('0.500'))).toBe('0.5');
    expect(plainText(decimal('700'))).toBe('700');
  });
});
