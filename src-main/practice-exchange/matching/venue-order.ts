import type { Funding } from './funding.ts';
import type { Amount } from './grid.ts';
import type { OrderTerms } from './order-terms.ts';
import type { Reservation } from './reservation.ts';

/** Binance's own words: this module is a venue, not the engine that trades on it. */
export const SIDES = ['BUY', 'SELL'] as const;
export type Side = (typeof SIDES)[number];

export const ORDER_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

export type OrderStatus = 'NEW' | 'PENDING_NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED';

export type ExpiryReason =
  | 'REJECTED'
  | 'OCO_TRIGGER'
  | 'OTO_PHASE_ONE_EXPIRED'
  | 'UNFILLED_IOC_QUANTITY_EXPIRED'
  | 'UNFILLED_FOK_ORDER_EXPIRED'
  | 'INSUFFICIENT_LIQUIDITY'
  | 'REDUCE_ONLY';

export type VenueOrder = {
  /** Absent for orders in Binance's protocol. */
  readonly terms?: OrderTerms;
  readonly id: number;
  readonly account: string;
  readonly symbol: string;
  readonly clientOrderId: string;
  /** -1 when the order belongs to no list. */
  readonly listId: number;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** 0 for market orders. */
  priceTicks: number;
  /** 0 for orders without a trigger. */
  stopTicks: number;
  /** 0 until known for a pending leg of an OPO list. */
  lots: number;
  /** Zero unless the order was sent with quoteOrderQty. */
  readonly quoteOrderAmount: Amount;
  readonly strategyId: number | null;
  readonly strategyType: number | null;
  /** Never true on spot. */
  readonly reduceOnly: boolean;
  /** Of orders of a margin account. */
  readonly funding?: Funding;
  filledLots: number;
  filledQuote: Amount;
  status: OrderStatus;
  /** On the book: false for stops that wait and for pending legs. */
  isWorking: boolean;
  /** External lots at the same price that came first. */
  aheadLots: number;
  readonly createdMs: number;
  updatedMs: number;
  /** -1 until the order is on the book. */
  workingMs: number;
  expiryReason: ExpiryReason | null;
  /** What the order locks; legs of one OCO share it. */
  reservation: Reservation | null;
};

export const remainingLots = (order: VenueOrder): number => order.lots - order.filledLots;

export const isLive = (order: VenueOrder): boolean =>
  order.status === 'NEW' || order.status === 'PENDING_NEW' || order.status === 'PARTIALLY_FILLED';

/** Binance calls orders with a trigger "algo" orders and limits their number. */
export const hasTrigger = (type: OrderType): boolean => type.startsWith('STOP_LOSS') || type.startsWith('TAKE_PROFIT');

export const isStopLoss = (type: OrderType): boolean => type.startsWith('STOP_LOSS');

/** Executes at any price once it works. */
export const isMarketLike = (type: OrderType): boolean =>
  type === 'MARKET' || type === 'STOP_LOSS' || type === 'TAKE_PROFIT';

export const opposite = (side: Side): Side => (side === 'BUY' ? 'SELL' : 'BUY');
