import type { ReconciliationConfig } from '../domain/config.ts';
import { DEFAULT_RECONCILIATION } from '../domain/config-defaults.ts';
import type { DecimalText } from '../domain/decimal.ts';
import type { Difference } from '../domain/difference.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../domain/identifiers.ts';
import type { Fill, OrderReport, OrderStatus } from '../domain/order.ts';

/** An open order that is not ours, as the venue last told. Shown; touched only once it is adopted. */
export type ForeignOrder = {
  report: OrderReport;
  readonly firstSeenUs: number;
  updatedAtUs: number;
  /** The Leeward installation that its id names with valid check digits; null for any other software or a person. */
  readonly installation: string | null;
};

/** Another Leeward that was seen at work on an account. */
export type OtherInstallation = {
  readonly accountId: AccountId;
  readonly installation: string;
  readonly firstSeenUs: number;
  lastSeenUs: number;
  /** Who trades the account. `this`: its orders were taken over. `other`: this engine stays out of entries. */
  owner: 'undecided' | 'this' | 'other';
  /** When `this` was chosen; its orders are ours once a look asked for later was applied. */
  chosenAtUs: number | null;
  isTaken: boolean;
};

export type BelievedOrder = {
  readonly clientOrderId: ClientOrderId;
  readonly instrumentId: InstrumentId;
  readonly status: OrderStatus;
  readonly filled: DecimalText;
  /** Cancels we had sent by then: what a later one of ours did is no news. */
  readonly cancelTries: number;
};

export type Belief = {
  orders: readonly BelievedOrder[];
  readonly positions: readonly { readonly instrumentId: InstrumentId; readonly quantity: DecimalText }[];
};

/** A difference that one moment alone may show. */
export type Doubt = {
  readonly accountId: AccountId;
  readonly difference: DecimalText;
  /** In a row that showed this very difference, and all since it began. */
  readonly looks: number;
  readonly tries: number;
  /** Another look was asked for. */
  readonly isOpen: boolean;
};

/** What comparing ourselves with the venues has to remember. Plain data and maps only. */
export type ReconciliationState = {
  /** `account|venue order id` -> open orders that are not ours. */
  foreign: Map<string, ForeignOrder>;
  /** `account|installation`. */
  others: Map<string, OtherInstallation>;
  /** `account|venue order id` -> the id under which an adopted order is kept. */
  adopted: Map<string, ClientOrderId>;
  /** Trades of orders that are not ours, while those may still become so. */
  heldFills: Map<string, Fill>;
  /** By position: trades that are not ours in what we hold, since both sides last agreed about it. Absent in older states. */
  theirs?: Map<string, readonly Fill[]>;
  /** Place of the newest own id that was dropped: ids up to it that are not held were known and have ended. */
  forgottenUpTo: { readonly epoch: number; readonly counter: number } | null;
  policy: ReconciliationConfig;
  /** What the journal said of each account when this life began, as far as the venue was not yet heard about it. */
  beliefs: Map<AccountId, Belief>;
  /** By what they are about, the newest for each. Open ones outlive the engine. */
  differences: Map<string, Difference>;
  /** Balances by the last look, free and locked, moved on by our own fills. Only of accounts that trade spot alone. */
  expected: Map<AccountId, Map<string, DecimalText>>;
  /** What one look showed, until another one says the same. */
  doubts: Map<string, Doubt>;
};

/** Of the doubt about a position. */
export const positionKey = (accountId: AccountId, instrumentId: InstrumentId): string =>
  `position|${accountId}|${instrumentId}`;

export function emptyReconciliation(): ReconciliationState {
  return {
    foreign: new Map(),
    others: new Map(),
    adopted: new Map(),
    heldFills: new Map(),
    forgottenUpTo: null,
    policy: DEFAULT_RECONCILIATION,
    beliefs: new Map(),
    differences: new Map(),
    expected: new Map(),
    doubts: new Map(),
  };
}
