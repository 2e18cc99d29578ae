import type { Account } from '../matching/account.ts';
import type { ExchangeState, SymbolMarket } from '../matching/exchange-state.ts';
import type { Amount } from '../matching/grid.ts';
import { remainingLots, type Side } from '../matching/venue-order.ts';
import { maintenanceOf } from './brackets.ts';
import type { FuturesAccount, Position } from './futures-account.ts';

/** Twice the mark price in ticks: the middle of the book can lie between two ticks. The last trade while a side is empty. */
export function doubleMarkTicks(market: SymbolMarket): number {
  const bid = market.book.bestTicks('BUY');
  const ask = market.book.bestTicks('SELL');
  return bid === undefined || ask === undefined ? 2 * (market.lastTicks ?? 0) : bid + ask;
}

/** Value of `lots` at the mark price; the sign is that of the lots. */
export const markNotional = (market: SymbolMarket, lots: number): Amount =>
  market.rules.notional(doubleMarkTicks(market), lots) / 2n;

export const magnitude = (amount: Amount): Amount => (amount < 0n ? -amount : amount);

/** Unrealized gain at the mark price. */
export function unrealizedOf(market: SymbolMarket, position: Position): Amount {
  const value = magnitude(markNotional(market, position.lots));
  return position.lots >= 0 ? value - position.cost : position.cost - value;
}

/** An order that is judged as if it were open. */
export type Proposed = { readonly symbol: string; readonly side: Side; readonly notional: Amount };

/** Margin of one symbol: of the larger of what its buys and what its sells would leave, divided by its leverage. */
export function initialMargin(
  market: SymbolMarket,
  account: Account,
  futures: FuturesAccount,
  proposed: Proposed | null = null,
): { readonly position: Amount; readonly total: Amount; readonly largest: Amount } {
  const { symbol } = market.rules;
  const held = markNotional(market, futures.lotsOf(symbol));
  let buys = proposed?.symbol === symbol && proposed.side === 'BUY' ? proposed.notional : 0n;
  let sells = proposed?.symbol === symbol && proposed.side === 'SELL' ? proposed.notional : 0n;
  for (const order of account.openOn(symbol).orders) {
    if (order.reduceOnly) continue;
    const notional = market.rules.notional(order.priceTicks, remainingLots(order));
    if (order.side === 'BUY') buys += notional;
    else sells += notional;
  }
  const [long, short] = [magnitude(held + buys), magnitude(held - sells)];
  const largest = long > short ? long : short;
  const leverage = BigInt(futures.leverage(symbol));
  return { position: magnitude(held) / leverage, total: largest / leverage, largest };
}

export type MarginFigures = {
  readonly wallet: Amount;
  readonly unrealized: Amount;
  /** Wallet and unrealized gains. */
  readonly balance: Amount;
  readonly positionInitial: Amount;
  readonly initial: Amount;
  readonly maintenance: Amount;
  /** What new orders may use. */
  readonly available: Amount;
};

/** Cross margin of one account over all symbols; with `proposed` as if that order were open too. */
export function marginFigures(
  state: ExchangeState,
  futures: FuturesAccount,
  proposed: Proposed | null = null,
): MarginFigures {
  const account = state.account(futures.name);
  const sums = { unrealized: 0n, positionInitial: 0n, initial: 0n, maintenance: 0n };
  for (const market of state.markets.values()) {
    const position = futures.positions.get(market.rules.symbol);
    const isIdle = (position?.lots ?? 0) === 0 && account.openOn(market.rules.symbol).orders.size === 0;
    if (isIdle && proposed?.symbol !== market.rules.symbol) continue;
    const margin = initialMargin(market, account, futures, proposed);
    sums.positionInitial += margin.position;
    sums.initial += margin.total;
    if (position === undefined || position.lots === 0) continue;
    sums.unrealized += unrealizedOf(market, position);
    sums.maintenance += maintenanceOf(magnitude(markNotional(market, position.lots)));
  }
  const wallet = futures.wallet.free;
  const balance = wallet + sums.unrealized;
  const free = balance - sums.initial;
  return { wallet, balance, ...sums, available: free > 0n ? free : 0n };
}
