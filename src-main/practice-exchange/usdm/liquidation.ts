import type { ExchangeState, SymbolMarket } from '../matching/exchange-state.ts';
import type { Amount } from '../matching/grid.ts';
import type { Moment, OrderRequest } from '../matching/order-request.ts';
import { bracketOf } from './brackets.ts';
import type { FuturesAccount } from './futures-account.ts';
import type { MarginClearing } from './margin-clearing.ts';
import { magnitude, marginFigures, markNotional, unrealizedOf } from './margin-figures.ts';
import { maintenanceOf } from './brackets.ts';

const BPS = 10_000n;

/** Accounts whose margin balance no longer covers their maintenance margin. */
export function findBreached(state: ExchangeState, clearing: MarginClearing): string[] {
  const breached: string[] = [];
  for (const futures of clearing.accounts.values()) {
    if (![...futures.positions.values()].some(({ lots }) => lots !== 0)) continue;
    const { balance, maintenance } = marginFigures(state, futures);
    if (balance < maintenance) breached.push(futures.name);
  }
  return breached;
}

/** The orders that close every position at the market, with the client id the venue gives them. */
export function liquidationOrders(state: ExchangeState, futures: FuturesAccount, at: Moment): OrderRequest[] {
  return [...futures.positions.values()]
    .filter(({ lots }) => lots !== 0)
    .map(({ symbol, lots }, index) => ({
      symbol,
      side: lots > 0 ? 'SELL' : 'BUY',
      type: 'MARKET',
      timeInForce: 'GTC',
      quantity: state.market(symbol).quantityOf(Math.abs(lots)),
      quoteOrderQty: null,
      price: null,
      stopPrice: null,
      clientOrderId: `autoclose-${at.marketMs}-${state.orders.size + index}`,
      strategyId: null,
      strategyType: null,
      reduceOnly: true,
    }));
}

/**
 * Price at which the account would be liquidated if only this symbol moved; 0 when none is above zero. From balance =
 * maintenance: W + U' - M' + cum - s*cost = q*p*(rate - s), with s the sign and ' the sums over the other symbols.
 */
export function liquidationPrice(state: ExchangeState, futures: FuturesAccount, market: SymbolMarket): Amount {
  const position = futures.positions.get(market.rules.symbol);
  if (position === undefined || position.lots === 0) return 0n;
  const figures = marginFigures(state, futures);
  const notional = magnitude(markNotional(market, position.lots));
  const others = figures.balance - unrealizedOf(market, position) - (figures.maintenance - maintenanceOf(notional));
  const { maintenanceBps, cum } = bracketOf(notional);
  const sign = position.lots > 0 ? 1n : -1n;
  const numerator = others + cum - sign * position.cost;
  const size = market.rules.sizes.amountOf(Math.abs(position.lots));
  const price = (numerator * BPS * 10n ** 16n) / (size * (maintenanceBps - sign * BPS));
  return price > 0n ? price : 0n;
}
