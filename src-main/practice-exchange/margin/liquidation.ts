import { pow10 } from '../../engine/domain/decimal.ts';
import type { ExchangeState, SymbolMarket } from '../matching/exchange-state.ts';
import { type Amount, AMOUNT_SCALE } from '../matching/grid.ts';
import type { Moment, OrderRequest } from '../matching/order-request.ts';
import type { Side } from '../matching/venue-order.ts';
import type { MarginAccount } from './loans.ts';
import { valuedIn } from './risk.ts';

const ONE = pow10(AMOUNT_SCALE);
const REPAYS = { borrows: false, repays: true, repaysAtCancel: false } as const;

/** The market order that sells what is held of an asset, or buys what is owed of it; null when there is nothing to trade. */
export function liquidationOrder(
  state: ExchangeState,
  margin: MarginAccount,
  { asset, side }: { readonly asset: string; readonly side: Side },
  at: Moment,
): OrderRequest | null {
  const market = state.markets.get(asset + valuedIn(state, margin));
  if (market === undefined) return null;
  const { free } = margin.account.balance(asset);
  const lots =
    side === 'SELL' ? market.rules.sizes.stepsIn(free) : lotsToBuy(market, margin, margin.owed(asset) - free);
  if (lots <= 0) return null;
  return {
    symbol: market.rules.symbol,
    side,
    type: 'MARKET',
    timeInForce: 'GTC',
    quantity: market.quantityOf(lots),
    quoteOrderQty: null,
    price: null,
    stopPrice: null,
    clientOrderId: `autoclose-${at.marketMs}-${state.orders.size}`,
    strategyId: null,
    strategyType: null,
    funding: REPAYS,
  };
}

/** The fee is taken from what is bought: a little more has to be bought than is owed, in whole lots. */
function lotsToBuy(market: SymbolMarket, margin: MarginAccount, owed: Amount): number {
  if (owed <= 0n) return 0;
  const gross = (owed * ONE) / (ONE - margin.account.fees.taker);
  return market.rules.sizes.stepsIn(gross) + 1;
}
