import { randomBytes } from 'node:crypto';
import type { Fill } from '../matching/exchange-events.ts';
import { formatAmount } from '../matching/grid.ts';
import { isLive } from '../matching/venue-order.ts';
import type { KrakenDesk } from './desk.ts';
import { invalidArgument, KrakenError } from './kraken-error.ts';
import { MARGIN_ROUTES } from './margin-routes.ts';
import { orderInfo, tradeInfo } from './order-info.ts';
import { assetNames } from './pairs.ts';
import { type KrakenOrder, tradeTxid, txidOf } from './terms.ts';
import type { PrivateCall, PrivateRoute } from './trading-routes.ts';

const PAGE = 50;
const MAX_IDS = 50;

/** Balances and history; https://docs.kraken.com/api/docs/rest-api/get-account-balance and its neighbors. */
export const ACCOUNT_ROUTES: Readonly<Record<string, PrivateRoute>> = {
  Balance: ({ desk, account }) => balances(desk, account, ({ free, locked }) => formatAmount(free + locked)),
  BalanceEx: ({ desk, account }) =>
    balances(desk, account, ({ free, locked }) => ({
      balance: formatAmount(free + locked),
      hold_trade: formatAmount(locked),
    })),
  OpenOrders: openOrders,
  ClosedOrders: closedOrders,
  QueryOrders: queryOrders,
  TradesHistory: tradesHistory,
  QueryTrades: queryTrades,
  ...MARGIN_ROUTES,
  GetWebSocketsToken: ({ desk, account }) =>
    desk.access.issueToken(account, randomBytes(32).toString('base64'), desk.venue.clock.apiMs()),
};

type Holding = { readonly free: bigint; readonly locked: bigint };

function balances(desk: KrakenDesk, account: string, row: (holding: Holding) => unknown) {
  const entries = [...desk.venue.account(account).balances];
  return Object.fromEntries(entries.map(([asset, holding]) => [assetNames(asset).id, row(holding)]));
}

const infoOf = (desk: KrakenDesk, order: KrakenOrder, withTrades: boolean) =>
  orderInfo(desk.pairs.of(order.symbol), order, desk.venue.engine.state.fills.get(order.id) ?? [], withTrades);

const listed = (desk: KrakenDesk, orders: readonly KrakenOrder[], withTrades: boolean) =>
  Object.fromEntries(orders.map((order) => [txidOf(order), infoOf(desk, order, withTrades)]));

function isAsked({ fields }: PrivateCall): (order: KrakenOrder) => boolean {
  const userref = fields.integer('userref');
  const clientId = fields.optional('cl_ord_id');
  return ({ terms }) =>
    (userref === undefined || terms.userref === userref) &&
    (clientId === undefined || terms.clientOrderId === clientId);
}

function openOrders(call: PrivateCall) {
  const { desk, account, fields } = call;
  const open = desk.openOrders(desk.venue.account(account)).filter(isAsked(call));
  return { open: listed(desk, open, fields.flag('trades')) };
}

/** Newest first, 50 at a time; `start` and `end` are market time in seconds, or a txid whose time counts. */
function closedOrders(call: PrivateCall) {
  const { desk, account, fields } = call;
  const inSpan = span(call, (order: KrakenOrder) => order.updatedMs);
  const closed = desk
    .orders(account)
    .filter((order) => !isLive(order))
    .filter(isAsked(call))
    .filter(inSpan)
    .sort((a, b) => b.updatedMs - a.updatedMs || b.id - a.id);
  return { closed: listed(desk, page(closed, fields.integer('ofs')), fields.flag('trades')), count: closed.length };
}

function queryOrders(call: PrivateCall) {
  const { desk, account, fields } = call;
  const ids = fields.text('txid').split(',');
  if (ids.length > MAX_IDS) throw invalidArgument('txid');
  const orders = ids.map((txid) => {
    const order = desk.orderOf(account, txid);
    if (order === undefined) throw new KrakenError('EOrder:Unknown order');
    return order;
  });
  return listed(desk, orders.filter(isAsked(call)), fields.flag('trades'));
}

type Trade = { readonly order: KrakenOrder; readonly fill: Fill; readonly txid: string };

/** Newest first. */
function tradesOf({ desk, account }: PrivateCall): Trade[] {
  const { fills } = desk.venue.engine.state;
  return desk
    .orders(account)
    .flatMap((order) => {
      const { phase } = desk.pairs.of(order.symbol).market;
      const txid = (fill: Fill): string => tradeTxid(phase, fill.tradeId, order.id);
      return (fills.get(order.id) ?? []).map((fill) => ({ order, fill, txid: txid(fill) }));
    })
    .sort((a, b) => b.fill.atMs - a.fill.atMs || b.fill.tradeId - a.fill.tradeId);
}

const tradeRows = ({ desk }: PrivateCall, trades: readonly Trade[]) =>
  Object.fromEntries(
    trades.map(({ order, fill, txid }) => [txid, tradeInfo(desk.pairs.of(order.symbol), order, fill)]),
  );

function tradesHistory(call: PrivateCall) {
  const all = tradesOf(call);
  const known = new Map(all.map((trade) => [trade.txid, trade.fill.atMs]));
  const trades = all.filter(span(call, ({ fill }: Trade) => fill.atMs, known));
  return { trades: tradeRows(call, page(trades, call.fields.integer('ofs'))), count: trades.length };
}

function queryTrades(call: PrivateCall) {
  const ids = call.fields.text('txid').split(',');
  const found = tradesOf(call).filter(({ txid }) => ids.includes(txid));
  if (found.length < ids.length) throw new KrakenError('EQuery:Unknown trade');
  return tradeRows(call, found);
}

const page = <T>(rows: readonly T[], offset = 0): readonly T[] => rows.slice(offset, offset + PAGE);

/** `start` is exclusive, `end` inclusive. */
function span<T>(call: PrivateCall, timeOf: (row: T) => number, times?: ReadonlyMap<string, number>) {
  const bound = (name: string, otherwise: number): number => {
    const text = call.fields.optional(name);
    if (text === undefined) return otherwise;
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
    const atMs = times?.get(text) ?? call.desk.orderOf(call.account, text)?.updatedMs;
    if (atMs === undefined) throw invalidArgument(name);
    return atMs;
  };
  const [startMs, endMs] = [bound('start', -1), bound('end', Infinity)];
  return (row: T): boolean => timeOf(row) > startMs && timeOf(row) <= endMs;
}
