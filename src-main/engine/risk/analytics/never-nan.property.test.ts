import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maximumRatio, minimumRisk, nearestWeights, LONG_ONLY, riskParity } from './allocation/allocate.ts';
import { hierarchicalRiskParity } from './allocation/hierarchical-risk-parity.ts';
import { modifiedVarByAsset, normalEsByAsset, normalVarByAsset } from './component-risk.ts';
import { correlationMatrix, covarianceMatrix, ewmaCovariance, rankCorrelation } from './covariance.ts';
import { ewmaVariance } from './ewma.ts';
import { attributeToFactors } from './factor-attribution.ts';
import { growthOptimalKelly, meanVarianceKelly, winLossKelly } from './kelly.ts';
import { modifiedRisk } from './modified-risk.ts';
import { moments, sampleShape } from './numeric/moments.ts';
import { attempt } from './numeric/refusal.ts';
import { alpha, beta, capture, informationRatio, rSquared } from './performance/benchmark-metrics.ts';
import { calmarRatio, maxDrawdown, recoveryFactor, ulcerIndex } from './performance/drawdowns.ts';
import {
  annualReturn,
  annualVolatility,
  gainToPain,
  omegaRatio,
  probabilisticSharpe,
  sharpeRatio,
  sortinoRatio,
  stability,
  tailRatio,
} from './performance/return-metrics.ts';
import { cpcIndex, expectancy, winLoss } from './performance/win-loss.ts';
import { principalComponents } from './principal-components.ts';
import { ledoitWolf, oracleApproximating } from './shrinkage.ts';
import { ledoitWolfConstantCorrelation, ledoitWolfSingleFactor } from './shrinkage-targets.ts';
import { historicalRisk } from './value-at-risk.ts';

type Values = readonly number[];

const OF_ONE: Readonly<Record<string, (x: Values) => unknown>> = {
  moments,
  sampleShape,
  historicalRisk: (x) => historicalRisk(x, 0.95),
  modifiedRisk: (x) => modifiedRisk(x, 0.99),
  ewmaVariance: (x) => ewmaVariance(x, 0.94),
  annualReturn: (x) => annualReturn(x, 252),
  annualVolatility: (x) => annualVolatility(x, 252),
  sharpeRatio: (x) => sharpeRatio(x, 252),
  sortinoRatio: (x) => sortinoRatio(x, 252),
  omegaRatio: (x) => omegaRatio(x),
  tailRatio,
  stability,
  gainToPain: (x) => gainToPain(x, 252),
  probabilisticSharpe,
  calmarRatio: (x) => calmarRatio(x, 252),
  maxDrawdown,
  recoveryFactor,
  ulcerIndex,
  winLoss,
  cpcIndex,
  expectancy,
  winLossKelly,
  meanVarianceKelly,
  growthOptimalKelly,
};

const OF_TWO: Readonly<Record<string, (x: Values, y: Values) => unknown>> = {
  beta,
  alpha: (x, y) => alpha(x, y, 252),
  rSquared,
  informationRatio,
  capture: (x, y) => capture(x, y, 'up', 252),
  attributeToFactors: (x, y) => attributeToFactors(x, { y }),
  covarianceMatrix: (x, y) => covarianceMatrix([x, y]),
  correlationMatrix: (x, y) => correlationMatrix([x, y]),
  rankCorrelation: (x, y) => rankCorrelation([x, y]),
  ewmaCovariance: (x, y) => ewmaCovariance([x, y], 0.9),
  ledoitWolf: (x, y) => ledoitWolf([x, y]),
  oracleApproximating: (x, y) => oracleApproximating([x, y]),
  ledoitWolfConstantCorrelation: (x, y) => ledoitWolfConstantCorrelation([x, y]),
  ledoitWolfSingleFactor: (x, y) => ledoitWolfSingleFactor([x, y]),
  normalVarByAsset: (x, y) => normalVarByAsset([x, y], [0.5, 0.5], 0.95),
  normalEsByAsset: (x, y) => normalEsByAsset([x, y], [0.5, 0.5], 0.95),
  modifiedVarByAsset: (x, y) => modifiedVarByAsset([x, y], [0.5, 0.5], 0.95),
  principalComponents: (x, y) => principalComponents([x, y], 'covariance'),
  hierarchicalRiskParity: (x, y) => hierarchicalRiskParity(covarianceMatrix([x, y])),
  minimumRisk: (x, y) => minimumRisk({ kind: 'variance', covariance: covarianceMatrix([x, y]) }),
  minimumShortfall: (x, y) => minimumRisk({ kind: 'expectedShortfall', returns: [x, y], level: 0.9 }),
  maximumRatio: (x, y) => maximumRatio({ kind: 'variance', covariance: covarianceMatrix([x, y]) }, [0.1, 0.2]),
  riskParity: (x, y) => riskParity({ kind: 'variance', covariance: covarianceMatrix([x, y]) }),
  nearestWeights: (x) => nearestWeights(x, LONG_ONLY),
};

/** Every number anywhere in a result. */
function numbers(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbers) : [];
}

function expectFiniteOrRefused(compute: () => unknown): void {
  const found = attempt(compute);
  if (found.ok) for (const each of numbers(found.value)) expect(Number.isFinite(each)).toBe(true);
}

// Plain returns, the edges of binary fractions, and what is no number, mixed.
const value = fc.oneof(
  fc.integer({ min: -999, max: 999 }).map((each) => each / 1000),
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, NaN, Infinity, 1e308, -1e308, 5e-324),
);
const plain = fc.oneof(
  fc.integer({ min: -999, max: 999 }).map((each) => each / 1000),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1e308, -1e308, 5e-324, 1e-200, 1e160),
);
const series = fc.oneof(fc.array(plain, { maxLength: 12 }), fc.array(value, { maxLength: 12 }));

describe('whatever is put in, a figure is finite or refused', () => {
  it.each(Object.keys(OF_ONE))('%s', (name) => {
    fc.assert(fc.property(series, (x) => { expectFiniteOrRefused(() => OF_ONE[name]!(x)); }), { numRuns: 300 }); // prettier-ignore
  });

  it.each(Object.keys(OF_TWO))('%s', (name) => {
    const pairs = fc.array(fc.tuple(plain, plain), { maxLength: 10 });
    fc.assert(
      fc.property(pairs, (both) => {
        expectFiniteOrRefused(() => OF_TWO[name]!(both.map(([x]) => x), both.map(([, y]) => y))); // prettier-ignore
      }),
      { numRuns: 200 },
    );
  });
});
