import { capabilitiesOfInstrument, isMadeByFills } from '../domain/capabilities.ts';
import { decimal, type DecimalText, multiplyDecimals } from '../domain/decimal.ts';
import type { Balance, CommandOutcome, OrderLookup, OrderLookupRequest } from '../domain/events.ts';
import type { AccountId, ClientOrderId, InstrumentId, TradeId, VenueOrderId } from '../domain/identifiers.ts';
import type { Fill, OrderReport, OrderSpec, Submission } from '../domain/order.ts';
import { ordersOf } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import type { ModifyRequest, VenueEvent, VenueSnapshot } from '../ports/venue-gateway.ts';

type VenueStatus = OrderReport['venueStatus'];
type Held = {
  spec: OrderSpec;
  readonly listId: ClientOrderId | null;
  readonly venueOrderId: VenueOrderId;
  readonly workingId: ClientOrderId | null;
  status: VenueStatus;
  filled: Quantity;
  triggered: boolean;
  rejectReason: string | null;
};

export type VenueDoubleOptions = {
  /** What a FOK entry meets. */
  fok: 'fill' | 'expire';
  /** What a market order meets. */
  market: 'fill' | 'refuse' | 'expire';
  /** Pending stops are refused when their entry fills. */
  refuseLegs: boolean;
  /** New protective orders are refused. */
  refuseStops: boolean;
  /** Lists are refused, single orders are not. */
  refuseLists: boolean;
  /** What an IOC order meets at most; null: all. */
  ioc: DecimalText | null;
};

const q = (text: DecimalText): Quantity => Quantity.of(decimal(text));
const locksFunds = (spec: OrderSpec): boolean => capabilitiesOfInstrument(spec.instrumentId).locksFunds;
/** Placed for what was filled, whatever becomes of the rest. */
const isConditionalClose = ({ spec }: Held): boolean => isMadeByFills(capabilitiesOfInstrument(spec.instrumentId));
const FEE = '0.001';
const OPEN: readonly VenueStatus[] = ['live', 'partiallyFilled'];

/**
 * A spot venue in memory for unit tests: locks base balance for resting sells, activates pending legs on the complete fill
 * of their entry, expires a leg when the other one fills. Events queue up in `events` for the test to deliver as it likes.
 */
export class VenueDouble {
  readonly options: VenueDoubleOptions = {
    fok: 'fill',
    market: 'fill',
    refuseLegs: false,
    refuseStops: false,
    refuseLists: false,
    ioc: null,
  };
  readonly orders = new Map<ClientOrderId, Held>();
  readonly fills: Fill[] = [];
  readonly events: VenueEvent[] = [];
  readonly accountId: AccountId;
  base = Quantity.zero();
  quote = Quantity.of(decimal('100000'));
  price: DecimalText = '100';
  /** Signed, of own trades. */
  readonly positions = new Map<InstrumentId, Quantity>();
  timeUs = 0;
  private nextId = 1;

  constructor(accountId: AccountId) {
    this.accountId = accountId;
  }

  submit(submission: Submission): CommandOutcome {
    const before = { fills: this.fills.length };
    const refusal = this.refusal(submission);
    if (refusal !== null) return { kind: 'rejected', venueCode: '-2010', message: refusal };
    const held = this.hold(submission);
    for (const order of held) if (order.status === 'live') this.meetMarket(order);
    return {
      kind: 'accepted',
      reports: held.map((order) => this.report(order)),
      fills: this.fills.slice(before.fills),
    };
  }

  cancel(id: ClientOrderId, listId: ClientOrderId | null, venueOrderId?: VenueOrderId): CommandOutcome {
    const members = [...this.orders.values()].filter(
      (order) =>
        order.spec.clientOrderId === id ||
        order.venueOrderId === venueOrderId ||
        (listId !== null && order.listId === listId),
    );
    const open = members.filter((order) => this.isOpen(order));
    if (open.length === 0) return { kind: 'rejected', venueCode: '-2011', message: 'Unknown order sent.' };
    for (const order of open) this.become(order, 'canceled');
    return { kind: 'accepted', reports: open.map((order) => this.report(order)), fills: [] };
  }

  modify({ clientOrderId, price, quantity, triggerPrice }: ModifyRequest): CommandOutcome {
    const order = this.orders.get(clientOrderId);
    if (order === undefined || !OPEN.includes(order.status)) {
      return { kind: 'rejected', venueCode: '-2013', message: 'Order does not exist.' };
    }
    const { spec } = order;
    order.spec = {
      ...spec,
      price: price ?? spec.price,
      quantity: quantity ?? spec.quantity,
      triggerPrice: triggerPrice ?? spec.triggerPrice,
    };
    this.tell(order);
    return { kind: 'accepted', reports: [this.report(order)], fills: [] };
  }

  snapshot(lookups: readonly OrderLookupRequest[]): VenueSnapshot {
    const open = [...this.orders.values()].filter((order) => this.isOpen(order));
    return {
      openOrders: open.map((order) => this.report(order)),
      fills: [...this.fills],
      balances: this.balances(),
      lookups: lookups.map((request) => this.lookUp(request)),
    };
  }

  balances(): readonly Balance[] {
    return [
      { asset: 'USDT', free: this.quote.toString(), locked: '0' },
      { asset: 'BTC', free: this.freeBase().toString(), locked: this.base.minus(this.freeBase()).toString() },
    ];
  }

  /** Fills what is asked for, at most what is left. */
  fill(id: ClientOrderId, quantity?: DecimalText): void {
    const order = this.orders.get(id);
    if (order === undefined || !OPEN.includes(order.status)) return;
    const left = q(order.spec.quantity).minus(order.filled);
    this.trade(order, quantity === undefined ? left : left.min(q(quantity)));
  }

  /** The stop's trigger is reached: its limit rests, its sibling is gone. */
  trigger(id: ClientOrderId): void {
    const order = this.orders.get(id);
    if (order === undefined || !OPEN.includes(order.status)) return;
    order.triggered = true;
    this.expireSiblings(order);
    if (order.spec.type === 'stopMarket') {
      this.trade(order, q(order.spec.quantity).minus(order.filled));
      if (this.isOpen(order)) this.become(order, 'expired');
      return;
    }
    this.tell(order);
  }

  /** Quantity that rests in live stops. */
  covered(): Quantity {
    let sum = Quantity.zero();
    for (const order of this.orders.values()) {
      if (order.spec.role === 'stop' && OPEN.includes(order.status)) {
        sum = sum.plus(q(order.spec.quantity).minus(order.filled));
      }
    }
    return sum;
  }

  openIds(): readonly ClientOrderId[] {
    return [...this.orders.values()].filter((order) => this.isOpen(order)).map((order) => order.spec.clientOrderId);
  }

  /** What a reduce-only order may still close. */
  private reducible({ side, instrumentId }: OrderSpec): Quantity {
    const held = this.positions.get(instrumentId) ?? Quantity.zero();
    return (side === 'sell' ? held : held.negated()).max(Quantity.zero());
  }

  private refusal(submission: Submission): string | null {
    const isEntry = ordersOf(submission).some(({ role }) => role === 'entry');
    if (!isEntry && submission.kind !== 'single' && this.options.refuseLists) return 'Filter failure: MAX_NUM_ORDERS';
    for (const spec of ordersOf(submission)) {
      const refusal = this.orders.has(spec.clientOrderId)
        ? 'Duplicate order sent.'
        : isEntry
          ? null
          : this.closes(spec);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  private closes(spec: OrderSpec): string | null {
    if (spec.role === 'stop' && this.options.refuseStops) return 'Stop price would trigger immediately.';
    if (spec.type === 'market' && this.options.market === 'refuse') return 'Market is closed.';
    if (!locksFunds(spec)) {
      const isVain = spec.type === 'market' && spec.reduceOnly === true && this.reducible(spec).isZero;
      return isVain ? 'ReduceOnly Order is rejected.' : null;
    }
    return q(spec.quantity).compare(this.freeBase()) > 0 ? 'Account has insufficient balance.' : null;
  }

  private hold(submission: Submission): readonly Held[] {
    const listId = submission.kind === 'single' ? null : submission.listId;
    const hasWorking = submission.kind === 'otoco' || submission.kind === 'oto';
    const working = hasWorking ? submission.working.clientOrderId : null;
    return ordersOf(submission).map((spec) => {
      const isLeg = working !== null && spec.clientOrderId !== working;
      const order: Held = {
        spec,
        listId,
        venueOrderId: String(this.nextId++) as VenueOrderId,
        workingId: isLeg ? working : null,
        status: isLeg ? 'pendingNew' : 'live',
        filled: Quantity.zero(),
        triggered: false,
        rejectReason: null,
      };
      this.orders.set(spec.clientOrderId, order);
      this.tell(order);
      return order;
    });
  }

  private meetMarket(order: Held): void {
    const { type, timeInForce } = order.spec;
    if (timeInForce === 'ioc') {
      const part = this.options.ioc === null ? q(order.spec.quantity) : q(this.options.ioc).min(q(order.spec.quantity));
      this.trade(order, part);
      if (this.isOpen(order)) this.become(order, 'expired');
    }
    if (type === 'market') {
      if (this.options.market === 'fill') this.trade(order, q(order.spec.quantity));
      else this.become(order, 'expired');
    }
    if (timeInForce !== 'fok') return;
    if (this.options.fok === 'fill') this.trade(order, q(order.spec.quantity));
    else this.become(order, 'expired');
  }

  private trade(order: Held, wanted: Quantity): void {
    const { reduceOnly, instrumentId } = order.spec;
    const quantity = reduceOnly === true ? wanted.min(this.reducible(order.spec)) : wanted;
    if (!quantity.isPositive) return;
    const isBuy = order.spec.side === 'buy';
    const feeInBase = isBuy && capabilitiesOfInstrument(instrumentId).feesReduceHolding;
    this.addPosition(order.spec, quantity);
    const fee = feeInBase ? quantity.scaledBy(decimal(FEE), 8, 'up') : Quantity.of(decimal('0.01'));
    order.filled = order.filled.plus(quantity);
    const price = order.spec.price ?? this.price;
    if (locksFunds(order.spec)) this.settle(isBuy, quantity, price, { fee, feeInBase });
    const fill: Fill = {
      tradeId: String(this.nextId++) as TradeId,
      clientOrderId: order.spec.clientOrderId,
      venueOrderId: order.venueOrderId,
      accountId: this.accountId,
      instrumentId: order.spec.instrumentId,
      side: order.spec.side,
      price,
      quantity: quantity.toString(),
      fee: { amount: fee.toString(), asset: feeInBase ? 'BTC' : 'USDT' },
      liquidity: 'taker',
      tradedAtUs: this.timeUs,
    };
    this.fills.push(fill);
    this.events.push({ kind: 'fill', fill });
    const isComplete = order.filled.compare(q(order.spec.quantity)) >= 0;
    this.become(order, isComplete ? 'filled' : 'partiallyFilled');
    this.expireSiblings(order);
  }

  private addPosition({ instrumentId, side }: OrderSpec, quantity: Quantity): void {
    const signed = side === 'buy' ? quantity : quantity.negated();
    this.positions.set(instrumentId, (this.positions.get(instrumentId) ?? Quantity.zero()).plus(signed));
  }

  private settle(
    isBuy: boolean,
    quantity: Quantity,
    price: DecimalText,
    { fee, feeInBase }: { readonly fee: Quantity; readonly feeInBase: boolean },
  ): void {
    const value = Quantity.of(multiplyDecimals(decimal(price), quantity));
    const inQuote = isBuy ? value.negated() : value;
    this.base = this.base.plus(isBuy ? quantity : quantity.negated()).minus(feeInBase ? fee : Quantity.zero());
    this.quote = this.quote.plus(inQuote).minus(feeInBase ? Quantity.zero() : fee);
  }

  private become(order: Held, status: VenueStatus): void {
    order.status = status;
    this.tell(order);
    for (const leg of this.orders.values()) {
      if (leg.workingId !== order.spec.clientOrderId || leg.status !== 'pendingNew') continue;
      if (isConditionalClose(leg) && order.filled.isPositive) {
        leg.spec = { ...leg.spec, quantity: order.filled.toString() };
        this.activate(leg);
        continue;
      }
      if (status === 'filled') this.activate(leg);
      else if (status === 'canceled' || status === 'expired') this.become(leg, status);
    }
  }

  private activate(leg: Held): void {
    const isRefused = this.options.refuseLegs && leg.spec.role === 'stop';
    if (isRefused) leg.rejectReason = 'Filter failure: MAX_NUM_ALGO_ORDERS';
    this.become(leg, isRefused ? 'rejected' : 'live');
  }

  private expireSiblings(order: Held): void {
    if (order.listId === null || order.spec.role === 'entry') return;
    for (const other of this.orders.values()) {
      if (other !== order && other.listId === order.listId && this.isOpen(other)) this.become(other, 'expired');
    }
  }

  private freeBase(): Quantity {
    const lists = new Set<ClientOrderId>();
    let free = this.base;
    for (const { spec, status, listId, filled } of this.orders.values()) {
      if (spec.side !== 'sell' || !OPEN.includes(status) || (listId !== null && lists.has(listId))) continue;
      if (listId !== null) lists.add(listId);
      free = free.minus(q(spec.quantity).minus(filled));
    }
    return free;
  }

  private isOpen(order: Held): boolean {
    return order.status === 'pendingNew' || OPEN.includes(order.status);
  }

  private lookUp({ clientOrderId, venueOrderId }: OrderLookupRequest): OrderLookup {
    const named = [...this.orders.values()].find((order) => order.venueOrderId === venueOrderId);
    const order = venueOrderId === undefined ? this.orders.get(clientOrderId) : named;
    if (order === undefined) return { clientOrderId, found: false };
    const fills = this.fills.filter((fill) => fill.venueOrderId === order.venueOrderId);
    return { clientOrderId, found: true, report: this.report(order), fills };
  }

  private tell(order: Held): void {
    this.events.push({ kind: 'report', report: this.report(order) });
  }

  private report(order: Held): OrderReport {
    const { spec } = order;
    return {
      clientOrderId: spec.clientOrderId,
      venueOrderId: order.venueOrderId,
      instrumentId: spec.instrumentId,
      accountId: this.accountId,
      side: spec.side,
      type: spec.type,
      venueStatus: order.status,
      triggered: order.triggered,
      quantity: spec.quantity,
      filledQuantity: order.filled.toString(),
      price: spec.price,
      triggerPrice: spec.triggerPrice,
      rejectReason: order.rejectReason,
      reportedAtUs: this.timeUs,
    };
  }
}
