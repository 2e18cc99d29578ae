import type { OrderRole } from './client-order-id.ts';
import type { DecimalText } from './decimal.ts';
import type {
  AccountId,
  ClientOrderId,
  ExecutorId,
  InstrumentId,
  StrategyId,
  TradeId,
  VenueOrderId,
} from './identifiers.ts';

export type OrderSide = 'buy' | 'sell';
export const ORDER_TYPES = [
  'limit',
  'limitMaker',
  'market',
  'stopLimit',
  'stopMarket',
  'takeProfitLimit',
  'takeProfitMarket',
  'trailingStop',
] as const;
export type OrderType = (typeof ORDER_TYPES)[number];
export const TIMES_IN_FORCE = ['gtc', 'ioc', 'fok', 'gtd'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** denied = by us, before sending; rejected = by the venue. */
export const ORDER_STATUSES = [
  'initialized',
  'denied',
  'submitted',
  'accepted',
  'triggered',
  'partiallyFilled',
  'filled',
  'canceled',
  'expired',
  'rejected',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** A command on its way, beside the status: exposure takes the worst over all possible outcomes. */
export type PendingCommand = {
  readonly command: 'create' | 'modify' | 'cancel';
  readonly outcome: 'inFlight' | 'unknown';
  readonly sinceUs: number;
  /** By then the request had left us or never would; absent while its answer may still come. */
  readonly leftByUs?: number;
};

/** What we want from the venue, in exact decimal text of the instrument's own digits: journaled before it is sent. */
export type OrderSpec = {
  readonly clientOrderId: ClientOrderId;
  readonly accountId: AccountId;
  readonly strategyId: StrategyId | null;
  readonly instrumentId: InstrumentId;
  readonly role: OrderRole;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce | null;
  readonly quantity: DecimalText;
  readonly price: DecimalText | null;
  readonly triggerPrice: DecimalText | null;
  /** Never opens or turns a position; only where the venue keeps that promise. */
  readonly reduceOnly?: true;
  /** End of a `gtd` order. */
  readonly expiresAtUs?: number;
  /** What of an iceberg the venue shows at a time. */
  readonly displayQuantity?: DecimalText;
  /** Of a `trailingStop`: distance to the best price, as a fraction of it. */
  readonly trailingRatio?: DecimalText;
  /** Executor whose child it is. */
  readonly parentId?: ExecutorId;
};

/** What changes of a resting order; null keeps what it is. */
export type OrderChange = {
  readonly price: DecimalText | null;
  readonly quantity: DecimalText | null;
  readonly triggerPrice: DecimalText | null;
};

/**
 * How the orders of one submission hang together at the venue. `otoco`: the working order, then on its complete fill a
 * target and a stop of which one cancels the other. `oto`: the working order, then its stop alone. `oco`: target and stop now.
 */
export type Submission =
  | { readonly kind: 'single'; readonly order: OrderSpec }
  | { readonly kind: 'oto'; readonly listId: ClientOrderId; readonly working: OrderSpec; readonly stop: OrderSpec }
  | { readonly kind: 'oco'; readonly listId: ClientOrderId; readonly target: OrderSpec; readonly stop: OrderSpec }
  | {
      readonly kind: 'otoco';
      readonly listId: ClientOrderId;
      readonly working: OrderSpec;
      readonly target: OrderSpec;
      readonly stop: OrderSpec;
    };

/** One trade of an order as the venue reports it. A trade id applies once per instrument and account. */
export type Fill = {
  readonly tradeId: TradeId;
  readonly clientOrderId: ClientOrderId;
  readonly venueOrderId: VenueOrderId;
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly side: OrderSide;
  readonly price: DecimalText;
  readonly quantity: DecimalText;
  readonly fee: { readonly amount: DecimalText; readonly asset: string };
  readonly liquidity: 'maker' | 'taker';
  /** The venue's time of the trade. */
  readonly tradedAtUs: number;
  /** The venue closed a position by itself; absent for every other trade. */
  readonly forced?: ForcedCause;
};

/** Why a venue closes a position: its margin is used up, it stood against one that was, or the contract ended. */
export type ForcedCause = 'liquidation' | 'deleveraging' | 'settlement';

/** What a venue says about one order: from a reply, the private stream or a query. Leg states of lists included. */
export type OrderReport = {
  readonly clientOrderId: ClientOrderId | null;
  readonly venueOrderId: VenueOrderId;
  readonly instrumentId: InstrumentId;
  readonly accountId: AccountId;
  readonly side: OrderSide;
  readonly type: OrderType;
  /** `pendingNew`: a leg the venue holds but has not placed: it protects nothing. `live`: rests in the book. */
  readonly venueStatus: 'pendingNew' | 'live' | 'partiallyFilled' | 'filled' | 'canceled' | 'expired' | 'rejected';
  /** A stop whose trigger was reached and whose limit now rests. */
  readonly triggered: boolean;
  readonly quantity: DecimalText;
  readonly filledQuantity: DecimalText;
  readonly price: DecimalText | null;
  readonly triggerPrice: DecimalText | null;
  readonly rejectReason: string | null;
  readonly reportedAtUs: number;
};

export const isTerminal = (status: OrderStatus): boolean =>
  status === 'denied' || status === 'filled' || status === 'canceled' || status === 'expired' || status === 'rejected';

/** Every order of a submission, working or resting legs first. */
export function ordersOf(submission: Submission): readonly OrderSpec[] {
  switch (submission.kind) {
    case 'single':
      return [submission.order];
    case 'oco':
      return [submission.target, submission.stop];
    case 'oto':
      return [submission.working, submission.stop];
    case 'otoco':
      return [submission.working, submission.target, submission.stop];
  }
}

/** Every id a submission gives to the venue: that of the list first, then of its orders. */
export function idsOf(submission: Submission): readonly ClientOrderId[] {
  const ids = ordersOf(submission).map(({ clientOrderId }) => clientOrderId);
  return submission.kind === 'single' ? ids : [submission.listId, ...ids];
}
