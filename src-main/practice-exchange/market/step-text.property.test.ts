import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, rescale } from '../../engine/domain/decimal.ts';
import { decimalStep, stepsOf, textOf } from './step-text.ts';

describe('texts and whole steps', () => {
  it('go there and back', () => {
    const steps = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 8 }), (count, digits) => {
        const step = { text: 'a step', digits };
        const text = textOf(count, step);
        expect(stepsOf(text, step)).toBe(count);
        expect(rescale(decimal(text), digits, 'down').units).toBe(BigInt(count));
      }),
    );
  });

  it.each([
    ['42283.58000000', '0.01', 4_228_358],
    ['42397', '0.01', 4_239_700],
    ['0.00001036', '0.00000001', 1036],
    ['12.0', '1', 12],
  ])('read %s in steps of %s as %i', (text, step, steps) => {
    expect(stepsOf(text, decimalStep(step))).toBe(steps);
  });

  it.each(['', '.', '.5', '5.', '1.2.3', '-1', '1e5', '0.011', '99999999999999999', ' 1', 'NaN'])(
    'refuse %j in steps of 0.01',
    (text) => {
      expect(() => stepsOf(text, decimalStep('0.01'))).toThrow(RangeError);
    },
  );

  it.each(['0.05', '2', '10', '0', '-0.1', 'x'])('refuse a step of %s', (text) => {
    expect(() => decimalStep(text)).toThrow('expected a step');
  });
});
