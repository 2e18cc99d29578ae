import { pow10 } from '../../engine/domain/decimal.ts';
import type { ExchangeState, SymbolMarket } from '../matching/exchange-state.ts';
import { type Amount, AMOUNT_SCALE, parseAmount } from '../matching/grid.ts';
import { doubleMarkTicks } from '../usdm/margin-figures.ts';
import type { MarginAccount } from './loans.ts';

const ONE = pow10(AMOUNT_SCALE);
/** What the venue writes where nothing is owed. */
export const NO_DEBT_LEVEL = parseAmount('999');

/** Levels (assets over debts) at which borrowing, warnings and patience end. */
type Bars = {
  /** Debt may be this many times what the account owns itself. */
  readonly borrowTimes: bigint;
  readonly marginCall: Amount;
  readonly liquidation: Amount;
};

/**
 * Cross: GET /sapi/v1/margin/tradeCoeff states 1.5, 1.3 and 1.1. Isolated: tier 1 of BTCUSDT in
 * GET /sapi/v1/margin/isolatedMarginTier, 10 times, initial 1.111, liquidation 1.05; the warning between them is assumed.
 * https://developers.binance.com/docs/margin_trading
 */
const CROSS: Bars = { borrowTimes: 2n, marginCall: parseAmount('1.3'), liquidation: parseAmount('1.1') };
const ISOLATED: Bars = { borrowTimes: 9n, marginCall: parseAmount('1.08'), liquidation: parseAmount('1.05') };

export const barsOf = ({ symbol }: MarginAccount): Bars => (symbol === null ? CROSS : ISOLATED);

export type Standing = { readonly assets: Amount; readonly debts: Amount; readonly level: Amount };

/** The asset everything is valued in: the pair's quote when isolated. */
export const valuedIn = (state: ExchangeState, { symbol }: MarginAccount): string =>
  symbol === null ? 'USDT' : state.market(symbol).rules.quote;

/** Index price: the middle of the practice book, as the mark price of USD-M. */
export const indexPrice = (market: SymbolMarket): Amount => market.rules.prices.amountOf(doubleMarkTicks(market)) / 2n;

/** Null for an asset that has no market against `quote`: it counts for nothing. */
export function priceIn(state: ExchangeState, asset: string, quote: string): Amount | null {
  if (asset === quote) return ONE;
  const market = state.markets.get(asset + quote);
  return market === undefined ? null : indexPrice(market);
}

export const times = (amount: Amount, price: Amount): Amount => (amount * price) / ONE;
export const over = (value: Amount, price: Amount): Amount => (price === 0n ? 0n : (value * ONE) / price);

/** What the account has and owes at index prices. */
export function standingOf(state: ExchangeState, margin: MarginAccount): Standing {
  const quote = valuedIn(state, margin);
  let assets = 0n;
  let debts = 0n;
  for (const asset of assetsOf(margin)) {
    const price = priceIn(state, asset, quote) ?? 0n;
    const { free, locked } = margin.account.balance(asset);
    assets += times(free + locked, price);
    debts += times(margin.owed(asset), price);
  }
  return { assets, debts, level: debts === 0n ? NO_DEBT_LEVEL : over(assets, debts) };
}

export const assetsOf = (margin: MarginAccount): string[] => [
  ...new Set([...margin.account.balances.keys(), ...margin.debts.keys()]),
];

/** What of one asset the account may still borrow. */
export function maxBorrowable(state: ExchangeState, margin: MarginAccount, asset: string): Amount {
  const price = priceIn(state, asset, valuedIn(state, margin));
  if (price === null) return 0n;
  const { assets, debts } = standingOf(state, margin);
  const room = barsOf(margin).borrowTimes * (assets - debts) - debts;
  return room <= 0n ? 0n : over(room, price);
}

/**
 * Index price of one pair at which an isolated account would be liquidated; 0 when none is above zero. With base b and
 * quote q, debts B and Q and bar r: (b*p + q) = r*(B*p + Q), so p = (r*Q - q) / (b - r*B).
 */
export function liquidationPrice(state: ExchangeState, margin: MarginAccount): Amount {
  if (margin.symbol === null) return 0n;
  const { base, quote } = state.market(margin.symbol).rules;
  const bar = barsOf(margin).liquidation;
  const whole = (asset: string): Amount => {
    const { free, locked } = margin.account.balance(asset);
    return free + locked;
  };
  const numerator = times(margin.owed(quote), bar) - whole(quote);
  const denominator = whole(base) - times(margin.owed(base), bar);
  if (denominator === 0n) return 0n;
  const price = (numerator * ONE) / denominator;
  return price > 0n ? price : 0n;
}
