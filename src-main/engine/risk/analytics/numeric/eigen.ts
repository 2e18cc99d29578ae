import { cell, diagonal, type Matrix, matrix, requireSymmetric, row } from './matrix.ts';
import { refuse } from './refusal.ts';
import { at, sum } from './vector.ts';

/** Largest value first; vector k belongs to value k, has length one and its largest part positive. */
export type Eigen = { readonly values: Float64Array; readonly vectors: Matrix };

const SWEEPS = 60;

/**
 * All eigenvalues of a symmetric matrix by Jacobi's rotations 1846 (cyclic; Golub and Van Loan, section 8.5).
 * Throws AnalyticsRefusal unless the matrix is symmetric and finite.
 */
export function eigenSymmetric(square: Matrix): Eigen {
  requireSymmetric(square, 'matrix');
  const size = square.length;
  const a = matrix(size, size, (i, j) => cell(square, i, j));
  const rotations = matrix(size, size, (i, j) => (i === j ? 1 : 0));
  const total = sum(a.map((each) => each.reduce((all, value) => all + value * value, 0)));
  for (let sweep = 0; offDiagonal(a) > 1e-30 * total; sweep++) {
    if (sweep === SWEEPS) refuse({ code: 'NOT_CONVERGED', what: 'eigenvalues', steps: SWEEPS });
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, rotations, p, q);
  }
  const values = diagonal(a);
  const order = Array.from(values.keys()).sort((i, j) => at(values, j) - at(values, i));
  return {
    values: Float64Array.from(order, (i) => at(values, i)),
    vectors: order.map((i) => upright(Float64Array.from(rotations, (each) => at(each, i)))),
  };
}

const offDiagonal = (a: Matrix): number =>
  sum(a.map((each, i) => each.reduce((all, value, j) => all + (i === j ? 0 : value * value), 0)));

/** Zeroes a[p][q]. */
function rotate(a: Matrix, rotations: Matrix, p: number, q: number): void {
  const pivot = cell(a, p, q);
  if (pivot === 0) return;
  const theta = (cell(a, q, q) - cell(a, p, p)) / (2 * pivot);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const each of a) turn(each, p, q, cosine, sine);
  const [first, second] = [row(a, p), row(a, q)];
  for (let k = 0; k < first.length; k++) {
    const [x, y] = [at(first, k), at(second, k)];
    first[k] = cosine * x - sine * y;
    second[k] = sine * x + cosine * y;
  }
  for (const each of rotations) turn(each, p, q, cosine, sine);
}

function turn(values: Float64Array, p: number, q: number, cosine: number, sine: number): void {
  const [x, y] = [at(values, p), at(values, q)];
  values[p] = cosine * x - sine * y;
  values[q] = sine * x + cosine * y;
}

function upright(values: Float64Array): Float64Array {
  const largest = values.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
  return largest < 0 ? values.map((each) => -each) : values;
}
