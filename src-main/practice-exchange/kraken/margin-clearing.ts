import type { Account } from '../matching/account.ts';
import { costToTake, expire } from '../matching/execution.ts';
import type { Clearing, ExchangeState, Match, Settled, SymbolMarket } from '../matching/exchange-state.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import { type Refusal, refusal } from '../matching/refusal.ts';
import { isMarketLike, remainingLots, type Side, type VenueOrder } from '../matching/venue-order.ts';
import { MARGIN_ASSET } from '../usdm/futures-account.ts';
import { feeOn } from './fees.ts';
import { MarginAccount } from './margin-account.ts';
import { termsOf } from './terms.ts';

/** Texts of https://docs.kraken.com/api/docs/guides/spot-errors; the code has no meaning in this protocol. */
const deny = (text: string): Refusal => refusal(-2010, text);
const NO_POSITION = deny('EOrder:Reduce only:No position exists');
const LEVEL_TOO_LOW = deny('EOrder:Margin level too low');

export const isMarginOrder = (order: Pick<OrderRequest, 'terms' | 'reduceOnly'>): boolean =>
  order.reduceOnly === true || (termsOf(order)?.leverage ?? null) !== null;

/** Spot margin: orders need free margin, fills make positions, and gains, losses and fees go to the balance. */
export class KrakenMarginClearing implements Clearing {
  private readonly accounts = new Map<string, MarginAccount>();

  of(account: Account): MarginAccount {
    let margin = this.accounts.get(account.name);
    if (margin === undefined) this.accounts.set(account.name, (margin = new MarginAccount(account)));
    return margin;
  }

  all(): Iterable<MarginAccount> {
    return this.accounts.values();
  }

  /** Denies a reduce-only order without a position unless it waits for a trigger, and what free margin does not carry. What only closes always passes. */
  judge(
    state: ExchangeState,
    market: SymbolMarket,
    account: Account,
    request: OrderRequest,
    lots: number,
  ): Refusal | null {
    const margin = this.of(account);
    if (request.reduceOnly === true) {
      const waits = request.stopPrice !== null || (termsOf(request)?.trail ?? null) !== null;
      return waits || this.reducible(market, account, request.side) > 0 ? null : NO_POSITION;
    }
    const price = request.price ?? request.stopPrice;
    const ticks = price === null ? undefined : market.rules.prices.stepsOf(price);
    const cost =
      ticks === undefined
        ? costToTake(market, { side: request.side, type: 'MARKET', priceTicks: 0 }, lots)
        : market.rules.notional(ticks, lots);
    const needed = margin.needed(market, { side: request.side, lots, leverage: leverageOf(request), cost });
    return needed > 0n && needed > margin.available(state) ? LEVEL_TOO_LOW : null;
  }

  /** Positions hold margin, orders do not: what they want counts when the next one is judged. */
  reserve(): boolean {
    return true;
  }

  /** Reduce-only orders are cut to the position here, as they start to work: there may be less of it than when they came. */
  canPay(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean {
    const account = state.account(order.account);
    if (order.reduceOnly) return this.cut(state, market, order);
    if (!isMarketLike(order.type)) return true;
    const margin = this.of(account);
    const lots = remainingLots(order);
    const cost = costToTake(market, order, lots);
    const needed = margin.needed(market, { side: order.side, lots, leverage: leverageOf(order), cost });
    return needed === 0n || needed <= margin.spendable(state);
  }

  settle(state: ExchangeState, market: SymbolMarket, order: VenueOrder, match: Match): Settled {
    const { rules } = market;
    const account = state.account(order.account);
    const margin = this.of(account);
    const notional = rules.notional(match.ticks, match.lots);
    const fill = {
      lots: order.side === 'BUY' ? match.lots : -match.lots,
      ...{ notional, leverage: leverageOf(order), orderId: order.id, tradeId: match.tradeId },
    };
    const opening = margin.apply(market, fill, state.now.marketMs);
    const amount = feeOn(notional, match.isMaker ? account.fees.maker : account.fees.taker) + opening;
    const { symbol } = rules;
    const atMs = state.now.marketMs;
    margin.book.book({ symbol, incomeType: 'COMMISSION', amount: -amount, atMs, tradeId: match.tradeId });
    return { fee: { asset: MARGIN_ASSET, amount }, assets: [MARGIN_ASSET] };
  }

  /** Reduce-only orders on the book shrink with their position; waiting ones are judged when their price comes. */
  release(state: ExchangeState, order: VenueOrder): void {
    const market = state.market(order.symbol);
    for (const open of [...state.account(order.account).openOn(order.symbol).orders]) {
      if (!open.reduceOnly || !open.isWorking || open.id === order.id) continue;
      if (!this.cut(state, market, open)) expire(state, market, open, 'REDUCE_ONLY');
    }
  }

  private reducible(market: SymbolMarket, account: Account, side: Side): number {
    const held = this.of(account).book.lotsOf(market.rules.symbol);
    return side === 'SELL' ? Math.max(0, held) : Math.max(0, -held);
  }

  /** False when nothing is left to reduce. */
  private cut(state: ExchangeState, market: SymbolMarket, order: VenueOrder): boolean {
    const reducible = this.reducible(market, state.account(order.account), order.side);
    if (reducible === 0 || remainingLots(order) <= reducible) return reducible > 0;
    order.lots = order.filledLots + reducible;
    market.book.side(order.side).orderShrank(order);
    state.report(order, { type: 'AMENDMENT' });
    return true;
  }
}

/** A reduce-only order may come without: it opens nothing. */
const leverageOf = (order: Pick<OrderRequest, 'terms'>): number => termsOf(order)?.leverage ?? 1;
