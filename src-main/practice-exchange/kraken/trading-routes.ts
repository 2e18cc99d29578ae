import type { OrderRequest } from '../matching/order-request.ts';
import { isLive } from '../matching/venue-order.ts';
import { Fields } from './fields.ts';
import { pairNamed } from './named-pairs.ts';
import type { KrakenDesk } from './desk.ts';
import { invalidArgument, KrakenError } from './kraken-error.ts';
import { closeText, describe, krakenError } from './order-info.ts';
import { readAmendment, readOrder } from './order-reading.ts';
import type { Pair } from './pairs.ts';
import { amendCost, cancelCost } from './rates.ts';
import { isKrakenOrder, krakenId, type KrakenOrder, termsOf, txidOf } from './terms.ts';

export type PrivateCall = {
  readonly desk: KrakenDesk;
  readonly account: string;
  readonly fields: Fields;
  readonly body: string;
};
export type PrivateRoute = (call: PrivateCall) => unknown;

const MAX_BATCH = 15;
const MAX_CANCEL_BATCH = 50;
const unknownOrder = (): KrakenError => new KrakenError('EOrder:Unknown order');

/** Orders; https://docs.kraken.com/api/docs/rest-api/add-order and its neighbors. */
export const TRADING_ROUTES: Readonly<Record<string, PrivateRoute>> = {
  AddOrder: (call) => addOrder(call, pairNamed(call.desk, call.fields.text('pair'))),
  AddOrderBatch: addOrderBatch,
  AmendOrder: amendOrder,
  CancelOrder: cancelOrder,
  CancelOrderBatch: cancelOrderBatch,
  CancelAll: ({ desk, account }) => ({ count: desk.cancelAll(account) }),
  CancelAllOrdersAfter: cancelAfter,
};

function addOrder({ desk, account, fields }: PrivateCall, pair: Pair) {
  checkDeadline(desk, fields);
  const request = readOrder(fields, pair, desk.venue.clock.apiMs());
  countAdds(desk, account, pair, 1);
  const { descr, txid } = place(desk, account, pair, request, fields.flag('validate'));
  return txid === null ? { descr } : { descr, txid: [txid] };
}

type Placed = { readonly descr: { readonly order: string; readonly close?: string }; readonly txid: string | null };

function place(desk: KrakenDesk, name: string, pair: Pair, request: OrderRequest, onlyValidate: boolean): Placed {
  const { venue } = desk;
  const account = venue.account(name);
  const close = termsOf(request)?.close ?? null;
  const closing = close === null ? {} : { close: closeText(close) };
  if (onlyValidate) {
    const tested = venue.engine.test(account, request, desk.now());
    if (!tested.ok) throw krakenError(tested.error);
    return { descr: { order: `${request.side.toLowerCase()} ${pair.key} @ ${request.type}`, ...closing }, txid: null };
  }
  const clientOrderId = termsOf(request)?.clientOrderId ?? null;
  if (clientOrderId !== null) venue.witnessIntent([clientOrderId]);
  const placed = venue.engine.place(account, request, desk.now());
  if (!placed.ok) throw krakenError(placed.error);
  const order = placed.value;
  if (!isKrakenOrder(order)) throw new TypeError('expected an order in the protocol of Kraken, was another');
  return { descr: { order: describe(pair, order).order, ...closing }, txid: txidOf(order) };
}

function countAdds(desk: KrakenDesk, account: string, pair: Pair, cost: number): void {
  const symbol = pair.market.rules.symbol;
  desk.rates.countTransaction(account, symbol, cost, desk.venue.clock.apiMs());
  const open = desk.openOrders(desk.venue.account(account)).filter((order) => order.symbol === symbol);
  if (open.length >= desk.rates.limits.openOrdersPerPair) throw new KrakenError('EOrder:Orders limit exceeded');
}

/** A request that took longer than its sender allowed is not carried out. */
function checkDeadline({ venue }: KrakenDesk, fields: Fields): void {
  const deadline = fields.optional('deadline');
  if (deadline === undefined) return;
  const ms = Date.parse(deadline);
  if (Number.isNaN(ms)) throw invalidArgument('deadline');
  if (ms < venue.clock.apiMs()) throw new KrakenError('EService:Deadline elapsed');
}

/** Each order of a batch succeeds or fails by itself; one that is malformed refuses the batch. */
function addOrderBatch({ desk, account, fields, body }: PrivateCall) {
  const orders = batchOf(body);
  if (orders.length < 2 || orders.length > MAX_BATCH) throw invalidArgument('orders');
  const pair = pairNamed(desk, fields.text('pair'));
  const nowMs = desk.venue.clock.apiMs();
  const requests = orders.map((order) => readOrder(Fields.fromObject(order), pair, nowMs));
  countAdds(desk, account, pair, orders.length / 2);
  const rows = requests.map((request) => {
    try {
      return place(desk, account, pair, request, fields.flag('validate'));
    } catch (error) {
      if (!(error instanceof KrakenError)) throw error;
      return { error: error.message };
    }
  });
  return { orders: rows };
}

function batchOf(body: string): readonly object[] {
  return listOf(body, 'orders').filter((order) => typeof order === 'object' && order !== null);
}

function listOf(body: string, name: string): readonly unknown[] {
  if (!body.trimStart().startsWith('{')) throw invalidArgument(name);
  const list: unknown = (JSON.parse(body) as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(list) ? (list as unknown[]) : [];
}

/** By txid, userref or cl_ord_id. */
export function findOrders({ desk, account, fields }: PrivateCall): readonly KrakenOrder[] {
  const clientId = fields.optional('cl_ord_id');
  if (clientId !== undefined) return desk.orders(account).filter(({ terms }) => terms.clientOrderId === clientId);
  const txid = fields.text('txid');
  if (/^-?\d+$/.test(txid)) return desk.orders(account).filter(({ terms }) => terms.userref === Number(txid));
  const order = desk.orderOf(account, txid);
  return order === undefined ? [] : [order];
}

function cancelOrder(call: PrivateCall) {
  return cancelFound(call, findOrders(call));
}

/** By txid or userref; those of them that are open are canceled, and counted. */
function cancelOrderBatch(call: PrivateCall) {
  const { account, body, desk } = call;
  const names = [...new Set(listOf(body, 'orders'))];
  if (names.length < 2 || names.length > MAX_CANCEL_BATCH) throw invalidArgument('orders');
  const found = names.flatMap((txid) =>
    findOrders({ desk, account, body, fields: Fields.fromObject({ txid: String(txid) }) }),
  );
  return cancelFound(call, found);
}

function cancelFound({ desk, account }: PrivateCall, found: readonly KrakenOrder[]) {
  const open = found.filter(isLive);
  if (open.length === 0) throw unknownOrder();
  const { apiMs, marketMs } = { apiMs: desk.venue.clock.apiMs(), marketMs: desk.now().marketMs };
  for (const order of open) {
    desk.rates.countTransaction(account, order.symbol, cancelCost(marketMs - order.updatedMs), apiMs);
  }
  return { count: open.filter((order) => desk.cancel(order)).length };
}

/** Changes quantity, limit and trigger in place; identity stays, the queue place is lost. Post-only stays post-only. */
function amendOrder(call: PrivateCall) {
  const { desk, account, fields } = call;
  checkDeadline(desk, fields);
  const [order] = findOrders(call).filter(isLive);
  if (order === undefined) throw unknownOrder();
  const ageMs = desk.now().marketMs - order.updatedMs;
  desk.rates.countTransaction(account, order.symbol, amendCost(ageMs), desk.venue.clock.apiMs());
  const changes = readAmendment(fields, desk.pairs.of(order.symbol), order);
  const amended = desk.venue.engine.amend(order, changes, desk.now());
  if (!amended.ok) throw krakenError(amended.error);
  return { amend_id: krakenId('T', [order.id, 8], [desk.venue.clock.apiMs() % 1_000_000_000, 8]) };
}

/** Cancels everything unless it is asked for again in time; a timeout of 0 disarms. Times are the venue's, in seconds. */
function cancelAfter({ desk, account, fields }: PrivateCall) {
  const seconds = fields.integer('timeout');
  if (seconds === undefined || seconds < 0) throw invalidArgument('timeout');
  const nowMs = desk.venue.clock.apiMs();
  desk.setDeadMan(account, seconds === 0 ? 0 : nowMs + seconds * 1000);
  const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
  return { currentTime: time(nowMs), triggerTime: seconds === 0 ? '0' : time(nowMs + seconds * 1000) };
}
