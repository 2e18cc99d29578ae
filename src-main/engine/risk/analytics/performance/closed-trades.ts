import { deviation, mean } from '../numeric/moments.ts';
import { refuse, requireRange, requireSeries } from '../numeric/refusal.ts';
import { at, sum, vector } from '../numeric/vector.ts';
import { ratio } from './return-metrics.ts';

/** Profits of closed trades in one asset, in the order they closed, over `days` whole days (at least one). */
export type ClosedTrades = {
  readonly profits: readonly number[];
  readonly startingBalance: number;
  readonly days: number;
};

const DAYS_PER_YEAR = 365;

export function totalProfit(trades: ClosedTrades): number {
  return sum(checked(trades).profits);
}

/** Lowest and highest balance after a trade. */
export function balanceRange(trades: ClosedTrades): { readonly lowest: number; readonly highest: number } {
  const balances = balancesOf(trades);
  return { lowest: Math.min(...balances), highest: Math.max(...balances) };
}

/** Daily mean profit over the deviation of the trades, times the root of 365. Throws when the trades are all equal. */
export function tradeSharpe(trades: ClosedTrades): number {
  const shares = sharesOf(trades, () => true);
  return (dailyReturn(trades) / deviation(shares, 0)) * Math.sqrt(DAYS_PER_YEAR);
}

/** As the Sharpe ratio with the deviation of the losing trades alone. Throws when the losses do not vary. */
export function tradeSortino(trades: ClosedTrades): number {
  const losses = sharesOf(trades, (profit) => profit < 0);
  return (dailyReturn(trades) / deviation(losses, 0)) * Math.sqrt(DAYS_PER_YEAR);
}

/** Daily return in percent over the account's drawdown, times the root of 365. Throws without a loss. */
export function tradeCalmar(trades: ClosedTrades): number {
  const { ofAccount } = tradeDrawdown(trades);
  return ((dailyReturn(trades) * 100) / ofAccount) * Math.sqrt(DAYS_PER_YEAR);
}

/** Throws when the account went to zero or below. */
export function tradeGrowth(trades: ClosedTrades): number {
  const grown = 1 + totalProfit(trades) / trades.startingBalance;
  requireRange(grown, Number.MIN_VALUE, Infinity, 'final balance');
  return grown ** (DAYS_PER_YEAR / trades.days) - 1;
}

export type TradeDrawdown = {
  /** Largest fall of the cumulative profit under its height, in the asset. */
  readonly amount: number;
  /** The same as a fraction of the account at the height. */
  readonly ofAccount: number;
  /** Largest fall as a fraction of the account, which may be another one. */
  readonly largestOfAccount: number;
  /** Trades at whose close height and low were reached. */
  readonly high: number;
  readonly low: number;
};

/** Of closed profits alone: what an open trade had lost meanwhile is not in it. Throws when no trade lost. */
export function tradeDrawdown(trades: ClosedTrades): TradeDrawdown {
  const { startingBalance } = trades;
  const balances = balancesOf(trades);
  let height = startingBalance;
  const heights = balances.map((balance) => (height = Math.max(height, balance)));
  const falls = vector(balances.length, (i) => at(heights, i) - at(balances, i));
  const amount = Math.max(...falls);
  if (amount === 0) refuse({ code: 'UNDEFINED', what: 'drawdown' });
  const low = falls.indexOf(amount);
  const shares = falls.map((fall, i) => fall / at(heights, i));
  return {
    amount,
    ofAccount: at(shares, low),
    largestOfAccount: Math.max(...shares),
    high: heights.indexOf(at(heights, low)),
    low,
  };
}

/** Wins over losses of the profits. Throws without a loss. */
export function tradeProfitFactor(trades: ClosedTrades): number {
  const won = sum(checked(trades).profits.filter((profit) => profit > 0));
  return ratio(won, won - totalProfit(trades), 'losses');
}

export const tradeWinRate = (trades: ClosedTrades): number =>
  mean(checked(trades).profits.map((profit) => (profit > 0 ? 1 : 0)));

const dailyReturn = (trades: ClosedTrades): number => totalProfit(trades) / trades.startingBalance / trades.days;

const sharesOf = (trades: ClosedTrades, wanted: (profit: number) => boolean): readonly number[] =>
  checked(trades)
    .profits.filter(wanted)
    .map((profit) => profit / trades.startingBalance);

function balancesOf(trades: ClosedTrades): Float64Array {
  const { profits, startingBalance } = checked(trades);
  let balance = startingBalance;
  return vector(profits.length, (i) => (balance += at(profits, i)));
}

function checked(trades: ClosedTrades): ClosedTrades {
  requireSeries(trades.profits, 1, 'profits');
  requireRange(trades.startingBalance, Number.MIN_VALUE, Number.MAX_VALUE, 'starting balance');
  requireRange(trades.days, 1, Number.MAX_SAFE_INTEGER, 'days');
  return trades;
}
