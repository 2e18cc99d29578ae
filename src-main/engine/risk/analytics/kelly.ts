import { deviation, mean } from './numeric/moments.ts';
import { finite, refuse, requireRange, requireSeries } from './numeric/refusal.ts';
import type { Vector } from './numeric/vector.ts';
import { winLoss } from './performance/win-loss.ts';

/**
 * Kelly 1956 for a bet with two outcomes: (payoff * win rate - loss rate) / payoff; negative when the bet loses on average.
 * Throws AnalyticsRefusal without at least one win and one loss: no edge can be told from luck there.
 */
export function winLossKelly(results: Vector): number {
  const { winRate, payoff } = winLoss(results);
  return finite((payoff * winRate - (1 - winRate)) / payoff, 'payoff');
}

/** Merton 1969: mean over sample variance. Throws AnalyticsRefusal when the returns do not vary. */
export const meanVarianceKelly = (returns: Vector): number =>
  finite(mean(returns) / deviation(returns, 1) ** 2, 'variance');

const STEPS = 200;

/**
 * The leverage >= 0 with the largest mean of ln(1 + f * r), found by bisecting its falling derivative; zero without an edge.
 * Throws AnalyticsRefusal when no period lost: growth has no maximum then.
 */
export function growthOptimalKelly(returns: Vector): number {
  requireSeries(returns, 2, 'returns');
  const worst = Math.min(...Array.from(returns));
  if (worst >= 0) refuse({ code: 'UNDEFINED', what: 'worst return' });
  const slope = (f: number): number => mean(Array.from(returns, (each) => each / (1 + f * each)));
  if (slope(0) <= 0) return 0;
  let [low, high] = [0, -1 / worst];
  for (let step = 0; step < STEPS && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (1 + middle * worst > 0 && slope(middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}

/** How much of the Kelly fraction is risked; the full one is far too much when the edge is only estimated. */
export type KellyShare = 'full' | 'half' | 'quarter';

const SHARES: Readonly<Record<KellyShare, number>> = { full: 1, half: 0.5, quarter: 0.25 };

/** A stake as a fraction of the equity: never negative, never over `cap`. Throws AnalyticsRefusal on NaN or a negative cap. */
export function kellyStake(kelly: number, share: KellyShare, cap: number): number {
  requireSeries([kelly], 1, 'kelly fraction');
  requireRange(cap, 0, Number.MAX_VALUE, 'cap');
  return Math.min(Math.max(kelly * SHARES[share], 0), cap);
}
