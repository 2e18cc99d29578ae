import type { DecimalText } from './decimal.ts';
import type { DifferenceKind } from './difference.ts';
import type { GenericVenueConfig } from './generic-venue-config.ts';
import type { InstrumentId, StrategyId } from './identifiers.ts';
import type { BarInterval } from './market.ts';
import type { VenueChoice } from './venue-choice.ts';

/** The one typed configuration of the engine. Ratios are fractions, times name their unit. Layers: default < file < profile < command. */
export type Config = {
  readonly schemaVersion: 1;
  readonly reportingAsset: string;
  /** Where to trade; absent in journals of before it could be chosen here. */
  readonly venues?: readonly VenueChoice[];
  /** The objects of that list; absent where there is none. */
  readonly genericVenues?: readonly GenericVenueConfig[];
  readonly risk: RiskConfig;
  readonly execution: ExecutionConfig;
  /** Absent in journals of versions that recorded nothing. */
  readonly capture?: CaptureConfig;
  /** Absent in journals of before it existed: the defaults hold. */
  readonly reconciliation?: ReconciliationConfig;
  /** Absent in journals of versions that knew one venue. */
  readonly failover?: FailoverConfig;
  readonly strategies: readonly StrategyConfig[];
};

export type RiskConfig = {
  /** Largest order, as a fraction of equity. */
  readonly maxOrderNotionalRatio: DecimalText;
  /** Largest position per instrument after the order, as a fraction of equity. */
  readonly maxPositionNotionalRatio: DecimalText;
  /** An order price may differ from the reference median by this fraction. */
  readonly priceCollarRatio: DecimalText;
  /** Older references do not count. */
  readonly maxReferenceAgeMs: number;
  /** Resting-order slots per instrument kept free for stops and exits. */
  readonly reservedOrderSlots: number;
  /** Largest day loss before the state becomes reducing, as a fraction of equity at the start of the day. */
  readonly maxDayLossRatio: DecimalText;
  /** Entries an account may send within a minute. */
  readonly maxEntriesPerMinute: number;
  /** The venue's clock may differ from ours by so much before entries stop. */
  readonly maxClockDriftMs: number;
  /** The risk day starts this many minutes after midnight UTC. */
  readonly dayStartMinuteUtc: number;
};

export type ExecutionConfig = {
  /** How long a position may lack its stop before the guard acts. */
  readonly protectionGraceMs: number;
  /** Failed attempts to rest a stop before the position is closed at market. */
  readonly protectionAttempts: number;
  /** A triggered stop-limit that has not filled for this long is canceled and sold at market. */
  readonly stopEscalationMs: number;
  /** An order command without an answer for this long is unknown. */
  readonly commandTimeoutMs: number;
  /** A resting entry without a fill for this many bars is canceled. */
  readonly entryExpiryBars: number;
  /** Full look at the venue while nothing is wrong. */
  readonly reconcileIntervalMs: number;
  /** The market was at the price of a resting order and no report came for this long: a look is taken; 0: never. */
  readonly missedReportMs: number;
  /** Time of the venue's own timer that cancels working entries when we fall silent; 0: none. */
  readonly deadManMs: number;
  /** Requests in a row without an answer that open the breaker of their endpoint class. */
  readonly breakerFailures: number;
  /** Answers in a row slower than `breakerSlowMs` that open it. */
  readonly breakerSlowAnswers: number;
  readonly breakerSlowMs: number;
  /** How long an open breaker denies entries before one may probe; doubles after each failed probe up to the maximum. */
  readonly breakerCoolDownMs: number;
  readonly breakerMaxCoolDownMs: number;
  /** Set once at each connect on the contracts that are traded; 1 margins a position in full. */
  readonly futuresLeverage: number;
  /** On margin a position may be this many times the funds behind it. Kraken is told it with each order. */
  readonly marginLeverage: number;
};

/** Recording of raw public messages beside the journal. */
export const FAILOVER_POLICIES = ['halt', 'reduceOnly', 'continueOnBackup'] as const;

/** What happens when the market data of a venue falls silent. */
export type FailoverConfig = {
  /**
   * `halt`: trading halts until a person re-arms. `reduceOnly`: the venue gets no entries while it is away.
   * `continueOnBackup`: the backup's bars and account stand in for it, with their own balances and limits.
   */
  readonly trading: (typeof FAILOVER_POLICIES)[number];
  /** How long a venue has to be heard before it is used again. */
  readonly returnAfterMs: number;
  /** An entry needs the same underlying on another venue within this fraction, where there is a fresh one. */
  readonly maxCrossVenueRatio: DecimalText;
  /** Price a routed order is expected to lose on its way, as a fraction for each millisecond. */
  readonly costOfLatencyPerMs: DecimalText;
};

export type CaptureConfig = {
  readonly enabled: boolean;
  /** Largest size on disk of all recorded market data, compressed, with that of earlier sessions; the oldest goes first. */
  readonly maxMegabytes: number;
};

/**
 * What is done about differences between our books and the venue's: taken over, or new exposure ends until a person looked. A
 * person always looks at a position that the venue says is larger than ours, or the other way round: nobody planned its stop.
 */
export type DifferencePolicy = 'accept' | 'halt';

export type ReconciliationConfig = Readonly<Record<DifferenceKind, DifferencePolicy>> & {
  /** Differences found at start: a person confirms each, or the policy of their kind decides (without a person at hand). */
  readonly startup: 'confirm' | 'policy';
  /** Looks at the venue that have to agree before a position is held to differ. */
  readonly attempts: number;
};

export type StrategyConfig = {
  readonly strategyId: StrategyId;
  readonly kind: 'emaCross';
  readonly enabled: boolean;
  /** Account the strategy trades, by index of the session's accounts. */
  readonly account: number;
  /** Empty: every listed instrument. */
  readonly instruments: readonly InstrumentId[];
  readonly interval: BarInterval;
  readonly fastPeriod: number;
  readonly slowPeriod: number;
  readonly atrPeriod: number;
  /** Stop and target distances in multiples of the ATR. */
  readonly stopAtr: DecimalText;
  readonly targetAtr: DecimalText;
  /** Limit of the triggered stop beyond its trigger, and of a FOK entry beyond the best price, in multiples of the ATR. */
  readonly slippageAtr: DecimalText;
  /** Notional of an entry as a fraction of equity. */
  readonly notionalRatio: DecimalText;
  readonly entry: 'fok' | 'resting';
};
