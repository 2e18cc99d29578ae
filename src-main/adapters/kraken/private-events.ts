import type { AccountId, TradeId, VenueOrderId } from '../../engine/domain/identifiers.ts';
import type { Fill } from '../../engine/domain/order.ts';
import type { VenueEvent } from '../../engine/ports/venue-gateway.ts';
import { syntheticId } from './account-queries.ts';
import type { CloseLink } from './key-state.ts';
import { isZero, type KnownOrder, type KnownOrders } from './known-orders.ts';
import { orderOfRow, statusOfRow, timeOf } from './order-reading.ts';
import type { PairMap } from './pair-map.ts';
import { type ExecutionRow, executionRows } from './wire-schemas.ts';

export type EventScope = {
  readonly accountId: AccountId;
  readonly orders: KnownOrders;
  readonly pairs: PairMap;
  readonly links: readonly CloseLink[];
  /** Trades that were counted already. */
  readonly seenTrades: Set<string>;
};

/** `problem`: something was said that could not be used, so the account has to be looked at. */
export type ReadExecutions = { readonly events: readonly VenueEvent[]; readonly problem: string | null };

/** What rows of the executions channel mean to the engine. A trade goes before the report that counts it. */
export function readExecutions(rows: readonly unknown[], scope: EventScope): ReadExecutions {
  const parsed = executionRows.safeParse(rows);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    return { events: [], problem: `executions not as documented at ${path}` };
  }
  const events: VenueEvent[] = [];
  let problem: string | null = null;
  for (const row of parsed.data) {
    const order = noted(row, scope);
    if (order === undefined) problem = `unknown order ${row.order_id}`;
    else events.push(...eventsOf(row, order, scope));
  }
  return { events, problem };
}

/** Only the first message of an order describes it; later ones name it and what changed. */
function noted(row: ExecutionRow, { orders, pairs }: EventScope): KnownOrder | undefined {
  const known = orders.get(row.order_id);
  if (row.exec_type !== 'trade') {
    const described = orderOfRow(row, pairs);
    if (described !== undefined) return orders.note(described);
  }
  if (known === undefined) return undefined;
  return orders.note({
    ...known,
    filled: row.cum_qty ?? known.filled,
    status: statusOfRow(row) ?? known.status,
    triggered: known.triggered || row.triggers?.status === 'triggered',
    reason: row.reason ?? known.reason,
    atUs: timeOf(row),
  });
}

function eventsOf(row: ExecutionRow, order: KnownOrder, scope: EventScope): readonly VenueEvent[] {
  const events: VenueEvent[] = [];
  if (row.cum_qty !== undefined) scope.orders.noteTotal(order, row.cum_qty);
  const fill = fillOf(row, order, scope);
  if (fill !== null) {
    events.push({ kind: 'fill', fill });
    if (!scope.seenTrades.has(fill.tradeId)) {
      scope.seenTrades.add(fill.tradeId);
      if (row.cum_qty === undefined) scope.orders.noteTrade(order, fill.quantity);
    }
  }
  events.push({ kind: 'report', report: scope.orders.report(order) });
  const unmade = unmadeStop(order, scope);
  return unmade === null ? events : [...events, unmade];
}

/** An entry that ended without a trade takes its stop with it. */
function unmadeStop(order: KnownOrder, { links, orders }: EventScope): VenueEvent | null {
  const isOver = order.status === 'canceled' || order.status === 'expired';
  const link = links.find(({ working }) => working === order.clientOrderId);
  if (!isOver || link === undefined || !isZero(order.filled)) return null;
  const stop = { quantity: order.quantity, type: 'stopMarket', price: null, triggerPrice: null } as const;
  return { kind: 'report', report: orders.unmadeStop(link, order, stop) };
}

function fillOf(row: ExecutionRow, order: KnownOrder, { accountId, orders }: EventScope): Fill | null {
  if (row.exec_type !== 'trade') return null;
  const { exec_id: tradeId, last_price: price, last_qty: quantity } = row;
  if (tradeId === undefined || price === undefined || quantity === undefined) return null;
  const [fee] = row.fees ?? [];
  return {
    tradeId: tradeId as TradeId,
    clientOrderId: orders.clientIdOf(order) ?? syntheticId(accountId, order.txid),
    venueOrderId: order.txid as VenueOrderId,
    accountId,
    instrumentId: order.instrumentId,
    side: order.side,
    price,
    quantity,
    fee: { amount: fee?.qty ?? '0', asset: fee?.asset ?? '' },
    liquidity: row.liquidity_ind === 'm' ? 'maker' : 'taker',
    tradedAtUs: timeOf(row),
  };
}
