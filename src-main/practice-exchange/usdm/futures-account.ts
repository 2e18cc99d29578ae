import type { Balance } from '../matching/account.ts';
import type { Amount } from '../matching/grid.ts';
import { FIRST_LEVERAGE } from './brackets.ts';

/** The asset in which everything on this product is margined and settled. */
export const MARGIN_ASSET = 'USDT';

export type IncomeType =
  'TRANSFER' | 'REALIZED_PNL' | 'COMMISSION' | 'FUNDING_FEE' | 'ROLLOVER_FEE' | 'INSURANCE_CLEAR';

export type Income = {
  readonly tranId: number;
  readonly symbol: string;
  readonly incomeType: IncomeType;
  readonly amount: Amount;
  readonly atMs: number;
  /** Set when a fill caused it. */
  readonly tradeId: number | null;
};

/** One-way position: lots above zero are long, below zero short. */
export class Position {
  readonly symbol: string;
  lots = 0;
  /** What the open lots cost at their entry; never negative. */
  cost: Amount = 0n;
  /** Gains and losses of closed lots since the account was opened, before fees. */
  realized: Amount = 0n;
  updatedMs = 0;

  constructor(symbol: string) {
    this.symbol = symbol;
  }

  /** Applies a fill of signed lots worth `notional`; returns what the closed part earned. Cost follows the average entry. */
  apply(lots: number, notional: Amount): Amount {
    const isIncrease = this.lots === 0 || this.lots > 0 === lots > 0;
    if (isIncrease) {
      this.lots += lots;
      this.cost += notional;
      return 0n;
    }
    const closed = Math.min(Math.abs(lots), Math.abs(this.lots));
    const closedCost = (this.cost * BigInt(closed)) / BigInt(Math.abs(this.lots));
    const closedNotional = (notional * BigInt(closed)) / BigInt(Math.abs(lots));
    const earned = this.lots > 0 ? closedNotional - closedCost : closedCost - closedNotional;
    this.cost -= closedCost;
    this.lots += Math.sign(lots) * closed;
    this.realized += earned;
    const beyond = Math.abs(lots) - closed;
    if (beyond > 0) {
      this.lots = Math.sign(lots) * beyond;
      this.cost = notional - closedNotional;
    }
    return earned;
  }
}

/** What one account holds on USD-M beside its orders: a wallet, positions and settings. */
export class FuturesAccount {
  readonly name: string;
  readonly wallet: Balance;
  readonly positions = new Map<string, Position>();
  readonly incomes: Income[] = [];
  private readonly leverages = new Map<string, number>();

  constructor(name: string, wallet: Balance) {
    this.name = name;
    this.wallet = wallet;
  }

  position(symbol: string): Position {
    let position = this.positions.get(symbol);
    if (position === undefined) this.positions.set(symbol, (position = new Position(symbol)));
    return position;
  }

  lotsOf(symbol: string): number {
    return this.positions.get(symbol)?.lots ?? 0;
  }

  leverage(symbol: string): number {
    return this.leverages.get(symbol) ?? FIRST_LEVERAGE;
  }

  setLeverage(symbol: string, leverage: number): void {
    this.leverages.set(symbol, leverage);
  }

  /** Books a gain, a loss or a fee. What a wallet cannot bear the insurance fund does. */
  book(income: Omit<Income, 'tranId'>): void {
    if (income.amount === 0n) return;
    this.append(income);
    this.wallet.free += income.amount;
    if (this.wallet.free >= 0n) return;
    const cover = -this.wallet.free;
    this.append({ ...income, incomeType: 'INSURANCE_CLEAR', amount: cover, tradeId: null });
    this.wallet.free += cover;
  }

  private append(income: Omit<Income, 'tranId'>): void {
    this.incomes.push({ ...income, tranId: this.incomes.length + 1 });
  }
}
