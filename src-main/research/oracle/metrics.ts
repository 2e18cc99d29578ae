import { z } from 'zod';
import * as benchmarks from '../../engine/risk/analytics/performance/benchmark-metrics.ts';
import * as trading from '../../engine/risk/analytics/performance/closed-trades.ts';
import * as depths from '../../engine/risk/analytics/performance/drawdowns.ts';
import * as metrics from '../../engine/risk/analytics/performance/return-metrics.ts';
import * as wins from '../../engine/risk/analytics/performance/win-loss.ts';
import { deviation, mean, moments, sampleShape } from '../../engine/risk/analytics/numeric/moments.ts';
import { historicalRisk, normalRisk } from '../../engine/risk/analytics/value-at-risk.ts';
import { winLossKelly } from '../../engine/risk/analytics/kelly.ts';
import { compareFigures, type Figures, toleranceSchema } from './figures.ts';
import { type Sources, simpleReturns, timeUs } from './sources.ts';
import type { CaseResult, OracleDocument } from './suite.ts';

const rowsSchema = z.union([z.literal('all'), z.tuple([z.number(), z.number()])]);

const ofReturns = z.object({
  id: z.string(),
  series: z.object({ file: z.string(), column: z.string(), benchmark: z.string().optional(), rows: rowsSchema }),
  annualization: z.number(),
  riskFreeAnnual: z.number(),
  expected: z.record(z.string(), z.unknown()),
});

const ofTrades = z.object({
  id: z.string(),
  tradesFrom: z.string(),
  startingBalance: z.number(),
  minDate: z.string(),
  maxDate: z.string(),
  expected: z.record(z.string(), z.unknown()),
});

const documentSchema = z.object({ tolerance: toleranceSchema, cases: z.array(z.union([ofReturns, ofTrades])) });

/** Performance of return series and of closed trades beside empyrical, quantstats and freqtrade. */
export function metricsSuite(document: OracleDocument, sources: Sources): readonly CaseResult[] {
  const { tolerance, cases } = documentSchema.parse(document);
  return cases.flatMap((each) => {
    const figures = 'series' in each ? returnFigures(each, sources) : tradeFigures(each, sources);
    return compareFigures('metrics', each.id, each.expected, tolerance, figures);
  });
}

function returnFigures(given: z.infer<typeof ofReturns>, sources: Sources): Figures {
  const { series, annualization: year, riskFreeAnnual } = given;
  const file = sources.series(series.file);
  const [from, to] = series.rows === 'all' ? [0, file.timesUs.length] : series.rows;
  const returns = simpleReturns(file.column(series.column).slice(from, to));
  const times = file.timesUs.slice(from + 1, to);
  const both = { ...sharedFigures(returns, year), ...quantileFigures(returns) };
  return {
    ...both,
    ...empyricalFigures(returns, year, riskFreeAnnual),
    ...quantstatsFigures(returns, year, times),
    ...(series.benchmark === undefined
      ? {}
      : benchmarkFigures(returns, simpleReturns(file.column(series.benchmark).slice(from, to)), year, riskFreeAnnual)),
  };
}

/** What both libraries define alike. */
function sharedFigures(returns: metrics.Returns, year: number): Figures {
  const shared = {
    cagr: () => metrics.annualReturn(returns, year),
    volatility: () => metrics.annualVolatility(returns, year),
    sharpe_rf0: () => metrics.sharpeRatio(returns, year),
    sortino: () => metrics.sortinoRatio(returns, year),
    calmar: () => depths.calmarRatio(returns, year),
    max_drawdown: () => depths.maxDrawdown(returns),
    omega_0: () => metrics.omegaRatio(returns),
    tail_ratio: () => metrics.tailRatio(returns),
  };
  const { cagr, volatility, sortino, ...same } = shared;
  return {
    ...prefixed('empyrical', {
      ...same,
      cagr,
      annual_return: cagr,
      annual_volatility: volatility,
      sortino_mar0: sortino,
    }),
    ...prefixed('quantstats', { ...same, cagr_rf0: cagr, volatility, sortino_rf0: sortino }),
  };
}

function quantileFigures(returns: metrics.Returns): Figures {
  return prefixed('empyrical', {
    value_at_risk_5pct: () => -historicalRisk(returns, 0.95).valueAtRisk,
    value_at_risk_1pct: () => -historicalRisk(returns, 0.99).valueAtRisk,
    cvar_5pct: () => -historicalRisk(returns, 0.95).expectedShortfall,
    cvar_1pct: () => -historicalRisk(returns, 0.99).expectedShortfall,
  });
}

/** Yearly return asked for in `omega_req5pct`. */
const REQUIRED_RETURN = 0.05;

function empyricalFigures(returns: metrics.Returns, year: number, riskFree: number): Figures {
  const required = (1 + REQUIRED_RETURN) ** (1 / year) - 1;
  return prefixed('empyrical', {
    cum_return_final: () => metrics.cumulativeReturn(returns),
    sharpe_rf: () => metrics.sharpeRatio(returns, year, riskFree),
    sortino_mar: () => metrics.sortinoRatio(returns, year, riskFree / year),
    downside_risk_mar0: () => metrics.downsideRisk(returns, year),
    omega_req5pct: () => metrics.omegaRatio(returns, required),
    stability: () => metrics.stability(returns),
    skew: () => moments(returns).skewness,
    kurtosis_excess: () => moments(returns).excessKurtosis,
  });
}

function quantstatsFigures(returns: metrics.Returns, year: number, times: readonly number[]): Figures {
  const normal = (level: number): number =>
    -normalRisk({ mean: mean(returns), deviation: deviation(returns, 1) }, level).valueAtRisk;
  return prefixed('quantstats', {
    skew: () => sampleShape(returns).skewness,
    kurtosis_excess: () => sampleShape(returns).excessKurtosis,
    win_rate: () => wins.winLoss(returns).winRate,
    avg_win: () => wins.winLoss(returns).averageWin,
    avg_loss: () => wins.winLoss(returns).averageLoss,
    payoff_ratio: () => wins.winLoss(returns).payoff,
    profit_factor: () => wins.winLoss(returns).profitFactor,
    kelly: () => winLossKelly(returns),
    ulcer_index: () => depths.ulcerIndex(returns),
    gain_to_pain: () => metrics.gainToPain(returns, year),
    recovery_factor: () => depths.recoveryFactor(returns),
    cpc_index: () => wins.cpcIndex(returns),
    consecutive_wins: () => wins.longestRuns(returns).wins,
    consecutive_losses: () => wins.longestRuns(returns).losses,
    var95_normal: () => normal(0.95),
    var99_normal: () => normal(0.99),
    top_drawdowns: () => topDrawdowns(returns, times),
  });
}

const TOP = 5;

function topDrawdowns(returns: metrics.Returns, times: readonly number[]): readonly unknown[] {
  const date = (index: number): string => new Date((times[index] ?? NaN) / 1000).toISOString().slice(0, 10);
  return depths
    .drawdowns(returns, times)
    .slice(0, TOP)
    .map((each) => ({
      start: date(each.start),
      valley: date(each.valley),
      end: date(each.end),
      days: each.days,
      maxDrawdownPct: each.depth * 100,
    }));
}

function benchmarkFigures(
  returns: metrics.Returns,
  benchmark: metrics.Returns,
  year: number,
  riskFree: number,
): Figures {
  const beta = () => benchmarks.beta(returns, benchmark);
  const information = () => benchmarks.informationRatio(returns, benchmark);
  return {
    ...prefixed('empyrical', {
      beta,
      alpha_rf0: () => benchmarks.alpha(returns, benchmark, year),
      alpha_rf: () => benchmarks.alpha(returns, benchmark, year, riskFree),
      excess_sharpe: information,
      up_capture: () => benchmarks.capture(returns, benchmark, 'up', year),
      down_capture: () => benchmarks.capture(returns, benchmark, 'down', year),
    }),
    ...prefixed('quantstats', {
      beta,
      r_squared: () => benchmarks.rSquared(returns, benchmark),
      information_ratio_per_period: information,
    }),
  };
}

const backtestsSchema = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      expected: z.object({ trades: z.array(z.object({ pnl: z.number(), exitTime: z.string() })) }),
    }),
  ),
});

const DAY_US = 86_400_000_000;

function tradeFigures(given: z.infer<typeof ofTrades>, sources: Sources): Figures {
  const [, file = '', id = ''] = /^(\S+) case (\S+)$/.exec(given.tradesFrom) ?? [];
  const found = backtestsSchema.parse(sources.document(file)).cases.find((each) => each.id === id);
  if (found === undefined) throw new Error(`expected a case ${JSON.stringify(id)} in ${file}, was none`);
  const closed = found.expected.trades.toSorted((a, b) => timeUs(a.exitTime) - timeUs(b.exitTime));
  const trades = {
    profits: closed.map((each) => each.pnl),
    startingBalance: given.startingBalance,
    days: Math.max(1, Math.floor((timeUs(given.maxDate) - timeUs(given.minDate)) / DAY_US)),
  };
  return prefixed('freqtrade', {
    max_drawdown_abs: () => trading.tradeDrawdown(trades).amount,
    max_drawdown_high_date: () => closed[trading.tradeDrawdown(trades).high]?.exitTime,
    max_drawdown_low_date: () => closed[trading.tradeDrawdown(trades).low]?.exitTime,
    relative_account_drawdown_at_abs_max: () => trading.tradeDrawdown(trades).ofAccount,
    max_relative_drawdown: () => trading.tradeDrawdown(trades).largestOfAccount,
    expectancy: () => wins.expectancy(trades.profits).perTrade,
    expectancy_ratio: () => wins.expectancy(trades.profits).ratio,
    sharpe: () => trading.tradeSharpe(trades),
    sortino: () => trading.tradeSortino(trades),
    calmar: () => trading.tradeCalmar(trades),
    cagr: () => trading.tradeGrowth(trades),
    csum_min: () => trading.balanceRange(trades).lowest,
    csum_max: () => trading.balanceRange(trades).highest,
    profit_total_abs: () => trading.totalProfit(trades),
    profit_factor: () => trading.tradeProfitFactor(trades),
    win_rate: () => trading.tradeWinRate(trades),
  });
}

const prefixed = (library: string, figures: Record<string, () => unknown>): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, of]) => [`${library}.${name}`, of]));
