import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareDecimals, decimal, formatDecimal } from '../../engine/domain/decimal.ts';
import { plainDecimal } from './plain-decimal.ts';

it('writes any spelling of the same number as the same exact text', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 10n ** 15n),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: -8, max: 8 }),
      (units, scale, shift) => {
        const text = formatDecimal({ units, scale });
        const moved = shift >= 0 ? { units, scale: scale + shift } : { units: units * 10n ** BigInt(-shift), scale };
        const spelled = `${formatDecimal(moved)}e${shift}`;
        const plain = plainDecimal(spelled);
        expect(plain).toBe(plainDecimal(text));
        expect(compareDecimals(decimal(plain ?? ''), decimal(text))).toBe(0);
      },
    ),
  );
});

it.each([
  ['1e-8', '0.00000001'],
  [1e-7, '0.0000001'],
  ['1.50', '1.5'],
  ['100', '100'],
  ['1.25E3', '1250'],
  ['12.5e1', '125'],
  ['-1e-2', '-0.01'],
  [0.1, '0.1'],
  ['', undefined],
  ['NaN', undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [undefined, undefined],
  ['1e-19', undefined],
])('reads %j as %s', (value, text) => {
  expect(plainDecimal(value)).toBe(text);
});
