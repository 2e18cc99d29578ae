import type {
  CaptureConfig,
  Config,
  ExecutionConfig,
  FailoverConfig,
  ReconciliationConfig,
  RiskConfig,
  StrategyConfig,
} from './config.ts';
import { DEFAULT_STRATEGY, type StrategySettings } from './config-defaults.ts';
import {
  CAPTURE_FIELDS,
  FAILOVER_FIELDS,
  EXECUTION_FIELDS,
  type Fields,
  RECONCILIATION_FIELDS,
  RISK_FIELDS,
  STRATEGY_FIELDS,
  TOP_FIELDS,
} from './config-fields.ts';
import { type ConfigProblem, shownValue, unknownKey } from './config-problem.ts';
import { type GenericVenueConfig, splitVenues } from './generic-venue-config.ts';
import { compareDecimals, decimal } from './decimal.ts';
import { strategyId, type StrategyId } from './identifiers.ts';
import { KRAKEN_LEVERAGE } from './venue-choice.ts';

/** The values one layer sets, each checked. */
export type ConfigLayer = {
  readonly top: Partial<Pick<Config, 'reportingAsset' | 'venues'>>;
  /** Undefined where the layer says nothing of venues. */
  readonly genericVenues: readonly GenericVenueConfig[] | undefined;
  readonly risk: Partial<RiskConfig>;
  readonly execution: Partial<ExecutionConfig>;
  readonly capture: Partial<CaptureConfig>;
  readonly reconciliation: Partial<ReconciliationConfig>;
  readonly failover: Partial<FailoverConfig>;
  /** A list replaces the strategies of lower layers; an object by id changes some of them. */
  readonly strategies:
    | { readonly kind: 'list'; readonly list: readonly StrategyConfig[] }
    | { readonly kind: 'changes'; readonly changes: ReadonlyMap<string, Partial<StrategySettings>> };
};

type Report = (path: string, problem: Pick<ConfigProblem, 'expected' | 'was'>) => void;

const SECTIONS = [
  'schemaVersion',
  'reportingAsset',
  'venues',
  'risk',
  'execution',
  'capture',
  'failover',
  'reconciliation',
  'strategies',
];

/** Reads one layer of a migrated configuration; every problem is added, not only the first. */
export function readLayer(source: string, raw: unknown, problems: ConfigProblem[]): ConfigLayer {
  const report: Report = (path, problem) => problems.push({ source, path, ...problem });
  const root = objectAt('', raw, report);
  for (const key of Object.keys(root)) if (!SECTIONS.includes(key)) report(key, unknownKey(key, SECTIONS));
  const { names, generic } = splitVenues(root['venues'], report);
  const values = { ...root, ...(names === undefined ? {} : { venues: names }) };
  const top = Object.fromEntries(Object.entries(values).filter(([key]) => Object.hasOwn(TOP_FIELDS, key)));
  return {
    top: readFields(TOP_FIELDS, top, '', report),
    genericVenues: generic,
    risk: readFields(RISK_FIELDS, root['risk'] ?? {}, 'risk', report),
    execution: readFields(EXECUTION_FIELDS, root['execution'] ?? {}, 'execution', report),
    capture: readFields(CAPTURE_FIELDS, root['capture'] ?? {}, 'capture', report),
    reconciliation: readFields(RECONCILIATION_FIELDS, root['reconciliation'] ?? {}, 'reconciliation', report),
    failover: readFields(FAILOVER_FIELDS, root['failover'] ?? {}, 'failover', report),
    strategies: readStrategies(root['strategies'], report),
  };
}

function readStrategies(raw: unknown, report: Report): ConfigLayer['strategies'] {
  if (Array.isArray(raw)) {
    return { kind: 'list', list: raw.flatMap((one: unknown, index) => readStrategy(one, index, report)) };
  }
  const byId = objectAt('strategies', raw ?? {}, report);
  const changes = new Map<string, Partial<StrategySettings>>();
  for (const [id, change] of Object.entries(byId)) {
    changes.set(id, readFields(STRATEGY_FIELDS, change, `strategies.${id}`, report));
  }
  return { kind: 'changes', changes };
}

function readStrategy(raw: unknown, index: number, report: Report): readonly StrategyConfig[] {
  const path = `strategies[${index}]`;
  const { strategyId: written, ...settings } = objectAt(path, raw, report);
  const id = strategyIdOf(written);
  if (id === undefined)
    report(`${path}.strategyId`, { expected: 'a name of letters, digits, . _ -', was: shownValue(written) });
  const read = readFields(STRATEGY_FIELDS, settings, path, report);
  return id === undefined ? [] : [{ ...DEFAULT_STRATEGY, ...read, strategyId: id }];
}

function strategyIdOf(written: unknown): StrategyId | undefined {
  if (typeof written !== 'string' || !/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,47}$/.test(written)) return undefined;
  return strategyId(written);
}

/** Known keys with accepted values; reports the others by name. */
function readFields<T extends object>(fields: Fields<T>, raw: unknown, path: string, report: Report): Partial<T> {
  const read: Partial<T> = {};
  for (const [key, value] of Object.entries(objectAt(path, raw, report))) {
    const place = path === '' ? key : `${path}.${key}`;
    if (!isKeyOf(fields, key)) {
      report(place, unknownKey(key, Object.keys(fields)));
      continue;
    }
    const accepted = fields[key].accept(value);
    if (accepted === undefined) report(place, { expected: fields[key].expected, was: shownValue(value) });
    else read[key] = accepted;
  }
  return read;
}

const isKeyOf = <T extends object>(fields: Fields<T>, key: string): key is keyof T & string =>
  Object.hasOwn(fields, key);

function objectAt(path: string, raw: unknown, report: Report): Readonly<Record<string, unknown>> {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw as Record<string, unknown>;
  report(path, { expected: 'an object', was: shownValue(raw) });
  return {};
}

/** What no single value can be wrong about: values that contradict each other once all layers are merged. */
export function contradictions(config: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report: Report = (path, problem) => problems.push({ source: 'configuration', path, ...problem });
  const { maxOrderNotionalRatio, maxPositionNotionalRatio } = config.risk;
  if (compareDecimals(decimal(maxOrderNotionalRatio), decimal(maxPositionNotionalRatio)) > 0) {
    const expected = `at most risk.maxPositionNotionalRatio (${maxPositionNotionalRatio})`;
    report('risk.maxOrderNotionalRatio', { expected, was: maxOrderNotionalRatio });
  }
  const { breakerCoolDownMs, breakerMaxCoolDownMs } = config.execution;
  if (breakerCoolDownMs > breakerMaxCoolDownMs) {
    const expected = `at most execution.breakerMaxCoolDownMs (${breakerMaxCoolDownMs})`;
    report('execution.breakerCoolDownMs', { expected, was: String(breakerCoolDownMs) });
  }
  const { marginLeverage } = config.execution;
  const { least, most } = KRAKEN_LEVERAGE;
  if (config.venues?.includes('kraken-margin') === true && (marginLeverage < least || marginLeverage > most)) {
    const expected = `times as a whole number between ${least} and ${most} where kraken-margin is traded`;
    report('execution.marginLeverage', { expected, was: String(marginLeverage) });
  }
  config.strategies.forEach((strategy, index) => contradictionsOf(strategy, config.strategies.slice(0, index), report));
  return problems;
}

function contradictionsOf(strategy: StrategyConfig, earlier: readonly StrategyConfig[], report: Report): void {
  const path = `strategies.${strategy.strategyId}`;
  const { fastPeriod, slowPeriod, targetAtr, slippageAtr } = strategy;
  if (earlier.some((other) => other.strategyId === strategy.strategyId)) {
    report(path, { expected: 'each strategyId once', was: 'named twice' });
  }
  if (fastPeriod >= slowPeriod) {
    report(`${path}.fastPeriod`, { expected: `fewer bars than slowPeriod (${slowPeriod})`, was: String(fastPeriod) });
  }
  // A FOK entry may pay up to the slippage: its target has to lie beyond.
  if (compareDecimals(decimal(slippageAtr), decimal(targetAtr)) >= 0) {
    report(`${path}.slippageAtr`, { expected: `less than targetAtr (${targetAtr})`, was: slippageAtr });
  }
}
