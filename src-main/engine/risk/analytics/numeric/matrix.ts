import { refuse, requireLength, requireSeries } from './refusal.ts';
import { at, dot, type Vector, vector } from './vector.ts';

/** Rows of equal length. */
export type Matrix = readonly Float64Array[];

const NO_ROW = new Float64Array();

/** Empty outside the matrix, so that a wrong index shows as NaN. */
export const row = (matrix: Matrix, index: number): Float64Array => matrix[index] ?? NO_ROW;

export const cell = (matrix: Matrix, i: number, j: number): number => at(row(matrix, i), j);

export const matrix = (rows: number, columns: number, value: (i: number, j: number) => number): Matrix =>
  Array.from({ length: rows }, (_, i) => vector(columns, (j) => value(i, j)));

/** Computes the lower triangle and mirrors it. */
export function symmetric(size: number, value: (i: number, j: number) => number): Matrix {
  const out = matrix(size, size, () => 0);
  out.forEach((lower, i) => {
    for (let j = 0; j <= i; j++) row(out, j)[i] = lower[j] = value(i, j);
  });
  return out;
}

export const diagonal = (square: Matrix): Float64Array => vector(square.length, (i) => cell(square, i, i));

export const times = (left: Matrix, right: Vector): Float64Array =>
  vector(left.length, (i) => dot(row(left, i), right));

/** x' M x. */
export const quadraticForm = (square: Matrix, x: Vector): number => dot(x, times(square, x));

/** A mix of two: (1 - share) * a + share * b. */
export const blend = (a: Matrix, b: Matrix, share: number): Matrix =>
  matrix(a.length, a.length, (i, j) => (1 - share) * cell(a, i, j) + share * cell(b, i, j));

/** Throws AnalyticsRefusal unless the matrix is square, finite and symmetric to rounding. */
export function requireSymmetric(square: Matrix, what: string): void {
  if (square.length === 0) refuse({ code: 'TOO_FEW_SAMPLES', what, samples: 0, atLeast: 1 });
  square.forEach((each, i) => {
    requireLength(each, square.length, what);
    requireSeries(each, 1, what);
    for (let j = 0; j < i; j++) {
      const [a, b] = [at(each, j), cell(square, j, i)];
      if (Math.abs(a - b) > 1e-9 * (Math.abs(a) + Math.abs(b))) refuse({ code: 'NOT_POSITIVE_DEFINITE', what });
    }
  });
}

/** A pivot this small beside its diagonal is rounding: the column depends on those before it. */
const DEPENDENT = 1e-13;
/** In place of such a pivot it keeps its variable where it is. */
const UNMOVED = 1e64;

/** Lower L with L L' = M. Throws AnalyticsRefusal unless the matrix is positive definite. */
export function cholesky(square: Matrix, what: string): Matrix {
  return factorize(square, () => refuse({ code: 'NOT_POSITIVE_DEFINITE', what }));
}

/** As `cholesky` for a matrix that is semidefinite by its making: what depends on the rest does not move. */
export const choleskySemidefinite = (square: Matrix): Matrix => factorize(square, () => UNMOVED);

function factorize(square: Matrix, dependent: () => number): Matrix {
  const lower = matrix(square.length, square.length, () => 0);
  lower.forEach((current, i) => {
    const given = row(square, i);
    for (let j = 0; j <= i; j++) {
      const other = row(lower, j);
      // Reads are plain here and below: this is where large problems spend their time.
      let rest = given[j] ?? NaN;
      for (let k = 0; k < j; k++) rest -= (current[k] ?? NaN) * (other[k] ?? NaN);
      if (i > j) current[j] = rest / (other[j] ?? NaN);
      else current[i] = rest > DEPENDENT * (given[i] ?? NaN) ? Math.sqrt(rest) : dependent();
    }
  });
  return lower;
}

/** x with L L' x = b. */
export function solveCholesky(lower: Matrix, b: Vector): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < x.length; i++) {
    const current = row(lower, i);
    let rest = x[i] ?? NaN;
    for (let k = 0; k < i; k++) rest -= (current[k] ?? NaN) * (x[k] ?? NaN);
    x[i] = rest / (current[i] ?? NaN);
  }
  for (let i = x.length - 1; i >= 0; i--) {
    const current = row(lower, i);
    const value = (x[i] = (x[i] ?? NaN) / (current[i] ?? NaN));
    for (let k = 0; k < i; k++) x[k] = (x[k] ?? NaN) - (current[k] ?? NaN) * value;
  }
  return x;
}
