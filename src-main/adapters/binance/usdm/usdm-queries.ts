import type { Lane, OrderLookup, OrderLookupRequest, VenuePosition } from '../../../engine/domain/events.ts';
import type { Charge } from '../../../engine/domain/margin.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../../../engine/domain/identifiers.ts';
import type { Fill, OrderReport } from '../../../engine/domain/order.ts';
import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { VenueSnapshot } from '../../../engine/ports/venue-gateway.ts';
import type { CallFailure } from '../../ccxt/call-failure.ts';
import type { BinanceCall, CallParams } from '../../ccxt/ccxt-binance.ts';
import { ChargeWindow } from '../../venue-connection/charge-window.ts';
import type { ClientIdIndex } from '../client-id-index.ts';
import type { ReportScope } from '../order-reports.ts';
import type { RestClient, RestRequest } from '../rest-client.ts';
import type { SymbolMap } from '../symbol-map.ts';
import type { ConditionalIndex } from './conditional-index.ts';
import {
  balancesOf,
  fillOfTrade,
  fundingOf,
  positionOf,
  reportOfAlgo,
  reportOfOrder,
  standingOf,
} from './usdm-reports.ts';
import {
  accountReply,
  incomeRows,
  type AlgoReply,
  algoReply,
  algoRows,
  type OrderReply,
  orderReply,
  orderRows,
  positionRows,
  type TradeRow,
  tradeRows,
} from './usdm-wire.ts';

/** REST request weights of USD-M, as its documentation states them. */
const WEIGHT = { openOrders: 40, order: 1, trades: 5, account: 5, positions: 5, income: 30 } as const;
const PAGE = 1_000;
/** "Order does not exist." */
const NO_SUCH_ORDER = '-2013';

type Query<T> = Promise<Result<T, CallFailure>>;

export type UsdmQueryParts = {
  readonly rest: RestClient;
  readonly accountId: AccountId;
  readonly symbols: SymbolMap;
  readonly clientIds: ClientIdIndex;
  readonly conditionals: ConditionalIndex;
};

type NewFills = { readonly symbol: string; readonly newest: bigint; readonly fills: readonly Fill[] };

/**
 * Whole looks at one account. Conditional orders are asked for before ordinary ones: one that triggers meanwhile shows in
 * both lists or in the second, never in neither. Any part that fails fails the whole, because half a look would prove absence.
 */
export class UsdmQueries {
  private readonly parts: UsdmQueryParts;
  private readonly charges = new ChargeWindow();
  private readonly lastTradeId = new Map<string, bigint>();
  /** Symbols that may have trades we have not asked for. */
  private readonly active = new Set<string>();
  /** Lane of the look under way; another one's requests may borrow it. */
  private lane: Lane = 'query';

  constructor(parts: UsdmQueryParts) {
    this.parts = parts;
  }

  /** Trades of this symbol will be part of the next snapshot. */
  noteActivity(venueSymbol: string): void {
    this.active.add(venueSymbol);
  }

  async snapshot(
    lookups: readonly OrderLookupRequest[],
    instruments: readonly InstrumentId[],
    lane: Lane = 'query',
  ): Query<VenueSnapshot> {
    this.lane = lane;
    const waiting = await this.ask('fapiPrivateGetOpenAlgoOrders', {}, algoRows, WEIGHT.openOrders);
    if (!waiting.ok) return waiting;
    for (const row of waiting.value) this.parts.conditionals.remember(row);
    const open = await this.ask('fapiPrivateGetOpenOrders', {}, orderRows, WEIGHT.openOrders);
    if (!open.ok) return open;
    const symbols = this.symbolsToAsk([...open.value, ...waiting.value], instruments);
    const result = await this.rest(this.merged(open.value, waiting.value), symbols, lookups);
    for (const { symbol } of result.ok ? [...open.value, ...waiting.value] : []) this.active.add(symbol);
    if (!result.ok) for (const symbol of symbols) this.active.add(symbol);
    return result;
  }

  private merged(open: readonly OrderReply[], waiting: readonly AlgoReply[]): readonly OrderReport[] {
    const ordinary = open.flatMap((row) => this.reportOf(row));
    const triggered = new Set(open.map((row) => row.clientOrderId));
    const untouched = waiting.filter((row) => !triggered.has(row.clientAlgoId));
    return [...ordinary, ...untouched.flatMap((row) => this.scoped(row.symbol, (scope) => reportOfAlgo(row, scope)))];
  }

  private async rest(
    openOrders: readonly OrderReport[],
    symbols: readonly string[],
    lookups: readonly OrderLookupRequest[],
  ): Query<VenueSnapshot> {
    const [fills, found, account, positions, funding] = await Promise.all([
      allOf(symbols.map((symbol) => this.newFills(symbol))),
      allOf(lookups.map((lookup) => this.lookup(lookup))),
      this.ask('fapiPrivateV3GetAccount', {}, accountReply, WEIGHT.account),
      this.positions(),
      // An exit that waits for this look waits for no costs.
      this.lane === 'query' ? this.funding() : ok([]),
    ]);
    if (!fills.ok) return fills;
    if (!found.ok) return found;
    if (!account.ok) return account;
    if (!positions.ok) return positions;
    for (const { symbol, newest } of fills.value) this.lastTradeId.set(symbol, newest);
    const charges = funding.ok ? this.charges.take(funding.value) : [];
    return ok({
      openOrders,
      fills: fills.value.flatMap((page) => page.fills),
      balances: balancesOf(account.value),
      lookups: found.value,
      positions: positions.value,
      standing: standingOf(account.value),
      charges,
    });
  }

  /** Payments since the last one told; the latest page at first. */
  private async funding(): Query<readonly Charge[]> {
    const { sinceUs } = this.charges;
    const since: CallParams = sinceUs === null ? {} : { startTime: Math.floor(sinceUs / 1000) };
    const params = { incomeType: 'FUNDING_FEE', limit: PAGE, ...since };
    const rows = await this.ask('fapiPrivateGetIncome', params, incomeRows, WEIGHT.income);
    if (!rows.ok) return rows;
    return ok(rows.value.map((row) => fundingOf(row, this.parts.symbols.instrumentOf(row.symbol))));
  }

  /** Payments that the stream announced without their numbers; none when the venue does not answer: the next look asks again. */
  async newFunding(): Promise<readonly Charge[]> {
    const funding = await this.funding();
    return funding.ok ? this.charges.take(funding.value) : [];
  }

  private async positions(): Query<readonly VenuePosition[]> {
    const rows = await this.ask('fapiPrivateV3GetPositionRisk', {}, positionRows, WEIGHT.positions);
    if (!rows.ok) return rows;
    return ok(
      rows.value.flatMap((row) => {
        const instrumentId = this.parts.symbols.instrumentOf(row.symbol);
        const position = instrumentId === undefined ? null : positionOf(row, instrumentId);
        return position === null ? [] : [position];
      }),
    );
  }

  /** Takes the active symbols: activity noted from here on belongs to the next snapshot. */
  private symbolsToAsk(open: readonly { readonly symbol: string }[], instruments: readonly InstrumentId[]): string[] {
    for (const { symbol } of open) this.active.add(symbol);
    for (const id of instruments) this.active.add(this.parts.symbols.venueSymbolOf(id));
    const symbols = [...this.active].filter((symbol) => this.parts.symbols.instrumentOf(symbol) !== undefined);
    this.active.clear();
    return symbols;
  }

  /** Trades after the last known one, or the latest page when none is known. */
  private async newFills(symbol: string): Query<NewFills> {
    const rows: TradeRow[] = [];
    const known = this.lastTradeId.get(symbol);
    for (let last = known; ;) {
      const from: CallParams = last === undefined ? {} : { fromId: String(last + 1n) };
      const page = await this.ask(
        'fapiPrivateGetUserTrades',
        { symbol, limit: PAGE, ...from },
        tradeRows,
        WEIGHT.trades,
      );
      if (!page.ok) return page;
      rows.push(...page.value);
      const newest = page.value.at(-1);
      if (newest !== undefined) last = BigInt(newest.id);
      if (page.value.length < PAGE || known === undefined) {
        const fills = await this.attributed(symbol, rows);
        return fills.ok ? ok({ symbol, newest: last ?? -1n, fills: fills.value }) : fills;
      }
    }
  }

  /** Trades name orders by the venue's id only; each order we have not seen is asked for once. */
  private async attributed(symbol: string, rows: readonly TradeRow[]): Query<readonly Fill[]> {
    const { clientIds } = this.parts;
    const unknown = new Set(rows.map((row) => row.orderId).filter((id) => clientIds.of(symbol, id) === undefined));
    for (const orderId of unknown) {
      const order = await this.ask('fapiPrivateGetOrder', { symbol, orderId }, orderReply, WEIGHT.order);
      if (order.ok) this.remember(order.value);
      else if (order.error.code !== NO_SUCH_ORDER) return order;
    }
    return ok(rows.flatMap((row) => this.fillsOf(row, clientIds.of(symbol, row.orderId) ?? `unlisted-${row.orderId}`)));
  }

  private fillsOf(row: TradeRow, clientOrderId: string): readonly Fill[] {
    return this.scoped(row.symbol, (scope) => fillOfTrade(row, clientOrderId, scope));
  }

  /** Ordinary orders first: what a conditional one became carries its id and tells more. */
  private async lookup(request: OrderLookupRequest): Query<OrderLookup> {
    const { clientOrderId } = request;
    const symbol = this.parts.symbols.venueSymbolOf(request.instrumentId);
    const ordinary = await this.found('fapiPrivateGetOrder', { symbol, origClientOrderId: clientOrderId }, orderReply);
    if (!ordinary.ok) return ordinary;
    if (ordinary.value !== null) return this.foundOrder(clientOrderId, ordinary.value);
    const algo = await this.found('fapiPrivateGetAlgoOrder', { clientAlgoId: clientOrderId }, algoReply);
    if (!algo.ok) return algo;
    if (algo.value === null) return ok({ clientOrderId, found: false });
    const waiting = algo.value;
    this.parts.conditionals.remember(waiting);
    const { actualOrderId } = waiting;
    if (typeof actualOrderId === 'string' && /^\d+$/.test(actualOrderId) && actualOrderId !== '0') {
      const order = await this.ask('fapiPrivateGetOrder', { symbol, orderId: actualOrderId }, orderReply, WEIGHT.order);
      return order.ok ? this.foundOrder(clientOrderId, order.value) : order;
    }
    const [report] = this.scoped(symbol, (scope) => reportOfAlgo(waiting, scope));
    return report === undefined
      ? err(wrongOrder(clientOrderId))
      : ok({ clientOrderId, found: true, report, fills: [] });
  }

  /** Null when the venue knows no such order. */
  private async found<T>(call: BinanceCall, params: CallParams, schema: RestRequest<T>['schema']): Query<T | null> {
    const reply = await this.ask(call, params, schema, WEIGHT.order);
    const isAbsent = !reply.ok && reply.error.outcome === 'rejected' && reply.error.code === NO_SUCH_ORDER;
    return isAbsent ? ok(null) : reply;
  }

  private async foundOrder(clientOrderId: ClientOrderId, order: OrderReply): Query<OrderLookup> {
    if (order.clientOrderId !== clientOrderId) return err(wrongOrder(clientOrderId));
    this.remember(order);
    const [report] = this.reportOf(order);
    if (report === undefined) return err(wrongOrder(clientOrderId));
    if (/^0*(\.0*)?$/.test(order.executedQty)) return ok({ clientOrderId, found: true, report, fills: [] });
    const { symbol, orderId } = order;
    const rows = await this.ask('fapiPrivateGetUserTrades', { symbol, orderId }, tradeRows, WEIGHT.trades);
    if (!rows.ok) return rows;
    return ok({
      clientOrderId,
      found: true,
      report,
      fills: rows.value.flatMap((row) => this.fillsOf(row, clientOrderId)),
    });
  }

  private ask<T>(call: BinanceCall, params: CallParams, schema: RestRequest<T>['schema'], weight: number): Query<T> {
    return this.parts.rest.query({ call, params, schema, lane: this.lane, weight });
  }

  private remember(row: OrderReply): void {
    this.parts.clientIds.remember(row.symbol, row.orderId, row.clientOrderId);
  }

  private reportOf(row: OrderReply): readonly OrderReport[] {
    this.remember(row);
    const was = this.parts.conditionals.of(row.clientOrderId);
    return this.scoped(row.symbol, (scope) => reportOfOrder(row, scope, was));
  }

  /** Nothing for symbols that are no perpetual of ours. */
  private scoped<T>(symbol: string, make: (scope: ReportScope) => T): readonly T[] {
    const instrumentId = this.parts.symbols.instrumentOf(symbol);
    return instrumentId === undefined ? [] : [make({ accountId: this.parts.accountId, instrumentId })];
  }
}

/** All values, or the first failure. */
async function allOf<T>(queries: readonly Query<T>[]): Query<readonly T[]> {
  const values: T[] = [];
  for (const result of await Promise.all(queries)) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values);
}

function wrongOrder(asked: ClientOrderId): CallFailure {
  const message = `expected order ${asked}, was another`;
  return { outcome: 'unknown', code: 'WRONG_ORDER', message, remedy: 'none', retryAfterMs: null };
}
