import type { Decimal } from '../../engine/domain/decimal.ts';
import type { Funding } from './funding.ts';
import type { OrderTerms } from './order-terms.ts';
import type { OrderType, Side, TimeInForce } from './venue-order.ts';

/** An order as sent, its words and numbers read but not yet judged. */
export type OrderRequest = {
  /** Absent for orders in Binance's protocol. */
  readonly terms?: OrderTerms;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** Null for quoteOrderQty orders and for pending legs of OPO lists. */
  readonly quantity: Decimal | null;
  readonly quoteOrderQty: Decimal | null;
  readonly price: Decimal | null;
  readonly stopPrice: Decimal | null;
  readonly clientOrderId: string;
  readonly strategyId: number | null;
  readonly strategyType: number | null;
  /** Futures: may only make a position smaller. */
  readonly reduceOnly?: boolean;
  /** Of orders of a margin account. */
  readonly funding?: Funding;
};

/** Market time goes on orders and events, wall time measures how long a position was open without a stop. */
export type Moment = { readonly wallMs: number; readonly marketMs: number };

export type Contingency = 'OCO' | 'OTO';

export type ListRequest = {
  readonly symbol: string;
  readonly contingency: Contingency;
  readonly listClientOrderId: string;
  /** Null for a plain OCO, whose legs rest at once. */
  readonly working: OrderRequest | null;
  /** One order, or the above and below legs of an OCO. */
  readonly legs: readonly OrderRequest[];
  /** One-pays-the-other: the legs sell what the working order bought. */
  readonly sizedByWorking: boolean;
};
