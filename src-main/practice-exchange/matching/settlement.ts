import type { ExchangeState, Match, SymbolMarket } from './exchange-state.ts';
import type { Fill } from './exchange-events.ts';
import type { Amount } from './grid.ts';
import type { SymbolRules } from './symbol-rules.ts';
import { remainingLots, type VenueOrder } from './venue-order.ts';

/** What an order still has to hold: quote at its price for a buy, base for a sell. */
export function requirement(rules: SymbolRules, order: VenueOrder): Amount {
  const lots = remainingLots(order);
  if (order.side === 'SELL') return rules.sizes.amountOf(lots);
  return rules.notional(order.priceTicks === 0 ? order.stopTicks : order.priceTicks, lots);
}

/** Has the money of one match moved, updates the order and reports both. */
export function settle(state: ExchangeState, market: SymbolMarket, order: VenueOrder, match: Match): void {
  const quote = market.rules.notional(match.ticks, match.lots);
  const { fee, assets } = state.clearing.settle(state, market, order, match);
  order.filledLots += match.lots;
  order.filledQuote += quote;
  order.updatedMs = state.now.marketMs;
  order.status = remainingLots(order) === 0 ? 'FILLED' : 'PARTIALLY_FILLED';
  const fill: Fill = {
    ...match,
    orderId: order.id,
    quote,
    commission: fee.amount,
    commissionAsset: fee.asset,
    atMs: state.now.marketMs,
  };
  state.addFill(fill);
  afterFill(state, market, order);
  state.report(order, { type: 'TRADE', fill });
  state.reportBalances(state.account(order.account), assets);
}

function afterFill(state: ExchangeState, market: SymbolMarket, order: VenueOrder): void {
  if (order.status === 'FILLED') {
    state.account(order.account).removeOpen(order, false);
    market.book.remove(order);
  } else {
    market.book.side(order.side).orderShrank(order);
  }
  state.clearing.release(state, order);
  if (order.listId >= 0) state.listWork.push({ kind: order.status === 'FILLED' ? 'closed' : 'started', order });
}
