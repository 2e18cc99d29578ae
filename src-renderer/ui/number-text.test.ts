import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  digitsOf,
  formatDecimal,
  formatNumber,
  formatRatio,
  formatSigned,
  formatSignedRatio,
  MINUS,
  multiplyDecimals,
  signOf,
  stepFormatter,
  stepsOf,
  stepText,
  subtractDecimals,
  sumDecimals,
} from './number-text.ts';

describe('formatDecimal', () => {
  it.each([
    ['1234567.5', 2, '1,234,567.50'],
    ['-0.005', 2, `${MINUS}0.01`],
    ['-0.004', 2, '0.00'],
    ['0.995', 2, '1.00'],
    ['999.999', 0, '1,000'],
    ['12', 3, '12.000'],
    ['0.00001064', 8, '0.00001064'],
  ])('%s with %s digits is %s', (text, digits, shown) => {
    expect(formatDecimal(text, digits)).toBe(shown);
  });

  it('keeps the digits of the text when none are asked for, without trailing zeros', () => {
    expect(formatDecimal('0.15000000')).toBe('0.15');
    expect(formatDecimal('50000.00')).toBe('50,000');
  });

  it('shows what is not a number as it came', () => {
    expect(formatDecimal('—', 2)).toBe('—');
    expect(signOf('—')).toBe(0);
  });

  it('uses U+2212 and never an ASCII hyphen', () => {
    expect(formatSigned('-12.5', 2)).toBe('\u221212.50');
    expect(formatSigned('12.5', 2)).toBe('+12.50');
    expect(formatSigned('0', 2)).toBe('0.00');
    expect(formatSigned('0.001', 2)).toBe('+0.00');
  });
});

describe('ratios and measured numbers', () => {
  it.each([
    [0.0031, '+0.31 %'],
    [-0.0098, `${MINUS}0.98 %`],
    [0, '0.00 %'],
    [-0.000001, '0.00 %'],
  ])('%s is %s', (ratio, shown) => expect(formatSignedRatio(ratio)).toBe(shown));

  it('groups large ones and writes the minus', () => {
    expect(formatRatio(12.5, 0)).toBe('1,250 %');
    expect(formatNumber(-2000.5, 1)).toBe(`${MINUS}2,000.5`);
  });
});

describe('steps', () => {
  it.each([
    ['0.01000000', 2],
    ['10', 0],
    ['0.00000001', 8],
    ['1.50', 1],
  ])('%s has %s digits', (step, digits) => expect(digitsOf(step)).toBe(digits));

  it('writes ticks of a book exactly, also beyond the safe integers', () => {
    expect(stepFormatter('0.01')(4_536_363)).toBe('45,363.63');
    expect(stepFormatter('0.05')(3)).toBe('0.15');
    expect(stepFormatter('5')(7)).toBe('35');
    expect(stepFormatter('3')(Number.MAX_SAFE_INTEGER)).toBe('27,021,597,764,222,973');
    expect(stepFormatter('0.01')(-5)).toBe(`${MINUS}0.05`);
  });

  it('reads back what it wrote', () => {
    const steps = fc.constantFrom('0.01', '0.00000001', '1', '0.5', '25', '0.0005');
    fc.assert(
      fc.property(steps, fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (step, count) => {
        expect(stepsOf(stepText(count, step), step)).toBe(count);
      }),
    );
  });
});

describe('exact arithmetic', () => {
  const decimal = fc
    .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 12 }))
    .map(([isNegative, units, digits]) => {
      const text = units.toString().padStart(digits + 1, '0');
      const plain = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
      return isNegative && units > 0n ? `-${plain}` : plain;
    });
  const same = (a: string, b: string): void => expect(signOf(subtractDecimals(a, b))).toBe(0);

  it('multiplies and sums by text', () => {
    expect(multiplyDecimals('45363.63', '0.1')).toBe('4536.363');
    expect(multiplyDecimals('-2', '3')).toBe('-6');
    expect(subtractDecimals('0.3', '0.1')).toBe('0.2');
    expect(sumDecimals([])).toBe('0');
  });

  it('subtracts what it added, and multiplies in any order', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        same(subtractDecimals(sumDecimals([a, b]), b), a);
        same(multiplyDecimals(a, b), multiplyDecimals(b, a));
        same(multiplyDecimals(a, '1'), a);
      }),
    );
  });
});
