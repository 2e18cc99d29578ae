import type { BracketRequest } from '../domain/command.ts';
import type { RiskConfig } from '../domain/config.ts';
import type { DecimalText } from '../domain/decimal.ts';
import type { DenialParams } from '../domain/denial.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { PriceReference } from '../domain/market.ts';
import type { Money, Quantity } from '../domain/quantities.ts';
import type { TradingState } from '../domain/trading-state.ts';
import type { BracketFigures } from './bracket-figures.ts';
import type { ReferenceMedian } from './reference-price.ts';

/** All that a judgment reads besides the request, as of the event that asks for it. */
export type GateContext = {
  readonly config: RiskConfig;
  readonly tradingState: TradingState;
  readonly instrument: Instrument;
  readonly reference: PriceReference;
  /** In the reporting asset; null when a conversion rate is missing. */
  readonly equity: Money | null;
  /** Signed; worst case over unknown outcomes and working entries. */
  readonly positionQuantity: Quantity;
  /** Orders of ours the venue counts on this instrument, not yet placed legs included, and among them stops. */
  readonly restingOrders: number;
  readonly restingStops: number;
  /** What pays for it: `free` in the quote asset, null when it cannot be told; `leverage` is null where the whole price is paid. */
  readonly funds: { readonly free: Money | null; readonly leverage: number | null };
  readonly unknownOutcome: boolean;
  readonly feedLive: boolean;
  readonly venueReady: boolean;
  /** Another Leeward at work on the account; null when this one alone trades it. */
  readonly otherInstallation: string | null;
  /** Its market data fell silent, or is not trusted again yet. */
  readonly venueAway: boolean;
  readonly maxCrossVenueRatio: DecimalText;
  /** The circuit breaker that is in the way; null when none is. */
  readonly openBreaker: DenialParams | null;
  /** The least the venue's clock and ours are apart; null while unmeasured. */
  readonly clockDriftMs: number | null;
  readonly entriesInMinute: number;
};

/** What the checks look at. */
export type Subject = {
  readonly request: BracketRequest;
  readonly context: GateContext;
  readonly figures: BracketFigures;
  readonly reference: ReferenceMedian;
};
