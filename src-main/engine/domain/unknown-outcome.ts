import type { OrderRole } from './client-order-id.ts';
import type { DecimalText } from './decimal.ts';
import type { AccountId, ClientOrderId, InstrumentId } from './identifiers.ts';
import type { OrderSide, OrderStatus, PendingCommand } from './order.ts';

/** A question to the venue about an order, and what it said. */
export type OutcomeQuestion = {
  readonly askedAtUs: number;
  readonly answeredAtUs: number | null;
  /** `absent`: the venue knows no such order; `failed`: no information; a status: the order as it stands after the answer. */
  readonly answer: 'absent' | 'failed' | OrderStatus | null;
};

/**
 * What became of a command whose outcome was unknown. create: `exists` or `neverExisted`; cancel: `gone` or `stillOpen`;
 * modify: `changed` or `unchanged`; any of them `gone` when the order has ended.
 */
export type OutcomeResolution = 'exists' | 'neverExisted' | 'gone' | 'stillOpen' | 'changed' | 'unchanged';

/** One command of unknown outcome from the doubt to its end: journaled when it ends, shown while it lasts. */
export type UnknownOutcome = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly clientOrderId: ClientOrderId;
  readonly role: OrderRole;
  readonly side: OrderSide;
  readonly quantity: DecimalText;
  readonly price: DecimalText | null;
  readonly triggerPrice: DecimalText | null;
  readonly command: PendingCommand['command'];
  /** Why the outcome is unknown, in the words of the connection. */
  readonly reason: string;
  readonly sentAtUs: number;
  readonly unknownAtUs: number;
  readonly questions: readonly OutcomeQuestion[];
  readonly resolution: OutcomeResolution | null;
  /** `query`: by an answer to one of the questions; `news`: by the private stream or a late reply. */
  readonly resolvedBy: 'query' | 'news' | null;
  readonly resolvedAtUs: number | null;
};
