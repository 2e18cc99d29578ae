import type { Account } from './matching/account.ts';
import type { BalancesChanged, ExchangeEvent, Execution } from './matching/exchange-events.ts';
import type { ExchangeState, SymbolMarket } from './matching/exchange-state.ts';
import { type Amount, formatAmount } from './matching/grid.ts';
import { compareDecimals, multiplyDecimals } from '../engine/domain/decimal.ts';
import { ensure } from '../engine/domain/result.ts';
import { isLive, isStopLoss, remainingLots, type Side, type VenueOrder } from './matching/venue-order.ts';

type Exposure = {
  /** Base bought minus sold, fees taken in base deducted. */
  held: Amount;
  bought: Amount;
  sold: Amount;
  unprotectedSinceMs: number | null;
  unprotectedMs: number;
  longestMs: number;
  episodes: number;
};

/**
 * The venue's own account of what happened: every order, fill and balance, and for how long bought coins, or a position, stood
 * without a live stop. It sees the venue's events only, so it can witness against the engine that trades there.
 */
export class Ledger {
  private readonly state: ExchangeState;
  private readonly bareOf: BareAmount;
  private readonly exposures = new Map<string, Map<string, Exposure>>();
  private readonly fills: Execution[] = [];
  private readonly changes: BalancesChanged[] = [];
  /** Creates whose intent was not yet on disk when they arrived; null while no journal is watched. */
  sentBeforeCommit: number | null = null;
  intentsChecked = 0;
  creates = 0;

  constructor(state: ExchangeState, bareOf: BareAmount = bareCoins) {
    this.state = state;
    this.bareOf = bareOf;
  }

  /** Looks again whether a position has its stop: conditional orders of futures are no orders of the matching engine. */
  reviewProtection(account: string, symbol: string, wallMs: number): void {
    this.judgeProtection(account, symbol, wallMs);
  }

  record(event: ExchangeEvent): void {
    if (event.kind === 'balances') this.changes.push(event);
    if (event.kind !== 'execution') return;
    if (event.fill !== null) {
      this.fills.push(event);
      this.addFill(event);
    }
    this.judgeProtection(event.order.account, event.order.symbol, event.at.wallMs);
  }

  /** Everything about one account. Sums are exact; `unprotectedMs` is wall time up to `wallMs`. */
  report(account: Account, wallMs: number) {
    for (const symbol of this.exposures.get(account.name)?.keys() ?? [])
      this.judgeProtection(account.name, symbol, wallMs);
    const positions = this.positions(account.name, wallMs);
    return {
      account: account.name,
      creates: this.creates,
      sentBeforeCommit: this.sentBeforeCommit,
      intentsChecked: this.intentsChecked,
      unprotectedMs: positions.reduce((sum, position) => sum + position.unprotectedMs, 0),
      positions,
      balances: [...account.balances].map(([asset, { free, locked }]) => ({
        asset,
        free: formatAmount(free),
        locked: formatAmount(locked),
      })),
      orders: [...this.state.orders.values()]
        .filter((order) => order.account === account.name)
        .map((order) => this.orderRow(order)),
      fills: this.fills.filter((event) => event.order.account === account.name).map((event) => this.fillRow(event)),
    };
  }

  /** Every change of every balance, oldest first. */
  balanceChanges(account: string) {
    const mine = this.changes.filter((event) => event.account === account);
    return mine.flatMap(({ at, balances }) =>
      balances.map(({ asset, free, locked }) => ({
        ...at,
        asset,
        free: formatAmount(free),
        locked: formatAmount(locked),
      })),
    );
  }

  private positions(account: string, wallMs: number) {
    return [...(this.exposures.get(account) ?? [])].map(([symbol, exposure]) => {
      const openMs = exposure.unprotectedSinceMs === null ? 0 : wallMs - exposure.unprotectedSinceMs;
      return {
        symbol,
        held: formatAmount(exposure.held),
        bought: formatAmount(exposure.bought),
        sold: formatAmount(exposure.sold),
        isProtected: exposure.unprotectedSinceMs === null,
        unprotectedMs: exposure.unprotectedMs + openMs,
        longestUnprotectedMs: Math.max(exposure.longestMs, openMs),
        unprotectedEpisodes: exposure.episodes,
      };
    });
  }

  private exposure(account: string, symbol: string): Exposure {
    const bySymbol = this.exposures.get(account) ?? new Map<string, Exposure>();
    this.exposures.set(account, bySymbol);
    let exposure = bySymbol.get(symbol);
    if (exposure === undefined) {
      exposure = {
        held: 0n,
        bought: 0n,
        sold: 0n,
        unprotectedSinceMs: null,
        unprotectedMs: 0,
        longestMs: 0,
        episodes: 0,
      };
      bySymbol.set(symbol, exposure);
    }
    return exposure;
  }

  private addFill({ order, fill }: Execution): void {
    if (fill === null) return;
    const { rules } = this.state.market(order.symbol);
    const exposure = this.exposure(order.account, order.symbol);
    const base = rules.sizes.amountOf(fill.lots);
    if (order.side === 'BUY') exposure.bought += base;
    else exposure.sold += base;
    exposure.held += order.side === 'BUY' ? base : -base;
    if (fill.commissionAsset === rules.base) exposure.held -= fill.commission;
  }

  /** Unprotected: bought coins beyond the live stops of at least one lot and the minimum notional. */
  private judgeProtection(account: string, symbol: string, wallMs: number): void {
    const exposure = this.exposure(account, symbol);
    const market = this.state.market(symbol);
    const bare = this.bareOf(this.state.account(account), market, exposure.held);
    const isBare = !isDust(market, bare);
    if (isBare === (exposure.unprotectedSinceMs !== null)) return;
    if (isBare) {
      exposure.unprotectedSinceMs = wallMs;
      exposure.episodes += 1;
      return;
    }
    const gapMs = wallMs - (exposure.unprotectedSinceMs ?? wallMs);
    exposure.unprotectedMs += gapMs;
    exposure.longestMs = Math.max(exposure.longestMs, gapMs);
    exposure.unprotectedSinceMs = null;
  }

  private orderRow(order: VenueOrder) {
    const { rules } = this.state.market(order.symbol);
    return {
      orderId: order.id,
      clientOrderId: order.clientOrderId,
      orderListId: order.listId,
      symbol: order.symbol,
      side: order.side,
      type: order.type,
      status: order.status,
      price: rules.prices.format(order.priceTicks),
      stopPrice: rules.prices.format(order.stopTicks),
      quantity: rules.sizes.format(order.lots),
      executedQuantity: rules.sizes.format(order.filledLots),
      expiryReason: order.expiryReason,
      createdMs: order.createdMs,
      updatedMs: order.updatedMs,
    };
  }

  private fillRow({ order, fill: made, at }: Execution) {
    const fill = ensure(made, 'a fill');
    const { rules } = this.state.market(order.symbol);
    return {
      tradeId: fill.tradeId,
      orderId: order.id,
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      price: rules.prices.format(fill.ticks),
      quantity: rules.sizes.format(fill.lots),
      commission: formatAmount(fill.commission),
      commissionAsset: fill.commissionAsset,
      isMaker: fill.isMaker,
      marketMs: at.marketMs,
      wallMs: at.wallMs,
    };
  }
}

/** How much of what is held has no live stop; `held` is negative for what was sold short. */
export type BareAmount = (account: Account, market: SymbolMarket, held: Amount) => Amount;

export const bareCoins: BareAmount = (account, market, held) => held - stopAmount(account, market, 'SELL');

/** What was sold with borrowed coins and no live stop would buy back. */
export const bareShort: BareAmount = (account, market, held) => -held - stopAmount(account, market, 'BUY');

/** Base that live stop-losses of one side would trade. A pending leg protects nothing. */
function stopAmount(account: Account, market: SymbolMarket, side: Side): Amount {
  let lots = 0;
  for (const order of account.openOn(market.rules.symbol).orders) {
    const rests = isLive(order) && order.status !== 'PENDING_NEW';
    if (rests && order.side === side && isStopLoss(order.type)) lots += remainingLots(order);
  }
  return market.rules.sizes.amountOf(lots);
}

function isDust(market: SymbolMarket, amount: Amount): boolean {
  const { rules } = market;
  const lots = amount <= 0n ? 0 : rules.sizes.stepsIn(amount);
  const step = rules.filters.lot === null ? 1 : (rules.sizes.stepsOf(rules.filters.lot.step) ?? 1);
  if (lots < Math.max(1, step)) return true;
  const minimum = rules.filters.notional?.min;
  if (minimum === undefined || market.lastTicks === null) return false;
  const notional = multiplyDecimals(market.priceOf(market.lastTicks), market.quantityOf(lots));
  return compareDecimals(notional, minimum) < 0;
}
