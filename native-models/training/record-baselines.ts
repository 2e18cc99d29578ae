/**
 * Writes the feature baselines of the demo strategies from the shipped bars, so that every number of theirs can be made
 * again: `node native-models/training/record-baselines.ts`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { resolveConfig } from '../../src-main/engine/domain/config-layers.ts';
import { createMarketSource } from '../../src-main/practice-exchange/market/create-market-source.ts';
import { recordBaseline } from '../../src-main/research/record-baseline.ts';

const folder = resolve(import.meta.dirname, '..', 'baselines');
const config = resolveConfig({ profile: 'demo' });
if (!config.ok) throw new Error('expected the demo profile to be sound');
mkdirSync(folder, { recursive: true });
const market = createMarketSource({ kind: 'demo' });
for (const strategy of config.value.strategies) {
  const path = join(folder, `${strategy.strategyId}.json`);
  writeFileSync(path, `${JSON.stringify(recordBaseline(strategy, market))}\n`);
  process.stdout.write(`wrote ${path}\n`);
}
