import {
  type CaptureConfig,
  type Config,
  type ExecutionConfig,
  FAILOVER_POLICIES,
  type FailoverConfig,
  type ReconciliationConfig,
  type RiskConfig,
} from './config.ts';
import type { StrategySettings } from './config-defaults.ts';
import { compareDecimals, decimal, type DecimalText, parseDecimal } from './decimal.ts';
import { type InstrumentId, parseInstrumentId } from './identifiers.ts';
import { BAR_INTERVALS } from './market.ts';
import { VENUE_NAMES, type VenueChoice, venueChoice } from './venue-choice.ts';

/** How one value is read and bounded. `expected` completes "expected …". */
export type Field<T> = {
  readonly expected: string;
  /** Undefined when the value is not as expected. */
  readonly accept: (value: unknown) => T | undefined;
  /** The value a command-line text stands for, still to be accepted. */
  readonly fromText: (text: string) => unknown;
};

export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

const asIs = (text: string): unknown => text;
/** Decimal, not Number(): '' and '0x10' are no numbers of ours. */
const asNumber = (text: string): unknown => (/^-?\d{1,15}$/.test(text) ? Number(text) : text);

function decimalBetween(kind: string, least: DecimalText, most: DecimalText): Field<DecimalText> {
  const [low, high] = [decimal(least), decimal(most)];
  return {
    expected: `${kind} between ${least} and ${most} as decimal text`,
    accept: (value) => {
      if (typeof value !== 'string') return undefined;
      const parsed = parseDecimal(value);
      if (!parsed.ok || compareDecimals(parsed.value, low) < 0 || compareDecimals(parsed.value, high) > 0)
        return undefined;
      return value;
    },
    fromText: asIs,
  };
}

const ratio = (least: DecimalText, most: DecimalText): Field<DecimalText> => decimalBetween('a ratio', least, most);
const atrs = (least: DecimalText, most: DecimalText): Field<DecimalText> => decimalBetween('a multiple', least, most);

function whole(unit: string, least: number, most: number): Field<number> {
  return {
    expected: `${unit} as a whole number between ${least} and ${most}`,
    accept: (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined,
    fromText: asNumber,
  };
}

const flag: Field<boolean> = {
  expected: 'true or false',
  accept: (value) => (typeof value === 'boolean' ? value : undefined),
  fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
};

function oneOf<T extends string>(choices: readonly T[]): Field<T> {
  return {
    expected: choices.length === 1 ? choices.join() : `one of ${choices.join(', ')}`,
    accept: (value) => choices.find((choice) => choice === value),
    fromText: asIs,
  };
}

const asset: Field<string> = {
  expected: 'an asset such as USDT',
  accept: (value) => (typeof value === 'string' && /^[A-Z0-9]{1,20}$/.test(value) ? value : undefined),
  fromText: asIs,
};

const instruments: Field<readonly InstrumentId[]> = {
  expected: 'a list of instruments such as BTC/USDT.BINANCE.SPOT',
  accept: (value) => {
    if (!Array.isArray(value)) return undefined;
    const ids: readonly unknown[] = value;
    const known = (id: unknown): id is InstrumentId => typeof id === 'string' && parseInstrumentId(id).ok;
    return ids.every(known) ? ids : undefined;
  },
  fromText: (text) => (text === '' ? [] : text.split(',')),
};

export const RISK_FIELDS: Fields<RiskConfig> = {
  maxOrderNotionalRatio: ratio('0', '1'),
  maxPositionNotionalRatio: ratio('0', '1'),
  priceCollarRatio: ratio('0', '0.5'),
  maxReferenceAgeMs: whole('milliseconds', 1, 3_600_000),
  reservedOrderSlots: whole('orders', 0, 200),
  maxDayLossRatio: ratio('0', '1'),
  maxEntriesPerMinute: whole('orders', 1, 1_000_000),
  maxClockDriftMs: whole('milliseconds', 1, 60_000),
  dayStartMinuteUtc: whole('minutes', 0, 1_439),
};

export const EXECUTION_FIELDS: Fields<ExecutionConfig> = {
  protectionGraceMs: whole('milliseconds', 0, 60_000),
  protectionAttempts: whole('attempts', 1, 20),
  stopEscalationMs: whole('milliseconds', 0, 600_000),
  commandTimeoutMs: whole('milliseconds', 100, 60_000),
  entryExpiryBars: whole('bars', 1, 1_000),
  reconcileIntervalMs: whole('milliseconds', 1_000, 3_600_000),
  missedReportMs: whole('milliseconds', 0, 60_000),
  deadManMs: whole('milliseconds', 0, 600_000),
  breakerFailures: whole('failures', 1, 1_000),
  breakerSlowAnswers: whole('answers', 1, 1_000),
  breakerSlowMs: whole('milliseconds', 1, 60_000),
  breakerCoolDownMs: whole('milliseconds', 100, 3_600_000),
  breakerMaxCoolDownMs: whole('milliseconds', 100, 3_600_000),
  futuresLeverage: whole('times', 1, 125),
  marginLeverage: whole('times', 1, 10),
};

export const FAILOVER_FIELDS: Fields<FailoverConfig> = {
  trading: oneOf(FAILOVER_POLICIES),
  returnAfterMs: whole('milliseconds', 0, 3_600_000),
  maxCrossVenueRatio: ratio('0', '0.5'),
  costOfLatencyPerMs: ratio('0', '0.001'),
};

export const CAPTURE_FIELDS: Fields<CaptureConfig> = {
  enabled: flag,
  maxMegabytes: whole('megabytes', 1, 1_000_000),
};

const policy = oneOf(['accept', 'halt']);

export const RECONCILIATION_FIELDS: Fields<ReconciliationConfig> = {
  startup: oneOf(['confirm', 'policy']),
  orderChanged: policy,
  orderFound: policy,
  orderForeign: policy,
  positionChanged: policy,
  positionDiffers: policy,
  balanceChanged: policy,
  attempts: whole('looks', 2, 20),
};

export const STRATEGY_FIELDS: Fields<StrategySettings> = {
  kind: oneOf(['emaCross']),
  enabled: flag,
  account: whole('an index', 0, 99),
  instruments,
  interval: oneOf(BAR_INTERVALS),
  fastPeriod: whole('bars', 1, 1_000),
  slowPeriod: whole('bars', 2, 1_000),
  atrPeriod: whole('bars', 1, 1_000),
  stopAtr: atrs('0.1', '100'),
  targetAtr: atrs('0.1', '100'),
  slippageAtr: atrs('0', '10'),
  notionalRatio: ratio('0', '1'),
  entry: oneOf(['fok', 'resting']),
};

const venues: Field<readonly VenueChoice[]> = {
  expected: `a list with binance, and beside it any of ${VENUE_NAMES.slice(1).join(', ')} (binance-isolated:ETHUSDT names its pair)`,
  accept: (value) => {
    if (!Array.isArray(value)) return undefined;
    const chosen = value.map(venueChoice);
    return chosen.every((one) => one !== undefined) && chosen.includes('binance') ? [...new Set(chosen)] : undefined;
  },
  fromText: (text) => text.split(','),
};

/** Values that stand beside the sections. */
export const TOP_FIELDS: Fields<Pick<Config, 'reportingAsset' | 'venues'>> = { reportingAsset: asset, venues };
