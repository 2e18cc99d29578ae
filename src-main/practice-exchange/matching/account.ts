import { invariant } from '../../engine/domain/result.ts';
import type { Amount } from './grid.ts';
import type { Reservation } from './reservation.ts';
import type { VenueOrder } from './venue-order.ts';
import { hasTrigger, remainingLots } from './venue-order.ts';

export type Balance = { free: Amount; locked: Amount };

export type FeeSchedule = {
  /** Fractions at scale 16. */
  readonly maker: Amount;
  readonly taker: Amount;
  /** Set when fees are paid in a discount asset (BNB) while its balance lasts. */
  readonly discountAsset: string | null;
};

/** Orders of one account that are open on one symbol. */
export type OpenOnSymbol = { readonly orders: Set<VenueOrder>; algos: number };

export class Account {
  readonly name: string;
  readonly fees: FeeSchedule;
  readonly balances = new Map<string, Balance>();
  /** Newest order of each client order id. */
  readonly byClientOrderId = new Map<string, VenueOrder>();
  readonly byListClientOrderId = new Map<string, number>();
  private readonly open = new Map<string, OpenOnSymbol>();

  constructor(name: string, fees: FeeSchedule) {
    this.name = name;
    this.fees = fees;
  }

  balance(asset: string): Balance {
    let balance = this.balances.get(asset);
    if (balance === undefined) this.balances.set(asset, (balance = { free: 0n, locked: 0n }));
    return balance;
  }

  credit(asset: string, amount: Amount): void {
    this.balance(asset).free += amount;
  }

  /** Undefined when the free balance is too small. */
  reserve(asset: string, amount: Amount): Reservation | undefined {
    const balance = this.balance(asset);
    if (balance.free < amount) return undefined;
    balance.free -= amount;
    balance.locked += amount;
    return { asset, amount };
  }

  /** Gives back what a reservation holds beyond `needed`. */
  shrink(reservation: Reservation, needed: Amount): void {
    const excess = reservation.amount - needed;
    if (excess <= 0n) return;
    const balance = this.balance(reservation.asset);
    reservation.amount = needed;
    balance.locked -= excess;
    balance.free += excess;
  }

  /** Adds received funds to a reservation without passing through the free balance. */
  grow(reservation: Reservation, amount: Amount): void {
    reservation.amount += amount;
    this.balance(reservation.asset).locked += amount;
  }

  /** Takes from the reservation first, then from the free balance. Throws when both are too small. */
  pay(asset: string, amount: Amount, reservation: Reservation | null): void {
    const balance = this.balance(asset);
    let rest = amount;
    if (reservation !== null) {
      const held = reservation.amount < amount ? reservation.amount : amount;
      reservation.amount -= held;
      balance.locked -= held;
      rest -= held;
    }
    balance.free -= rest;
    invariant(balance.free >= 0n, () => `expected enough free ${asset} of ${this.name}, was ${balance.free}`);
  }

  openOn(symbol: string): OpenOnSymbol {
    let open = this.open.get(symbol);
    if (open === undefined) this.open.set(symbol, (open = { orders: new Set(), algos: 0 }));
    return open;
  }

  openOrders(): VenueOrder[] {
    return [...this.open.values()].flatMap((open) => [...open.orders]);
  }

  /** Open buy lots on one symbol: they count towards MAX_POSITION. */
  openBuyLots(symbol: string): number {
    let lots = 0;
    for (const order of this.openOn(symbol).orders) if (order.side === 'BUY') lots += remainingLots(order);
    return lots;
  }

  addOpen(order: VenueOrder): void {
    const open = this.openOn(order.symbol);
    open.orders.add(order);
    if (countsAsAlgo(order)) open.algos += 1;
  }

  /** A pending leg became a resting one: from here it takes an algo slot. */
  activate(order: VenueOrder): void {
    if (hasTrigger(order.type)) this.openOn(order.symbol).algos += 1;
  }

  removeOpen(order: VenueOrder, wasPending: boolean): void {
    const open = this.openOn(order.symbol);
    if (open.orders.delete(order) && hasTrigger(order.type) && !wasPending) open.algos -= 1;
  }
}

const countsAsAlgo = (order: VenueOrder): boolean => hasTrigger(order.type) && order.status !== 'PENDING_NEW';
