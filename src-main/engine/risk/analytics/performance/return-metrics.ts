import { ascending, quantile } from '../../../model/population-stability.ts';
import { normalCdf } from '../numeric/normal-distribution.ts';
import { covariance, deviation, mean, sampleShape } from '../numeric/moments.ts';
import { finite, refuse, requireRange, requireSeries } from '../numeric/refusal.ts';
import { at, sum, type Vector, vector } from '../numeric/vector.ts';

/** Periodic simple returns as fractions, oldest first. Everything here throws AnalyticsRefusal where a figure is undefined. */
export type Returns = Vector;

/** Value of 1 after each period; the start itself is left out. Throws when a period loses more than everything. */
export function growth(returns: Returns): Float64Array {
  requireSeries(returns, 1, 'returns');
  let value = 1;
  return vector(returns.length, (i) => {
    requireRange(at(returns, i), -1, Infinity, 'return');
    return (value = finite(value * (1 + at(returns, i)), 'growth'));
  });
}

export const cumulativeReturn = (returns: Returns): number => at(growth(returns), returns.length - 1) - 1;

/** Compound annual growth rate. */
export function annualReturn(returns: Returns, periodsPerYear: number): number {
  return finite((1 + cumulativeReturn(returns)) ** (periodsPerYear / returns.length) - 1, 'annual return');
}

export const annualVolatility = (returns: Returns, periodsPerYear: number): number =>
  deviation(returns, 1) * Math.sqrt(periodsPerYear);

/** Mean excess over sample deviation, annualized; `riskFreeAnnual` is divided by the periods, not compounded. */
export function sharpeRatio(returns: Returns, periodsPerYear: number, riskFreeAnnual = 0): number {
  const excess = mean(returns) - riskFreeAnnual / periodsPerYear;
  return (excess / deviation(returns, 1)) * Math.sqrt(periodsPerYear);
}

/** Annualized root of the mean squared shortfall under the target of a period; periods above it count as zero. */
export function downsideRisk(returns: Returns, periodsPerYear: number, target = 0): number {
  requireSeries(returns, 1, 'returns');
  const squared = vector(returns.length, (i) => Math.min(at(returns, i) - target, 0) ** 2);
  return Math.sqrt(mean(squared) * periodsPerYear);
}

/** Sortino and Price 1994 with the target of a period. Throws when no period fell short of it. */
export function sortinoRatio(returns: Returns, periodsPerYear: number, target = 0): number {
  return ratio(
    (mean(returns) - target) * periodsPerYear,
    downsideRisk(returns, periodsPerYear, target),
    'downside risk',
  );
}

/** Keating and Shadwick 2002: gains above the threshold of a period over losses below it. */
export function omegaRatio(returns: Returns, threshold = 0): number {
  const over = vector(returns.length, (i) => at(returns, i) - threshold);
  requireSeries(over, 1, 'returns');
  return ratio(sum(over.filter((each) => each > 0)), -sum(over.filter((each) => each < 0)), 'losses');
}

/** The 95th percentile over the size of the 5th. */
export function tailRatio(returns: Returns): number {
  requireSeries(returns, 1, 'returns');
  const sorted = ascending(Array.from(returns));
  return ratio(Math.abs(quantile(sorted, 0.95)), Math.abs(quantile(sorted, 0.05)), 'fifth percentile');
}

/** How straight the equity curve is: R squared of the cumulative log returns against time. */
export function stability(returns: Returns): number {
  const logs = growth(returns).map(Math.log);
  const time = vector(logs.length, (i) => i);
  return (covariance(logs, time) / (deviation(logs, 1) * deviation(time, 1))) ** 2;
}

/** Longest period a gain-to-pain ratio is stated for has this many in a year; shorter ones are summed by day first. */
const DAYS_PER_YEAR = 366;

/** Schwager 2012: sum of all returns over the size of the losses, of daily or longer periods. */
export function gainToPain(returns: Returns, periodsPerYear: number): number {
  requireRange(periodsPerYear, 0, DAYS_PER_YEAR, 'periods per year');
  requireSeries(returns, 1, 'returns');
  return ratio(sum(returns), -sum(Array.from(returns).filter((each) => each < 0)), 'losses');
}

/** Probability that the true Sharpe ratio is above zero (Bailey and Lopez de Prado 2012). */
export function probabilisticSharpe(returns: Returns): number {
  const ofPeriod = sharpeRatio(returns, 1);
  const { skewness, excessKurtosis } = sampleShape(returns);
  const spread = 1 - skewness * ofPeriod + ((excessKurtosis + 2) / 4) * ofPeriod ** 2;
  requireRange(spread, Number.MIN_VALUE, Infinity, 'variance of the Sharpe ratio');
  return normalCdf(ofPeriod / Math.sqrt(spread / (returns.length - 1)));
}

/** Throws AnalyticsRefusal where the denominator is zero or too small for a number. */
export function ratio(numerator: number, denominator: number, what: string): number {
  return denominator === 0 ? refuse({ code: 'UNDEFINED', what }) : finite(numerator / denominator, what);
}
