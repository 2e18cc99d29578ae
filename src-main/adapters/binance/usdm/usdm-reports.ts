import type { Balance, VenuePosition } from '../../../engine/domain/events.ts';
import { compareDecimals, decimal, divideDecimals, formatDecimal } from '../../../engine/domain/decimal.ts';
import type { ClientOrderId, InstrumentId, TradeId, VenueOrderId } from '../../../engine/domain/identifiers.ts';
import type { Charge, MarginStanding } from '../../../engine/domain/margin.ts';
import type { Fill, ForcedCause, OrderReport, OrderType } from '../../../engine/domain/order.ts';
import type { ReportScope } from '../order-reports.ts';
import type {
  AccountReply,
  AlgoReply,
  AlgoStatus,
  AlgoUpdate,
  IncomeRow,
  OrderReply,
  OrderTradeUpdate,
  PositionRow,
  TradeRow,
} from './usdm-wire.ts';

/** In which the venue states the totals of an account without multi-assets mode. */
const MARGIN_ASSET = 'USDT';
type AlgoType = AlgoReply['orderType'];
type VenueStatus = OrderReport['venueStatus'];

const ALGO_TYPES: Readonly<Record<AlgoType, OrderType>> = {
  STOP: 'stopLimit',
  STOP_MARKET: 'stopMarket',
  TAKE_PROFIT: 'takeProfitLimit',
  TAKE_PROFIT_MARKET: 'takeProfitMarket',
  TRAILING_STOP_MARKET: 'trailingStop',
};
const STATUSES: Readonly<Record<OrderReply['status'], VenueStatus>> = {
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
/** FINISHED and TRIGGERED are told by the ordinary order that it became. */
const ALGO_STATUSES: Readonly<Record<AlgoStatus, VenueStatus>> = {
  NEW: 'live',
  TRIGGERING: 'live',
  TRIGGERED: 'live',
  FINISHED: 'canceled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  // The matching engine refused what it became: the order is over without a fill.
  REJECTED: 'expired',
};

/** What a conditional order was asked for: the ordinary order it becomes carries its client id and forgets the rest. */
export type Conditional = Pick<OrderReport, 'type' | 'price' | 'triggerPrice'>;

export const conditionalOf = (algo: Pick<AlgoReply, 'orderType' | 'price' | 'triggerPrice'>): Conditional => ({
  type: ALGO_TYPES[algo.orderType],
  price: nonZero(algo.price),
  triggerPrice: nonZero(algo.triggerPrice),
});

export function reportOfOrder(reply: OrderReply, scope: ReportScope, was: Conditional | undefined): OrderReport {
  return {
    ...scope,
    clientOrderId: clientId(reply.clientOrderId),
    venueOrderId: reply.orderId as VenueOrderId,
    side: reply.side === 'BUY' ? 'buy' : 'sell',
    type: was?.type ?? typeOf(reply.origType, reply.timeInForce),
    venueStatus: STATUSES[reply.status],
    triggered: was !== undefined,
    quantity: reply.origQty,
    filledQuantity: reply.executedQty,
    price: was?.price ?? nonZero(reply.price),
    triggerPrice: was?.triggerPrice ?? null,
    rejectReason: null,
    reportedAtUs: reply.updateTime * 1000,
  };
}

export function reportOfAlgo(reply: AlgoReply, scope: ReportScope): OrderReport {
  return {
    ...scope,
    ...conditionalOf(reply),
    clientOrderId: clientId(reply.clientAlgoId),
    venueOrderId: algoOrderId(reply.algoId),
    side: reply.side === 'BUY' ? 'buy' : 'sell',
    venueStatus: ALGO_STATUSES[reply.algoStatus],
    triggered: reply.algoStatus === 'TRIGGERING' || reply.algoStatus === 'TRIGGERED',
    quantity: reply.quantity,
    filledQuantity: '0',
    rejectReason: null,
    reportedAtUs: reply.updateTime * 1000,
  };
}

export function reportOfUpdate({ o }: OrderTradeUpdate, scope: ReportScope, was: Conditional | undefined): OrderReport {
  return {
    ...scope,
    clientOrderId: clientId(o.c),
    venueOrderId: o.i as VenueOrderId,
    side: o.S === 'BUY' ? 'buy' : 'sell',
    type: was?.type ?? typeOf(o.ot, o.f),
    venueStatus: STATUSES[o.X],
    triggered: was !== undefined,
    quantity: o.q,
    filledQuantity: o.z,
    price: was?.price ?? nonZero(o.p),
    triggerPrice: was?.triggerPrice ?? null,
    rejectReason: o.er ?? null,
    reportedAtUs: o.T * 1000,
  };
}

/** The trade inside an event; liquidations count as trades. Null when it tells something else. */
export function fillOfUpdate({ o }: OrderTradeUpdate, scope: ReportScope): Fill | null {
  if (o.x !== 'TRADE' && o.x !== 'CALCULATED') return null;
  return {
    ...scope,
    tradeId: o.t as TradeId,
    clientOrderId: o.c as ClientOrderId,
    venueOrderId: o.i as VenueOrderId,
    side: o.S === 'BUY' ? 'buy' : 'sell',
    price: o.L,
    quantity: o.l,
    fee: { amount: o.n ?? '0', asset: o.N ?? '' },
    liquidity: o.m ? 'maker' : 'taker',
    tradedAtUs: o.T * 1000,
    ...forcedBy(o.c),
  };
}

/** Null for what the events of the ordinary order tell better. */
export function reportOfAlgoUpdate({ E, o }: AlgoUpdate, scope: ReportScope): OrderReport | null {
  if (o.X === 'TRIGGERED' || o.X === 'FINISHED') return null;
  const reply = { ...o, algoId: o.aid, clientAlgoId: o.caid, orderType: o.o, triggerPrice: o.tp, price: o.p };
  const report = reportOfAlgo(
    { ...reply, symbol: o.s, side: o.S, quantity: o.q, algoStatus: o.X, updateTime: E },
    scope,
  );
  return { ...report, rejectReason: o.rm === undefined || o.rm === null || o.rm === '' ? null : o.rm };
}

/** How the venue names the orders by which it closes positions; https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Event-Order-Update */
const FORCED: readonly (readonly [prefix: string, cause: ForcedCause])[] = [
  ['autoclose-', 'liquidation'],
  ['adl_autoclose', 'deleveraging'],
  ['settlement_autoclose-', 'settlement'],
];

function forcedBy(clientOrderId: string): Pick<Fill, 'forced'> {
  const found = FORCED.find(([prefix]) => clientOrderId.startsWith(prefix));
  return found === undefined ? {} : { forced: found[1] };
}

/** A row of userTrades has no client id: it comes from the order. */
export function fillOfTrade(row: TradeRow, clientOrderId: string, scope: ReportScope): Fill {
  return {
    ...scope,
    tradeId: row.id as TradeId,
    clientOrderId: clientOrderId as ClientOrderId,
    venueOrderId: row.orderId as VenueOrderId,
    side: row.buyer ? 'buy' : 'sell',
    price: row.price,
    quantity: row.qty,
    fee: { amount: row.commission, asset: row.commissionAsset },
    liquidity: row.maker ? 'maker' : 'taker',
    tradedAtUs: row.time * 1000,
    ...forcedBy(clientOrderId),
  };
}

/** Wallet balances: free is what new orders may use, the rest stands as margin. Unrealized gains are in neither. */
export const balancesOf = (reply: AccountReply): readonly Balance[] =>
  reply.assets.map(({ asset, walletBalance, availableBalance }) => {
    const [wallet, available] = [decimal(walletBalance), decimal(availableBalance)];
    if (compareDecimals(available, wallet) >= 0) return { asset, free: walletBalance, locked: '0' };
    const locked = formatDecimal({
      units:
        wallet.units * 10n ** BigInt(Math.max(0, available.scale - wallet.scale)) -
        available.units * 10n ** BigInt(Math.max(0, wallet.scale - available.scale)),
      scale: Math.max(wallet.scale, available.scale),
    });
    return { asset, free: availableBalance, locked };
  });

const LEVEL_SCALE = 8;

/** Margin balance over maintenance margin: at one the venue closes. */
export function standingOf(reply: AccountReply): MarginStanding {
  const maintenance = decimal(reply.totalMaintMargin);
  const level =
    maintenance.units === 0n
      ? null
      : divideDecimals(decimal(reply.totalMarginBalance), maintenance, LEVEL_SCALE, 'down');
  return {
    level: level === null ? null : formatDecimal(level),
    liquidationLevel: '1',
    freeMargin: reply.availableBalance,
    asset: MARGIN_ASSET,
  };
}

/** The position of a contract that is not ours has no instrument. */
export const fundingOf = (row: IncomeRow, instrumentId: InstrumentId | undefined): Charge => ({
  chargeId: `funding-${row.tranId}-${row.symbol}`,
  kind: 'funding',
  asset: row.asset,
  amount: row.income,
  instrumentId: instrumentId ?? null,
  chargedAtUs: row.time * 1000,
});

export function positionOf(row: PositionRow, instrumentId: InstrumentId): VenuePosition | null {
  if (nonZero(row.positionAmt) === null) return null;
  return {
    instrumentId,
    quantity: row.positionAmt,
    entryPrice: row.entryPrice,
    liquidationPrice: nonZero(row.liquidationPrice),
  };
}

/** Ids of the two spaces may be equal numbers. */
export const algoOrderId = (algoId: string): VenueOrderId => `algo-${algoId}` as VenueOrderId;

function typeOf(type: OrderReply['type'], timeInForce: string): OrderType {
  if (type === 'LIMIT') return timeInForce === 'GTX' ? 'limitMaker' : 'limit';
  return type === 'MARKET' || type === 'LIQUIDATION' ? 'market' : ALGO_TYPES[type];
}

const clientId = (text: string): ClientOrderId | null => (text === '' ? null : (text as ClientOrderId));

/** The venue writes zero or nothing where there is no price. */
const nonZero = (text: string): string | null => (/^-?0*(\.0*)?$/.test(text) ? null : text);
