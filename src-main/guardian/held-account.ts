import { parseClientOrderId } from '../engine/domain/client-order-id.ts';
import { decimal } from '../engine/domain/decimal.ts';
import type { OrderLookup, OrderLookupRequest } from '../engine/domain/events.ts';
import type { ClientOrderId, InstrumentId } from '../engine/domain/identifiers.ts';
import type { Fill, OrderReport } from '../engine/domain/order.ts';
import { Quantity } from '../engine/domain/quantities.ts';
import type { VenueSnapshot } from '../engine/ports/venue-gateway.ts';
import type { HeldPosition } from './protocol.ts';

type Followed = {
  readonly instrumentId: InstrumentId;
  /** What of its fills the engine's figure already holds. */
  readonly known: Quantity;
  readonly sinceUs: number;
  /** Signed: what its other fills added to the position, fees in the base asset taken off. */
  change: Quantity;
  /** The venue said how it ended, or that it never was. */
  settled: boolean;
};

/** A signed request is void after 5 s, and its answer given up half a second later: an order unknown until then never comes. */
const ARRIVAL_US = 6_000_000;
const ENDED: readonly OrderReport['venueStatus'][] = ['filled', 'canceled', 'expired', 'rejected'];
const q = (text: string): Quantity => Quantity.of(decimal(text));

/** What is ours in one account: the engine's last word, and since then the fills of our orders as the venue tells them. */
export class HeldAccount {
  private readonly base = new Map<InstrumentId, Quantity>();
  private readonly followed = new Map<ClientOrderId, Followed>();
  private readonly mayBeShort: boolean;
  private isFirstLook = true;

  /** `mayBeShort`: what is sold beyond the holding is borrowed; elsewhere there is no less than nothing. */
  constructor(held: readonly HeldPosition[], nowUs: number, mayBeShort: boolean) {
    this.mayBeShort = mayBeShort;
    for (const { instrumentId, quantity, orders } of held) {
      const id = instrumentId as InstrumentId;
      this.base.set(id, q(quantity));
      for (const order of orders) this.follow(order.clientOrderId as ClientOrderId, id, nowUs, q(order.filled));
    }
  }

  follow(id: ClientOrderId, instrumentId: InstrumentId, nowUs: number, known = Quantity.zero()): void {
    if (!this.base.has(instrumentId)) this.base.set(instrumentId, Quantity.zero());
    if (this.followed.has(id)) return;
    this.followed.set(id, { instrumentId, known, sinceUs: nowUs, change: Quantity.zero(), settled: false });
  }

  instruments(): readonly InstrumentId[] {
    return [...this.base.keys()];
  }

  /** Orders whose end is not known yet. */
  lookups(): readonly OrderLookupRequest[] {
    return [...this.followed]
      .filter(([, { settled }]) => !settled)
      .map(([clientOrderId, { instrumentId }]) => ({ clientOrderId, instrumentId }));
  }

  isSettled(instrumentId: InstrumentId): boolean {
    return [...this.followed.values()].every((order) => order.settled || order.instrumentId !== instrumentId);
  }

  /** Takes in a look. `ours`: its open orders of this installation. */
  take(look: VenueSnapshot, ours: readonly OrderReport[], nowUs: number): void {
    for (const lookup of look.lookups) this.learn(lookup, nowUs);
    for (const order of ours) {
      if (order.clientOrderId !== null)
        this.follow(order.clientOrderId, order.instrumentId, nowUs, q(order.filledQuantity));
    }
    if (this.isFirstLook) this.countProven(ours);
    this.isFirstLook = false;
  }

  /** Signed: negative for a short. */
  quantity(instrumentId: InstrumentId): Quantity {
    let quantity = this.base.get(instrumentId) ?? Quantity.zero();
    for (const order of this.followed.values()) {
      if (order.instrumentId === instrumentId) quantity = quantity.plus(order.change);
    }
    return this.mayBeShort ? quantity : quantity.max(Quantity.zero());
  }

  private learn(lookup: OrderLookup, nowUs: number): void {
    const order = this.followed.get(lookup.clientOrderId);
    if (order === undefined) return;
    if (!lookup.found) {
      order.settled = nowUs - order.sinceUs >= ARRIVAL_US;
      return;
    }
    order.change = changeOf(lookup.fills, order);
    const told = lookup.fills.reduce((sum, fill) => sum.plus(q(fill.quantity)), Quantity.zero());
    const isWhole = told.compare(q(lookup.report.filledQuantity)) >= 0;
    order.settled = isWhole && ENDED.includes(lookup.report.venueStatus);
  }

  /** A resting stop of ours proves a position, also one the engine never lived to tell of. */
  private countProven(ours: readonly OrderReport[]): void {
    const proven = new Map<InstrumentId, Quantity>();
    for (const order of ours) {
      const { side, venueStatus, instrumentId, quantity, filledQuantity } = order;
      if (!this.isProtective(order) || venueStatus === 'pendingNew') continue;
      const open = q(quantity).minus(q(filledQuantity));
      const signed = side === 'sell' ? open : open.negated();
      proven.set(instrumentId, (proven.get(instrumentId) ?? Quantity.zero()).plus(signed));
    }
    for (const [instrumentId, quantity] of proven) {
      const missing = quantity.minus(this.quantity(instrumentId));
      const isMore = missing.isNegative === quantity.isNegative;
      if (isMore) this.base.set(instrumentId, (this.base.get(instrumentId) ?? Quantity.zero()).plus(missing));
    }
  }

  /** Where shorts are traded an entry may wait for a trigger too: the role in its id says which it is. */
  private isProtective({ clientOrderId, side, triggerPrice }: OrderReport): boolean {
    if (triggerPrice === null || clientOrderId === null) return false;
    return this.mayBeShort ? parseClientOrderId(clientOrderId)?.role === 'stop' : side === 'sell';
  }
}

/** Fills come oldest first: those that make up the known quantity are passed over. */
function changeOf(fills: readonly Fill[], { known, instrumentId }: Followed): Quantity {
  const base = instrumentId.slice(0, instrumentId.indexOf('/'));
  let passed = Quantity.zero();
  let change = Quantity.zero();
  for (const fill of fills) {
    passed = passed.plus(q(fill.quantity));
    if (passed.compare(known) <= 0) continue;
    change = change.plus(fill.side === 'buy' ? q(fill.quantity) : q(fill.quantity).negated());
    if (fill.fee.asset === base) change = change.minus(q(fill.fee.amount));
  }
  return change;
}
