import { type ConfigProblem, shownValue } from './config-problem.ts';
import { err, ok, type Result } from './result.ts';

export const CONFIG_SCHEMA_VERSION = 1;

type RawConfig = Readonly<Record<string, unknown>>;

/** Turns a configuration of one version into the next; the index is the version it starts from, less one. */
export type ConfigMigration = (raw: RawConfig) => RawConfig;

/** None yet: version 1 is the first. */
export const CONFIG_MIGRATIONS: readonly ConfigMigration[] = [];

/** Brings a layer up to the newest version. Denies when it names no version, or one that this build does not know. */
export function migrateConfig(
  source: string,
  raw: unknown,
  migrations: readonly ConfigMigration[] = CONFIG_MIGRATIONS,
): Result<unknown, ConfigProblem> {
  const newest = migrations.length + 1;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return err({ source, path: '', expected: 'an object', was: shownValue(raw) });
  }
  const version: unknown = 'schemaVersion' in raw ? raw.schemaVersion : undefined;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1 || version > newest) {
    const expected = newest === 1 ? '1' : `a version between 1 and ${newest}`;
    return err({ source, path: 'schemaVersion', expected, was: shownValue(version) });
  }
  const migrated = migrations.slice(version - 1).reduce<RawConfig>((config, migrate) => migrate(config), { ...raw });
  return ok({ ...migrated, schemaVersion: newest });
}
