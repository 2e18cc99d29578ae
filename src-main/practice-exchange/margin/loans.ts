import { divide, pow10 } from '../../engine/domain/decimal.ts';
import type { Account } from '../matching/account.ts';
import { type Amount, AMOUNT_SCALE, parseAmount, WIRE_SCALE } from '../matching/grid.ts';

const ONE = pow10(AMOUNT_SCALE);
const WIRE_UNIT = pow10(AMOUNT_SCALE - WIRE_SCALE);
const HOURS_A_DAY = 24n;

/** One rate for every asset; assumed, as the venue changes its own by asset and level. */
export const DAILY_RATE = '0.00024000';
const DAILY = parseAmount(DAILY_RATE);

export type Debt = { borrowed: Amount; interest: Amount };

/** One row of the history of loans and repayments. */
export type LoanRow = {
  readonly id: number;
  readonly type: 'BORROW' | 'REPAY';
  readonly isAutomatic: boolean;
  readonly asset: string;
  readonly amount: Amount;
  readonly principal: Amount;
  readonly interest: Amount;
  readonly atMs: number;
};

export type InterestRow = {
  readonly id: number;
  readonly asset: string;
  readonly principal: Amount;
  readonly interest: Amount;
  readonly type: 'ON_BORROW' | 'PERIODIC';
  readonly atMs: number;
};

/** Eight digits, against the borrower. */
const wireUp = (amount: Amount): Amount => divide(amount, WIRE_UNIT, 'up') * WIRE_UNIT;

/** A margin account: an account of the matching engine that owes. Cross when `symbol` is null, else isolated on it. */
export class MarginAccount {
  readonly owner: string;
  readonly symbol: string | null;
  readonly account: Account;
  readonly debts = new Map<string, Debt>();
  readonly loans: LoanRow[] = [];
  readonly interests: InterestRow[] = [];
  private lastId = 100_000_000;

  constructor(owner: string, symbol: string | null, account: Account) {
    this.owner = owner;
    this.symbol = symbol;
    this.account = account;
  }

  debt(asset: string): Debt {
    let debt = this.debts.get(asset);
    if (debt === undefined) this.debts.set(asset, (debt = { borrowed: 0n, interest: 0n }));
    return debt;
  }

  owed(asset: string): Amount {
    const debt = this.debts.get(asset);
    return debt === undefined ? 0n : debt.borrowed + debt.interest;
  }

  /** Lends at least `amount`; the first hour's interest is due at once. Returns the id of the loan. */
  borrow(asset: string, amount: Amount, atMs: number, isAutomatic: boolean): number {
    const lent = wireUp(amount);
    this.debt(asset).borrowed += lent;
    this.account.credit(asset, lent);
    const id = this.nextId();
    this.loans.push({ id, type: 'BORROW', isAutomatic, asset, amount: lent, principal: lent, interest: 0n, atMs });
    this.charge(asset, lent, 'ON_BORROW', atMs);
    return id;
  }

  /** Pays back at most `most` out of the free balance, interest before principal. Returns the row, null when nothing was paid. */
  repay(asset: string, most: Amount, atMs: number, isAutomatic: boolean): LoanRow | null {
    const free = this.account.balance(asset).free;
    const amount = [most, free, this.owed(asset)].reduce((a, b) => (a < b ? a : b));
    if (amount <= 0n) return null;
    const debt = this.debt(asset);
    const interest = amount < debt.interest ? amount : debt.interest;
    const principal = amount - interest;
    debt.interest -= interest;
    debt.borrowed -= principal;
    this.account.pay(asset, amount, null);
    const row: LoanRow = { id: this.nextId(), type: 'REPAY', isAutomatic, asset, amount, principal, interest, atMs };
    this.loans.push(row);
    return row;
  }

  /** Interest of one more hour on everything borrowed. */
  accrue(atMs: number): void {
    for (const [asset, { borrowed }] of this.debts) if (borrowed > 0n) this.charge(asset, borrowed, 'PERIODIC', atMs);
  }

  nextId(): number {
    return ++this.lastId;
  }

  private charge(asset: string, principal: Amount, type: InterestRow['type'], atMs: number): void {
    const interest = wireUp((principal * DAILY) / (ONE * HOURS_A_DAY));
    this.debt(asset).interest += interest;
    this.interests.push({ id: this.nextId(), asset, principal, interest, type, atMs });
  }
}
