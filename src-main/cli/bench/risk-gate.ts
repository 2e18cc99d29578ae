import { instrumentId } from '../../engine/domain/identifiers.ts';
import { ensure } from '../../engine/domain/result.ts';
import { covarianceMatrix } from '../../engine/risk/analytics/covariance.ts';
import { quadraticForm } from '../../engine/risk/analytics/numeric/matrix.ts';
import { normalDraws } from '../../engine/risk/analytics/numeric/normal-draws.ts';
import { PortfolioVar } from '../../engine/risk/analytics/portfolio-var.ts';
import { report } from '../command.ts';
import { integerOption, parseOptions, refusePositionals } from '../options.ts';
import type { Benchmark } from './benchmark.ts';
import { medianSpread, type Spread, spreadOf } from './percentiles.ts';

/** Of one question, in microseconds, with all positions open. */
const BUDGET_US = 200;
const WARM_UP = 200;
const LEVEL = 0.99;

const OPTIONS = {
  rounds: { type: 'string', default: '3' },
  samples: { type: 'string', default: '10000' },
  positions: { type: 'string', default: '200' },
  json: { type: 'boolean', default: false },
} as const;

export type RiskGateFigures = {
  readonly bench: 'risk-gate';
  readonly positions: number;
  readonly rounds: number;
  readonly samplesPerRound: number;
  /** An entry judged: the value at risk now, and with it; also right after a fill. Baseline: the whole quadratic form. */
  readonly microseconds: { readonly judge: Spread; readonly judgeAfterFill: Spread; readonly fullForm: Spread };
  readonly budgetUs: number;
  readonly withinBudget: boolean;
};

/** What portfolio value at risk costs an order on its way through the gate. */
export const riskGate: Benchmark = async (args, io) => {
  const { values, positionals } = parseOptions(args, OPTIONS);
  refusePositionals(positionals);
  const figures = measureRiskGate({
    rounds: integerOption('rounds', values.rounds, 1, 99),
    samples: integerOption('samples', values.samples, 1, 1_000_000),
    positions: integerOption('positions', values.positions, 1, 1000),
  });
  report(io, values.json)(figures, described(figures));
  return 0;
};

export type RiskGateSettings = { readonly rounds: number; readonly samples: number; readonly positions: number };

export function measureRiskGate({ rounds, samples, positions }: RiskGateSettings): RiskGateFigures {
  const book = bookOf(positions);
  const tasks = { judge: book.judge, judgeAfterFill: book.judgeAfterFill, fullForm: book.fullForm };
  for (const task of Object.values(tasks)) for (let index = 0; index < WARM_UP; index++) task(index);
  const runs = Array.from({ length: rounds }, () => ({
    judge: timed(tasks.judge, samples),
    judgeAfterFill: timed(tasks.judgeAfterFill, samples),
    fullForm: timed(tasks.fullForm, samples),
  }));
  const microseconds = {
    judge: medianSpread(runs.map((run) => run.judge)),
    judgeAfterFill: medianSpread(runs.map((run) => run.judgeAfterFill)),
    fullForm: medianSpread(runs.map((run) => run.fullForm)),
  };
  const withinBudget = microseconds.judgeAfterFill.p99 <= BUDGET_US;
  return {
    bench: 'risk-gate',
    positions,
    rounds,
    samplesPerRound: samples,
    microseconds,
    budgetUs: BUDGET_US,
    withinBudget,
  };
}

function bookOf(positions: number) {
  const normal = normalDraws(1);
  // One common part and one of each instrument; half as many periods again keep the matrix positive definite.
  const periods = Math.ceil(positions * 1.5) + 2;
  const market = Float64Array.from({ length: periods }, () => 0.01 * normal());
  const covariance = covarianceMatrix(
    Array.from({ length: positions }, () => market.map((each) => each + 0.02 * normal())),
  );
  const instruments = covariance.map((_, i) =>
    instrumentId({ base: `A${i}`, quote: 'USDT', venue: 'BINANCE', product: 'SPOT' }),
  );
  const exposures = covariance.map(() => 1000 * normal());
  const risk = new PortfolioVar(LEVEL);
  risk.setCovariance({ instruments, covariance });
  const pick = (index: number) => ensure(instruments[(index * 37) % positions], 'an instrument');
  exposures.forEach((each, i) => void risk.setExposure(pick(i), each));
  const judge = (index: number): void => {
    risk.valueAtRisk();
    risk.valueAtRiskWith([{ instrument: pick(index), change: index }]);
  };
  return {
    judge,
    judgeAfterFill: (index: number): void => {
      risk.setExposure(pick(index + 1), index + 1);
      judge(index);
    },
    fullForm: (index: number): void => {
      exposures[index % positions] = index;
      quadraticForm(covariance, exposures);
    },
  };
}

function timed(task: (index: number) => void, samples: number): Spread {
  const times = Array.from({ length: samples }, (_, index) => {
    const started = performance.now();
    task(index);
    return (performance.now() - started) * 1000;
  });
  return spreadOf(times);
}

function described({ positions, microseconds, budgetUs, withinBudget }: RiskGateFigures): string {
  const line = (name: string, { p50, p99 }: Spread): string => `${name} p50 ${p50} µs, p99 ${p99} µs`;
  return [
    `portfolio value at risk with ${positions} open positions`,
    line('  judge an entry', microseconds.judge),
    line('  judge an entry right after a fill', microseconds.judgeAfterFill),
    line('  baseline, the whole quadratic form', microseconds.fullForm),
    `  budget ${budgetUs} µs: ${withinBudget ? 'within' : 'OVER'}`,
  ].join('\n');
}
