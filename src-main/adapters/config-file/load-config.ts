import { readFileSync } from 'node:fs';
import type { Config } from '../../engine/domain/config.ts';
import { type ConfigSources, resolveConfig } from '../../engine/domain/config-layers.ts';
import { describeProblem } from '../../engine/domain/config-problem.ts';
import { err, ok, type Result } from '../../engine/domain/result.ts';

export type ConfigRequest = Omit<ConfigSources, 'file'> & { readonly filePath?: string };

/**
 * Reads the JSON file, when one is named, and resolves all layers. Denies with one line a problem: an unreadable file,
 * text that is no JSON, unknown keys, values out of range, contradictions.
 */
export function loadConfig({ filePath, ...sources }: ConfigRequest): Result<Config, readonly string[]> {
  const file = filePath === undefined ? ok(undefined) : readConfigFile(filePath);
  if (!file.ok) return err([file.error]);
  const resolved = resolveConfig(file.value === undefined ? sources : { ...sources, file: file.value });
  return resolved.ok ? resolved : err(resolved.error.map(describeProblem));
}

/** Denies a file that cannot be read or is no JSON, in one line. */
export function readConfigFile(path: string): Result<{ readonly name: string; readonly content: unknown }, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return err(`${path}: expected a readable configuration file, was ${codeOf(error)}`);
  }
  try {
    // Editors on Windows put a byte order mark first, which is no JSON.
    return ok({ name: path, content: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown });
  } catch (error) {
    return err(`${path}: expected JSON, was ${oneLine(error)}`);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : oneLine(error);

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 200);
