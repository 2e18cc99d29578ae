import type { Config, StrategyConfig } from './config.ts';
import { DEFAULT_CAPTURE, DEFAULT_CONFIG, DEFAULT_FAILOVER, DEFAULT_RECONCILIATION } from './config-defaults.ts';
import {
  CAPTURE_FIELDS,
  EXECUTION_FIELDS,
  FAILOVER_FIELDS,
  type Field,
  RECONCILIATION_FIELDS,
  RISK_FIELDS,
  STRATEGY_FIELDS,
  TOP_FIELDS,
} from './config-fields.ts';
import { CONFIG_SCHEMA_VERSION, migrateConfig } from './config-migration.ts';
import { type ConfigProblem, shownValue, unknownKey } from './config-problem.ts';
import { PROFILE_NAMES, type ProfileName, PROFILES } from './config-profiles.ts';
import { type ConfigLayer, contradictions, readLayer } from './config-validation.ts';
import { err, ok, type Result } from './result.ts';

export type ConfigSources = {
  /** Parsed content of the configuration file, with the name it is reported under. */
  readonly file?: { readonly name: string; readonly content: unknown };
  readonly profile?: string;
  /** `key=value` texts such as `risk.priceCollarRatio=0.01` or `strategies.ema-fok.enabled=false`. */
  readonly overrides?: readonly string[];
};

/**
 * The configuration of default < file < profile < command line. Denies when any layer holds an unknown key, a value out
 * of its range, an unknown schema version, or when the merged values contradict each other; names every problem.
 */
export function resolveConfig(sources: ConfigSources): Result<Config, readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const layers = rawLayers(sources, problems).map(
    ([source, raw]) => [source, readLayer(source, raw, problems)] as const,
  );
  if (problems.length > 0) return err(problems);
  const config = layers.reduce(
    (merged, [source, layer]) => mergeLayer(merged, source, layer, problems),
    DEFAULT_CONFIG,
  );
  problems.push(...contradictions(config));
  return problems.length > 0 ? err(problems) : ok(config);
}

function rawLayers(sources: ConfigSources, problems: ConfigProblem[]): readonly (readonly [string, unknown])[] {
  const layers: (readonly [string, unknown])[] = [];
  const { file, profile, overrides = [] } = sources;
  if (file !== undefined) {
    const migrated = migrateConfig(file.name, file.content);
    if (migrated.ok) layers.push([file.name, migrated.value]);
    else problems.push(migrated.error);
  }
  if (profile !== undefined) {
    if (isProfile(profile)) layers.push([`profile ${profile}`, PROFILES[profile]]);
    else problems.push({ source: 'profile', path: '', ...unknownKey(profile, PROFILE_NAMES) });
  }
  for (const text of overrides) {
    const raw = overrideLayer(text);
    if (raw.ok) layers.push(['command line', raw.value]);
    else problems.push(raw.error);
  }
  return layers;
}

const isProfile = (name: string): name is ProfileName => PROFILE_NAMES.some((known) => known === name);

/** The layer a single `path=value` stands for; the value is read by the kind of its field. */
function overrideLayer(text: string): Result<unknown, ConfigProblem> {
  const problem = { source: 'command line', path: '', expected: 'key=value such as risk.priceCollarRatio=0.01' };
  const at = text.indexOf('=');
  if (at < 1) return err({ ...problem, was: shownValue(text) });
  const path = pathOf(text.slice(0, at));
  const written = text.slice(at + 1);
  const field = fieldAt(path);
  const value = field === undefined ? written : field.fromText(written);
  const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return ok({ schemaVersion: CONFIG_SCHEMA_VERSION, ...(nested as object) });
}

/** A strategy's id may hold dots itself: its setting is what follows the last one. */
function pathOf(key: string): readonly string[] {
  const [section = '', ...rest] = key.split('.');
  if (section !== 'strategies' || rest.length < 2) return [section, ...rest];
  return [section, rest.slice(0, -1).join('.'), ...rest.slice(-1)];
}

function fieldAt(path: readonly string[]): Field<unknown> | undefined {
  const [section, key = '', setting = ''] = path;
  if (section === 'strategies') return ownField(STRATEGY_FIELDS, setting);
  if (section === 'risk') return ownField(RISK_FIELDS, key);
  if (section === 'capture') return ownField(CAPTURE_FIELDS, key);
  if (section === 'reconciliation') return ownField(RECONCILIATION_FIELDS, key);
  if (section === 'failover') return ownField(FAILOVER_FIELDS, key);
  if (section === 'execution') return ownField(EXECUTION_FIELDS, key);
  return ownField(TOP_FIELDS, section ?? '');
}

const ownField = (fields: Readonly<Record<string, Field<unknown>>>, key: string): Field<unknown> | undefined =>
  Object.hasOwn(fields, key) ? fields[key] : undefined;

function mergeLayer(config: Config, source: string, layer: ConfigLayer, problems: ConfigProblem[]): Config {
  const { genericVenues: earlier, ...rest } = config;
  const genericVenues = layer.genericVenues ?? earlier ?? [];
  return {
    ...rest,
    ...(genericVenues.length === 0 ? {} : { genericVenues }),
    ...layer.top,
    risk: { ...config.risk, ...layer.risk },
    execution: { ...config.execution, ...layer.execution },
    capture: { ...DEFAULT_CAPTURE, ...config.capture, ...layer.capture },
    reconciliation: { ...DEFAULT_RECONCILIATION, ...config.reconciliation, ...layer.reconciliation },
    failover: { ...DEFAULT_FAILOVER, ...config.failover, ...layer.failover },
    strategies: mergeStrategies(config.strategies, source, layer.strategies, problems),
  };
}

function mergeStrategies(
  strategies: readonly StrategyConfig[],
  source: string,
  layer: ConfigLayer['strategies'],
  problems: ConfigProblem[],
): readonly StrategyConfig[] {
  if (layer.kind === 'list') return layer.list;
  const known = strategies.map(({ strategyId }) => strategyId as string);
  for (const id of layer.changes.keys()) {
    if (!known.includes(id)) problems.push({ source, path: `strategies.${id}`, ...unknownKey(id, known) });
  }
  return strategies.map((strategy) => ({ ...strategy, ...layer.changes.get(strategy.strategyId) }));
}
