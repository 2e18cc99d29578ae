import { addDecimals, compareDecimals, decimal, type DecimalText, formatDecimal } from '../../engine/domain/decimal.ts';
import type { AccountId, ClientOrderId, InstrumentId, VenueOrderId } from '../../engine/domain/identifiers.ts';
import type { OrderReport, OrderSide, OrderType } from '../../engine/domain/order.ts';
import type { CloseLink } from './key-state.ts';

export type VenueStatus = OrderReport['venueStatus'];

/** An order at the venue, as far as its own words go. */
export type KnownOrder = {
  readonly txid: string;
  readonly clientOrderId: string | null;
  /** Of an order that a conditional close made: its primary order. */
  readonly primary: string | null;
  readonly instrumentId: InstrumentId;
  readonly side: OrderSide;
  readonly type: OrderType;
  quantity: DecimalText;
  filled: DecimalText;
  price: DecimalText | null;
  triggerPrice: DecimalText | null;
  triggered: boolean;
  status: VenueStatus;
  reason: string | null;
  atUs: number;
};

const CAPACITY = 5_000;
const OVER: ReadonlySet<VenueStatus> = new Set(['filled', 'canceled', 'expired', 'rejected']);

/**
 * What is known of the account's orders by txid. Orders that a conditional close makes carry no id of ours: together they are
 * the stop that was sent with their primary order, and are told under its id as one.
 */
export class KnownOrders {
  private readonly accountId: AccountId;
  private readonly links: () => readonly CloseLink[];
  private readonly orders = new Map<string, KnownOrder>();
  /** What the stream alone has told as traded, by txid: a query may count a trade before the stream tells it. */
  private readonly streamed = new Map<string, DecimalText>();

  constructor(accountId: AccountId, links: () => readonly CloseLink[]) {
    this.accountId = accountId;
    this.links = links;
  }

  get(txid: string): KnownOrder | undefined {
    return this.orders.get(txid);
  }

  /** Newer words replace older ones, but what ended stays ended and what traded stays traded. */
  note(order: KnownOrder): KnownOrder {
    const known = this.orders.get(order.txid);
    if (known !== undefined) {
      const filled = larger(known.filled, order.filled);
      const status = OVER.has(known.status) && !OVER.has(order.status) ? known.status : order.status;
      const clientOrderId = order.clientOrderId ?? known.clientOrderId;
      Object.assign(known, order, { filled, status, clientOrderId, atUs: Math.max(known.atUs, order.atUs) });
      return known;
    }
    this.orders.set(order.txid, order);
    if (this.orders.size > CAPACITY) this.forgetOldest();
    return order;
  }

  /** The stream states how much of an order has traded in all. */
  noteTotal(order: KnownOrder, total: DecimalText): void {
    this.streamed.set(order.txid, larger(this.streamed.get(order.txid) ?? total, total));
    this.note({ ...order, filled: total });
  }

  /** The stream tells a trade it has not told before, and no total. */
  noteTrade(order: KnownOrder, traded: DecimalText): void {
    const total = sum([this.streamed.get(order.txid) ?? '0', traded]);
    // Never beyond the order.
    this.noteTotal(order, compareDecimals(decimal(total), decimal(order.quantity)) > 0 ? order.quantity : total);
  }

  byClientId(clientOrderId: string): KnownOrder | undefined {
    return [...this.orders.values()].findLast((order) => order.clientOrderId === clientOrderId);
  }

  /** Orders that one of our stops has become; empty when it is none or its primary order has not traded. */
  closesOf(stopId: string): readonly KnownOrder[] {
    const link = this.links().find(({ stop }) => stop === stopId);
    const primary = link === undefined ? undefined : this.byClientId(link.working);
    if (primary === undefined) return [];
    return [...this.orders.values()].filter((order) => order.primary === primary.txid);
  }

  /** Our id of an order: its own, or of the stop that it is a part of; null for a stranger's. */
  clientIdOf(order: KnownOrder): ClientOrderId | null {
    if (order.clientOrderId !== null) return order.clientOrderId as ClientOrderId;
    const primaryId = order.primary === null ? undefined : this.orders.get(order.primary)?.clientOrderId;
    const link = this.links().find(({ working }) => working === primaryId);
    return (link?.stop as ClientOrderId | undefined) ?? null;
  }

  report(order: KnownOrder): OrderReport {
    const clientOrderId = this.clientIdOf(order);
    const parts = order.clientOrderId === null && clientOrderId !== null ? this.closesOf(clientOrderId) : [order];
    return { ...this.reportOf(parts.length > 1 ? joined(parts) : order), clientOrderId };
  }

  /**
   * The stop of a primary order before it traded, or for good: canceled when that one ended without a trade, rejected when
   * the venue did not place it (`isLost`).
   */
  unmadeStop(
    link: CloseLink,
    primary: KnownOrder,
    stop: Pick<KnownOrder, 'quantity' | 'type' | 'price' | 'triggerPrice'>,
    isLost = false,
  ): OrderReport {
    const isOver = OVER.has(primary.status) && isZero(primary.filled);
    const side = primary.side === 'buy' ? 'sell' : 'buy';
    const made = { ...primary, ...stop, side, filled: '0', triggered: false, reason: null } as const;
    const status: VenueStatus = isOver ? 'canceled' : isLost ? 'rejected' : 'pendingNew';
    const report = this.reportOf({ ...made, txid: `close-${primary.txid}`, status });
    return { ...report, clientOrderId: link.stop as ClientOrderId };
  }

  private reportOf(order: KnownOrder): OrderReport {
    return {
      clientOrderId: order.clientOrderId as ClientOrderId | null,
      venueOrderId: order.txid as VenueOrderId,
      instrumentId: order.instrumentId,
      accountId: this.accountId,
      side: order.side,
      type: order.type,
      venueStatus: order.status === 'live' && !isZero(order.filled) ? 'partiallyFilled' : order.status,
      triggered: order.triggered,
      quantity: order.quantity,
      filledQuantity: order.filled,
      price: order.price,
      triggerPrice: order.triggerPrice,
      rejectReason: order.reason,
      reportedAtUs: order.atUs,
    };
  }

  private forgetOldest(): void {
    const oldest = [...this.orders.values()].find((order) => OVER.has(order.status));
    if (oldest === undefined) return;
    this.orders.delete(oldest.txid);
    this.streamed.delete(oldest.txid);
  }
}

/**
 * Several orders of one conditional close as one: it lives as long as a part of it does, and then covers no more than what
 * its living parts do. A part that was canceled counts with what it traded.
 */
function joined(parts: readonly KnownOrder[]): KnownOrder {
  const live = parts.find((part) => !OVER.has(part.status));
  const first = live ?? parts[0];
  if (first === undefined) throw new RangeError('expected orders to join, was none');
  const ended = parts.every((part) => part.status === 'filled') ? 'filled' : 'canceled';
  return {
    ...first,
    quantity: sum(parts.map((part) => (live !== undefined && OVER.has(part.status) ? part.filled : part.quantity))),
    filled: sum(parts.map((part) => part.filled)),
    status: live?.status ?? ended,
    triggered: parts.some((part) => part.triggered),
    atUs: Math.max(...parts.map((part) => part.atUs)),
  };
}

export const sum = (texts: readonly DecimalText[]): DecimalText =>
  formatDecimal(texts.map((text) => decimal(text)).reduce(addDecimals));

const larger = (a: DecimalText, b: DecimalText): DecimalText => (compareDecimals(decimal(a), decimal(b)) >= 0 ? a : b);

export const isZero = (text: string): boolean => /^0*(\.0*)?$/.test(text);
