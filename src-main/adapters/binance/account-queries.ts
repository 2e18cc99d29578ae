import type { Balance, Lane, OrderLookup, OrderLookupRequest } from '../../engine/domain/events.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../../engine/domain/identifiers.ts';
import type { Fill, OrderReport } from '../../engine/domain/order.ts';
import { err, ok, type Result } from '../../engine/domain/result.ts';
import type { VenueSnapshot } from '../../engine/ports/venue-gateway.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { CallParams } from '../ccxt/ccxt-binance.ts';
import { ChargeWindow } from '../venue-connection/charge-window.ts';
import type { ClientIdIndex } from './client-id-index.ts';
import { fillOfTrade, reportOfReply } from './order-reports.ts';
import type { AccountLook, ProductForm, WeighedCall } from './product-form.ts';
import type { RestClient } from './rest-client.ts';
import type { SymbolMap } from './symbol-map.ts';
import { orderReply, type OrderReply, orderRows, type TradeRow, tradeRows } from './wire-schemas.ts';

const PAGE = 1_000;
/** "Order does not exist." */
const NO_SUCH_ORDER = '-2013';

type Query<T> = Promise<Result<T, CallFailure>>;
export type AccountQueryParts = {
  readonly rest: RestClient;
  readonly form: ProductForm;
  readonly accountId: AccountId;
  readonly symbols: SymbolMap;
  readonly clientIds: ClientIdIndex;
};

/** `newest`: id of the last trade, from which the next look goes on. */
type NewFills = { readonly symbol: string; readonly newest: bigint; readonly fills: readonly Fill[] };

/**
 * Whole looks at one account. Open orders are asked for first: an order that leaves the book meanwhile shows in the
 * trades or the lookup that follow. Any part that fails fails the whole, because half a look would prove absence.
 */
export class AccountQueries {
  private readonly parts: AccountQueryParts;
  /** Highest trade id seen by a query, per symbol. Stream events do not advance it: some before them may be missing. */
  private readonly lastTradeId = new Map<string, bigint>();
  /** Symbols that may have trades we have not asked for. */
  private readonly active = new Set<string>();
  private readonly charges = new ChargeWindow();
  private readonly heldAssets = new Set<string>();
  /** Balances the stream told while a look was under way, by asset. */
  private readonly newer = new Map<string, Balance>();
  /** Lane of the look under way; another one's requests may borrow it. */
  private lane: Lane = 'query';

  constructor(parts: AccountQueryParts) {
    this.parts = parts;
  }

  /** Trades of this symbol will be part of the next snapshot. */
  noteActivity(venueSymbol: string): void {
    this.active.add(venueSymbol);
  }

  /** News of the stream: a look that was asked for before outweighs none of it. */
  noteBalances(balances: readonly Balance[]): void {
    for (const balance of balances) this.newer.set(balance.asset, balance);
  }

  /** What the account holds and owes now; null when the venue does not say. */
  async finances(): Promise<AccountLook | null> {
    const { form, rest, symbols } = this.parts;
    const account = await form.look(rest, symbols, 'query');
    if (!account.ok) return null;
    const { balances } = account.value;
    for (const { asset } of balances) this.heldAssets.add(asset);
    const gone = [...this.heldAssets].filter((asset) => !balances.some((balance) => balance.asset === asset));
    const nothing = { free: '0', locked: '0', borrowed: '0', interest: '0' };
    return { ...account.value, balances: [...balances, ...gone.map((asset) => ({ asset, ...nothing }))] };
  }

  async snapshot(
    lookups: readonly OrderLookupRequest[],
    instruments: readonly InstrumentId[],
    lane: Lane = 'query',
  ): Query<VenueSnapshot> {
    this.lane = lane;
    this.newer.clear();
    const open = await this.openOrders();
    if (!open.ok) return open;
    const asked = this.symbolsToAsk(open.value, instruments);
    const result = await this.rest(open.value, asked, lookups);
    // Those with open orders may trade at any time; after a failure all of them are still to be asked for.
    for (const symbol of result.ok ? open.value.map((row) => row.symbol) : asked) this.active.add(symbol);
    return result;
  }

  private async rest(
    open: readonly OrderReply[],
    symbols: readonly string[],
    lookups: readonly OrderLookupRequest[],
  ): Query<VenueSnapshot> {
    const { charges, look } = this.parts.form;
    const { rest, symbols: names } = this.parts;
    const { lane } = this;
    const asking = { rest, symbols: names, sinceUs: this.charges.sinceUs, lane };
    const [fills, found, account, booked] = await Promise.all([
      allOf(symbols.map((symbol) => this.newFills(symbol))),
      allOf(lookups.map((lookup) => this.lookup(lookup))),
      look(rest, names, this.lane),
      // An exit that waits for this look waits for no costs.
      charges === undefined || lane !== 'query' ? ok([]) : charges(asking),
    ]);
    if (!fills.ok) return fills;
    if (!found.ok) return found;
    if (!account.ok) return account;
    // Only now: the trades of a look that failed as a whole were shown to nobody and are asked for again.
    for (const { symbol, newest } of fills.value) this.lastTradeId.set(symbol, newest);
    const fresh = booked.ok ? this.charges.take(booked.value) : [];
    const { positions, standing } = account.value;
    return ok({
      openOrders: open.flatMap((row) => this.reportOf(row)),
      fills: fills.value.flatMap((page) => page.fills),
      balances: this.held(account.value),
      lookups: found.value,
      ...(positions === undefined ? {} : { positions }),
      ...(standing === undefined ? {} : { standing }),
      ...(charges === undefined ? {} : { charges: fresh }),
    });
  }

  /** The venue lists every asset it knows; one that was never held says nothing, one that was says it is gone. */
  private held({ balances: asked }: AccountLook): readonly Balance[] {
    const unlisted = [...this.newer.values()].filter(({ asset }) => !asked.some((balance) => balance.asset === asset));
    // The stream tells nothing of debts.
    const balances = [...asked.map((balance) => ({ ...balance, ...this.newer.get(balance.asset) })), ...unlisted];
    for (const balance of balances) if (isHeld(balance)) this.heldAssets.add(balance.asset);
    return balances.filter(({ asset }) => this.heldAssets.has(asset));
  }

  private async openOrders(): Query<readonly OrderReply[]> {
    const { calls, openOrdersParams } = this.parts.form;
    const rows = await this.ask(calls.openOrders, openOrdersParams, orderRows);
    if (rows.ok) rows.value.forEach((row) => this.remember(row));
    return rows;
  }

  /** Takes the active symbols: activity noted from here on belongs to the next snapshot. */
  private symbolsToAsk(open: readonly OrderReply[], instruments: readonly InstrumentId[]): readonly string[] {
    for (const { symbol } of open) this.active.add(symbol);
    for (const id of instruments) this.active.add(this.parts.symbols.venueSymbolOf(id));
    const only = this.parts.form.symbol;
    const symbols = [...this.active].filter(
      (symbol) => this.parts.symbols.instrumentOf(symbol) !== undefined && (only === null || symbol === only),
    );
    this.active.clear();
    return symbols;
  }

  /** Trades after the last known one, or the latest page when none is known. */
  private async newFills(symbol: string): Query<NewFills> {
    const rows: TradeRow[] = [];
    for (let last = this.lastTradeId.get(symbol); ;) {
      const from: CallParams = last === undefined ? {} : { fromId: String(last + 1n) };
      const page = await this.ask(this.parts.form.calls.trades, { symbol, limit: PAGE, ...from }, tradeRows);
      if (!page.ok) return page;
      rows.push(...page.value);
      const newest = page.value.at(-1);
      const wasOpenEnded = last === undefined;
      if (newest !== undefined) last = BigInt(newest.id);
      if (page.value.length < PAGE || wasOpenEnded) {
        const fills = await this.attributed(symbol, rows);
        // An empty history starts at its beginning next time, so that no later trade is taken for the first.
        return fills.ok ? ok({ symbol, newest: last ?? -1n, fills: fills.value }) : fills;
      }
    }
  }

  /** Trades name orders by the venue's id only; orders we have not seen are read in pages. */
  private async attributed(symbol: string, rows: readonly TradeRow[]): Query<readonly Fill[]> {
    const { clientIds, symbols } = this.parts;
    const missing = (): readonly bigint[] =>
      rows.filter((row) => clientIds.of(symbol, row.orderId) === undefined).map((row) => BigInt(row.orderId));
    for (let asked = -1n; ;) {
      const next = missing()
        .filter((id) => id > asked)
        .reduce<bigint | undefined>((low, id) => (low === undefined || id < low ? id : low), undefined);
      if (next === undefined) break;
      const params = { symbol, orderId: String(next), limit: PAGE };
      const page = await this.ask(this.parts.form.calls.allOrders, params, orderRows);
      if (!page.ok) return page;
      page.value.forEach((row) => this.remember(row));
      asked = next;
    }
    const scope = this.scopeOf(symbol);
    if (scope === undefined || symbols.instrumentOf(symbol) === undefined) return ok([]);
    // Orders of ours are always listed; one that is not belongs to someone else and stays without a readable name.
    return ok(
      rows.map((row) => fillOfTrade(row, clientIds.of(symbol, row.orderId) ?? `unlisted-${row.orderId}`, scope)),
    );
  }

  private async lookup(request: OrderLookupRequest): Query<OrderLookup> {
    const symbol = this.parts.symbols.venueSymbolOf(request.instrumentId);
    const { clientOrderId, venueOrderId } = request;
    const params = {
      symbol,
      ...(venueOrderId === undefined ? { origClientOrderId: clientOrderId } : { orderId: venueOrderId }),
    };
    const reply = await this.ask(this.parts.form.calls.order, params, orderReply);
    if (!reply.ok) {
      const absent = reply.error.outcome === 'rejected' && reply.error.code === NO_SUCH_ORDER;
      return absent ? ok({ clientOrderId: request.clientOrderId, found: false }) : reply;
    }
    const isAsked =
      venueOrderId === undefined ? reply.value.clientOrderId === clientOrderId : reply.value.orderId === venueOrderId;
    if (!isAsked) return err(wrongOrder(request.clientOrderId, reply.value));
    this.remember(reply.value);
    const [report] = this.reportOf(reply.value);
    if (report === undefined) return err(wrongOrder(request.clientOrderId, reply.value));
    const fills = await this.fillsOfOrder(reply.value);
    return fills.ok ? ok({ clientOrderId: request.clientOrderId, found: true, report, fills: fills.value }) : fills;
  }

  private async fillsOfOrder(order: OrderReply): Query<readonly Fill[]> {
    if (isZero(order.executedQty)) return ok([]);
    const params = { symbol: order.symbol, orderId: order.orderId };
    const rows = await this.ask(this.parts.form.calls.tradesOfOrder, params, tradeRows);
    const scope = this.scopeOf(order.symbol);
    if (!rows.ok || scope === undefined) return rows.ok ? ok([]) : rows;
    return ok(rows.value.map((row) => fillOfTrade(row, order.clientOrderId, scope)));
  }

  private ask<T>(
    { call, weight }: WeighedCall,
    params: CallParams,
    schema: Parameters<typeof this.parts.rest.query<T>>[0]['schema'],
  ): Query<T> {
    const { common } = this.parts.form;
    return this.parts.rest.query({ call, params: { ...params, ...common }, schema, lane: this.lane, weight });
  }

  private remember(row: OrderReply): void {
    this.parts.clientIds.remember(row.symbol, row.orderId, row.clientOrderId);
  }

  private reportOf(row: OrderReply): readonly OrderReport[] {
    const scope = this.scopeOf(row.symbol);
    return scope === undefined ? [] : [reportOfReply(row, scope)];
  }

  private scopeOf(symbol: string): { accountId: AccountId; instrumentId: InstrumentId } | undefined {
    const instrumentId = this.parts.symbols.instrumentOf(symbol);
    return instrumentId === undefined ? undefined : { accountId: this.parts.accountId, instrumentId };
  }
}

const isHeld = ({ free, locked, borrowed = '0', interest = '0' }: Balance): boolean =>
  ![free, locked, borrowed, interest].every(isZero);

const isZero = (text: string): boolean => /^0*(\.0*)?$/.test(text);

/** All values, or the first failure. */
async function allOf<T>(queries: readonly Query<T>[]): Query<readonly T[]> {
  const values: T[] = [];
  for (const result of await Promise.all(queries)) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values);
}

function wrongOrder(asked: ClientOrderId, reply: OrderReply): CallFailure {
  const message = `expected order ${asked}, was ${reply.clientOrderId} on ${reply.symbol}`;
  return { outcome: 'unknown', code: 'WRONG_ORDER', message, remedy: 'none', retryAfterMs: null };
}
