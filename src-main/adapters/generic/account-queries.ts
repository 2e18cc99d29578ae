import type { z } from 'zod';
import { addDecimals, decimal } from '../../engine/domain/decimal.ts';
import type { Balance, OrderLookup, OrderLookupRequest } from '../../engine/domain/events.ts';
import {
  type AccountId,
  type ClientOrderId,
  type InstrumentId,
  venueOrderId,
} from '../../engine/domain/identifiers.ts';
import type { Fill, OrderReport } from '../../engine/domain/order.ts';
import { ok, type Result } from '../../engine/domain/result.ts';
import { syntheticOrderId } from '../../engine/domain/synthetic-id.ts';
import type { VenueSnapshot } from '../../engine/ports/venue-gateway.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { checkedReply } from '../kraken/checked-reply.ts';
import { isOrderNotFound } from './call-evidence.ts';
import type { CcxtExchange } from './ccxt-exchange.ts';
import type { ExchangeCalls } from './exchange-calls.ts';
import type { KnownOrders } from './known-orders.ts';
import type { KnownMarket } from './listed-markets.ts';
import { fillOf, reportOf } from './order-reading.ts';
import {
  type UnifiedBalance,
  unifiedBalance,
  type UnifiedOrder,
  unifiedOrder,
  unifiedOrders,
  type UnifiedTrade,
  unifiedTrades,
} from './unified-replies.ts';

type Query<T> = Promise<Result<T, CallFailure>>;

export type AccountQueryParts = {
  readonly calls: ExchangeCalls;
  readonly accountId: AccountId;
  readonly markets: ReadonlyMap<InstrumentId, KnownMarket>;
  readonly orders: KnownOrders;
  /** A denial of an order asked for by our own id is the venue's; else absence cannot be told from not being found. */
  readonly findsByClientId: boolean;
  readonly onFailure: (failure: CallFailure) => void;
};

/** What became known of one market between two looks. */
export type MarketNews = { readonly open: readonly UnifiedOrder[]; readonly fills: readonly Fill[] };

/**
 * Looks at one account through the unified calls, market by market, because many venues list orders and trades no other way.
 * Open orders are asked for before trades: an order that leaves the book meanwhile shows in what follows. Any part that fails
 * fails the whole, because half a look would prove absence.
 */
export class AccountQueries {
  private readonly parts: AccountQueryParts;
  private readonly held = new Set<string>();
  /** Trades of the last page of each market: those that were told. */
  private readonly told = new Map<InstrumentId, ReadonlySet<string>>();

  constructor(parts: AccountQueryParts) {
    this.parts = parts;
  }

  async snapshot(lookups: readonly OrderLookupRequest[]): Query<VenueSnapshot> {
    const openOrders: OrderReport[] = [];
    const fills: Fill[] = [];
    const pages: (() => void)[] = [];
    for (const market of this.parts.markets.values()) {
      const news = await this.news(market, (done) => pages.push(done));
      if (!news.ok) return news;
      openOrders.push(...news.value.open.flatMap((order) => this.reportsOf(order, market)));
      fills.push(...news.value.fills);
    }
    const balances = await this.balances();
    if (!balances.ok) return balances;
    const answers: OrderLookup[] = [];
    for (const request of lookups) {
      const answer = await this.lookup(request);
      if (!answer.ok) return answer;
      if (answer.value !== null) answers.push(answer.value);
    }
    // Only now: the trades of a look that failed as a whole were shown to nobody and are told again.
    for (const page of pages) page();
    return ok({ openOrders, fills, balances: balances.value, lookups: answers });
  }

  /** Open orders and trades that were not told yet; they count as told once `onTold`'s argument is called. */
  async news(market: KnownMarket, onTold: (done: () => void) => void): Query<MarketNews> {
    const { symbol } = market;
    const open = await this.ask('open orders', unifiedOrders, (exchange) => exchange.fetchOpenOrders(symbol));
    if (!open.ok) return open;
    for (const order of open.value) this.parts.orders.note(order);
    const trades = await this.ask('own trades', unifiedTrades, (exchange) => exchange.fetchMyTrades(symbol));
    if (!trades.ok) return trades;
    const { id } = market.instrument;
    const fresh = trades.value.filter((trade) => this.told.get(id)?.has(trade.id) !== true);
    const fills = await this.fillsOf(fresh, market);
    if (!fills.ok) return fills;
    onTold(() => this.told.set(id, new Set(trades.value.map((trade) => trade.id))));
    return ok({ open: open.value, fills: fills.value });
  }

  async balances(): Query<readonly Balance[]> {
    const reply = await this.ask('balances', unifiedBalance, (exchange) => exchange.fetchBalance());
    return reply.ok ? ok(this.heldOf(reply.value)) : reply;
  }

  /** An order by the venue's id; null when the venue has none. */
  async order(venueId: string, market: KnownMarket): Query<UnifiedOrder | null> {
    return this.find((exchange) => exchange.fetchOrder(venueId, market.symbol));
  }

  reportsOf(order: UnifiedOrder, { instrument }: KnownMarket): readonly OrderReport[] {
    const clientOrderId = this.parts.orders.note(order);
    const place = { accountId: this.parts.accountId, instrumentId: instrument.id, clientOrderId, sent: undefined };
    const report = reportOf(order, place);
    return report === undefined ? [] : [report];
  }

  /** The venue's id of an order of ours; null when nothing known to us or asked for names it. */
  async venueIdOf(clientOrderId: ClientOrderId, market: KnownMarket): Query<string | null> {
    const known = this.parts.orders.venueIdOf(clientOrderId);
    if (known !== undefined) return ok(known);
    const found = await this.named(clientOrderId, market);
    return found.ok ? ok(found.value?.id ?? null) : found;
  }

  /** An asset that was held and is listed no more is gone. */
  private heldOf({ free, used }: UnifiedBalance): readonly Balance[] {
    const rows = [...new Set([...Object.keys(free), ...Object.keys(used), ...this.held])].map((asset) => ({
      asset,
      free: free[asset] ?? '0',
      locked: used[asset] ?? '0',
    }));
    const holds = ({ free: a, locked: b }: Balance): boolean => addDecimals(decimal(a), decimal(b)).units !== 0n;
    for (const row of rows) if (holds(row)) this.held.add(row.asset);
    return rows.filter(({ asset }) => this.held.has(asset));
  }

  /** Trades name orders by the venue's id only; one of an order never seen is asked for. */
  private async fillsOf(trades: readonly UnifiedTrade[], market: KnownMarket): Query<readonly Fill[]> {
    const { orders, accountId } = this.parts;
    const fills: Fill[] = [];
    for (const trade of trades) {
      if (orders.clientIdOf(trade.order) === undefined) {
        const order = await this.order(trade.order, market);
        if (!order.ok) return order;
        if (order.value === null) orders.remember(trade.order, null);
        else orders.note(order.value);
      }
      const own = orders.clientIdOf(trade.order);
      const clientOrderId = own ?? syntheticOrderId(accountId, venueOrderId(trade.order));
      fills.push(fillOf(trade, { accountId, clientOrderId, market }));
    }
    return ok(fills);
  }

  /** Null where nothing was found and that proves nothing. */
  private async lookup(request: OrderLookupRequest): Query<OrderLookup | null> {
    const { clientOrderId, instrumentId } = request;
    const market = this.parts.markets.get(instrumentId);
    if (market === undefined) return ok(null);
    const venueId = request.venueOrderId ?? this.parts.orders.venueIdOf(clientOrderId);
    const found = venueId === undefined ? await this.named(clientOrderId, market) : await this.order(venueId, market);
    if (!found.ok) return found;
    if (found.value === null) {
      return ok(venueId === undefined && !this.parts.findsByClientId ? null : { clientOrderId, found: false });
    }
    if (request.venueOrderId === undefined) this.parts.orders.remember(found.value.id, clientOrderId);
    const [report] = this.reportsOf(found.value, market);
    if (report === undefined) return ok(null);
    const fills = await this.fillsOfOrder(found.value, market);
    if (!fills.ok) return fills;
    return ok({ clientOrderId, found: true, report: { ...report, clientOrderId }, fills: fills.value });
  }

  private async fillsOfOrder({ id, filled }: UnifiedOrder, market: KnownMarket): Query<readonly Fill[]> {
    if (filled === null || decimal(filled).units === 0n) return ok([]);
    const trades = await this.ask('own trades', unifiedTrades, (exchange) => exchange.fetchMyTrades(market.symbol));
    return trades.ok
      ? this.fillsOf(
          trades.value.filter(({ order }) => order === id),
          market,
        )
      : trades;
  }

  /** By our own id, where the class of ccxt takes one; else among the orders that are open or that ended lately. */
  private async named(clientOrderId: ClientOrderId, { symbol }: KnownMarket): Query<UnifiedOrder | null> {
    if (this.parts.findsByClientId) {
      return this.find((exchange) => exchange.fetchOrder(undefined, symbol, { clientOrderId }));
    }
    const { has } = this.parts.calls.exchange;
    const asked: readonly ((exchange: CcxtExchange) => Promise<unknown>)[] = [
      (exchange) => exchange.fetchOpenOrders(symbol),
      ...(lists(has['fetchClosedOrders']) ? [(e: CcxtExchange) => e.fetchClosedOrders(symbol)] : []),
      ...(lists(has['fetchCanceledOrders']) ? [(e: CcxtExchange) => e.fetchCanceledOrders(symbol)] : []),
    ];
    for (const list of asked) {
      const reply = await this.ask('orders', unifiedOrders, list);
      if (!reply.ok) return reply;
      const found = reply.value.find((order) => this.parts.orders.note(order) === clientOrderId);
      if (found !== undefined) return ok(found);
    }
    return ok(null);
  }

  private async find(run: (exchange: CcxtExchange) => Promise<unknown>): Query<UnifiedOrder | null> {
    const reply = await this.ask('an order', unifiedOrder, run);
    return !reply.ok && isOrderNotFound(reply.error) ? ok(null) : reply;
  }

  private async ask<T>(
    what: string,
    schema: z.ZodType<T>,
    run: (exchange: CcxtExchange) => Promise<unknown>,
  ): Query<T> {
    const reply = checkedReply(await this.parts.calls.call(run), { call: what, schema });
    if (!reply.ok) this.parts.onFailure(reply.error);
    return reply;
  }
}

/** What ccxt puts together out of other calls finds an order all the same: only its absence would prove nothing. */
const lists = (stated: unknown): boolean => stated === true || stated === 'emulated';
