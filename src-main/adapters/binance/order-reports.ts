import type { Balance } from '../../engine/domain/events.ts';
import type { AccountId, ClientOrderId, InstrumentId, TradeId, VenueOrderId } from '../../engine/domain/identifiers.ts';
import type { Fill, OrderReport, OrderSide, OrderType } from '../../engine/domain/order.ts';
import type { AccountReply, ExecutionReport, OrderReply, TradeRow } from './wire-schemas.ts';

/** Whose order it is and which of our instruments the venue's symbol names. */
export type ReportScope = { readonly accountId: AccountId; readonly instrumentId: InstrumentId };

const TYPES: Readonly<Record<OrderReply['type'], OrderType>> = {
  LIMIT: 'limit',
  LIMIT_MAKER: 'limitMaker',
  MARKET: 'market',
  STOP_LOSS: 'stopMarket',
  STOP_LOSS_LIMIT: 'stopLimit',
  TAKE_PROFIT_LIMIT: 'takeProfitLimit',
  TAKE_PROFIT: 'takeProfitMarket',
};
const STATUSES: Readonly<Record<OrderReply['status'], OrderReport['venueStatus']>> = {
  PENDING_NEW: 'pendingNew',
  NEW: 'live',
  PENDING_CANCEL: 'live',
  PARTIALLY_FILLED: 'partiallyFilled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  REJECTED: 'rejected',
};
const CONDITIONAL: ReadonlySet<OrderReply['type']> = new Set([
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
]);
const NO_REASON = 'NONE';

export function reportOfReply(reply: OrderReply, scope: ReportScope): OrderReport {
  return {
    ...scope,
    clientOrderId: clientId(reply.origClientOrderId ?? reply.clientOrderId),
    venueOrderId: reply.orderId as VenueOrderId,
    side: sideOf(reply.side),
    type: TYPES[reply.type],
    venueStatus: STATUSES[reply.status],
    triggered: CONDITIONAL.has(reply.type) && (reply.isWorking ?? (reply.workingTime ?? -1) > 0),
    quantity: reply.origQty,
    filledQuantity: reply.executedQty,
    price: nonZero(reply.price),
    triggerPrice: nonZero(reply.stopPrice),
    rejectReason: null,
    reportedAtUs: (reply.updateTime ?? reply.transactTime ?? reply.time ?? 0) * 1000,
  };
}

/** Trades a create reply carries: they took liquidity, the reply comes before the order could rest. */
export function fillsOfReply(reply: OrderReply, scope: ReportScope): readonly Fill[] {
  return (reply.fills ?? []).map((fill) => ({
    ...scope,
    tradeId: fill.tradeId as TradeId,
    clientOrderId: reply.clientOrderId as ClientOrderId,
    venueOrderId: reply.orderId as VenueOrderId,
    side: sideOf(reply.side),
    price: fill.price,
    quantity: fill.qty,
    fee: { amount: fill.commission, asset: fill.commissionAsset },
    liquidity: 'taker' as const,
    tradedAtUs: (reply.transactTime ?? 0) * 1000,
  }));
}

export function reportOfExecution(report: ExecutionReport, scope: ReportScope): OrderReport {
  return {
    ...scope,
    clientOrderId: clientId(executionClientId(report)),
    venueOrderId: report.i as VenueOrderId,
    side: sideOf(report.S),
    type: TYPES[report.o],
    venueStatus: STATUSES[report.X],
    triggered: CONDITIONAL.has(report.o) && report.w,
    quantity: report.q,
    filledQuantity: report.z,
    price: nonZero(report.p),
    triggerPrice: nonZero(report.P),
    rejectReason: report.r === NO_REASON ? (report.eR ?? null) : report.r,
    reportedAtUs: report.T * 1000,
  };
}

/** The trade inside an execution report; null when it reports something else. */
export function fillOfExecution(report: ExecutionReport, scope: ReportScope): Fill | null {
  if (report.x !== 'TRADE') return null;
  return {
    ...scope,
    tradeId: report.t as TradeId,
    clientOrderId: executionClientId(report) as ClientOrderId,
    venueOrderId: report.i as VenueOrderId,
    side: sideOf(report.S),
    price: report.L,
    quantity: report.l,
    fee: { amount: report.n ?? '0', asset: report.N ?? '' },
    liquidity: report.m ? 'maker' : 'taker',
    tradedAtUs: report.T * 1000,
  };
}

/** A row of myTrades has no client id: it comes from the order. */
export function fillOfTrade(row: TradeRow, clientOrderId: string, scope: ReportScope): Fill {
  return {
    ...scope,
    tradeId: row.id as TradeId,
    clientOrderId: clientOrderId as ClientOrderId,
    venueOrderId: row.orderId as VenueOrderId,
    side: row.isBuyer ? 'buy' : 'sell',
    price: row.price,
    quantity: row.qty,
    fee: { amount: row.commission, asset: row.commissionAsset },
    liquidity: row.isMaker ? 'maker' : 'taker',
    tradedAtUs: row.time * 1000,
  };
}

export function balancesOf(reply: AccountReply): readonly Balance[] {
  return reply.balances.map(({ asset, free, locked }) => ({ asset, free, locked }));
}

/** On a cancel `c` is the id of the cancel request and `C` the order's; otherwise `C` is empty. */
function executionClientId(report: ExecutionReport): string {
  return report.C === undefined || report.C === null || report.C === '' ? report.c : report.C;
}

const clientId = (text: string): ClientOrderId | null => (text === '' ? null : (text as ClientOrderId));
const sideOf = (side: 'BUY' | 'SELL'): OrderSide => (side === 'BUY' ? 'buy' : 'sell');

/** The venue writes zero where there is no price. */
function nonZero(text: string | undefined): string | null {
  return text === undefined || /^0*(\.0*)?$/.test(text) ? null : text;
}
