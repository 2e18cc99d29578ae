import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covarianceMatrix } from './covariance.ts';
import { attributeToFactors } from './factor-attribution.ts';
import { factorReturns } from './factor-returns.ts';
import { eigenSymmetric } from './numeric/eigen.ts';
import { cell, diagonal, type Matrix, times } from './numeric/matrix.ts';
import { mean } from './numeric/moments.ts';
import { dot, sum } from './numeric/vector.ts';
import { componentReturns, principalComponents } from './principal-components.ts';
import { correlatedReturns, refusalCode, returnTables } from './testing/return-tables.ts';

const of = (...rows: number[][]): Matrix => rows.map((row) => Float64Array.from(row));
const TABLE = correlatedReturns(21, 6, 40);
const SIZES = TABLE.map((series, i) => series.map((each) => 1000 * (i + 1) * (1 + Math.abs(each))));

describe('eigenvalues', () => {
  it('match numpy.linalg.eigh', () => {
    const { values, vectors } = eigenSymmetric(of([4, 1, 0.5], [1, 3, -1], [0.5, -1, 2]));
    const expected = [4.622905121644135, 3.317544438556552, 1.0595504397993136];
    expected.forEach((each, k) => expect(values[k]).toBeCloseTo(each, 12));
    const first = [0.836750211772703, 0.5454377265056805, -0.04844346811129821];
    first.forEach((each, i) => expect(cell(vectors, 0, i)).toBeCloseTo(each, 12));
  });

  it('solve the equation they are defined by, with vectors of length one', () => {
    fc.assert(
      fc.property(returnTables, (table) => {
        const covariance = covarianceMatrix(table);
        const { values, vectors } = eigenSymmetric(covariance);
        expect(sum(values)).toBeCloseTo(sum(diagonal(covariance)), 12);
        vectors.forEach((each, k) => {
          expect(dot(each, each)).toBeCloseTo(1, 12);
          times(covariance, each).forEach((value, i) => expect(value).toBeCloseTo(values[k]! * each[i]!, 12));
        });
      }),
    );
  });
});

describe('principal components', () => {
  it('explain everything together, and have uncorrelated returns', () => {
    fc.assert(
      fc.property(returnTables, (table) => {
        const found = principalComponents(table, 'covariance');
        expect(sum(found.shares)).toBeCloseTo(1, 12);
        expect([...found.shares].sort((a, b) => b - a)).toEqual([...found.shares]);
        const among = covarianceMatrix(componentReturns(table, found, table.length));
        const largest = cell(among, 0, 0);
        among.forEach((row, i) =>
          row.forEach((each, j) => i !== j && expect(Math.abs(each / largest)).toBeLessThan(1e-9)),
        );
      }),
    );
  });

  it('find one component where all move as one', () => {
    const one = [TABLE[0]!, TABLE[0]!.map((each) => 3 * each)];
    const found = principalComponents(one, 'correlation');
    expect(found.shares[0]).toBeCloseTo(1, 12);
    found.loadings[0]!.forEach((each) => expect(each).toBeCloseTo(Math.SQRT1_2, 12));
  });
});

describe('attribution to factors', () => {
  const market = [0.01, -0.02, 0.015, 0.03, -0.01, 0.02, -0.005];
  const other = [0.02, 0.01, -0.01, 0.005, -0.02, 0, 0.01];
  const returns = [0.012, -0.018, 0.02, 0.028, -0.02, 0.021, 0.001];

  it('matches numpy.linalg.lstsq', () => {
    const found = attributeToFactors(returns, { market, other });
    expect(found.alpha).toBeCloseTo(-5.9560327198361435e-5, 14);
    expect(found.factors.market.beta).toBeCloseTo(1.0246932515337437, 12);
    expect(found.factors.other.beta).toBeCloseTo(0.22861281526925709, 12);
    expect(found.residualShare).toBeCloseTo(0.05082462831522546, 12);
  });

  it('adds up to the mean return and the whole variance', () => {
    const factors = factorReturns({ returns: TABLE, sizes: SIZES, lookback: 8 });
    const book = TABLE[2]!.slice(8);
    const found = attributeToFactors(book, factors);
    const shares = Object.values(found.factors);
    expect(found.alpha + sum(shares.map((each) => each.meanReturn))).toBeCloseTo(mean(book), 12);
    expect(found.residualShare + sum(shares.map((each) => each.varianceShare))).toBeCloseTo(1, 12);
    expect(found.residualShare).toBeGreaterThan(0);
  });
});

describe('factor returns', () => {
  it('hold the top third against the bottom third', () => {
    const returns = [[0.1, 0.1, 0.05], [0, 0.01, 0.02], [-0.1, -0.2, -0.03]]; // prettier-ignore
    const sizes = [[9, 9, 9], [5, 5, 5], [1, 1, 1]]; // prettier-ignore
    const found = factorReturns({ returns, sizes, lookback: 2 });
    expect(found.market[0]).toBeCloseTo(0.04 / 3, 12);
    expect(found.momentum[0]).toBeCloseTo(0.08, 12);
    expect(found.volatility[0]).toBeCloseTo(-0.03 - 0.05, 12);
    expect(found.size[0]).toBeCloseTo(-0.03 - 0.05, 12);
  });

  it('know nothing of the period they are sorted for, nor of any after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 39 }), (changed) => {
        const later = (table: readonly Float64Array[]) =>
          table.map((series, i) => series.map((each, t) => (t > changed ? each * (i - 2.5) : each)));
        const before = factorReturns({ returns: TABLE, sizes: SIZES, lookback: 8 });
        const after = factorReturns({ returns: later(TABLE), sizes: later(SIZES), lookback: 8 });
        for (const name of ['market', 'momentum', 'volatility', 'size'] as const) {
          expect(after[name].slice(0, changed - 7)).toEqual(before[name].slice(0, changed - 7));
        }
        const own = SIZES.map((series, i) => series.map((each, t) => (t === changed ? (6 - i) * 1e6 : each)));
        const resized = factorReturns({ returns: TABLE, sizes: own, lookback: 8 });
        expect(resized.size[changed - 8]).toBe(before.size[changed - 8]);
      }),
    );
  });
});

describe('refusals', () => {
  it.each<[string, () => unknown, string]>([
    [
      'two assets',
      () => factorReturns({ returns: TABLE.slice(0, 2), sizes: SIZES.slice(0, 2), lookback: 8 }),
      'TOO_FEW_SAMPLES',
    ],
    [
      'sizes of another table',
      () => factorReturns({ returns: TABLE, sizes: SIZES.slice(1), lookback: 8 }),
      'LENGTHS_DIFFER',
    ],
    [
      'shorter sizes',
      () => factorReturns({ returns: TABLE, sizes: SIZES.map((each) => each.slice(1)), lookback: 8 }),
      'LENGTHS_DIFFER',
    ],
    [
      'a look-back over the history',
      () => factorReturns({ returns: TABLE, sizes: SIZES, lookback: 40 }),
      'OUT_OF_RANGE',
    ],
    ['a look-back of one', () => factorReturns({ returns: TABLE, sizes: SIZES, lookback: 1 }), 'OUT_OF_RANGE'],
    [
      'factors that depend on each other',
      () => attributeToFactors(TABLE[0]!, { a: TABLE[1]!, b: TABLE[1]! }),
      'NOT_POSITIVE_DEFINITE',
    ],
    ['flat returns', () => attributeToFactors(new Float64Array(9), { a: TABLE[1]!.slice(0, 9) }), 'ZERO_VARIANCE'],
    ['three periods for one factor', () => attributeToFactors([1, 2, 3], { a: [1, 3, 2] }), 'TOO_FEW_SAMPLES'],
    ['components of constants', () => principalComponents([[1, 1], [2, 2]], 'covariance'), 'OUT_OF_RANGE'], // prettier-ignore
    ['correlations of constants', () => principalComponents([[1, 1], [2, 2]], 'correlation'), 'ZERO_VARIANCE'], // prettier-ignore
    ['no component', () => componentReturns(TABLE, principalComponents(TABLE, 'covariance'), 0), 'OUT_OF_RANGE'],
    ['an asymmetric matrix', () => eigenSymmetric(of([1, 2], [3, 4])), 'NOT_POSITIVE_DEFINITE'],
  ])('%s', (_name, compute, code) => {
    expect(refusalCode(compute)).toBe(code);
  });
});
