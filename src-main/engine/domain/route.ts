import type { DecimalText } from './decimal.ts';
import type { DenialCode } from './denial.ts';
import type { AccountId, InstrumentId } from './identifiers.ts';

/** One part of a routed order. */
export type RouteLeg = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly quantity: DecimalText;
  /** The deepest level it takes: limit of the leg. */
  readonly worstPrice: DecimalText;
  /** Average price after fees. */
  readonly netPrice: DecimalText;
};

/** The figures each market was compared by. */
export type RouteFigures = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly unfit: DenialCode | null;
  /** What it could fill of the quantity alone, and at which average price after fees; null when nothing. */
  readonly fillable: DecimalText;
  readonly netPrice: DecimalText | null;
  readonly fee: DecimalText;
  readonly latencyMs: number | null;
  /** What the route gives it. */
  readonly quantity: DecimalText;
};

export type Route = {
  readonly legs: readonly RouteLeg[];
  /** What no market can take: depth, funds, lots or minimums are in the way. */
  readonly unrouted: DecimalText;
  readonly candidates: readonly RouteFigures[];
};
