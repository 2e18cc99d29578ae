import type { Reservation } from './reservation.ts';
import type { Contingency, OrderRequest } from './order-request.ts';
import type { VenueOrder } from './venue-order.ts';

/** OCO: two legs of which one works. OTO: a working order whose complete fill places one leg or an OCO of two. */
export type OrderList = {
  readonly id: number;
  readonly account: string;
  readonly symbol: string;
  readonly contingency: Contingency;
  readonly clientId: string;
  readonly working: VenueOrder | null;
  readonly legs: readonly { readonly order: VenueOrder; readonly request: OrderRequest }[];
  readonly createdMs: number;
  /** What the working order of an OPO list bought, locked until its legs are placed. */
  readonly pool: Reservation | null;
  status: 'EXECUTING' | 'ALL_DONE';
  legsPlaced: boolean;
};

export const ordersOf = (list: OrderList): VenueOrder[] => [
  ...(list.working === null ? [] : [list.working]),
  ...list.legs.map((leg) => leg.order),
];
