import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { MarketClock } from '../market-clock.ts';
import { type Amount, parseAmount } from '../matching/grid.ts';
import type { MatchingEngine } from '../matching/matching-engine.ts';
import type { Moment } from '../matching/order-request.ts';
import { type Refusal, refusal } from '../matching/refusal.ts';
import { ListenKeys } from '../usdm/listen-keys.ts';
import { type LendingClearing, OVER_BORROWED } from './lending-clearing.ts';
import { liquidationOrder } from './liquidation.ts';
import { MarginAccount } from './loans.ts';
import { assetsOf, barsOf, maxBorrowable, standingOf } from './risk.ts';

const HOUR_MS = 3_600_000;
const TOKEN_VALID_MS = 24 * HOUR_MS;
const LIQUIDATION_RETRY_MS = 1_000;
/** Only what is above twice the debts may leave a cross account. */
const TRANSFER_OUT_LEVEL = parseAmount('2');

const BALANCE_NOT_ENOUGH = refusal(-3041, 'Balance is not enough');
const NO_TRANSFER_OUT = refusal(-3005, 'Transferring out not allowed. Transfer out amount exceeds max amount.');
const OVER_REPAID = refusal(-3015, 'Repay amount exceeds borrow amount.');

export type MarginVenueParts = {
  readonly engine: MatchingEngine;
  readonly clearing: LendingClearing;
  readonly clock: MarketClock;
};

/** Name of a margin account among the accounts of the matching engine: it trades on spot's own books. */
export const marginName = (owner: string, symbol: string | null): string => `${owner}@${symbol ?? 'margin'}`;

/** Margin accounts: who owes what, what it costs each hour of market time, and when the venue closes them. */
export class MarginVenue {
  readonly clearing: LendingClearing;
  /** Under which accounts read their private streams. */
  readonly listenTokens: ListenKeys;
  private readonly parts: MarginVenueParts;
  private readonly accounts = new Map<string, MarginAccount>();
  private readonly liquidatedMs = new Map<string, number>();
  private accruedMs: number;

  constructor(parts: MarginVenueParts) {
    this.parts = parts;
    this.clearing = parts.clearing;
    this.listenTokens = new ListenKeys(() => parts.clock.now().wallMs, TOKEN_VALID_MS);
    this.accruedMs = parts.clock.now().marketMs;
  }

  byName(name: string): MarginAccount | undefined {
    return this.accounts.get(name);
  }

  /** The cross account of an owner when `symbol` is null, else its isolated one. */
  of(owner: string, symbol: string | null): MarginAccount | undefined {
    return this.accounts.get(marginName(owner, symbol));
  }

  isolatedOf(owner: string): MarginAccount[] {
    return [...this.accounts.values()].filter((margin) => margin.owner === owner && margin.symbol !== null);
  }

  get hasAccounts(): boolean {
    return this.accounts.size > 0;
  }

  /** Opens an account with the owner's fees. */
  open(owner: string, symbol: string | null, balances: Readonly<Record<string, string>>): MarginAccount {
    const { fees } = this.parts.engine.state.account(owner);
    const account = this.parts.engine.addAccount(marginName(owner, symbol), fees);
    for (const [asset, amount] of Object.entries(balances)) account.credit(asset, parseAmount(amount));
    const margin = new MarginAccount(owner, symbol, account);
    this.accounts.set(account.name, margin);
    return margin;
  }

  /** Denies what the account's own funds do not carry. Returns the id of the loan. */
  borrow(margin: MarginAccount, asset: string, amount: Amount): Result<number, Refusal> {
    const { state } = this.parts.engine;
    if (amount > maxBorrowable(state, margin, asset)) return err(OVER_BORROWED);
    const id = margin.borrow(asset, amount, this.parts.clock.now().marketMs, false);
    this.tellBalances(margin, [asset]);
    return ok(id);
  }

  /** Denies more than is owed or free. Returns the id of the repayment. */
  repay(margin: MarginAccount, asset: string, amount: Amount): Result<number, Refusal> {
    if (amount > margin.owed(asset)) return err(OVER_REPAID);
    if (amount > margin.account.balance(asset).free) return err(BALANCE_NOT_ENOUGH);
    const row = margin.repay(asset, amount, this.parts.clock.now().marketMs, false);
    this.tellBalances(margin, [asset]);
    return row === null ? err(OVER_REPAID) : ok(row.id);
  }

  /** Moves free funds between the owner's spot account and a margin account. Denies what would weaken a debt too far. */
  transfer(margin: MarginAccount, direction: 'in' | 'out', asset: string, amount: Amount): Result<number, Refusal> {
    const { state } = this.parts.engine;
    const spot = state.account(margin.owner);
    const [from, to] = direction === 'in' ? [spot, margin.account] : [margin.account, spot];
    if (from.balance(asset).free < amount) return err(BALANCE_NOT_ENOUGH);
    from.pay(asset, amount, null);
    to.credit(asset, amount);
    if (direction === 'out' && standingOf(state, margin).level < TRANSFER_OUT_LEVEL) {
      to.pay(asset, amount, null);
      from.credit(asset, amount);
      return err(NO_TRANSFER_OUT);
    }
    state.now = this.parts.clock.now();
    for (const account of [from, to]) state.reportBalances(account, [asset]);
    return ok(margin.nextId());
  }

  /** What time alone brings: interest at each full hour of market time, and the end of accounts that owe too much. */
  tick(): void {
    if (!this.hasAccounts) return;
    const now = this.parts.clock.now();
    this.listenTokens.takeExpired();
    const hours = Math.floor(now.marketMs / HOUR_MS) - Math.floor(this.accruedMs / HOUR_MS);
    this.accruedMs = Math.max(this.accruedMs, now.marketMs);
    for (const margin of this.accounts.values()) {
      for (let hour = 0; hour < hours; hour += 1) margin.accrue(now.marketMs);
      this.liquidate(margin, now);
    }
  }

  /** Cancels what is open and trades everything towards the debts, at the market. */
  private liquidate(margin: MarginAccount, now: Moment): void {
    const { engine } = this.parts;
    if (standingOf(engine.state, margin).level > barsOf(margin).liquidation) return;
    const { name } = margin.account;
    // What the market cannot carry now is tried again, but not with every pulse.
    if (now.wallMs - (this.liquidatedMs.get(name) ?? -Infinity) < LIQUIDATION_RETRY_MS) return;
    this.liquidatedMs.set(name, now.wallMs);
    for (const order of margin.account.openOrders()) engine.cancel(order, order.clientOrderId, now);
    const assets = assetsOf(margin);
    for (const asset of assets) margin.repay(asset, margin.owed(asset), now.marketMs, true);
    for (const side of ['SELL', 'BUY'] as const) {
      for (const asset of assets) {
        const request = liquidationOrder(engine.state, margin, { asset, side }, now);
        if (request !== null) engine.place(margin.account, request, now);
      }
    }
    this.tellBalances(margin, assets);
  }

  private tellBalances(margin: MarginAccount, assets: readonly string[]): void {
    const { state } = this.parts.engine;
    state.now = this.parts.clock.now();
    state.reportBalances(margin.account, assets);
  }
}
