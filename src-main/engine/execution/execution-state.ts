import type { OrderRequest } from '../domain/command.ts';
import type { ExecutionConfig } from '../domain/config.ts';
import type { DecimalText } from '../domain/decimal.ts';
import type { Verdict } from '../domain/denial.ts';
import type {
  AccountSetup,
  Decision,
  DecisionReason,
  ListedInstrument,
  StopReport,
  VenueState,
} from '../domain/events.ts';
import type { AccountId, ClientOrderId, InstrumentId, StrategyId, VenueOrderId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import type {
  Fill,
  OrderChange,
  OrderReport,
  OrderSide,
  OrderSpec,
  OrderStatus,
  PendingCommand,
} from '../domain/order.ts';
import { ensure } from '../domain/result.ts';
import type { StopRule } from '../domain/stop-rule.ts';
import type { TradingState } from '../domain/trading-state.ts';
import type { UnknownOutcome } from '../domain/unknown-outcome.ts';
import { emptyReconciliation, type ReconciliationState } from './reconciliation-state.ts';
import { type Breakers, closedBreakers } from './breaker.ts';

/** What execution knows of one order. Decimals as text and no classes: the state is its own snapshot. */
export type OrderRecord = {
  /** Of an adopted order: as far as the venue told. */
  spec: OrderSpec;
  readonly listId: ClientOrderId | null;
  /** Working order whose complete fill places this leg; null for orders that are placed at once. */
  readonly workingId: ClientOrderId | null;
  /** Of a working order: the legs its complete fill places. */
  readonly legIds: readonly ClientOrderId[];
  /** Why it was sent; null for orders adopted from the venue. */
  readonly reason: DecisionReason['by'] | null;
  readonly createdAtUs: number;
  status: OrderStatus;
  /** Status before the last change, for the journal and for orders restored after a refused change. */
  previousStatus: OrderStatus | null;
  pending: PendingCommand | null;
  /** The change a pending modify asked for. */
  proposed?: OrderChange;
  /** It is canceled to be placed anew. */
  replacing?: Replacing | null;
  /** The venue's id of an order that was not ours; it has no id of ours there. */
  adoptedAs?: VenueOrderId;
  /** A list: venues that replace orders give one order several ids. */
  venueOrderIds: VenueOrderId[];
  /** Furthest stage the venue reported; null before any report. */
  venueStatus: OrderReport['venueStatus'] | null;
  /** The venue has had it in the book, or filled it. */
  placed: boolean;
  /** Sum of applied fills. */
  filled: DecimalText;
  /** Cumulative quantity by the venue's reports; above `filled` while fills are on their way. */
  reportedFilled: DecimalText;
  triggeredAtUs: number | null;
  updatedAtUs: number;
  /** When the newest query that showed it open was asked for. */
  shownAtUs?: number;
  /** Set while the venue is to be asked about this order. */
  lookup: Lookup | null;
  /** A person was told that its outcome stays unknown. */
  unresolvedAlerted?: boolean;
  cancelTries: number;
  /** What became of our newest cancel; an unproven one counts as taken. Absent before any. */
  cancelFate?: 'sent' | 'taken' | 'refused';
  cancelRetryAtUs: number;
  /** Closed bars since a resting entry was placed. */
  barsWaited: number;
  /** Whether the market was at its price while nothing was heard of it. */
  reached?: Reached;
};

export type Reached = {
  /** When the stream last told about the order. */
  readonly heardAtUs: number;
  /** When the market was at its price since; null when it was not, or a look was asked for. */
  readonly atUs: number | null;
  /** Looks that were asked for since it was heard of, and the last of them. */
  readonly asks: number;
  readonly askedAtUs: number;
};

/** A change of an order that its venue cannot change. */
export type Replacing = {
  readonly change: OrderChange;
  readonly reason: DecisionReason;
  readonly verdict: Verdict;
  readonly sinceUs: number;
};

export type Lookup = {
  dueAtUs: number;
  tries: number;
  /** When the venue was asked the first time that it denied knowing the order; null before. */
  absentSinceUs: number | null;
};

/** Prices that protect a position; taken from the bracket whose entry filled last. */
export type ProtectionPlan = {
  readonly strategyId: StrategyId | null;
  readonly entry: 'fok' | 'resting';
  readonly stopTrigger: DecimalText;
  readonly stopLimit: DecimalText;
  /** Null when no bracket is known: a stop alone. */
  readonly target: DecimalText | null;
  readonly rule?: StopRule;
};

export type Protection = {
  unprotectedSinceUs: number | null;
  /** Microseconds without protection, all gaps of this account and instrument together. */
  unprotectedUs: number;
  /** Refused attempts to rest a stop in the present gap. */
  attempts: number;
  retryAtUs: number;
  /** No grace: a leg was refused, or the entry rests under the partial-fill guard. */
  urgent: boolean;
  /** A stop larger than the position, or one without a position, since. */
  excessSinceUs: number | null;
};

/** An exit of the whole position at market, in progress: cancels, awaits the release of funds, sells, verifies. */
export type Flattening = {
  readonly reason: DecisionReason;
  readonly startedAtUs: number;
  refusals: number;
  retryAtUs: number;
  /** After a refused exit the stop is rested again before the next try. */
  restStop: 'no' | 'due' | 'resting';
};

/** All that one account has on one instrument. */
export type Exposure = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  /** Own fills net of fees in the base asset. Other balance is not ours to sell. */
  quantity: DecimalText;
  /** Orders that may still act or whose fills are not all here. */
  openOrders: ClientOrderId[];
  plan: ProtectionPlan | null;
  protection: Protection;
  flattening: Flattening | null;
  /** Entry whose plan it is. */
  planOf?: ClientOrderId;
  /** A stop rule at work. */
  follow?: StopFollow | null;
  /** Stops that become one, to free a slot; `byId`: the one that rests beside them first, where the venue allows. */
  merging?: {
    readonly oldIds: readonly ClientOrderId[];
    readonly byId: ClientOrderId | null;
    readonly sinceUs: number;
  } | null;
  /** Resting stops are on their way to where the plan says. */
  restop?: { readonly sinceUs: number; readonly tries: number; readonly retryAtUs?: number } | null;
  /** A part on its way out. */
  reduction?: Reduction | null;
  /** Target price that was tried as a resting order of its own. */
  targetRefused?: DecimalText;
};

/** Where a stop rule stands. */
export type StopFollow = {
  readonly rule: StopRule;
  readonly entryPrice: DecimalText;
  /** Best price since the entry. */
  readonly best: DecimalText;
  readonly bars: number;
  readonly sinceUs: number;
  readonly movedAtUs: number;
  /** Average true range of the closed bars since the entry, in quote units. */
  readonly trueRange: { readonly previousClose: number | null; readonly count: number; readonly mean: number | null };
};

/** A part of the position that is being closed where its stop has to make room first. */
export type Reduction = {
  readonly request: OrderRequest;
  readonly reason: DecisionReason;
  /** When it is given up if there is still no room. */
  readonly untilUs: number;
  /** Null until it was sent. */
  readonly orderId: ClientOrderId | null;
};

/** An entry that waits for its stop to rest. */
export type HeldEntry = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly entry: OrderSpec;
  readonly stopId: ClientOrderId;
  /** Judged for now, not for later. */
  readonly untilUs: number;
  readonly action: 'entry' | 'increase';
  readonly reason: DecisionReason;
  readonly verdict: Verdict;
};

/** The venue's own timer that cancels all orders of an account when it hears nothing more from us. */
export type DeadMan = {
  /** It may be running: from the moment it is sent until the venue took it back. */
  armed: boolean;
  sentAtUs: number | null;
  inFlight: boolean;
};

export type VenueLink = {
  state: VenueState;
  /** A whole look succeeded since the link was last ready. */
  synchronized: boolean;
  /** When the look under way, or else the last one, was asked for. */
  requestedAtUs: number | null;
  inFlight: boolean;
  reconciledAtUs: number | null;
  retryAtUs: number;
  failures: number;
  /** Reason of a look that is due. */
  wanted: string | null;
  /** When a look was last asked for because the market was at the price of an order. */
  reachedAskedAtUs?: number;
  readonly breakers: Breakers;
  deadMan: DeadMan;
  /** Usual time of an order's answer; null before the first. */
  answerUs: number | null;
  /** The venue's clock less ours at the last measurement; null before the first. */
  clock: { readonly offsetMs: number; readonly uncertaintyMs: number } | null;
  /** Foreign orders already alerted. */
  foreign: Map<VenueOrderId, number>;
};

export type EmergencyStop = {
  report: StopReport;
  /** The report changed in this turn. */
  dirty: boolean;
  /** Accounts looked at since the last command to a venue: an older look proves nothing. */
  asked: AccountId[];
  /** Accounts whose look showed nothing of ours. */
  verified: AccountId[];
};

export type ExecutionState = {
  installation: string;
  epoch: number;
  counter: number;
  config: ExecutionConfig | null;
  accounts: readonly AccountSetup[];
  tradingState: TradingState;
  tradingStateReason: string;
  tradingStateSources: readonly string[];
  instruments: Map<InstrumentId, ListedInstrument>;
  /** Last reference price of each instrument, for dust. */
  prices: Map<InstrumentId, DecimalText>;
  orders: Map<ClientOrderId, OrderRecord>;
  /** Entry id -> plan that takes effect with its first fill. */
  plans: Map<ClientOrderId, ProtectionPlan>;
  exposures: Map<string, Exposure>;
  heldEntries: Map<ClientOrderId, HeldEntry>;
  /** Applied trades: `account|instrument|side|trade` -> when. */
  trades: Map<string, number>;
  /** `account|instrument` -> the newest trade whose key was dropped: it and those before it were applied. */
  droppedTrades: Map<string, string>;
  venues: Map<AccountId, VenueLink>;
  /** `account|asset` -> what the account holds of it by the venue's last word, free and locked, ours or not. */
  holdings: Map<string, DecimalText>;
  reconciliation: ReconciliationState;
  /** Commands of unknown outcome: all that are open, and the newest that were resolved. */
  unknowns: UnknownOutcome[];
  stop: EmergencyStop | null;
  /** Text of the last broken invariant; it is alerted when it changes. */
  broken: string | null;
};

/** One application of one input: the only place where state changes. */
export type Turn = {
  readonly timeUs: number;
  readonly state: ExecutionState;
  /** The clock's own input: what is due by time is looked for. */
  readonly isTick: boolean;
  /** Exposures that changed and are looked after before the turn ends. */
  readonly touched: Set<Exposure>;
  /** Fills applied in this turn, each trade once. */
  readonly applied: Fill[];
  readonly emit: (decision: Decision) => void;
};

export function emptyExecutionState(): ExecutionState {
  return {
    installation: '',
    epoch: 0,
    counter: 0,
    config: null,
    accounts: [],
    tradingState: 'halted',
    tradingStateReason: 'NOT_STARTED',
    tradingStateSources: [],
    instruments: new Map(),
    prices: new Map(),
    orders: new Map(),
    plans: new Map(),
    exposures: new Map(),
    heldEntries: new Map(),
    trades: new Map(),
    droppedTrades: new Map(),
    venues: new Map(),
    holdings: new Map(),
    unknowns: [],
    reconciliation: emptyReconciliation(),
    stop: null,
    broken: null,
  };
}

export const configOf = (state: ExecutionState): ExecutionConfig => ensure(state.config, 'a started engine');

/** Throws when the instrument was never listed. */
export function listedInstrument(state: ExecutionState, id: InstrumentId): Instrument {
  return instrumentOf(ensure(state.instruments.get(id), `instrument ${id}`));
}

/** The exposure of an account on an instrument, empty at first sight; looked after at the end of the turn. */
export function touchExposure(turn: Turn, accountId: AccountId, instrumentId: InstrumentId): Exposure {
  const key = exposureKey(accountId, instrumentId);
  let exposure = turn.state.exposures.get(key);
  if (exposure === undefined) {
    exposure = emptyExposure(accountId, instrumentId);
    turn.state.exposures.set(key, exposure);
  }
  turn.touched.add(exposure);
  return exposure;
}

export const exposureKey = (accountId: AccountId, instrumentId: InstrumentId): string => `${accountId}|${instrumentId}`;

function emptyExposure(accountId: AccountId, instrumentId: InstrumentId): Exposure {
  return {
    accountId,
    instrumentId,
    quantity: '0',
    openOrders: [],
    plan: null,
    protection: {
      unprotectedSinceUs: null,
      unprotectedUs: 0,
      attempts: 0,
      retryAtUs: 0,
      urgent: false,
      excessSinceUs: null,
    },
    flattening: null,
  };
}

export function venueLink(state: ExecutionState, accountId: AccountId): VenueLink {
  let link = state.venues.get(accountId);
  if (link === undefined) {
    link = emptyLink();
    state.venues.set(accountId, link);
  }
  return link;
}

export function emptyLink(): VenueLink {
  return {
    state: 'connecting',
    synchronized: false,
    requestedAtUs: null,
    inFlight: false,
    reconciledAtUs: null,
    retryAtUs: 0,
    failures: 0,
    wanted: null,
    breakers: closedBreakers(),
    deadMan: { armed: false, sentAtUs: null, inFlight: false },
    answerUs: null,
    clock: null,
    foreign: new Map(),
  };
}

export const opposite = (side: OrderSide): OrderSide => (side === 'buy' ? 'sell' : 'buy');
