import { isTerminal, type OrderStatus } from './order.ts';
import { invariant } from './result.ts';

/**
 * What can be learned about an order. `foundOpen`: a query made after our last news shows it open at the venue, which
 * outweighs a terminal status we hold.
 */
export const ORDER_NEWS = [
  'denied',
  'submitted',
  'accepted',
  'triggered',
  'partiallyFilled',
  'filled',
  'canceled',
  'expired',
  'rejected',
  'foundOpen',
] as const;
export type OrderNews = (typeof ORDER_NEWS)[number];

/** A status to move to; `stale`: older than what is known; `illegal`: a mistake of our own. */
type Cell = OrderStatus | 'stale' | 'illegal';
type Row = Readonly<Record<OrderNews, Cell>>;

/** News of the venue about an order it holds: taken at its word. */
const VENUE_WORD = {
  accepted: 'accepted',
  triggered: 'triggered',
  partiallyFilled: 'partiallyFilled',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
  foundOpen: 'accepted',
} as const satisfies Partial<Row>;
const SENT = { denied: 'illegal', submitted: 'illegal' } as const satisfies Partial<Row>;

/**
 * Streams deliver out of order, so earlier stages after later ones are stale, not wrong. No terminal status is beyond
 * correction: `rejected` and `denied` may be our own conclusions, and any of them can be followed by a late fill.
 */
export const ORDER_TRANSITIONS: Readonly<Record<OrderStatus, Row>> = {
  initialized: { ...VENUE_WORD, denied: 'denied', submitted: 'submitted' },
  denied: { ...VENUE_WORD, ...SENT },
  submitted: { ...VENUE_WORD, ...SENT },
  accepted: { ...VENUE_WORD, ...SENT },
  triggered: { ...VENUE_WORD, ...SENT, accepted: 'stale', foundOpen: 'triggered' },
  partiallyFilled: {
    ...VENUE_WORD,
    ...SENT,
    accepted: 'stale',
    triggered: 'stale',
    foundOpen: 'partiallyFilled',
  },
  filled: {
    ...SENT,
    accepted: 'stale',
    triggered: 'stale',
    partiallyFilled: 'stale',
    filled: 'filled',
    canceled: 'stale',
    expired: 'stale',
    rejected: 'stale',
    foundOpen: 'stale',
  },
  canceled: {
    ...SENT,
    accepted: 'stale',
    triggered: 'stale',
    partiallyFilled: 'canceled',
    filled: 'filled',
    canceled: 'canceled',
    expired: 'stale',
    rejected: 'stale',
    foundOpen: 'accepted',
  },
  expired: {
    ...SENT,
    accepted: 'stale',
    triggered: 'stale',
    partiallyFilled: 'expired',
    filled: 'filled',
    canceled: 'stale',
    expired: 'expired',
    rejected: 'stale',
    foundOpen: 'accepted',
  },
  rejected: { ...VENUE_WORD, ...SENT },
};

export type Transition = {
  readonly status: OrderStatus;
  /** The news is older than what is known; nothing changes. */
  readonly stale: boolean;
  /** A terminal order is open again, or has a fate we did not believe. */
  readonly reopened: boolean;
};

/** Throws when the news can only come from a mistake of our own, such as submitting twice. */
export function transition(from: OrderStatus, news: OrderNews): Transition {
  const cell = ORDER_TRANSITIONS[from][news];
  invariant(cell !== 'illegal', () => `expected news that fits an order ${from}, was ${news}`);
  if (cell === 'stale') return { status: from, stale: true, reopened: false };
  return { status: cell, stale: false, reopened: isTerminal(from) && !isTerminal(cell) };
}
