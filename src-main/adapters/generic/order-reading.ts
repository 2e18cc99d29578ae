import { compareDecimals, decimal, type DecimalText } from '../../engine/domain/decimal.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../../engine/domain/identifiers.ts';
import { tradeId, venueOrderId } from '../../engine/domain/identifiers.ts';
import type { Fill, OrderReport, OrderSide, OrderType } from '../../engine/domain/order.ts';
import type { KnownMarket } from './listed-markets.ts';
import type { UnifiedOrder, UnifiedTrade } from './unified-replies.ts';

/** What we know of an order that we sent; the reply to it may hold no more than the venue's id. */
export type SentOrder = {
  readonly clientOrderId: ClientOrderId;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly quantity: DecimalText;
  readonly price: DecimalText | null;
};

export type OrderPlace = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly clientOrderId: ClientOrderId | null;
  readonly sent: SentOrder | undefined;
};

/** Undefined when neither the venue nor our own record says the side or the size. */
export function reportOf(order: UnifiedOrder, place: OrderPlace): OrderReport | undefined {
  const { sent, accountId, instrumentId, clientOrderId } = place;
  const side = order.side ?? sent?.side;
  const quantity = order.amount ?? sent?.quantity;
  if (side === undefined || quantity === undefined) return undefined;
  const filledQuantity = order.filled ?? '0';
  return {
    ...{ clientOrderId, instrumentId, accountId, side, quantity, filledQuantity },
    venueOrderId: venueOrderId(order.id),
    type: sent?.type ?? typeOf(order),
    venueStatus: statusOf(order, compareDecimals(decimal(filledQuantity), decimal(quantity)) >= 0),
    triggered: false,
    price: sent === undefined ? order.price : sent.price,
    triggerPrice: order.triggerPrice,
    rejectReason: order.status === 'rejected' ? 'refused by the venue' : null,
    reportedAtUs: timeOf(order),
  };
}

const timeOf = ({ lastTradeTimestamp, timestamp }: UnifiedOrder): number =>
  Math.round((lastTradeTimestamp ?? timestamp ?? 0) * 1_000);

/** `closed` is ccxt's word for an order that left the book: filled when it was filled whole, else ended. */
function statusOf({ status, filled }: UnifiedOrder, isWhole: boolean): OrderReport['venueStatus'] {
  if (status === 'canceled' || status === 'expired' || status === 'rejected') return status;
  if (isWhole && filled !== null) return 'filled';
  if (status === 'closed') return 'canceled';
  return filled === null || decimal(filled).units === 0n ? 'live' : 'partiallyFilled';
}

const typeOf = ({ type, triggerPrice }: UnifiedOrder): OrderType =>
  type === 'market' ? 'market' : triggerPrice === null ? 'limit' : 'stopLimit';

export type FillPlace = {
  readonly accountId: AccountId;
  readonly clientOrderId: ClientOrderId;
  readonly market: KnownMarket;
};

/** A trade that states no fee is booked without one: the balance says what it was. */
export function fillOf(trade: UnifiedTrade, { accountId, clientOrderId, market }: FillPlace): Fill {
  const { id, side, price, amount, fee, takerOrMaker, timestamp } = trade;
  return {
    tradeId: tradeId(id),
    clientOrderId,
    venueOrderId: venueOrderId(trade.order),
    accountId,
    instrumentId: market.instrument.id,
    side,
    price,
    quantity: amount,
    fee: { amount: fee?.cost ?? '0', asset: fee?.currency ?? market.quote },
    liquidity: takerOrMaker ?? 'taker',
    tradedAtUs: Math.round(timestamp * 1_000),
  };
}
