import type { OrderFormsDto } from './order-forms.ts';

/** What the terminal shows. Decimals are text, times UTC epoch microseconds, ratios fractions. Secrets never appear here. */

export type TradingStateDto = 'active' | 'reducing' | 'halted' | 'stopping';
export type ModeDto = 'paper' | 'live';
export type OriginDto = 'live' | 'recorded' | 'derived' | 'synthetic';
export type FeedStateDto = 'connecting' | 'unsynchronized' | 'live' | 'stale' | 'failed';
export type ComponentStateDto = 'up' | 'degraded' | 'down';
export type SideDto = 'buy' | 'sell';
export type ParamsDto = Readonly<Record<string, string | number | boolean | null>>;

export type InstrumentDto = {
  readonly instrumentId: string;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly venue: string;
  readonly product: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minNotional: string;
  readonly origin: OriginDto;
  /** Accounts that trade it; absent where the engine does not tell. */
  readonly accounts?: readonly string[];
  /** Absent where the engine does not tell. */
  readonly forms?: OrderFormsDto;
};

/** The safety strip: never scrolls away. Null means unknown, shown as a dash with its reason. */
export type StripDto = {
  readonly tradingState: TradingStateDto;
  readonly tradingStateSinceUs: number;
  readonly tradingStateReason: string;
  readonly mode: ModeDto;
  readonly venueLabel: string;
  readonly feed: {
    readonly worstAgeMs: number | null;
    readonly limitMs: number;
    readonly live: number;
    readonly total: number;
  };
  readonly engineLag: { readonly p50Ms: number | null; readonly p99Ms: number | null };
  readonly roundTrip: { readonly lastMs: number | null; readonly p99Ms: number | null; readonly samples: number };
  readonly emergencyStop: {
    readonly armed: boolean;
    readonly reason: string | null;
    readonly guardianMs: number | null;
  };
  readonly workingOrders: { readonly own: number; readonly unknown: number; readonly foreign: number };
  readonly protection: {
    readonly protectedRatio: number | null;
    readonly bareNow: number;
    readonly unprotectedMs: number;
  };
  readonly dayPnl: {
    readonly amount: string | null;
    readonly ratio: number | null;
    readonly limit: string | null;
    readonly left: string | null;
    readonly equity: string | null;
    readonly currency: string;
  };
};

export type OrderDto = {
  readonly clientOrderId: string;
  readonly venueOrderId: string | null;
  readonly accountId: string;
  readonly strategyId: string | null;
  readonly instrumentId: string;
  readonly role: string;
  readonly side: SideDto;
  readonly type: string;
  readonly timeInForce: string | null;
  readonly quantity: string;
  readonly filledQuantity: string;
  readonly averagePrice: string | null;
  readonly price: string | null;
  readonly triggerPrice: string | null;
  readonly status: string;
  /** A leg the venue holds but has not placed. */
  readonly pendingLeg: boolean;
  readonly pending: {
    readonly command: string;
    readonly outcome: 'inFlight' | 'unknown';
    readonly sinceUs: number;
  } | null;
  readonly foreign: boolean;
  /** Of a foreign order: the other Leeward that placed it, by its id; null for any other software or a person. */
  readonly installation: string | null;
  /** Was foreign, and is ours since a person asked for it. */
  readonly adopted: boolean;
  /** The executor whose child it is; absent for any other. */
  readonly parentId?: string;
  readonly createdAtUs: number;
  readonly updatedAtUs: number;
  /** What the venue said when it rejected the order. */
  readonly reason: string | null;
};

export type FillDto = {
  readonly tradeId: string;
  readonly clientOrderId: string;
  readonly accountId: string;
  readonly instrumentId: string;
  readonly role: string;
  readonly side: SideDto;
  readonly price: string;
  readonly quantity: string;
  readonly feeAmount: string;
  readonly feeAsset: string;
  readonly liquidity: 'maker' | 'taker';
  readonly tradedAtUs: number;
};

export type PositionDto = {
  readonly accountId: string;
  readonly instrumentId: string;
  readonly quantity: string;
  readonly averageEntryPrice: string | null;
  readonly mark: string | null;
  readonly notional: string | null;
  readonly unrealizedPnl: string | null;
  readonly unrealizedRatio: number | null;
  readonly realizedPnl: string;
  /** Funding, interest and rollover so far, negative when paid; `realizedPnl` holds what is in its currency. */
  readonly carry: readonly CarryDto[];
  readonly currency: string;
  readonly stopTrigger: string | null;
  readonly stopDistanceRatio: number | null;
  readonly protectedQuantity: string;
  /** `dust`: too little to sell or to protect. `bare`: more than dust stands without a live stop. */
  readonly coverage: 'dust' | 'protected' | 'bare';
  readonly unprotectedMs: number;
  readonly openedAtUs: number | null;
  /** Null on spot. `isKnown` is false while the venue's last word is missing or old; a price of null: it states none. */
  readonly liquidation: { readonly isKnown: boolean; readonly price: string | null } | null;
};

export type CarryDto = { readonly amount: string; readonly asset: string };

export type LimitDto = {
  readonly name: string;
  readonly used: string | null;
  readonly limit: string;
  readonly headroom: string | null;
  readonly unit: string;
  /** used / limit, for the bar. */
  readonly usedRatio: number | null;
};

export type CheckDto = {
  readonly name: string;
  readonly passed: boolean;
  readonly used: string | null;
  readonly after: string | null;
  readonly limit: string | null;
  readonly headroom: string | null;
  readonly unit: string;
};

export type DenialDto = {
  readonly code: string;
  readonly params: ParamsDto;
  readonly instrumentId: string | null;
  readonly by: string;
  readonly timeUs: number;
  readonly checks: readonly CheckDto[];
};

/** An account with debts or leverage. */
export type MarginDto = {
  readonly accountId: string;
  /** False while the venue's last word is missing or old: the rest is null then. */
  readonly isKnown: boolean;
  /** What stands behind the positions over what they need; null while nothing is owed or open. */
  readonly level: string | null;
  /** At this level and below the venue closes. */
  readonly liquidationLevel: string | null;
  /** Null where the venue does not state it. */
  readonly freeMargin: string | null;
  readonly currency: string | null;
};

export type RiskDto = {
  readonly limits: readonly LimitDto[];
  readonly margins: readonly MarginDto[];
  readonly lastDenial: DenialDto | null;
  readonly denialsToday: number;
};

export type DriftFeatureDto = {
  readonly name: string;
  /** Null while samples are too few to say. */
  readonly psi: number | null;
  readonly ks: number | null;
  readonly state: 'ok' | 'watch' | 'over' | 'insufficient';
};

export type DriftDto = {
  readonly strategyId: string | null;
  /** Null: no model loaded, and the panel says so. */
  readonly model: { readonly modelId: string; readonly sha256: string } | null;
  readonly samples: number;
  readonly requiredSamples: number;
  readonly baseline: { readonly samples: number; readonly source: string } | null;
  readonly features: readonly DriftFeatureDto[];
};

export type AlertDto = {
  readonly id: string;
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly params: ParamsDto;
  readonly timeUs: number;
};

/** One line of the event log: a journal row in short. */
export type LogDto = {
  readonly sequence: number;
  readonly timeUs: number;
  readonly kind: string;
  readonly instrumentId: string | null;
  readonly summary: ParamsDto;
};

export type StopActionDto = {
  readonly action: 'cancel' | 'exit' | 'restStop';
  readonly accountId: string;
  readonly instrumentId: string;
  readonly clientOrderId: string;
  readonly quantity: string;
  readonly outcome: 'inFlight' | 'done' | 'refused' | 'unknown';
  readonly evidence: string;
  readonly sentAtUs: number;
  readonly answeredAtUs: number | null;
};

export type StopReportDto = {
  readonly startedAtUs: number;
  readonly finishedAtUs: number | null;
  readonly sources: readonly string[];
  readonly verifiedFlat: boolean;
  readonly actions: readonly StopActionDto[];
};

/** A command whose outcome was unknown: what the venue was asked and answered, and what became of it. */
export type UnknownOutcomeDto = {
  readonly accountId: string;
  readonly instrumentId: string;
  readonly clientOrderId: string;
  readonly role: string;
  readonly side: SideDto;
  readonly quantity: string;
  readonly command: 'create' | 'modify' | 'cancel';
  readonly reason: string;
  readonly sentAtUs: number;
  readonly unknownAtUs: number;
  readonly questions: readonly {
    readonly askedAtUs: number;
    readonly answeredAtUs: number | null;
    /** `absent`, `failed`, or the status of the order; null while it is awaited. */
    readonly answer: string | null;
  }[];
  readonly resolution: 'exists' | 'neverExisted' | 'gone' | 'stillOpen' | 'changed' | 'unchanged' | null;
  readonly resolvedBy: 'query' | 'news' | null;
  readonly resolvedAtUs: number | null;
};

export type DifferenceSideDto = { readonly status: string | null; readonly quantity: string | null };

/** Where the venue says something else than the journal. */
export type DifferenceDto = {
  readonly id: string;
  readonly kind:
    'orderChanged' | 'orderFound' | 'orderForeign' | 'positionChanged' | 'positionDiffers' | 'balanceChanged';
  readonly accountId: string;
  readonly instrumentId: string | null;
  readonly asset: string | null;
  readonly clientOrderId: string | null;
  readonly venueOrderId: string | null;
  readonly believed: DifferenceSideDto;
  readonly venue: DifferenceSideDto;
  readonly proposed: 'book' | 'adopt' | 'leave' | 'take' | 'correct';
  readonly foundAtUs: number;
  /** Null: open, and the engine is not re-armed before it is confirmed. */
  readonly acceptedBy: 'trader' | 'policy' | 'venue' | null;
};

export type InstallationDto = {
  readonly accountId: string;
  readonly installation: string;
  readonly firstSeenUs: number;
  readonly lastSeenUs: number;
  readonly owner: 'undecided' | 'this' | 'other';
  /** Chosen as ours, and its orders were adopted. */
  readonly isTaken: boolean;
};

/** What the account holds beside our positions: shown, never sold, never needing a stop. */
export type UnmanagedDto = { readonly accountId: string; readonly asset: string; readonly quantity: string };

export type ReconciliationDto = {
  /** Accounts whose venue was not yet heard about all orders that the journal holds open. */
  readonly comparing: readonly { readonly accountId: string; readonly orders: number }[];
  readonly differences: readonly DifferenceDto[];
  readonly otherInstallations: readonly InstallationDto[];
  readonly unmanaged: readonly UnmanagedDto[];
};

/** A parent order that is worked through children. */
export type ExecutorDto = {
  readonly executorId: string;
  readonly accountId: string;
  readonly strategyId: string | null;
  readonly instrumentId: string;
  /** How it is worked: `twap`, `iceberg`, ... */
  readonly executor: string;
  readonly side: SideDto;
  readonly reduceOnly: boolean;
  /** Of the parent; `filled` is what its children have of it, less what they took back. */
  readonly quantity: string;
  readonly filled: string;
  readonly openChildren: number;
  readonly children: number;
  readonly status: 'working' | 'paused' | 'done' | 'stopped';
  /** Why it does not work; null while it does, and when all is filled. */
  readonly reason: string | null;
  /** Code of the denial its last child met; null after one that was admitted. */
  readonly lastDenial: string | null;
  readonly startedAtUs: number;
};

export type ComponentDto = { readonly component: string; readonly state: ComponentStateDto; readonly detail: string };

export type JournalDto = {
  readonly rows: number;
  readonly headHash: string;
  readonly lastCommitMs: number | null;
  readonly engineEpoch: number;
  readonly failed: string | null;
};

export type WatchDto = {
  readonly instrumentId: string;
  readonly last: string | null;
  /** Change since the first bar shown, and the closes for the sparkline. */
  readonly changeRatio: number | null;
  readonly closes: readonly number[];
  readonly feed: FeedStateDto;
  readonly ageMs: number | null;
};

export type StrategyDto = {
  readonly strategyId: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly signals: number;
  readonly lastSignalUs: number | null;
};

/** All of the numbered state. Lists are keyed by the id that their DTO carries. */
export type TerminalState = {
  readonly strip: StripDto;
  readonly components: readonly ComponentDto[];
  readonly journal: JournalDto;
  readonly watch: readonly WatchDto[];
  readonly orders: readonly OrderDto[];
  readonly fills: readonly FillDto[];
  readonly positions: readonly PositionDto[];
  readonly risk: RiskDto;
  readonly drift: DriftDto;
  readonly strategies: readonly StrategyDto[];
  readonly alerts: readonly AlertDto[];
  readonly log: readonly LogDto[];
  readonly stop: StopReportDto | null;
  readonly outcomes: readonly UnknownOutcomeDto[];
  readonly executors: readonly ExecutorDto[];
  readonly reconciliation: ReconciliationDto;
};

/** One numbered change. `set` replaces, `upsert` replaces the entry of the same key, `append` adds at the end. */
export type StateUpdate =
  | { readonly op: 'set'; readonly topic: 'strip'; readonly value: StripDto }
  | { readonly op: 'set'; readonly topic: 'components'; readonly value: readonly ComponentDto[] }
  | { readonly op: 'set'; readonly topic: 'journal'; readonly value: JournalDto }
  | { readonly op: 'set'; readonly topic: 'watch'; readonly value: readonly WatchDto[] }
  | { readonly op: 'upsert'; readonly topic: 'orders'; readonly value: OrderDto }
  | { readonly op: 'append'; readonly topic: 'fills'; readonly value: FillDto }
  | { readonly op: 'upsert'; readonly topic: 'positions'; readonly value: PositionDto }
  | { readonly op: 'set'; readonly topic: 'risk'; readonly value: RiskDto }
  | { readonly op: 'set'; readonly topic: 'drift'; readonly value: DriftDto }
  | { readonly op: 'set'; readonly topic: 'strategies'; readonly value: readonly StrategyDto[] }
  | { readonly op: 'append'; readonly topic: 'alerts'; readonly value: AlertDto }
  | { readonly op: 'append'; readonly topic: 'log'; readonly value: LogDto }
  | { readonly op: 'set'; readonly topic: 'stop'; readonly value: StopReportDto | null }
  | { readonly op: 'set'; readonly topic: 'outcomes'; readonly value: readonly UnknownOutcomeDto[] }
  | { readonly op: 'set'; readonly topic: 'executors'; readonly value: readonly ExecutorDto[] }
  | { readonly op: 'set'; readonly topic: 'reconciliation'; readonly value: ReconciliationDto };
