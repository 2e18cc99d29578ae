import type { Account } from '../matching/account.ts';
import type { ExchangeState, SymbolMarket } from '../matching/exchange-state.ts';
import type { Amount } from '../matching/grid.ts';
import type { Reservation } from '../matching/reservation.ts';
import { remainingLots, type Side } from '../matching/venue-order.ts';
import { FuturesAccount, MARGIN_ASSET } from '../usdm/futures-account.ts';
import { magnitude, markNotional, unrealizedOf } from '../usdm/margin-figures.ts';
import { feeOn } from './fees.ts';
import { isKrakenOrder } from './terms.ts';

/** Market time between two rollover fees; https://support.kraken.com/articles/206161568 */
const ROLLOVER_MS = 4 * 3_600_000;
/** Ten-thousandths of the borrowed amount: for the opening, and for each rollover. */
export const MARGIN_FEE_BPS = 2n;
/** Margin level in percent below which everything is closed; the venue's is "approximately 40%". */
const LIQUIDATION_LEVEL = 40n;
const BPS = 10_000n;

const marginFee = (cost: Amount): Amount => (cost * MARGIN_FEE_BPS) / BPS;

/** What the venue knows of the open position on one pair beside its lots and cost. */
export type PositionTerms = {
  /** Order that opened it. */
  readonly orderId: number;
  readonly openedMs: number;
  /** Used margin: what was opened, each part divided by its leverage. */
  margin: Amount;
  /** The part of the balance that is tied to it. */
  readonly hold: Reservation;
  fee: Amount;
  rolloverMs: number;
};

type Rollover = { readonly orderId: number; readonly amount: Amount; readonly atMs: number; readonly number: number };

type MarginFill = {
  readonly lots: number;
  readonly notional: Amount;
  readonly leverage: number;
  readonly orderId: number;
  readonly tradeId: number;
};

/** `cost`: of all its lots. */
type Wanted = { readonly side: Side; readonly lots: number; readonly leverage: number; readonly cost: Amount };

/** Figures of TradeBalance; https://docs.kraken.com/api/docs/rest-api/get-trade-balance */
type TradeBalance = {
  readonly balance: Amount;
  readonly margin: Amount;
  readonly unrealized: Amount;
  readonly cost: Amount;
  readonly valuation: Amount;
  readonly equity: Amount;
  readonly free: Amount;
};

/**
 * Spot margin of one account: positions in pairs quoted in USDT, carried by its USDT. The margin of a position is held in
 * that balance, so that spot orders cannot spend it.
 */
export class MarginAccount {
  readonly account: Account;
  readonly book: FuturesAccount;
  readonly terms = new Map<string, PositionTerms>();
  /** Fees of rollovers so far, by the order that opened the position. */
  readonly rollovers: Rollover[] = [];

  constructor(account: Account) {
    this.account = account;
    this.book = new FuturesAccount(account.name, account.balance(MARGIN_ASSET));
  }

  /** Applies a fill of signed lots; returns the fee for what it opened. Gains and losses go to the balance. */
  apply(market: SymbolMarket, fill: MarginFill, atMs: number): Amount {
    const { symbol } = market.rules;
    const position = this.book.position(symbol);
    const held = position.lots;
    const size = Math.abs(fill.lots);
    const closed = held === 0 || held > 0 === fill.lots > 0 ? 0 : Math.min(size, Math.abs(held));
    const earned = position.apply(fill.lots, fill.notional);
    position.updatedMs = atMs;
    if (closed > 0) this.shrink(symbol, Math.abs(held) - closed, Math.abs(held));
    this.book.book({ symbol, incomeType: 'REALIZED_PNL', amount: earned, atMs, tradeId: fill.tradeId });
    const openedCost = closed === size ? 0n : fill.notional - (fill.notional * BigInt(closed)) / BigInt(size);
    if (openedCost > 0n) this.grow(symbol, openedCost, fill, atMs);
    return marginFee(openedCost);
  }

  /** Books the fees of the rollovers that are due. */
  rollOver(nowMs: number): void {
    for (const [symbol, terms] of this.terms) {
      for (; terms.rolloverMs <= nowMs; terms.rolloverMs += ROLLOVER_MS) {
        const fee = marginFee(this.book.position(symbol).cost);
        terms.fee += fee;
        const atMs = terms.rolloverMs;
        this.rollovers.push({ orderId: terms.orderId, amount: fee, atMs, number: this.rollovers.length + 1 });
        this.book.book({ symbol, incomeType: 'ROLLOVER_FEE', amount: -fee, atMs, tradeId: null });
      }
    }
  }

  figures(state: ExchangeState): TradeBalance {
    const { free, locked } = this.account.balance(MARGIN_ASSET);
    const sums = { margin: 0n, unrealized: 0n, cost: 0n, valuation: 0n };
    for (const [symbol, { margin }] of this.terms) {
      const [market, position] = [state.market(symbol), this.book.position(symbol)];
      sums.margin += margin;
      sums.unrealized += unrealizedOf(market, position);
      sums.cost += position.cost;
      sums.valuation += magnitude(markNotional(market, position.lots));
    }
    const balance = free + locked;
    const equity = balance + sums.unrealized;
    return { ...sums, balance, equity, free: equity - sums.margin };
  }

  /** What was sold short, negative; 0 when nothing is. */
  shortOn({ rules }: SymbolMarket): Amount {
    const lots = this.book.lotsOf(rules.symbol);
    return lots < 0 ? -rules.sizes.amountOf(-lots) : 0n;
  }

  /** Whether the margin level fell below where the venue closes everything. */
  isBreached(state: ExchangeState): boolean {
    const { equity, margin } = this.figures(state);
    return margin > 0n && equity * 100n < margin * LIQUIDATION_LEVEL;
  }

  /** What new positions may use: free, not wanted by open margin orders, and losses taken off. Gains count once realized. */
  available(state: ExchangeState): Amount {
    const wanted = this.account.openOrders().reduce((sum, order) => {
      const leverage = isKrakenOrder(order) && !order.reduceOnly ? order.terms.leverage : null;
      if (leverage === null) return sum;
      const market = state.market(order.symbol);
      const lots = remainingLots(order);
      const cost = market.rules.notional(order.priceTicks === 0 ? order.stopTicks : order.priceTicks, lots);
      return sum + this.needed(market, { side: order.side, lots, leverage, cost });
    }, 0n);
    return this.spendable(state) - wanted;
  }

  /** As available, but what open orders want counts as free. */
  spendable(state: ExchangeState): Amount {
    const { unrealized } = this.figures(state);
    return this.account.balance(MARGIN_ASSET).free + (unrealized < 0n ? unrealized : 0n);
  }

  /** Margin and fees for what lots of one side would open beyond the position they close. */
  needed(market: SymbolMarket, { side, lots, leverage, cost }: Wanted): Amount {
    const held = this.book.lotsOf(market.rules.symbol);
    const reducible = Math.max(0, side === 'BUY' ? -held : held);
    if (lots <= reducible) return 0n;
    const opening = (cost * BigInt(lots - reducible)) / BigInt(lots);
    return opening / BigInt(leverage) + marginFee(opening) + feeOn(cost, this.account.fees.taker);
  }

  private grow(symbol: string, cost: Amount, { leverage, orderId }: MarginFill, atMs: number): void {
    const margin = cost / BigInt(leverage);
    let terms = this.terms.get(symbol);
    if (terms === undefined) {
      const hold = { asset: MARGIN_ASSET, amount: 0n };
      terms = { orderId, openedMs: atMs, margin: 0n, hold, fee: 0n, rolloverMs: atMs + ROLLOVER_MS };
      this.terms.set(symbol, terms);
    }
    terms.margin += margin;
    terms.fee += marginFee(cost);
    const { free } = this.account.balance(MARGIN_ASSET);
    const held = this.account.reserve(MARGIN_ASSET, free < margin ? free : margin);
    terms.hold.amount += held?.amount ?? 0n;
  }

  private shrink(symbol: string, left: number, of: number): void {
    const terms = this.terms.get(symbol);
    if (terms === undefined) return;
    const share = (amount: Amount): Amount => (amount * BigInt(left)) / BigInt(of);
    terms.margin = share(terms.margin);
    terms.fee = share(terms.fee);
    this.account.shrink(terms.hold, share(terms.hold.amount));
    if (left === 0) this.terms.delete(symbol);
  }
}
