import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centered, covariance, deviation, mean, moments, sampleShape, variance } from './moments.ts';
import { normalCdf, normalDensity, normalQuantile } from './normal-distribution.ts';
import { attempt, finite, type Refusal, refuse, requireRange } from './refusal.ts';

const refusalOf = (compute: () => unknown): Refusal | undefined => {
  const result = attempt(compute);
  return result.ok ? undefined : result.error;
};

describe('normal distribution', () => {
  // scipy.stats.norm.ppf
  it.each([
    [1e-20, -9.262340089798409],
    [1e-8, -5.612001244174789],
    [0.0013, -3.0114537584997843],
    [0.05, -1.6448536269514729],
    [0.3, -0.5244005127080409],
    [0.99, 2.3263478740408408],
    [0.9999, 3.719016485455709],
  ])('has the quantile of %d', (p, expected) => {
    expect(Math.abs(normalQuantile(p) / expected - 1)).toBeLessThan(1e-12);
  });

  it('inverts its distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-9, noNaN: true }), (p) => {
        expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-10);
      }),
    );
  });

  it('is flat far out and refuses what is no probability', () => {
    expect([normalCdf(50), normalCdf(-50), normalDensity(0)]).toEqual([1, 0, 1 / Math.sqrt(2 * Math.PI)]);
    for (const p of [0, 1, -1, NaN]) expect(refusalOf(() => normalQuantile(p))).toMatchObject({ code: 'OUT_OF_RANGE' });
  });
});

describe('moments', () => {
  it('match a small sample worked by hand', () => {
    const values = [1, 2, 3, 6];
    expect(mean(values)).toBe(3);
    expect(Array.from(centered(values))).toEqual([-2, -1, 0, 3]);
    expect([variance(values, 0), variance(values, 1)]).toEqual([3.5, 14 / 3]);
    expect(covariance(values, [0, 0, 0, 4])).toBe(4);
    // Third moment 18/4, fourth 98/4; scipy.stats.skew and kurtosis with bias=False give 1.1903401282789947 and 1.5.
    expect(moments(values).skewness).toBeCloseTo(4.5 / 3.5 ** 1.5, 14);
    expect(moments(values).excessKurtosis).toBeCloseTo(24.5 / 12.25 - 3, 14);
    expect(sampleShape(values).skewness).toBeCloseTo((4.5 / 3.5 ** 1.5) * (Math.sqrt(12) / 2), 14);
    expect(sampleShape(values).excessKurtosis).toBeCloseTo((3 / 2) * (5 * -1 + 6), 13);
  });

  it.each<[string, () => unknown, Partial<Refusal>]>([
    ['an empty series', () => mean([]), { code: 'TOO_FEW_SAMPLES' }],
    ['one value', () => variance([1], 1), { code: 'TOO_FEW_SAMPLES' }],
    ['three values for a shape', () => sampleShape([1, 2, 4]), { code: 'TOO_FEW_SAMPLES' }],
    ['a NaN', () => mean([1, NaN]), { code: 'NOT_FINITE' }],
    ['an infinity', () => variance([1, Infinity], 1), { code: 'NOT_FINITE' }],
    ['equal values', () => deviation([0.1, 0.1, 0.1], 1), { code: 'ZERO_VARIANCE' }],
    ['zeros', () => moments([0, 0, 0]), { code: 'ZERO_VARIANCE' }],
    ['different lengths', () => covariance([1, 2], [1]), { code: 'LENGTHS_DIFFER' }],
    ['an overflow', () => finite(Infinity, 'figure'), { code: 'NOT_FINITE', what: 'figure' }],
    ['NaN for a number in a range', () => requireRange(NaN, 0, 1, 'share'), { code: 'OUT_OF_RANGE' }],
  ])('are refused for %s', (_name, compute, expected) => {
    expect(refusalOf(compute)).toMatchObject(expected);
  });

  it('never hides an error that is no refusal', () => {
    expect(() => attempt(() => { throw new RangeError('ours'); })).toThrow('ours'); // prettier-ignore
    expect(() => refuse({ code: 'UNDEFINED', what: 'x' })).toThrow('UNDEFINED: ');
    expect(attempt(() => 1)).toEqual({ ok: true, value: 1 });
  });
});
