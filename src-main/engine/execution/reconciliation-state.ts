import type { AccountId } from '../domain/identifiers.ts';
import type { OrderReport } from '../domain/order.ts';

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
};

/** What comparing ourselves with the venues has to remember. Plain data and maps only. */
export type ReconciliationState = {
  /** `account|venue order id` -> open orders that are not ours. */
  foreign: Map<string, ForeignOrder>;
  /** `account|installation`. */
  others: Map<string, OtherInstallation>;
  /** Place of the newest own id that was dropped: ids up to it that are not held were known and have ended. */
  forgottenUpTo: { readonly epoch: number; readonly counter: number } | null;
};

export function emptyReconciliation(): ReconciliationState {
  return { foreign: new Map(), others: new Map(), forgottenUpTo: null };
}
