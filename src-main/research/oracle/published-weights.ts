import { z } from 'zod';
import { maximumRatio, minimumRisk, riskParity } from '../../engine/risk/analytics/allocation/allocate.ts';
import type { RiskMeasure } from '../../engine/risk/analytics/allocation/risk-measures.ts';
import { covarianceMatrix, type ReturnTable } from '../../engine/risk/analytics/covariance.ts';
import { mean } from '../../engine/risk/analytics/numeric/moments.ts';
import { compareFigures, type Figures, toleranceSchema } from './figures.ts';
import { type Sources, simpleReturns } from './sources.ts';
import type { CaseResult, OracleDocument } from './suite.ts';

const documentSchema = z.object({
  series: z.object({ file: z.string(), columns: z.array(z.string()), returns: z.string() }),
  tolerance: toleranceSchema,
  tables: z.record(z.string(), z.object({ weights: z.record(z.string(), z.unknown()) })),
});

/** Level of the tail measures in the reference: alpha 0.05. */
const LEVEL = 0.95;

const MEASURES: Readonly<Record<string, (returns: ReturnTable) => RiskMeasure>> = {
  MV: (returns) => ({ kind: 'variance', covariance: covarianceMatrix(returns) }),
  MAD: (returns) => ({ kind: 'meanAbsoluteDeviation', returns }),
  MSV: (returns) => ({ kind: 'semivariance', returns }),
  CVaR: (returns) => ({ kind: 'expectedShortfall', returns, level: LEVEL }),
  CDaR: (returns) => ({ kind: 'drawdownAtRisk', returns, level: LEVEL }),
  MDD: (returns) => ({ kind: 'maximumDrawdown', returns }),
};

const GOALS: Readonly<Record<string, (measure: RiskMeasure, returns: ReturnTable) => Float64Array>> = {
  Classic_MinRisk: (measure) => minimumRisk(measure),
  Classic_Sharpe: (measure, returns) => maximumRatio(measure, returns.map(mean)),
  Classic_RP: (measure) => riskParity(measure),
};

/** Weights that Riskfolio-Lib's own tests assert. */
export function publishedWeightsSuite(document: OracleDocument, sources: Sources): readonly CaseResult[] {
  const { series, tolerance, tables } = documentSchema.parse(document);
  const last = Number(/last (\d+)/.exec(series.returns)?.[1]);
  const file = sources.series(series.file);
  const returns = series.columns.map((column) => simpleReturns(file.column(column)).slice(-last));
  return Object.entries(tables).flatMap(([goal, { weights }]) =>
    compareFigures(document.kind, goal, weights, tolerance, weightFigures(goal, returns)),
  );
}

function weightFigures(goal: string, returns: ReturnTable): Figures {
  const weigh = GOALS[goal];
  if (weigh === undefined) return {};
  return Object.fromEntries(
    Object.entries(MEASURES).map(([name, measure]) => [name, () => Array.from(weigh(measure(returns), returns))]),
  );
}
