import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strategyId, type StrategyId } from '../../engine/domain/identifiers.ts';
import type { DriftBaseline } from '../../engine/model/drift-baseline.ts';
import { readBaseline } from '../../engine/model/drift-baseline-file.ts';

/**
 * Baselines of a folder by strategy: `<strategyId>.json` each. Empty without a folder: then nothing can be compared, and
 * the panel says so. Throws with one line when a file is damaged: a wrong baseline is worse than none.
 */
export function loadBaselines(
  folder: string | null = findBaselines(import.meta.dirname),
): Map<StrategyId, DriftBaseline> {
  const baselines = new Map<StrategyId, DriftBaseline>();
  if (folder === null || !existsSync(folder)) return baselines;
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.json'))
      baselines.set(strategyId(name.slice(0, -'.json'.length)), baselineAt(join(folder, name)));
  }
  return baselines;
}

function baselineAt(path: string): DriftBaseline {
  const read = readBaseline(parsed(path));
  if (!read.ok) throw new Error(`${path}: ${read.error}`);
  return read.value;
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new Error(`${path}: expected JSON, was ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Walks up from `start`: sources lie deeper than the bundle, both under the folder that holds native-models/. */
function findBaselines(start: string): string | null {
  for (let folder = start; dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, 'native-models', 'baselines');
    if (existsSync(candidate)) return candidate;
  }
  return null;
}
