import type { CaptureConfig, Config, FailoverConfig, ReconciliationConfig, StrategyConfig } from './config.ts';

/** A strategy's settings without what names it. */
export type StrategySettings = Omit<StrategyConfig, 'strategyId'>;

export const DEFAULT_FAILOVER: FailoverConfig = {
  trading: 'reduceOnly',
  returnAfterMs: 30_000,
  maxCrossVenueRatio: '0.02',
  costOfLatencyPerMs: '0.0000005',
};

export const DEFAULT_CAPTURE: CaptureConfig = { enabled: true, maxMegabytes: 1_024 };

export const DEFAULT_RECONCILIATION: ReconciliationConfig = {
  startup: 'confirm',
  orderChanged: 'accept',
  orderFound: 'halt',
  orderForeign: 'accept',
  positionChanged: 'accept',
  positionDiffers: 'halt',
  balanceChanged: 'accept',
  attempts: 3,
};

/** Every default in one place; the fields' units stand in config.ts, their bounds in config-fields.ts. Trades nothing. */
export const DEFAULT_CONFIG: Config = {
  schemaVersion: 1,
  reportingAsset: 'USDT',
  venues: ['binance'],
  risk: {
    maxOrderNotionalRatio: '0.05',
    maxPositionNotionalRatio: '0.10',
    priceCollarRatio: '0.02',
    maxReferenceAgeMs: 10_000,
    reservedOrderSlots: 20,
    maxDayLossRatio: '0.03',
    maxEntriesPerMinute: 120,
    maxClockDriftMs: 1_000,
    dayStartMinuteUtc: 0,
  },
  execution: {
    protectionGraceMs: 1_000,
    protectionAttempts: 3,
    stopEscalationMs: 5_000,
    commandTimeoutMs: 5_000,
    entryExpiryBars: 3,
    reconcileIntervalMs: 60_000,
    missedReportMs: 1_000,
    deadManMs: 60_000,
    breakerFailures: 5,
    breakerSlowAnswers: 3,
    breakerSlowMs: 1_000,
    breakerCoolDownMs: 30_000,
    breakerMaxCoolDownMs: 60_000,
    futuresLeverage: 1,
    marginLeverage: 2,
  },
  capture: DEFAULT_CAPTURE,
  reconciliation: DEFAULT_RECONCILIATION,
  failover: DEFAULT_FAILOVER,
  strategies: [],
};

/** What a strategy that names only itself gets. Off: trading is a choice. */
export const DEFAULT_STRATEGY: StrategySettings = {
  kind: 'emaCross',
  enabled: false,
  account: 0,
  instruments: [],
  interval: '1h',
  fastPeriod: 12,
  slowPeriod: 26,
  atrPeriod: 14,
  stopAtr: '2',
  targetAtr: '3',
  slippageAtr: '0.25',
  notionalRatio: '0.02',
  entry: 'fok',
};
