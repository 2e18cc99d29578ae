import { normalCdf } from './numeric/normal-distribution.ts';
import { refuse, requireLength, requireSeries } from './numeric/refusal.ts';
import { at, type Vector } from './numeric/vector.ts';
import { tailOf } from './value-at-risk.ts';

/** A likelihood ratio and the probability of one at least as large when the forecasts are right. */
export type LikelihoodTest = { readonly statistic: number; readonly pValue: number };

export type VarBacktest = {
  readonly periods: number;
  readonly exceptions: number;
  readonly expected: number;
  /** Kupiec 1995: are the exceptions as many as the level says? One degree of freedom. */
  readonly coverage: LikelihoodTest;
  /** Christoffersen 1998: does an exception tell of the next one? One degree of freedom. */
  readonly independence: LikelihoodTest;
  /** Both at once, two degrees of freedom. */
  readonly conditional: LikelihoodTest;
};

/**
 * Holds forecasts of the value at risk (positive is a loss) against what came. The coverage counts the periods from the second on in the
 * joint test alone, where each needs one before it. Throws AnalyticsRefusal on uneven or not finite series or under two periods.
 */
export function backtestVar(returns: Vector, forecasts: Vector, level: number): VarBacktest {
  requireLength(forecasts, returns.length, 'forecasts');
  requireSeries(returns, 2, 'returns');
  requireSeries(forecasts, 2, 'forecasts');
  return backtestExceptions(
    Array.from(returns, (each, t) => each < -at(forecasts, t)),
    level,
  );
}

/** As `backtestVar` for periods that are known to have exceeded the forecast or not. */
export function backtestExceptions(exceeded: readonly boolean[], level: number): VarBacktest {
  const tail = tailOf(level);
  const periods = exceeded.length;
  if (periods < 2) refuse({ code: 'TOO_FEW_SAMPLES', what: 'periods', samples: periods, atLeast: 2 });
  const exceptions = exceeded.filter(Boolean).length;
  const coverage = 2 * (fit(exceptions, periods, exceptions / periods) - fit(exceptions, periods, tail));
  const independence = independenceStatistic(exceeded);
  return {
    periods,
    exceptions,
    expected: tail * periods,
    coverage: oneDegree(coverage),
    independence: oneDegree(independence),
    conditional: twoDegrees(coverage + independence),
  };
}

function independenceStatistic(exceeded: readonly boolean[]): number {
  const after = (before: boolean): readonly boolean[] => exceeded.slice(1).filter((_, t) => exceeded[t] === before);
  const hits = (of: readonly boolean[]): number => of.filter(Boolean).length;
  const [calm, struck] = [after(false), after(true)];
  const all = calm.length + struck.length;
  const together = fit(hits(calm) + hits(struck), all, (hits(calm) + hits(struck)) / all);
  const own = (of: readonly boolean[]): number =>
    of.length === 0 ? 0 : fit(hits(of), of.length, hits(of) / of.length);
  return 2 * (own(calm) + own(struck) - together);
}

/** Log likelihood of so many hits at a probability. */
const fit = (hits: number, trials: number, probability: number): number =>
  weighted(hits, probability) + weighted(trials - hits, 1 - probability);

/** What never happened weighs nothing, however unlikely it was. */
const weighted = (count: number, probability: number): number => (count === 0 ? 0 : count * Math.log(probability));

/** Upper tails of the chi-square distribution with one and two degrees, in closed form. */
function oneDegree(statistic: number): LikelihoodTest {
  const positive = Math.max(0, statistic);
  return { statistic: positive, pValue: 2 * normalCdf(-Math.sqrt(positive)) };
}

function twoDegrees(statistic: number): LikelihoodTest {
  const positive = Math.max(0, statistic);
  return { statistic: positive, pValue: Math.exp(-positive / 2) };
}
