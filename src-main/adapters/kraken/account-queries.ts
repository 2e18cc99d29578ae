import { createHash } from 'node:crypto';
import { addDecimals, decimal, formatDecimal } from '../../engine/domain/decimal.ts';
import type { Balance, Lane, OrderLookup, OrderLookupRequest, VenuePosition } from '../../engine/domain/events.ts';
import type { AccountId, ClientOrderId, TradeId, VenueOrderId } from '../../engine/domain/identifiers.ts';
import type { Fill, OrderReport } from '../../engine/domain/order.ts';
import { ok, type Result } from '../../engine/domain/result.ts';
import type { VenueSnapshot } from '../../engine/ports/venue-gateway.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { KrakenParams } from '../ccxt/ccxt-kraken.ts';
import type { CloseLink } from './key-state.ts';
import { isZero, type KnownOrder, type KnownOrders } from './known-orders.ts';
import { closeOfInfo, orderOfInfo } from './order-reading.ts';
import { MarginQueries } from './margin-queries.ts';
import type { PairMap } from './pair-map.ts';
import { positionsOf } from './positions.ts';
import type { KrakenRequest, KrakenSender } from './sender.ts';
import {
  balancesResult,
  type BalancesResult,
  closedOrdersResult,
  openOrdersResult,
  type OrderInfo,
  ordersResult,
  positionsResult,
  type TradeInfo,
  tradesHistoryResult,
  tradesResult,
} from './wire-schemas.ts';

type Query<T> = Promise<Result<T, CallFailure>>;
type Infos = Readonly<Record<string, OrderInfo>>;
type Trades = Readonly<Record<string, TradeInfo>>;

export type AccountQueryParts = {
  readonly sender: KrakenSender;
  readonly accountId: AccountId;
  readonly pairs: PairMap;
  readonly orders: KnownOrders;
  readonly links: () => readonly CloseLink[];
  /** Positions are part of each look. */
  readonly isMargin: boolean;
};

/** What earlier looks have shown. */
type Seen = {
  readonly assets: Set<string>;
  readonly margin: MarginQueries;
  /** Stops whose primary order has traded and which were not there. */
  readonly missing: Set<string>;
  lastTradeS: number | null;
};

const nothingSeen = (parts: AccountQueryParts): Seen => ({
  assets: new Set(),
  margin: new MarginQueries(parts),
  missing: new Set(),
  lastTradeS: null,
});

const PAGE = 50;
const MAX_PAGES = 40;
const IDS_PER_CALL = 20;
/** Trades of the last second are asked for again: a trade may be listed later than one of the same time. */
const OVERLAP_S = 1;

/**
 * Whole looks at one account. Open orders are asked for first: an order that leaves the book meanwhile shows in the trades
 * or the lookups that follow. Any part that fails fails the whole, because half a look would prove absence.
 */
export class AccountQueries {
  private readonly parts: AccountQueryParts;
  private readonly lane: Lane;
  private readonly seen: Seen;

  constructor(parts: AccountQueryParts, lane: Lane = 'query', seen: Seen = nothingSeen(parts)) {
    this.parts = parts;
    this.lane = lane;
    this.seen = seen;
  }

  /** The same looks in another lane: one that an emergency stop waits for must not wait for the counter of queries. */
  inLane(lane: Lane): AccountQueries {
    return new AccountQueries(this.parts, lane, this.seen);
  }

  async snapshot(lookups: readonly OrderLookupRequest[]): Query<VenueSnapshot> {
    const open = await this.ask('privatePostOpenOrders', { trades: 'true' }, openOrdersResult, 1);
    if (!open.ok) return open;
    const openOrders = await this.noteAll(open.value.open);
    if (!openOrders.ok) return openOrders;
    const trades = await this.newTrades();
    if (!trades.ok) return trades;
    const fills = await this.fillsOf(trades.value);
    if (!fills.ok) return fills;
    const balances = await this.balances();
    if (!balances.ok) return balances;
    const positions = await this.positions();
    if (!positions.ok) return positions;
    const costs = await this.costs();
    const found: OrderLookup[] = [];
    for (const request of lookups) {
      const answer = await this.lookup(request, open.value.open);
      if (!answer.ok) return answer;
      found.push(answer.value);
    }
    // Only now: the trades of a look that failed as a whole were shown to nobody and are asked for again.
    for (const { time } of Object.values(trades.value))
      this.seen.lastTradeS = Math.max(this.seen.lastTradeS ?? 0, time);
    return ok({
      openOrders: reportsOf(this.parts.orders, openOrders.value),
      fills: fills.value,
      balances: balances.value,
      lookups: found,
      ...(positions.value === null ? {} : { positions: positions.value }),
      ...costs,
    });
  }

  /** An emergency stop waits for no figures. */
  private async costs(): Promise<Pick<VenueSnapshot, 'charges' | 'standing'>> {
    return this.parts.isMargin && this.lane === 'query' ? this.seen.margin.look() : {};
  }

  /** Null on spot, which has none. */
  private async positions(): Query<readonly VenuePosition[] | null> {
    if (!this.parts.isMargin) return ok(null);
    const rows = await this.ask('privatePostOpenPositions', {}, positionsResult, 1);
    if (!rows.ok) return rows;
    this.seen.margin.notePositions(rows.value);
    return ok(positionsOf(Object.values(rows.value), this.parts.pairs));
  }

  async balances(): Query<readonly Balance[]> {
    const reply = await this.ask('privatePostBalanceEx', {}, balancesResult, 1);
    return reply.ok ? ok(this.held(reply.value)) : reply;
  }

  /** An asset that was held and is listed no more is gone. Earning and bonded parts (`ETH.B`) cannot be traded. */
  private held(reply: BalancesResult): readonly Balance[] {
    const rows = Object.entries(reply).flatMap(([id, { balance, hold_trade: locked = '0' }]) => {
      if (id.includes('.')) return [];
      const hold = decimal(locked);
      const free = formatDecimal(addDecimals(decimal(balance), { ...hold, units: -hold.units }));
      return [{ asset: this.parts.pairs.asset(id), free, locked }];
    });
    for (const { asset, free, locked } of rows) if (!isZero(free) || !isZero(locked)) this.seen.assets.add(asset);
    const gone = [...this.seen.assets].filter((asset) => !rows.some((row) => row.asset === asset));
    return [
      ...rows.filter(({ asset }) => this.seen.assets.has(asset)),
      ...gone.map((asset) => ({ asset, free: '0', locked: '0' })),
    ];
  }

  /** Notes orders oldest first, and reads the primary orders of those that conditional closes made. */
  private async noteAll(infos: Infos): Query<readonly KnownOrder[]> {
    const { orders, pairs } = this.parts;
    const rows = Object.entries(infos).sort(([, a], [, b]) => a.opentm - b.opentm);
    const noted = rows.flatMap(([txid, info]) => {
      const order = orderOfInfo(txid, info, pairs);
      return order === undefined ? [] : [orders.note(order)];
    });
    const missing = noted.flatMap(({ primary }) =>
      primary === null || orders.get(primary) !== undefined ? [] : [primary],
    );
    const primaries = await this.readOrders(missing);
    return primaries.ok ? ok(noted) : primaries;
  }

  private async readOrders(txids: readonly string[]): Query<Infos> {
    const unique = [...new Set(txids)];
    let infos: Infos = {};
    for (let first = 0; first < unique.length; first += IDS_PER_CALL) {
      const txid = unique.slice(first, first + IDS_PER_CALL).join(',');
      const page = await this.ask('privatePostQueryOrders', { txid, trades: 'true' }, ordersResult, 1);
      if (!page.ok) return page;
      const noted = await this.noteAll(page.value);
      if (!noted.ok) return noted;
      infos = { ...infos, ...page.value };
    }
    return ok(infos);
  }

  /** Trades since the last look; the newest page on the first one. */
  private async newTrades(): Query<Trades> {
    const since = this.seen.lastTradeS === null ? {} : { start: String(Math.floor(this.seen.lastTradeS) - OVERLAP_S) };
    let trades: Trades = {};
    for (let page = 0; page < MAX_PAGES; page++) {
      const params = { ...since, ofs: String(page * PAGE) };
      const reply = await this.ask('privatePostTradesHistory', params, tradesHistoryResult, 2);
      if (!reply.ok) return reply;
      trades = { ...trades, ...reply.value.trades };
      if (Object.keys(reply.value.trades).length < PAGE || this.seen.lastTradeS === null) break;
    }
    return ok(trades);
  }

  /** Trades name orders by the venue's id only. */
  private async fillsOf(trades: Trades): Query<readonly Fill[]> {
    const { orders } = this.parts;
    const unknown = Object.values(trades).flatMap(({ ordertxid }) =>
      orders.get(ordertxid) === undefined ? [ordertxid] : [],
    );
    const read = await this.readOrders(unknown);
    if (!read.ok) return read;
    return ok(Object.entries(trades).flatMap(([tradeTxid, trade]) => this.fill(tradeTxid, trade)));
  }

  private fill(tradeTxid: string, trade: TradeInfo): readonly Fill[] {
    const { orders, pairs, accountId } = this.parts;
    const pair = pairs.named(trade.pair);
    if (pair === undefined) return [];
    const order = orders.get(trade.ordertxid);
    const clientOrderId = order === undefined ? null : orders.clientIdOf(order);
    return [
      {
        tradeId: tradeTxid as TradeId,
        clientOrderId: clientOrderId ?? syntheticId(accountId, trade.ordertxid),
        venueOrderId: trade.ordertxid as VenueOrderId,
        accountId,
        instrumentId: pair.id,
        side: trade.type,
        price: trade.price,
        quantity: trade.vol,
        fee: { amount: trade.fee, asset: pair.quote },
        liquidity: trade.maker === true ? 'maker' : 'taker',
        tradedAtUs: Math.round(trade.time * 1_000_000),
      },
    ];
  }

  private async lookup({ clientOrderId }: OrderLookupRequest, open: Infos): Query<OrderLookup> {
    const link = this.parts.links().find(({ stop }) => stop === clientOrderId);
    const found = await this.find(link === undefined ? clientOrderId : link.working, open);
    if (!found.ok) return found;
    if (found.value === null) return ok({ clientOrderId, found: false });
    return link === undefined
      ? this.answer(clientOrderId, { [found.value.txid]: found.value.info })
      : this.lookupStop(link, found.value, open);
  }

  /** By our own id: among the open orders just read, then among those that ended. */
  private async find(clientOrderId: string, open: Infos): Query<{ txid: string; info: OrderInfo } | null> {
    const named = (infos: Infos) => Object.entries(infos).find(([, info]) => info.cl_ord_id === clientOrderId);
    let row = named(open);
    if (row === undefined) {
      const params = { cl_ord_id: clientOrderId, trades: 'true' };
      const closed = await this.ask('privatePostClosedOrders', params, closedOrdersResult, 1);
      if (!closed.ok) return closed;
      const noted = await this.noteAll(closed.value.closed);
      if (!noted.ok) return noted;
      row = named(closed.value.closed);
    }
    if (row !== undefined) return ok({ txid: row[0], info: row[1] });
    // It may have been placed after the open orders were read.
    const again = await this.ask(
      'privatePostOpenOrders',
      { cl_ord_id: clientOrderId, trades: 'true' },
      openOrdersResult,
      1,
    );
    if (!again.ok) return again;
    const noted = await this.noteAll(again.value.open);
    const late = named(again.value.open);
    return noted.ok ? ok(late === undefined ? null : { txid: late[0], info: late[1] }) : noted;
  }

  private async lookupStop(
    link: CloseLink,
    primary: { txid: string; info: OrderInfo },
    open: Infos,
  ): Query<OrderLookup> {
    const made = (infos: Infos): Infos =>
      Object.fromEntries(Object.entries(infos).filter(([, info]) => info.refid === primary.txid));
    const start = String(Math.floor(primary.info.opentm) - OVERLAP_S);
    const closed = await this.ask('privatePostClosedOrders', { start, trades: 'true' }, closedOrdersResult, 1);
    if (!closed.ok) return closed;
    const noted = await this.noteAll(closed.value.closed);
    if (!noted.ok) return noted;
    const closes = { ...made(open), ...made(closed.value.closed) };
    if (Object.keys(closes).length > 0) return this.answer(link.stop as ClientOrderId, closes);
    const order = this.parts.orders.get(primary.txid);
    if (order === undefined) return ok({ clientOrderId: link.stop as ClientOrderId, found: false });
    const report = this.parts.orders.unmadeStop(link, order, closeOfInfo(primary.info), this.isLost(link, order));
    return ok({ clientOrderId: link.stop as ClientOrderId, found: true, report, fills: [] });
  }

  /**
   * A close that the venue could not place is told by nobody. The close follows its primary order within a moment, so one look
   * without it may have come too early; the second is proof.
   */
  private isLost({ stop }: CloseLink, { status, filled }: KnownOrder): boolean {
    const hasTraded = (status === 'filled' || status === 'canceled' || status === 'expired') && !isZero(filled);
    if (!hasTraded) return false;
    const wasMissing = this.seen.missing.has(stop);
    this.seen.missing.add(stop);
    return wasMissing;
  }

  private async answer(clientOrderId: ClientOrderId, infos: Infos): Query<OrderLookup> {
    const { orders } = this.parts;
    const [first] = Object.keys(infos);
    const order = first === undefined ? undefined : orders.get(first);
    if (order === undefined) return ok({ clientOrderId, found: false });
    const ids = Object.values(infos).flatMap((info) => info.trades ?? []);
    const fills: Fill[] = [];
    for (let at = 0; at < ids.length; at += IDS_PER_CALL) {
      const txid = ids.slice(at, at + IDS_PER_CALL).join(',');
      const trades = await this.ask('privatePostQueryTrades', { txid }, tradesResult, 1);
      if (!trades.ok) return trades;
      fills.push(...Object.entries(trades.value).flatMap(([id, trade]) => this.fill(id, trade)));
    }
    return ok({ clientOrderId, found: true, report: orders.report(order), fills });
  }

  private ask<T>(
    call: KrakenRequest<T>['call'],
    params: KrakenParams,
    schema: KrakenRequest<T>['schema'],
    calls: number,
  ): Query<T> {
    return this.parts.sender.query({ call, params, schema, lane: this.lane, calls });
  }
}

/** One report per id of ours: the parts of a stop are told as one. */
function reportsOf(orders: KnownOrders, open: readonly KnownOrder[]): readonly OrderReport[] {
  const reports = new Map<string, OrderReport>();
  for (const order of open) {
    const report = orders.report(order);
    reports.set(report.clientOrderId ?? order.txid, report);
  }
  return [...reports.values()];
}

/** An id for an order that has none, the same in every life: 32 hex digits of account and txid. */
export const syntheticId = (account: AccountId, txid: string): ClientOrderId =>
  createHash('sha256').update(`${account} ${txid}`).digest('hex').slice(0, 32) as ClientOrderId;
