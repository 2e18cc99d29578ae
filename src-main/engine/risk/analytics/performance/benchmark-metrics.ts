import { covariance, deviation, mean, variance } from '../numeric/moments.ts';
import { finite, requireLength } from '../numeric/refusal.ts';
import { at, vector } from '../numeric/vector.ts';
import { annualReturn, ratio, type Returns } from './return-metrics.ts';

/** Covariance with the benchmark over its variance. Throws AnalyticsRefusal when the benchmark does not vary. */
export function beta(returns: Returns, benchmark: Returns): number {
  deviation(benchmark, 1);
  return covariance(returns, benchmark) / variance(benchmark, 1);
}

/** Jensen's alpha of a period, compounded over a year; `riskFreeAnnual` is divided by the periods. Throws as `beta`. */
export function alpha(returns: Returns, benchmark: Returns, periodsPerYear: number, riskFreeAnnual = 0): number {
  const riskFree = riskFreeAnnual / periodsPerYear;
  const expected = beta(returns, benchmark) * (mean(benchmark) - riskFree);
  return finite((1 + mean(returns) - riskFree - expected) ** periodsPerYear - 1, 'alpha');
}

/** Squared correlation. Throws AnalyticsRefusal when either does not vary. */
export function rSquared(returns: Returns, benchmark: Returns): number {
  return (covariance(returns, benchmark) / (deviation(returns, 1) * deviation(benchmark, 1))) ** 2;
}

/** Mean of the active return of a period over its sample deviation. Throws AnalyticsRefusal when it does not vary. */
export function informationRatio(returns: Returns, benchmark: Returns): number {
  requireLength(benchmark, returns.length, 'benchmark');
  const active = vector(returns.length, (i) => at(returns, i) - at(benchmark, i));
  return mean(active) / deviation(active, 1);
}

/**
 * Annualized return over the benchmark's, both of the periods in which the benchmark rose or fell.
 * Throws AnalyticsRefusal when there is no such period.
 */
export function capture(returns: Returns, benchmark: Returns, side: 'up' | 'down', periodsPerYear: number): number {
  requireLength(benchmark, returns.length, 'benchmark');
  const periods = Array.from(benchmark).flatMap((each, i) => ((side === 'up' ? each > 0 : each < 0) ? [i] : []));
  const of = (series: Returns): number =>
    annualReturn(
      periods.map((i) => at(series, i)),
      periodsPerYear,
    );
  return ratio(of(returns), of(benchmark), 'benchmark');
}
