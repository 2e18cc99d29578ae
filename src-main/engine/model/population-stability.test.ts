import { describe, expect, it } from 'vitest';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { ascending, populationStability, quantile, sharesOf } from './population-stability.ts';

/** Expected numbers of this file: numpy 1.24.2 and scipy 1.10.1. */
const A = [
  0.61, 0.29, 0.06, 0.59, -1.73, -0.74, 0.51, -0.56, 0.39, 1.64, 0.05, -0.06, 0.64, -0.82, 0.37, 1.77, 1.09, -1.28,
  2.36, 1.31, 1.05, -0.32,
];
const B = [
  -1.06, -1.06, -2.47, 0.8, 1.85, -0.37, 1.25, 0.08, 0.54, -0.74, 0.09, 0.69, 1.12, -0.27, 1.98, -0.43, 2.02, 0.61,
  -0.09, 2.41,
];

/** Standard normal quantiles at (i - 0.5) / 100, i from 1 to 100. */
const NORMAL_QUANTILES = [
  -2.57582930355, -2.17009037758, -1.95996398454, -1.81191067295, -1.69539771027, -1.59819313992, -1.51410188762,
  -1.43953147094, -1.372203809, -1.31057911217, -1.25356543847, -1.20035885803, -1.15034938038, -1.1030625562,
  -1.05812161768, -1.01522203322, -0.974113877059, -0.934589291073, -0.896473364002, -0.859617364242, -0.823893630339,
  -0.789191652658, -0.75541502636, -0.722479051928, -0.690308823933, -0.658837692736, -0.628006014438, -0.597760126042,
  -0.568051498339, -0.538836030278, -0.510073456969, -0.481726849585, -0.45376219017, -0.426148007841, -0.398855065642,
  -0.371856089385, -0.34512553147, -0.318639363964, -0.292374896227, -0.266310613204, -0.240426031142, -0.214701568002,
  -0.189118426273, -0.163658486233, -0.138304207961, -0.113038540645, -0.0878448378959, -0.0627067779432,
  -0.0376082876613, -0.0125334695081, 0.0125334695081, 0.0376082876613, 0.0627067779432, 0.0878448378959,
  0.113038540645, 0.138304207961, 0.163658486233, 0.189118426273, 0.214701568002, 0.240426031142, 0.266310613204,
  0.292374896227, 0.318639363964, 0.34512553147, 0.371856089385, 0.398855065642, 0.426148007841, 0.45376219017,
  0.481726849585, 0.510073456969, 0.538836030278, 0.568051498339, 0.597760126042, 0.628006014438, 0.658837692736,
  0.690308823933, 0.722479051928, 0.75541502636, 0.789191652658, 0.823893630339, 0.859617364242, 0.896473364002,
  0.934589291073, 0.974113877059, 1.01522203322, 1.05812161768, 1.1030625562, 1.15034938038, 1.20035885803,
  1.25356543847, 1.31057911217, 1.372203809, 1.43953147094, 1.51410188762, 1.59819313992, 1.69539771027, 1.81191067295,
  1.95996398454, 2.17009037758, 2.57582930355,
];

describe('population stability index', () => {
  it.each([
    [new Array<number>(10).fill(0.1), [0.08, 0.09, 0.1, 0.11, 0.12, 0.1, 0.09, 0.11, 0.08, 0.12], 0.020232018233569602],
    [[0.05, 0.15, 0.3, 0.3, 0.15, 0.05], [0.12, 0.2, 0.28, 0.22, 0.12, 0.06], 0.11037668903877404],
    [[0.25, 0.25, 0.25, 0.25], [0.5, 0.3, 0.2, 0], 2.148789148658382],
  ])('of %j against %j is %d', (expected, actual, psi) => {
    expect(populationStability(expected, actual)).toBeCloseTo(psi, 14);
  });

  it('of a shifted normal sample over deciles', () => {
    const base = NORMAL_QUANTILES;
    const edges = Array.from({ length: 9 }, (_, bin) => quantile(ascending(base), (bin + 1) / 10));
    const shares = sharesOf(
      base.map((x) => 0.5 + 1.2 * x),
      edges,
    );
    expect(sharesOf(base, edges)).toEqual(new Array<number>(10).fill(0.1));
    expect(shares.map((share) => Math.round(share * 100))).toEqual([7, 6, 7, 7, 7, 8, 9, 10, 13, 26]);
    expect(populationStability(sharesOf(base, edges), shares)).toBeCloseTo(0.22950325354456452, 12);
  });

  it('is zero for equal shares and refuses unequal bins', () => {
    expect(populationStability([0.5, 0.5], [0.5, 0.5])).toBe(0);
    expect(() => populationStability([1], [0.5, 0.5])).toThrow('expected 1 shares, was 2');
  });
});

describe('Kolmogorov-Smirnov distance', () => {
  const scaled = B.map((x) => 1.8 * x + 0.9);
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  it.each([
    ['two samples', A, B, 0.15454545454545454],
    ['a shifted and stretched one', A, scaled, 0.45454545454545453],
    ['a shift of 4.5', ten, ten.map((x) => x + 4.5), 0.5],
    ['ties', [1, 1, 2, 2, 3, 3, 4], [2, 2, 3, 3, 4, 4, 5, 5], 0.35714285714285715],
    ['no difference', ten, ten, 0],
    ['nothing in common', [1, 2], [3, 4], 1],
  ])('of %s', (_name, a, b, d) => {
    expect(kolmogorovSmirnov(ascending(a), ascending(b))).toBeCloseTo(d, 14);
    expect(kolmogorovSmirnov(ascending(b), ascending(a))).toBeCloseTo(d, 14);
  });
});

describe('quantile', () => {
  it('interpolates between order statistics', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0)).toBe(1);
    expect(quantile([1, 2, 3, 4], 1)).toBe(4);
    expect(() => quantile([], 0.5)).toThrow('expected at least one value');
  });
});
