import { z } from 'zod';
import { LONG_ONLY, maximumRatio, minimumRisk } from '../../engine/risk/analytics/allocation/allocate.ts';
import type { Linkage } from '../../engine/risk/analytics/allocation/clustering.ts';
import { hierarchicalRiskParity } from '../../engine/risk/analytics/allocation/hierarchical-risk-parity.ts';
import {
  modifiedVarByAsset,
  normalEsByAsset,
  normalVarByAsset,
  portfolioReturns,
} from '../../engine/risk/analytics/component-risk.ts';
import {
  correlationMatrix,
  correlationOf,
  covarianceMatrix,
  decayOfSpan,
  ewmaCovariance,
  rankCorrelation,
} from '../../engine/risk/analytics/covariance.ts';
import { ewmaVariance, ewmaVolatility } from '../../engine/risk/analytics/ewma.ts';
import { growthOptimalKelly, meanVarianceKelly, winLossKelly } from '../../engine/risk/analytics/kelly.ts';
import { modifiedRisk } from '../../engine/risk/analytics/modified-risk.ts';
import { simulateReturns } from '../../engine/risk/analytics/monte-carlo.ts';
import type { Matrix } from '../../engine/risk/analytics/numeric/matrix.ts';
import { deviation, mean, moments, variance } from '../../engine/risk/analytics/numeric/moments.ts';
import { winLoss } from '../../engine/risk/analytics/performance/win-loss.ts';
import { ledoitWolf, oracleApproximating, type Shrunk } from '../../engine/risk/analytics/shrinkage.ts';
import {
  ledoitWolfConstantCorrelation,
  ledoitWolfSingleFactor,
} from '../../engine/risk/analytics/shrinkage-targets.ts';
import { historicalRisk, normalRisk, type TailRisk } from '../../engine/risk/analytics/value-at-risk.ts';
import { compareFigures, type Figure, type Figures, toleranceSchema } from './figures.ts';
import { type Sources, simpleReturns } from './sources.ts';
import type { CaseResult, OracleDocument } from './suite.ts';

const caseSchema = z.object({
  id: z.string(),
  series: z.object({ file: z.string(), columns: z.array(z.string()), rows: z.tuple([z.number(), z.number()]) }),
  weights: z.array(z.number()),
  tolerance: toleranceSchema,
  expected: z.looseObject({
    ewma_vol: z.object({ lambda: z.number() }),
    ewma_cov_expcov: z.object({ source: z.string() }),
    min_variance: z.record(z.string(), z.unknown()),
  }),
});

type Portfolio = {
  readonly table: readonly (readonly number[])[];
  readonly weights: readonly number[];
  readonly returns: Float64Array;
};

/** Portfolio risk, covariances and allocations beside PerformanceAnalytics, scikit-learn, PyPortfolioOpt and others. */
export function riskSuite(document: OracleDocument, sources: Sources): readonly CaseResult[] {
  const { cases } = z.object({ cases: z.array(caseSchema) }).parse(document);
  return cases.flatMap(({ id, series, weights, tolerance, expected }) => {
    const file = sources.series(series.file);
    const table = series.columns.map((column) => simpleReturns(file.column(column).slice(...series.rows)));
    const portfolio = { table, weights, returns: portfolioReturns(table, weights) };
    const span = Number(/span=(\d+)/.exec(expected.ewma_cov_expcov.source)?.[1]);
    const figures = {
      ...tailFigures(portfolio),
      ...otherTailFigures(portfolio),
      ...simulatedFigures(portfolio),
      ...ewmaFigures(portfolio, expected.ewma_vol.lambda, span),
      ...covarianceFigures(portfolio),
      ...allocationFigures(portfolio, Object.keys(expected.min_variance)),
      ...kellyFigures(portfolio),
    };
    return compareFigures('risk', id, expected, tolerance, figures);
  });
}

const LEVELS = ['0.95', '0.99'];

/** Signs of R: positive is a loss. */
function tailFigures({ table, weights, returns }: Portfolio): Figures {
  const figures = LEVELS.flatMap((text): [string, () => unknown][] => {
    const level = Number(text);
    const normal = () => normalRisk(moments(returns), level);
    const modified = () => modifiedRisk(returns, level);
    const parts = { var_gauss: normalVarByAsset, es_gauss: normalEsByAsset, var_mod: modifiedVarByAsset };
    return [
      [`var_gauss_${text}`, () => normal().valueAtRisk],
      [`es_gauss_${text}`, () => normal().expectedShortfall],
      [`var_mod_${text}`, () => modified().valueAtRisk],
      [`es_mod_${text}`, () => modified().expectedShortfall],
      [`es_opermod_${text}`, () => modified().expectedShortfall],
      [`var_hist_${text}`, () => historicalRisk(returns, level).valueAtRisk],
      [`es_hist_${text}`, () => historicalRisk(returns, level).expectedShortfall],
      ...Object.entries(parts).flatMap(([name, byAsset]): [string, () => unknown][] => [
        [`component_${name}_total_${text}`, () => byAsset(table, weights, level).total],
        [`component_${name}_contrib_${text}`, () => Array.from(byAsset(table, weights, level).component)],
      ]),
    ];
  });
  return prefixed('portfolio_var_es', Object.fromEntries(figures));
}

const sampleMoments = ({ returns }: Portfolio) => ({ mean: mean(returns), deviation: deviation(returns, 1) });

/** Signs of these libraries: negative is a loss. */
function otherTailFigures(portfolio: Portfolio): Figures {
  const historical = (level: number): TailRisk => historicalRisk(portfolio.returns, level);
  const normal = (level: number): TailRisk => normalRisk(sampleMoments(portfolio), level);
  return prefixed('portfolio_var_other', {
    empyrical_var_hist_95: () => -historical(0.95).valueAtRisk,
    empyrical_var_hist_99: () => -historical(0.99).valueAtRisk,
    empyrical_cvar_95: () => -historical(0.95).expectedShortfall,
    empyrical_cvar_99: () => -historical(0.99).expectedShortfall,
    quantstats_var_normal_95: () => -normal(0.95).valueAtRisk,
    quantstats_var_normal_99: () => -normal(0.99).valueAtRisk,
  });
}

/** Draws of a simulation, and how far it may be off in deviations of the portfolio. */
const DRAWS = 100_000;
const SIMULATION_ERROR = { '95': 0.02, '99': 0.03 };

function simulatedFigures(portfolio: Portfolio): Figures {
  const { table, weights } = portfolio;
  const closed = (level: string): TailRisk => normalRisk(sampleMoments(portfolio), Number(`0.${level}`));
  let drawn: Float64Array | undefined;
  const simulated = (level: string): TailRisk => {
    drawn ??= simulateReturns({
      weights,
      means: table.map(mean),
      covariance: covarianceMatrix(table),
      draws: DRAWS,
      seed: 1,
    });
    return historicalRisk(drawn, Number(`0.${level}`));
  };
  const figures = Object.entries(SIMULATION_ERROR).flatMap(([level, error]): [string, Figure][] => {
    const tolerance = { abs: error * sampleMoments(portfolio).deviation, rel: 0 };
    return [
      [`var${level}_exact`, () => closed(level).valueAtRisk],
      [`es${level}_exact`, () => closed(level).expectedShortfall],
      [`var${level}_sampled`, { tolerance, of: () => simulated(level).valueAtRisk }],
      [`es${level}_sampled`, { tolerance, of: () => simulated(level).expectedShortfall }],
    ];
  });
  return prefixed('monte_carlo.expected', Object.fromEntries(figures));
}

/** Trading days in the annual figures of the references. */
const YEAR = 252;

function ewmaFigures({ table, returns }: Portfolio, decay: number, span: number): Figures {
  const last = (series: Float64Array): number => series.at(-1) ?? NaN;
  return {
    'ewma_vol.variance_last': () => last(ewmaVariance(returns, decay)),
    'ewma_vol.vol_last': () => last(ewmaVolatility(returns, decay)),
    'ewma_vol.vol_annual252_last': () => last(ewmaVolatility(returns, decay)) * Math.sqrt(YEAR),
    'ewma_vol.vol_series_every_10': () => Array.from(ewmaVolatility(returns, decay)).filter((_, i) => i % 10 === 0),
    'ewma_cov_expcov.matrix': () => rows(ewmaCovariance(table, decayOfSpan(span)), YEAR),
  };
}

const rows = (matrix: Matrix, factor = 1): readonly (readonly number[])[] =>
  matrix.map((row) => Array.from(row, (each) => each * factor));

function covarianceFigures({ table }: Portfolio): Figures {
  const shrunk: Readonly<Record<string, () => Shrunk>> = {
    ledoit_wolf_identity: () => ledoitWolf(table),
    oas: () => oracleApproximating(table),
    ledoit_wolf_constant_correlation: () => ledoitWolfConstantCorrelation(table),
    ledoit_wolf_single_factor: () => ledoitWolfSingleFactor(table),
  };
  return {
    'correlation_pearson.matrix': () => rows(correlationMatrix(table)),
    'correlation_spearman.matrix': () => rows(rankCorrelation(table)),
    'covariance_sample_ddof1.matrix': () => rows(covarianceMatrix(table)),
    'correlation_shrunk_ledoit_wolf_identity.matrix': () => rows(correlationOf(ledoitWolf(table).covariance)),
    ...Object.fromEntries(
      Object.entries(shrunk).flatMap(([name, of]): [string, () => unknown][] => [
        [`covariance_shrunk.${name}.shrinkage`, () => of().share],
        [`covariance_shrunk.${name}.matrix`, () => rows(of().covariance)],
      ]),
    ),
  };
}

const LINKAGES: readonly Linkage[] = ['single', 'average', 'ward'];

function allocationFigures({ table }: Portfolio, minimumVariance: readonly string[]): Figures {
  const measure = { kind: 'variance', covariance: covarianceMatrix(table) } as const;
  const limited = (name: string): (() => unknown) => {
    const highest = /^long_only_max_([\d.]+)$/.exec(name)?.[1];
    const limits =
      name === 'unconstrained'
        ? { lowest: -Infinity, highest: Infinity }
        : { lowest: 0, highest: highest === undefined ? 1 : Number(highest) };
    return () => Array.from(minimumRisk(measure, limits));
  };
  return {
    ...prefixed(
      'hrp.weights',
      Object.fromEntries(
        LINKAGES.map((each) => [each, () => Array.from(hierarchicalRiskParity(measure.covariance, each))]),
      ),
    ),
    ...prefixed('min_variance', Object.fromEntries(minimumVariance.map((name) => [name, limited(name)]))),
    'max_sharpe_long_only.weights': () => Array.from(maximumRatio(measure, table.map(mean), LONG_ONLY)),
  };
}

function kellyFigures({ returns }: Portfolio): Figures {
  return prefixed('kelly', {
    'win_loss.value': () => winLossKelly(returns),
    'win_loss.win_rate_nonzero': () => winLoss(returns).winRate,
    'win_loss.payoff': () => winLoss(returns).payoff,
    'mean_variance.mean_over_var_ddof1': () => meanVarianceKelly(returns),
    'mean_variance.mean_over_var_ddof0': () => mean(returns) / variance(returns, 0),
    'growth_optimal.value': () => growthOptimalKelly(returns),
  });
}

const prefixed = (section: string, figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, figure]) => [`${section}.${name}`, figure]));
