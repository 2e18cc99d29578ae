import type { Amount } from './grid.ts';
import type { Moment } from './order-request.ts';
import type { OrderList } from './order-list.ts';
import type { RejectReason } from './refusal.ts';
import type { VenueOrder } from './venue-order.ts';

export type Fill = {
  readonly tradeId: number;
  readonly orderId: number;
  readonly ticks: number;
  readonly lots: number;
  readonly quote: Amount;
  readonly commission: Amount;
  readonly commissionAsset: string;
  readonly isMaker: boolean;
  readonly atMs: number;
};

export type ExecutionType = 'NEW' | 'CANCELED' | 'TRADE' | 'EXPIRED' | 'AMENDMENT';

/** The order as it was at the event, not as it is later. */
export type Execution = {
  readonly kind: 'execution';
  readonly type: ExecutionType;
  readonly order: Readonly<VenueOrder>;
  readonly executionId: number;
  readonly at: Moment;
  readonly fill: Fill | null;
  readonly reason: RejectReason;
  /** The id of the cancel request; the order's own id is then the original one. */
  readonly cancelClientOrderId: string | null;
};

export type BalancesChanged = {
  readonly kind: 'balances';
  readonly account: string;
  readonly at: Moment;
  readonly balances: readonly { readonly asset: string; readonly free: Amount; readonly locked: Amount }[];
};

export type ListChanged = {
  readonly kind: 'list';
  readonly list: Readonly<OrderList>;
  readonly at: Moment;
};

/** A trade on the public tape: recorded, or made by one of our orders. */
export type Print = {
  readonly kind: 'print';
  readonly symbol: string;
  readonly tradeId: number;
  readonly ticks: number;
  readonly lots: number;
  readonly buyerIsMaker: boolean;
  readonly atMs: number;
  /** False when the recording printed it: only those make klines and tickers. */
  readonly isOurs: boolean;
};

export type ExchangeEvent = Execution | BalancesChanged | ListChanged | Print;
