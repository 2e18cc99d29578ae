import type { Alert } from './alert.ts';
import type { CommandEnvelope } from './command.ts';
import type { Config } from './config.ts';
import type { DecimalText } from './decimal.ts';
import type { Difference } from './difference.ts';
import type { Denial, Verdict } from './denial.ts';
import type {
  AccountId,
  ClientOrderId,
  CommandId,
  ExecutorId,
  InstrumentId,
  Product,
  StrategyId,
  Venue,
  VenueOrderId,
} from './identifiers.ts';
import type { ExecutorKind, ExecutorStatus } from './executor.ts';
import type { Charge, MarginStanding } from './margin.ts';
import type { Bar, FeedState, PriceReference, TradedRange } from './market.ts';
import type { Fill, ForcedCause, OrderChange, OrderReport, OrderSide, Submission } from './order.ts';
import type { Route } from './route.ts';
import type { TradingState } from './trading-state.ts';
import type { UnknownOutcome } from './unknown-outcome.ts';

/**
 * All that enters the deterministic core. Handlers see `timeUs` and never read a clock; a recorded session replays to the
 * same decisions. Payloads are plain JSON: decimals as text, so a journal row is the event.
 */
export type EngineInput =
  | {
      readonly kind: 'engine.started';
      readonly engineEpoch: number;
      readonly installation: string;
      readonly seed: string;
      readonly config: Config;
      readonly accounts: readonly AccountSetup[];
    }
  /** All instruments the venue lists that we may trade, as of one version. */
  | { readonly kind: 'instruments.listed'; readonly instruments: readonly ListedInstrument[] }
  | { readonly kind: 'bar.closed'; readonly bar: Bar; readonly reference: PriceReference; readonly warmUp: boolean }
  /** Prices for instruments with exposure or working orders, once a second and before a commanded order. */
  | { readonly kind: 'prices.referenced'; readonly prices: readonly InstrumentPrices[] }
  | { readonly kind: 'clock.ticked' }
  | { readonly kind: 'clock.stepped'; readonly stepUs: number }
  | {
      readonly kind: 'command.received';
      readonly envelope: CommandEnvelope;
      readonly reference: PriceReference | null;
      readonly markets?: readonly RoutableMarket[];
    }
  | {
      readonly kind: 'submit.answered';
      readonly clientOrderIds: readonly ClientOrderId[];
      readonly outcome: CommandOutcome;
    }
  | { readonly kind: 'cancel.answered'; readonly clientOrderId: ClientOrderId; readonly outcome: CommandOutcome }
  | { readonly kind: 'modify.answered'; readonly clientOrderId: ClientOrderId; readonly outcome: CommandOutcome }
  | { readonly kind: 'order.reported'; readonly report: OrderReport; readonly source: ReportSource }
  | { readonly kind: 'order.filled'; readonly fill: Fill; readonly source: ReportSource }
  | { readonly kind: 'balances.reported'; readonly accountId: AccountId; readonly balances: readonly Balance[] }
  /** What carrying a position cost or paid. */
  | { readonly kind: 'charge.booked'; readonly accountId: AccountId; readonly charge: Charge }
  /** How safe an account with debts or leverage is, with its positions and where the venue would close them. */
  | {
      readonly kind: 'margin.reported';
      readonly accountId: AccountId;
      readonly standing: MarginStanding;
      readonly positions: readonly VenuePosition[];
    }
  | {
      readonly kind: 'feed.changed';
      readonly instrumentId: InstrumentId;
      readonly state: FeedState;
      readonly ageUs: number | null;
    }
  | {
      readonly kind: 'venue.changed';
      readonly accountId: AccountId;
      readonly state: VenueState;
      readonly detail: string;
    }
  /** Its market data said nothing for `silentUs`, or was heard again: null. */
  | { readonly kind: 'venue.silence'; readonly venue: Venue; readonly silentUs: number | null }
  /** The venue's clock less ours, known to half a round trip. */
  | {
      readonly kind: 'venue.clockMeasured';
      readonly accountId: AccountId;
      readonly offsetMs: number;
      readonly uncertaintyMs: number;
    }
  /** A whole look at the venue, taken at start, after each reconnect and on a query: absence here is evidence. */
  | {
      readonly kind: 'venue.reconciled';
      readonly accountId: AccountId;
      readonly openOrders: readonly OrderReport[];
      readonly fills: readonly Fill[];
      readonly balances: readonly Balance[];
      readonly lookups: readonly OrderLookup[];
      readonly positions?: readonly VenuePosition[];
    }
  | { readonly kind: 'venue.reconcileFailed'; readonly accountId: AccountId; readonly detail: string }
  | {
      readonly kind: 'deadMan.answered';
      readonly accountId: AccountId;
      readonly timeoutMs: number;
      readonly outcome: CommandOutcome;
    }
  | { readonly kind: 'inference.answered'; readonly requestId: string; readonly outputs: readonly number[] | null }
  | {
      readonly kind: 'component.changed';
      readonly component: string;
      readonly state: ComponentState;
      readonly detail: string;
    }
  | { readonly kind: 'store.failed'; readonly detail: string };

/** A market an entry could be routed to: the best levels of its asks, and the prices it would be judged by. */
export type RoutableMarket = {
  readonly instrumentId: InstrumentId;
  readonly asks: readonly { readonly price: DecimalText; readonly quantity: DecimalText }[];
  readonly reference: PriceReference;
};

export type ReportSource = 'stream' | 'reply' | 'query';
export type VenueState = 'connecting' | 'ready' | 'degraded' | 'down';
export type ComponentState = 'up' | 'degraded' | 'down';

export type AccountSetup = {
  readonly accountId: AccountId;
  readonly venue: Venue;
  readonly mode: 'paper' | 'live';
  /** What it trades; whatever its venue lists when absent, as in journals of before there were several. */
  readonly product?: Product;
  /** The only pair that an isolated margin account trades, by the venue's symbol. */
  readonly isolatedPair?: string;
};

/** An instrument as journaled: every decimal as text. */
export type ListedInstrument = {
  readonly id: InstrumentId;
  readonly version: number;
  readonly venueSymbol: string;
  readonly tickSize: DecimalText;
  readonly lotSize: DecimalText;
  readonly minQuantity: DecimalText;
  readonly maxQuantity: DecimalText;
  readonly minNotional: DecimalText;
  readonly priceBand: { readonly up: DecimalText; readonly down: DecimalText } | null;
  readonly maxOrders: number;
  readonly maxStopOrders: number;
  readonly makerFee: DecimalText;
  readonly takerFee: DecimalText;
};

export type InstrumentPrices = {
  readonly instrumentId: InstrumentId;
  readonly reference: PriceReference;
  /** Lowest and highest public trade since the last prices; absent where there was none. */
  readonly traded?: TradedRange;
};

export type Balance = {
  readonly asset: string;
  readonly free: DecimalText;
  readonly locked: DecimalText;
  /** Of a margin account. */
  readonly borrowed?: DecimalText;
  readonly interest?: DecimalText;
};

/** A position as the venue counts it. */
export type VenuePosition = {
  readonly instrumentId: InstrumentId;
  /** Signed: positive is long. */
  readonly quantity: DecimalText;
  /** Null where the venue states none. */
  readonly entryPrice: DecimalText | null;
  readonly liquidationPrice: DecimalText | null;
};

/**
 * What is proven about a command. `unknown` is resolved only by positive evidence; a failed query is no evidence.
 * `reports` are the legs as the venue answered.
 */
/** `sentAtUs`: when the request went to the network, where the gateway tells; absent when it never did. */
export type CommandOutcome = VenueOutcome & { readonly sentAtUs?: number };

type VenueOutcome =
  | { readonly kind: 'accepted'; readonly reports: readonly OrderReport[]; readonly fills: readonly Fill[] }
  | {
      readonly kind: 'rejected';
      readonly venueCode: string;
      readonly message: string;
      /** It was never sent, or turned away before the venue looked at it: says nothing about the order itself. */
      readonly unread?: true;
      /** Of a stop: the market is through its trigger already. */
      readonly wouldTrigger?: true;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

export type OrderLookup =
  | {
      readonly clientOrderId: ClientOrderId;
      readonly found: true;
      readonly report: OrderReport;
      readonly fills: readonly Fill[];
    }
  /** The venue answered that it has no such order. */
  | { readonly clientOrderId: ClientOrderId; readonly found: false };

/** All that leaves the core. Journaled in the same transaction as its input, before any of it is carried out. */
export type Decision =
  | {
      readonly kind: 'order.judged';
      readonly verdict: Verdict;
      /** Of what follows as `order.submit`; null and none when nothing does. */
      readonly accountId: AccountId | null;
      readonly clientOrderIds: readonly ClientOrderId[];
      readonly reason: DecisionReason;
    }
  /** Where an entry goes and why: every market with the figures it was compared by. */
  | {
      readonly kind: 'order.routed';
      readonly accountId: AccountId;
      readonly instrumentId: InstrumentId;
      readonly side: OrderSide;
      readonly quantity: DecimalText;
      readonly route: Route;
      readonly reason: DecisionReason;
    }
  | { readonly kind: 'order.submit'; readonly submission: Submission; readonly lane: Lane }
  | {
      readonly kind: 'order.cancel';
      readonly accountId: AccountId;
      readonly instrumentId: InstrumentId;
      /** The order, or any leg of the list that goes as a whole. */
      readonly clientOrderId: ClientOrderId;
      readonly listId: ClientOrderId | null;
      /** Of an adopted order, which has no id of ours at the venue. */
      readonly venueOrderId?: VenueOrderId;
      readonly lane: Lane;
    }
  | ({
      readonly kind: 'order.modify';
      readonly accountId: AccountId;
      readonly instrumentId: InstrumentId;
      readonly clientOrderId: ClientOrderId;
      readonly lane: Lane;
    } & OrderChange)
  | {
      readonly kind: 'executor.changed';
      readonly executorId: ExecutorId;
      readonly accountId: AccountId;
      readonly instrumentId: InstrumentId;
      readonly executor: ExecutorKind;
      readonly status: ExecutorStatus;
      readonly reason: string | null;
      readonly filled: DecimalText;
    }
  /** A change that took a cancel and a new order, with the time in which neither rested. */
  | {
      readonly kind: 'order.replaced';
      readonly accountId: AccountId;
      readonly instrumentId: InstrumentId;
      readonly clientOrderId: ClientOrderId;
      readonly by: ClientOrderId;
      readonly gapMs: number;
    }
  /** Ask the venue about orders and the whole account: answered by `venue.reconciled` or `venue.reconcileFailed`. */
  | {
      readonly kind: 'venue.reconcile';
      readonly accountId: AccountId;
      readonly lookups: readonly OrderLookupRequest[];
      readonly reason: string;
      /** Absent: the lane of queries. */
      readonly lane?: 'reduce';
    }
  /** Sets the venue's timer that cancels all orders of the account; 0 takes it back. */
  | { readonly kind: 'venue.armDeadMan'; readonly accountId: AccountId; readonly timeoutMs: number }
  | {
      readonly kind: 'tradingState.changed';
      readonly from: TradingState;
      readonly to: TradingState;
      readonly reason: string;
      readonly sources: readonly string[];
    }
  | { readonly kind: 'command.answered'; readonly commandId: CommandId; readonly denial: Denial | null }
  | { readonly kind: 'signal.raised'; readonly signal: Signal }
  | { readonly kind: 'alert.raised'; readonly alert: Alert }
  /** The venue closed a position, or a part of it, by itself. */
  | {
      readonly kind: 'position.forced';
      readonly accountId: AccountId;
      readonly instrumentId: InstrumentId;
      readonly cause: ForcedCause;
      readonly side: OrderSide;
      readonly quantity: DecimalText;
      readonly price: DecimalText;
    }
  | {
      readonly kind: 'protection.measured';
      readonly accountId: AccountId;
      readonly instrumentId: InstrumentId;
      readonly unprotectedMs: number;
    }
  /** The venue says something else than we believed; also what was accepted at once by policy. */
  | { readonly kind: 'difference.found'; readonly difference: Difference }
  | { readonly kind: 'difference.accepted'; readonly ids: readonly string[]; readonly by: 'trader' | 'venue' }
  | { readonly kind: 'stop.progressed'; readonly report: StopReport }
  /** The whole case of a command whose outcome was unknown, once it is known. */
  | { readonly kind: 'outcome.resolved'; readonly outcome: UnknownOutcome }
  | {
      readonly kind: 'inference.request';
      readonly requestId: string;
      readonly modelId: string;
      readonly inputs: readonly number[];
    };

export type OrderLookupRequest = {
  readonly clientOrderId: ClientOrderId;
  readonly instrumentId: InstrumentId;
  /** Of an adopted order: the venue knows it by this alone. */
  readonly venueOrderId?: VenueOrderId;
};

/** cancel > reduce > new > query when the venue's weight is scarce. */
export type Lane = 'cancel' | 'reduce' | 'new' | 'query';

export type DecisionReason =
  | { readonly by: 'strategy'; readonly strategyId: StrategyId }
  | { readonly by: 'command'; readonly commandId: CommandId }
  | { readonly by: 'executor'; readonly executorId: ExecutorId }
  | { readonly by: 'protection' }
  /** A target whose price was watched here, or the time of a stop rule. */
  | { readonly by: 'target' }
  | { readonly by: 'stopRule' }
  | { readonly by: 'emergencyStop' };

export type Signal = {
  readonly strategyId: StrategyId;
  readonly instrumentId: InstrumentId;
  readonly side: 'buy' | 'sell';
  readonly barOpenTimeUs: number;
  /** Statistics the strategy decided on, for the journal and the drift panel. */
  readonly features: Readonly<Record<string, number>>;
};

/** The emergency stop, one row an action with its evidence. */
export type StopReport = {
  readonly startedAtUs: number;
  readonly sources: readonly string[];
  readonly finishedAtUs: number | null;
  readonly actions: readonly StopAction[];
  readonly verifiedFlat: boolean;
};

export type StopAction = {
  readonly action: 'cancel' | 'exit' | 'restStop';
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly clientOrderId: ClientOrderId;
  readonly quantity: DecimalText;
  readonly outcome: 'inFlight' | 'done' | 'refused' | 'unknown';
  readonly evidence: string;
  readonly sentAtUs: number;
  readonly answeredAtUs: number | null;
};

/** An input or a decision with its place in the one journal. */
export type Sequenced<T> = { readonly sequence: number; readonly timeUs: number; readonly event: T };
