import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../domain/decimal.ts';
import { BookIntegrityError, significantFraction, stepSize, stepsOf, stepsText } from './steps.ts';

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const scales = fc.integer({ min: 0, max: 9 });
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const texts = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.integer({ min: 0, max: 10 }))
  .chain(([whole, fraction]) => digits(fraction).map((tail) => (fraction === 0 ? `${whole}` : `${whole}.${tail}`)));

describe('stepsOf', () => {
  it('agrees with BigInt arithmetic or refuses, never in between', () => {
    fc.assert(
      fc.property(texts, scales, fc.integer({ min: 1, max: 50 }), (text, scale, units) => {
        const exact = decimal(text);
        const numerator = exact.units * 10n ** BigInt(scale);
        const denominator = 10n ** BigInt(exact.scale);
        const scaled = numerator / denominator;
        const allowed = numerator % denominator === 0n && scaled % BigInt(units) === 0n && scaled <= SAFE;
        if (allowed) expect(BigInt(stepsOf(text, { units, scale }))).toBe(scaled / BigInt(units));
        else expect(() => stepsOf(text, { units, scale })).toThrow(BookIntegrityError);
      }),
    );
  });

  it('returns to the same steps through its text', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), scales, fc.constantFrom(1, 5, 25), (value, scale, units) => {
        const step = { units, scale };
        const steps = Math.floor(value / units);
        expect(stepsOf(stepsText(steps, step), step)).toBe(steps);
      }),
    );
  });

  it('never accepts text that is not a plain unsigned decimal', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        fc.pre(!/^\d+(\.\d+)?$/.test(text));
        expect(() => stepsOf(text, { units: 1, scale: 8 })).toThrow(BookIntegrityError);
      }),
    );
  });
});

describe('the texts a venue may send by mistake', () => {
  const tick = stepSize('0.01');
  it.each([
    ['', 'expected a plain unsigned decimal, was ""'],
    ['-1.00', 'expected a plain unsigned decimal, was "-1.00"'],
    ['NaN', 'expected a plain unsigned decimal, was "NaN"'],
    ['1e5', 'expected a plain unsigned decimal, was "1e5"'],
    ['1.', 'expected a plain unsigned decimal, was "1."'],
    ['.5', 'expected a plain unsigned decimal, was ".5"'],
    ['1.2.3', 'expected a plain unsigned decimal, was "1.2.3"'],
    ['1.005', 'expected at most 2 fraction digits, was "1.005"'],
    ['90071992547409.92', 'expected less than 2^53 steps of 10^-2, was "90071992547409.92"'],
  ])('refuses %j', (text, message) => expect(() => stepsOf(text, tick)).toThrow(message));

  it('names a price off its tick', () => {
    expect(() => stepsOf('10.30', stepSize('0.50'))).toThrow('expected a multiple of 0.5, was "10.30"');
    expect(stepsOf('10.50', stepSize('0.50'))).toBe(21);
  });

  it('reads step sizes with any number of trailing zeros', () => {
    expect(stepSize('0.01000000')).toEqual({ units: 1, scale: 2 });
    expect(stepSize('1.00000000')).toEqual({ units: 1, scale: 0 });
    expect(stepSize('25')).toEqual({ units: 25, scale: 0 });
    expect(() => stepSize('0.000')).toThrow('expected a step above zero');
    expect(significantFraction('61737.63000000')).toBe(2);
    expect(significantFraction('5.00')).toBe(0);
  });
});
