import { symmetric } from '../numeric/matrix.ts';
import { refuse, requireLength, requireRange, requireSeries } from '../numeric/refusal.ts';
import { at, sum, type Vector, vector } from '../numeric/vector.ts';
import { type Row, solveProgram } from './convex-program.ts';
import { assetsOf, type RiskMeasure, type RiskTerms, riskTerms, unitOf } from './risk-measures.ts';

/** Bounds of every weight, and how far the weights may move: the sum of |new - old|, 2 for a whole exchange. */
export type WeightLimits = {
  readonly lowest: number;
  readonly highest: number;
  readonly turnover?: { readonly from: Vector; readonly most: number };
};

export const LONG_ONLY: WeightLimits = { lowest: 0, highest: 1 };

/** Weights that sum to one. Throws AnalyticsRefusal when no weights meet the limits. */
export function minimumRisk(measure: RiskMeasure, limits: WeightLimits = LONG_ONLY): Float64Array {
  return solveWithin(
    riskTerms(measure),
    limits,
    vector(assetsOf(measure), () => 1),
  );
}

/**
 * Weights with the largest mean over risk: for the variance that is the largest Sharpe ratio. `excessMeans` are the mean
 * returns over the risk-free rate. Throws AnalyticsRefusal when none is positive or no weights meet the limits.
 */
export function maximumRatio(
  measure: RiskMeasure,
  excessMeans: Vector,
  limits: WeightLimits = LONG_ONLY,
): Float64Array {
  requireLength(excessMeans, assetsOf(measure), 'means');
  requireSeries(excessMeans, 1, 'means');
  if (Math.max(...Array.from(excessMeans)) <= 0) refuse({ code: 'INFEASIBLE', what: 'no positive excess mean' });
  const unit = unitOf(measure);
  // Charnes and Cooper 1962: the weights are scaled so that the excess mean is one, and risk alone is left.
  return solveWithin(
    riskTerms(measure),
    limits,
    vector(excessMeans.length, (i) => at(excessMeans, i) / unit),
  );
}

/**
 * Long weights to whose risk each asset contributes in proportion to its budget (Spinu 2013): the logarithms keep each weight positive.
 * Throws AnalyticsRefusal when the measure does not grow with the weights.
 */
export function riskParity(measure: RiskMeasure): Float64Array {
  const terms = riskTerms(measure);
  const count = assetsOf(measure);
  const found = solveProgram({ ...terms, logarithms: { weight: 1 / count, count }, equalities: [] });
  return normalized(found, count);
}

/**
 * The weights nearest to a target that meet the limits, for allocations that know no limits of their own. The target is
 * scaled to sum to one. Throws AnalyticsRefusal when it sums to nothing or no weights meet the limits.
 */
export function nearestWeights(target: Vector, limits: WeightLimits): Float64Array {
  requireSeries(target, 1, 'target weights');
  const total = sum(target);
  if (!(total > 0)) refuse({ code: 'INFEASIBLE', what: 'target weights' });
  const count = target.length;
  const terms = {
    quadratic: symmetric(count, (i, j) => (i === j ? 1 : 0)),
    linear: vector(count, (i) => -at(target, i) / total),
    inequalities: [],
  };
  return solveWithin(
    terms,
    limits,
    vector(count, () => 1),
  );
}

/** Scaled weights y with k = sum(y): every limit is written for y and k, and holds for the weights y / k. */
function solveWithin(objective: RiskTerms, limits: WeightLimits, scale: Vector): Float64Array {
  const count = scale.length;
  const terms = withTurnover(objective, limits, count);
  const inequalities = [...terms.inequalities, ...limitRows(limits, count)];
  const fixed: Row = { terms: Array.from(scale, (each, i) => [i, each] as const), bound: 1 };
  const found = solveProgram({ ...terms, logarithms: { weight: 0, count: 0 }, equalities: [fixed], inequalities });
  return normalized(found, count);
}

function normalized(found: Float64Array, count: number): Float64Array {
  const weights = found.slice(0, count);
  const total = sum(weights);
  if (!(total > 0)) refuse({ code: 'INFEASIBLE', what: 'weights' });
  return weights.map((each) => each / total);
}

/** sign * y[asset] - share * k <= 0. */
const shareRow = (count: number, asset: number, sign: number, share: number): Row => ({
  terms: Array.from({ length: count }, (_, i) => [i, (i === asset ? sign : 0) - share] as const),
  bound: 0,
});

function limitRows({ lowest, highest }: WeightLimits, count: number): readonly Row[] {
  requireRange(lowest, -Infinity, 1 / count, 'lowest weight');
  requireRange(highest, 1 / count, Infinity, 'highest weight');
  return Array.from({ length: count }, (_, asset) => [
    ...(lowest === 0 ? [{ terms: [[asset, -1] as const], bound: 0 }] : []),
    ...(lowest !== 0 && lowest > -Infinity ? [shareRow(count, asset, -1, -lowest)] : []),
    // Long weights that sum to one are never over one.
    ...(highest < (lowest === 0 ? 1 : Infinity) ? [shareRow(count, asset, 1, highest)] : []),
  ]).flat();
}

/** A helper for the distance each weight moves, at most `most` together. */
function withTurnover(terms: RiskTerms, { turnover }: WeightLimits, count: number): RiskTerms {
  if (turnover === undefined) return terms;
  const { from, most } = turnover;
  requireLength(from, count, 'weights before');
  requireSeries(from, 1, 'weights before');
  requireRange(most, 0, Number.MAX_VALUE, 'turnover');
  const first = terms.linear.length;
  const moved = (asset: number, sign: number): Row => {
    const { terms: share, bound } = shareRow(count, asset, sign, sign * at(from, asset));
    return { terms: [...share, [first + asset, -1]], bound };
  };
  const together: Row = {
    terms: Array.from({ length: count }, (_, i) => [[i, -most] as const, [first + i, 1] as const]).flat(),
    bound: 0,
  };
  return {
    quadratic: terms.quadratic,
    linear: vector(first + count, (i) => (i < first ? at(terms.linear, i) : 0)),
    inequalities: [...terms.inequalities, ...bothWays(count, moved), together],
  };
}

const bothWays = (count: number, moved: (asset: number, sign: number) => Row): readonly Row[] =>
  Array.from({ length: count }, (_, asset) => [moved(asset, 1), moved(asset, -1)]).flat();
