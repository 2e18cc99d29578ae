import { covarianceMatrix, periodsOf, type ReturnTable } from '../covariance.ts';
import { cell, diagonal, type Matrix, matrix, requireSymmetric, symmetric } from '../numeric/matrix.ts';
import { mean } from '../numeric/moments.ts';
import { refuse } from '../numeric/refusal.ts';
import { at, sum, vector } from '../numeric/vector.ts';
import { tailOf } from '../value-at-risk.ts';
import type { Program, Row } from './convex-program.ts';

/**
 * What an allocation calls risk. Scenario measures take the returns as they happened, equally likely; drawdowns are of the
 * uncompounded sum of returns.
 */
export type RiskMeasure =
  | { readonly kind: 'variance'; readonly covariance: Matrix }
  | { readonly kind: 'meanAbsoluteDeviation' | 'semivariance' | 'maximumDrawdown'; readonly returns: ReturnTable }
  | {
      readonly kind: 'expectedShortfall' | 'drawdownAtRisk';
      readonly returns: ReturnTable;
      readonly level: number;
    };

/** A measure as a convex program over the weights and helpers behind them, without any constraint on the weights. */
export type RiskTerms = Pick<Program, 'quadratic' | 'linear'> & { readonly inequalities: readonly Row[] };

/** Weights do not depend on the unit of the returns, but a solver likes numbers near one: this is that unit. */
export function unitOf(measure: RiskMeasure): number {
  const variances = diagonal(measure.kind === 'variance' ? measure.covariance : covarianceMatrix(measure.returns));
  const unit = Math.sqrt(sum(variances) / variances.length);
  return unit > 0 ? unit : refuse({ code: 'ZERO_VARIANCE', what: 'returns' });
}

export const assetsOf = (measure: RiskMeasure): number =>
  measure.kind === 'variance' ? measure.covariance.length : measure.returns.length;

/** Throws AnalyticsRefusal on an asymmetric covariance or uneven returns. */
export function riskTerms(measure: RiskMeasure): RiskTerms {
  const unit = unitOf(measure);
  if (measure.kind === 'variance') {
    requireSymmetric(measure.covariance, 'covariance');
    const size = measure.covariance.length;
    const quadratic = symmetric(size, (i, j) => cell(measure.covariance, i, j) / unit ** 2);
    return { quadratic, linear: new Float64Array(size), inequalities: [] };
  }
  const scenarios = scenariosOf(measure.returns, unit);
  switch (measure.kind) {
    case 'meanAbsoluteDeviation':
    case 'semivariance':
      return deviationTerms(scenarios, measure.kind === 'semivariance');
    case 'expectedShortfall':
      return tailTerms(shortfallRows(scenarios), scenarios, tailOf(measure.level));
    case 'drawdownAtRisk':
      return tailTerms(drawdownTailRows(scenarios), scenarios, tailOf(measure.level));
    case 'maximumDrawdown':
      return maximumTerms(scenarios);
  }
}

type Scenarios = { readonly assets: number; readonly periods: number; readonly returns: Matrix };

/** Periods by assets. */
function scenariosOf(table: ReturnTable, unit: number): Scenarios {
  const periods = periodsOf(table);
  return {
    assets: table.length,
    periods,
    returns: matrix(periods, table.length, (t, i) => at(table[i] ?? [], t) / unit),
  };
}

type Terms = Row['terms'];

/** Minus the portfolio's return of a period. */
const loss = ({ returns }: Scenarios, t: number): Terms =>
  Array.from(returns[t] ?? [], (each, i) => [i, -each] as const);

const atLeastZero = (variable: number): Row => ({ terms: [[variable, -1]], bound: 0 });

const atMostZero = (terms: Terms): Row => ({ terms, bound: 0 });

const perPeriod = <T>({ periods }: Scenarios, of: (t: number) => readonly T[]): readonly T[] =>
  Array.from({ length: periods }, (_, t) => of(t)).flat();

/** A helper per period holds the shortfall under the mean; its mean is half of the absolute deviation. */
function deviationTerms(scenarios: Scenarios, squared: boolean): RiskTerms {
  const { assets, periods, returns } = scenarios;
  const means = vector(assets, (i) => mean(returns.map((each) => at(each, i))));
  const size = assets + periods;
  return {
    quadratic: squared ? symmetric(size, (i, j) => (i === j && i >= assets ? 1 / periods : 0)) : [],
    linear: vector(size, (i) => (i >= assets && !squared ? 2 / periods : 0)),
    inequalities: perPeriod(scenarios, (t) => [
      atMostZero([...loss(scenarios, t).map(([i, each]) => [i, each + at(means, i)] as const), [assets + t, -1]]),
      atLeastZero(assets + t),
    ]),
  };
}

/** Rockafellar and Uryasev 2000: threshold plus the mean excess over it, divided by the tail. */
function tailTerms(rows: readonly Row[], { assets, periods }: Scenarios, tail: number): RiskTerms {
  const size = 1 + rows.flatMap(({ terms }) => terms).reduce((most, [variable]) => Math.max(most, variable), 0);
  const excess = (variable: number): boolean => variable > assets && variable <= assets + periods;
  return {
    quadratic: [],
    linear: vector(size, (i) => (i === assets ? 1 : excess(i) ? 1 / (tail * periods) : 0)),
    inequalities: rows,
  };
}

/** Variables: weights, threshold, excess of each period. */
const shortfallRows = (scenarios: Scenarios): readonly Row[] =>
  perPeriod(scenarios, (t) => {
    const { assets } = scenarios;
    return [atMostZero([...loss(scenarios, t), [assets, -1], [assets + 1 + t, -1]]), atLeastZero(assets + 1 + t)];
  });

/** Behind those of the shortfall, a drawdown of each period. */
const drawdownTailRows = (scenarios: Scenarios): readonly Row[] => {
  const { assets, periods } = scenarios;
  const first = assets + 1 + periods;
  const excess = perPeriod(scenarios, (t) => [
    atMostZero([[first + t, 1], [assets, -1], [assets + 1 + t, -1]]), // prettier-ignore
    atLeastZero(assets + 1 + t),
  ]);
  return [...excess, ...drawdownRows(scenarios, first)];
};

/** Chekhlov, Uryasev and Zabarankin 2005: a drawdown is the last one plus the loss since, at least zero. */
const drawdownRows = (scenarios: Scenarios, first: number): readonly Row[] =>
  perPeriod(scenarios, (t) => {
    const before: Terms = t === 0 ? [] : [[first + t - 1, 1]];
    return [atMostZero([...loss(scenarios, t), ...before, [first + t, -1]]), atLeastZero(first + t)];
  });

function maximumTerms(scenarios: Scenarios): RiskTerms {
  const { assets, periods } = scenarios;
  const below = perPeriod(scenarios, (t) => [atMostZero([[assets + 1 + t, 1], [assets, -1]])]); // prettier-ignore
  return {
    quadratic: [],
    linear: vector(assets + 1 + periods, (i) => (i === assets ? 1 : 0)),
    inequalities: [...below, ...drawdownRows(scenarios, assets + 1)],
  };
}
