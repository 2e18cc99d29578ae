import { mean } from '../numeric/moments.ts';
import { finite, refuse, requireSeries } from '../numeric/refusal.ts';
import { sum } from '../numeric/vector.ts';
import { ratio, type Returns } from './return-metrics.ts';

export type WinLoss = {
  /** Wins over the periods or trades that were not flat. */
  readonly winRate: number;
  readonly averageWin: number;
  /** Negative. */
  readonly averageLoss: number;
  /** Average win over the size of the average loss. */
  readonly payoff: number;
  readonly profitFactor: number;
};

/** Throws AnalyticsRefusal without at least one win and one loss. */
export function winLoss(results: Returns): WinLoss {
  const { wins, losses } = split(results);
  if (wins.length === 0) refuse({ code: 'UNDEFINED', what: 'average win' });
  if (losses.length === 0) refuse({ code: 'UNDEFINED', what: 'average loss' });
  const [averageWin, averageLoss] = [mean(wins), mean(losses)];
  return {
    winRate: wins.length / (wins.length + losses.length),
    averageWin,
    averageLoss,
    payoff: ratio(averageWin, -averageLoss, 'average loss'),
    profitFactor: ratio(sum(wins), -sum(losses), 'losses'),
  };
}

/** Common-sense product of profit factor, win rate and payoff. Throws as `winLoss`. */
export function cpcIndex(results: Returns): number {
  const { profitFactor, winRate, payoff } = winLoss(results);
  return finite(profitFactor * winRate * payoff, 'cpc index');
}

/** Longest runs of wins and of losses; a flat result ends both. */
export function longestRuns(results: Returns): { readonly wins: number; readonly losses: number } {
  let [wins, losses, winning, losing] = [0, 0, 0, 0];
  for (const each of Array.from(results)) {
    winning = each > 0 ? winning + 1 : 0;
    losing = each < 0 ? losing + 1 : 0;
    wins = Math.max(wins, winning);
    losses = Math.max(losses, losing);
  }
  return { wins, losses };
}

/** Gain per unit lost, as used for closed trades: (payoff + 1) * win rate - 1, a flat trade counting as a loss. */
export function expectancy(results: Returns): { readonly perTrade: number; readonly ratio: number } {
  const { wins } = split(results);
  const lost = Array.from(results).filter((each) => each <= 0);
  const winRate = wins.length / results.length;
  const averageWin = wins.length === 0 ? 0 : mean(wins);
  const averageLoss = lost.length === 0 ? 0 : -mean(lost);
  const payoff = ratio(averageWin, averageLoss, 'average loss');
  return { perTrade: winRate * averageWin - (1 - winRate) * averageLoss, ratio: (1 + payoff) * winRate - 1 };
}

function split(results: Returns): { readonly wins: readonly number[]; readonly losses: readonly number[] } {
  requireSeries(results, 1, 'results');
  const all = Array.from(results);
  return { wins: all.filter((each) => each > 0), losses: all.filter((each) => each < 0) };
}
