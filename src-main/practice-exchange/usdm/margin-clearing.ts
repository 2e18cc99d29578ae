import { divide, pow10 } from '../../engine/domain/decimal.ts';
import { ensure } from '../../engine/domain/result.ts';
import type { Account } from '../matching/account.ts';
import { costToTake, expire } from '../matching/execution.ts';
import type { Clearing, ExchangeState, Match, Settled, SymbolMarket } from '../matching/exchange-state.ts';
import { type Amount, AMOUNT_SCALE, WIRE_SCALE } from '../matching/grid.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import { type Refusal, refusal } from '../matching/refusal.ts';
import { remainingLots, type VenueOrder } from '../matching/venue-order.ts';
import { capAtLeverage } from './brackets.ts';
import { FuturesAccount, MARGIN_ASSET } from './futures-account.ts';
import { initialMargin, marginFigures } from './margin-figures.ts';

const ONE = pow10(AMOUNT_SCALE);
const WIRE_UNIT = pow10(AMOUNT_SCALE - WIRE_SCALE);

const MARGIN_INSUFFICIENT = refusal(-2019, 'Margin is insufficient.');
const OVER_LEVERAGE = refusal(-2027, 'Exceeded the maximum allowable position at current leverage.');

/** USD-M: orders need margin, fills make positions, gains, losses and fees are booked in the wallet. */
export class MarginClearing implements Clearing {
  readonly accounts = new Map<string, FuturesAccount>();

  open(account: Account): FuturesAccount {
    const futures = new FuturesAccount(account.name, account.balance(MARGIN_ASSET));
    this.accounts.set(account.name, futures);
    return futures;
  }

  of(name: string): FuturesAccount {
    return ensure(this.accounts.get(name), `a futures account named ${name}`);
  }

  /** Denies what the margin does not carry. An order that leaves the account no worse always passes. */
  judge(
    state: ExchangeState,
    market: SymbolMarket,
    account: Account,
    order: OrderRequest,
    lots: number,
  ): Refusal | null {
    if (order.reduceOnly === true) return null;
    const futures = this.of(account.name);
    const { symbol } = market.rules;
    const proposed = { symbol, side: order.side, notional: notionalOf(market, order, lots) };
    const after = initialMargin(market, account, futures, proposed);
    if (after.total <= initialMargin(market, account, futures).total) return null;
    if (after.largest > capAtLeverage(futures.leverage(symbol))) return OVER_LEVERAGE;
    const figures = marginFigures(state, futures, proposed);
    return figures.initial > figures.balance ? MARGIN_INSUFFICIENT : null;
  }

  /** Margin is not set aside: it is what the open orders and positions need at each moment. */
  reserve(): boolean {
    return true;
  }

  canPay(): boolean {
    return true;
  }

  settle(state: ExchangeState, market: SymbolMarket, order: VenueOrder, match: Match): Settled {
    const futures = this.of(order.account);
    const { rules } = market;
    const notional = rules.notional(match.ticks, match.lots);
    const position = futures.position(rules.symbol);
    const earned = position.apply(order.side === 'BUY' ? match.lots : -match.lots, notional);
    position.updatedMs = state.now.marketMs;
    const { maker, taker } = state.account(order.account).fees;
    const fee = onWire((notional * (match.isMaker ? maker : taker)) / ONE);
    const cause = { symbol: rules.symbol, atMs: state.now.marketMs, tradeId: match.tradeId };
    futures.book({ ...cause, incomeType: 'REALIZED_PNL', amount: earned });
    futures.book({ ...cause, incomeType: 'COMMISSION', amount: -fee });
    return { fee: { asset: MARGIN_ASSET, amount: fee }, assets: [MARGIN_ASSET] };
  }

  /** Reduce-only orders never outgrow their position: what is too much is cut, what no longer reduces expires. */
  release(state: ExchangeState, order: VenueOrder): void {
    const market = state.market(order.symbol);
    const held = this.of(order.account).lotsOf(order.symbol);
    for (const open of [...state.account(order.account).openOn(order.symbol).orders]) {
      if (!open.reduceOnly || open.id === order.id) continue;
      const reducible = open.side === 'SELL' ? Math.max(0, held) : Math.max(0, -held);
      if (reducible === 0) expire(state, market, open, 'REDUCE_ONLY');
      else if (remainingLots(open) > reducible) this.cut(state, market, open, reducible);
    }
  }

  private cut(state: ExchangeState, market: SymbolMarket, order: VenueOrder, lots: number): void {
    order.lots = order.filledLots + lots;
    market.book.side(order.side).orderShrank(order);
    state.report(order, { type: 'AMENDMENT' });
  }
}

/** What an order would open at: its own price, or what the book asks for a market order. */
function notionalOf(market: SymbolMarket, order: OrderRequest, lots: number): Amount {
  const price = order.price === null ? undefined : market.rules.prices.stepsOf(order.price);
  if (price !== undefined) return market.rules.notional(price, lots);
  return costToTake(market, { side: order.side, type: 'MARKET', priceTicks: 0 }, lots);
}

const onWire = (amount: Amount): Amount => divide(amount, WIRE_UNIT, 'down') * WIRE_UNIT;
