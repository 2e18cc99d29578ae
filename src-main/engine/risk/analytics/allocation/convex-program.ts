import { cell, choleskySemidefinite, type Matrix, matrix, row, solveCholesky } from '../numeric/matrix.ts';
import { refuse } from '../numeric/refusal.ts';
import { at, dot, sum, type Vector, vector } from '../numeric/vector.ts';

/** Sum of coefficient times variable, beside a bound. */
export type Row = {
  readonly terms: readonly (readonly [variable: number, coefficient: number])[];
  readonly bound: number;
};

/** Minimize x'Qx / 2 + c'x - weight * (sum of ln x over the first `count`). */
export type Program = {
  /** Q over the first variables; the others have no quadratic part. Positive semidefinite. */
  readonly quadratic: Matrix;
  /** c; its length is the number of variables. */
  readonly linear: Vector;
  readonly logarithms: { readonly weight: number; readonly count: number };
  readonly equalities: readonly Row[];
  /** Each at most its bound. */
  readonly inequalities: readonly Row[];
};

const STEPS = 150;
/** Of constraints and gap, and of the slopes, whose rounding grows as the gap closes; the numbers are near one. */
const ACCURACY = 1e-10;
const SLOPE_ACCURACY = 1e-7;
/** Constraints still this far off after the last step contradict each other. */
const CONTRADICTION = 1e-6;
/** How near to the boundary a step may go, and how much of the gap each step aims to leave. */
const TO_BOUNDARY = 0.99;
const CENTERING = 0.15;

type Point = { x: Float64Array; slack: Float64Array; price: Float64Array; multiplier: Float64Array };
type Residuals = { dual: Float64Array; primal: Float64Array; equal: Float64Array; gap: number };

/**
 * A primal-dual interior-point method (Boyd and Vandenberghe 2004, section 11.7) with slacks, so that no feasible start is
 * needed. Dense: meant for some hundred variables. Throws AnalyticsRefusal when constraints contradict each other or the
 * numbers are too far apart to be solved.
 */
export function solveProgram(program: Program): Float64Array {
  const point = start(program);
  for (let step = 0; step < STEPS; step++) {
    const residuals = residualsOf(program, point);
    if (isSolved(residuals, point)) return point.x;
    move(program, point, residuals);
  }
  const { primal, equal } = residualsOf(program, point);
  if (!(Math.max(largest(primal), largest(equal)) < CONTRADICTION)) refuse({ code: 'INFEASIBLE', what: 'constraints' });
  return refuse({ code: 'NOT_CONVERGED', what: 'convex program', steps: STEPS });
}

function start({ linear, logarithms, equalities, inequalities }: Program): Point {
  const x = vector(linear.length, (i) => (i < logarithms.count ? 1 : 1 / linear.length));
  const slack = vector(inequalities.length, (i) => {
    const limit = inequalities[i];
    return limit === undefined ? NaN : Math.max(1, limit.bound - valueOf(limit, x));
  });
  return { x, slack, price: slack.map(() => 1), multiplier: new Float64Array(equalities.length) };
}

const valueOf = ({ terms }: Row, x: Vector): number =>
  terms.reduce((total, [variable, coefficient]) => total + coefficient * at(x, variable), 0);

function residualsOf(program: Program, { x, slack, price, multiplier }: Point): Residuals {
  const { quadratic, linear, logarithms, equalities, inequalities } = program;
  const dual = vector(x.length, (i) => {
    const slope = at(linear, i) + (i < quadratic.length ? dot(row(quadratic, i), x) : 0);
    return i < logarithms.count ? slope - logarithms.weight / at(x, i) : slope;
  });
  addRows(dual, inequalities, price);
  addRows(dual, equalities, multiplier);
  return {
    dual,
    primal: vector(slack.length, (i) => excess(inequalities, i, x) + at(slack, i)),
    equal: vector(equalities.length, (i) => excess(equalities, i, x)),
    gap: slack.length === 0 ? 0 : dot(slack, price) / slack.length,
  };
}

function excess(rows: readonly Row[], index: number, x: Vector): number {
  const limit = rows[index];
  return limit === undefined ? NaN : valueOf(limit, x) - limit.bound;
}

/** Adds the rows, each times its factor, to a vector over the variables. */
function addRows(target: Float64Array, rows: readonly Row[], factors: Vector): void {
  rows.forEach(({ terms }, i) => {
    for (const [variable, coefficient] of terms) target[variable] = at(target, variable) + coefficient * at(factors, i);
  });
}

const largest = (values: Float64Array): number => values.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

function isSolved({ dual, primal, equal, gap }: Residuals, { x }: Point): boolean {
  const scale = 1 + largest(x);
  return largest(dual) < SLOPE_ACCURACY && Math.max(largest(primal) / scale, largest(equal) / scale, gap) < ACCURACY;
}

function move(program: Program, point: Point, { dual, primal, equal, gap }: Residuals): void {
  const { inequalities, equalities } = program;
  const { slack, price } = point;
  const lower = choleskySemidefinite(newtonMatrix(program, point));
  // What is left of each complementarity, moved to the side of the variables.
  const pull = slack.map((each, i) => (CENTERING * gap - each * at(price, i) + at(price, i) * at(primal, i)) / each);
  const wanted = dual.map((each) => -each);
  addRows(
    wanted,
    inequalities,
    pull.map((each) => -each),
  );
  const { dx, dy } = solveWithEqualities(lower, equalities, wanted, equal);
  const ds = vector(slack.length, (i) => -at(primal, i) - rowTimes(inequalities, i, dx));
  const dz = vector(
    slack.length,
    (i) => (CENTERING * gap - at(slack, i) * at(price, i) - at(price, i) * at(ds, i)) / at(slack, i),
  );
  const logged = point.x.subarray(0, program.logarithms.count);
  const length = Math.min(1, room(slack, ds), room(price, dz), room(logged, dx));
  point.x = point.x.map((each, i) => each + length * at(dx, i));
  point.slack = slack.map((each, i) => each + length * at(ds, i));
  point.price = price.map((each, i) => each + length * at(dz, i));
  point.multiplier = point.multiplier.map((each, i) => each + length * at(dy, i));
}

function rowTimes(rows: readonly Row[], index: number, x: Vector): number {
  const limit = rows[index];
  return limit === undefined ? NaN : valueOf(limit, x);
}

/** Longest step that keeps the values positive. */
function room(values: Float64Array, change: Float64Array): number {
  return values.reduce(
    (least, each, i) => (at(change, i) < 0 ? Math.min(least, (-TO_BOUNDARY * each) / at(change, i)) : least),
    Infinity,
  );
}

/** Keeps the factorization alive where a variable has no curvature of its own. */
const RIDGE = 1e-12;

function newtonMatrix({ quadratic, logarithms, inequalities }: Program, { x, slack, price }: Point): Matrix {
  const out = matrix(x.length, x.length, (i, j) =>
    i < quadratic.length && j < quadratic.length ? cell(quadratic, i, j) : 0,
  );
  inequalities.forEach(({ terms }, i) => {
    const weight = at(price, i) / at(slack, i);
    for (const [a, first] of terms) {
      const target = row(out, a);
      for (const [b, second] of terms) target[b] = at(target, b) + weight * first * second;
    }
  });
  out.forEach((target, i) => {
    const curvature = i < logarithms.count ? logarithms.weight / at(x, i) ** 2 : 0;
    target[i] = (at(target, i) + curvature) * (1 + RIDGE) + RIDGE;
  });
  return out;
}

/** dx and the change of the multipliers, by the Schur complement of the equalities. */
function solveWithEqualities(lower: Matrix, equalities: readonly Row[], wanted: Float64Array, equal: Float64Array) {
  const free = solveCholesky(lower, wanted);
  if (equalities.length === 0) return { dx: free, dy: new Float64Array() };
  const columns = equalities.map(({ terms }) => {
    const dense = new Float64Array(wanted.length);
    for (const [variable, coefficient] of terms) dense[variable] = coefficient;
    return solveCholesky(lower, dense);
  });
  const schur = matrix(columns.length, columns.length, (i, j) => rowTimes(equalities, i, columns[j] ?? []));
  const missing = vector(columns.length, (i) => rowTimes(equalities, i, free) + at(equal, i));
  const dy = solveCholesky(choleskySemidefinite(schur), missing);
  const dx = free.map((each, i) => each - sum(columns.map((column, k) => at(column, i) * at(dy, k))));
  return { dx, dy };
}
