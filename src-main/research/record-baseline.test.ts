import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StrategyConfig } from '../engine/domain/config.ts';
import { resolveConfig } from '../engine/domain/config-layers.ts';
import { ensure } from '../engine/domain/result.ts';
import { readBaseline } from '../engine/model/drift-baseline-file.ts';
import { createStrategyDrift } from '../engine/model/strategy-drift.ts';
import { createEmaCross } from '../engine/strategy/ema-cross.ts';
import { createMarketSource } from '../practice-exchange/market/create-market-source.ts';
import { practiceBars, recordBaseline } from './record-baseline.ts';

const config = resolveConfig({ profile: 'demo' });
const strategies = config.ok ? config.value.strategies : [];
const market = createMarketSource({ kind: 'demo' });

function shipped({ strategyId }: StrategyConfig) {
  const path = new URL(`../../native-models/baselines/${strategyId}.json`, import.meta.url);
  const read = readBaseline(JSON.parse(readFileSync(path, 'utf8')));
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

/** The drift of a strategy after the bars a venue would give for warming up, instrument by instrument. */
function warmedUp(strategy: StrategyConfig, bars: number) {
  const drift = createStrategyDrift({
    strategyId: strategy.strategyId,
    source: createEmaCross(strategy),
    baseline: shipped(strategy),
  });
  for (const id of strategy.instruments) {
    for (const bar of practiceBars(market, id, strategy.interval, bars)) drift.onBar(bar);
  }
  return drift.report();
}

describe('shipped baselines', () => {
  it('are one a demo strategy', () => {
    expect(strategies.map(({ strategyId }) => strategyId)).toEqual(['ema-fok', 'ema-resting']);
  });

  it.each(strategies)('come out of the shipped bars again: $strategyId', (strategy) => {
    expect(shipped(strategy)).toEqual(recordBaseline(strategy, market));
  });

  it.each(strategies)('give a number for every feature of $strategyId after its warm-up', (strategy) => {
    const { features, samples, requiredSamples, baseline } = warmedUp(strategy, 200);
    expect([samples, requiredSamples]).toEqual([60 * strategy.instruments.length, 60 * strategy.instruments.length]);
    expect(baseline?.source).toContain('resources/demo-data/index.json');
    expect(features.map(({ name }) => name)).toEqual(['emaGapAtr', 'atrRatio', 'rangeAtr', 'returnZ', 'rsi']);
    expect(features.every(({ psi, ks }) => psi !== null && psi >= 0 && ks !== null && ks < 1)).toBe(true);
  });

  it.each(strategies)('say insufficient for $strategyId after a short one', (strategy) => {
    expect(warmedUp(strategy, 80).features.every(({ state }) => state === 'insufficient')).toBe(true);
  });

  it('cannot come from a market without the instrument', () => {
    const bitcoin = createMarketSource({ kind: 'demo', symbols: ['BTCUSDT'] });
    const strategy = ensure(strategies[1], 'a second strategy');
    expect(() => recordBaseline(strategy, bitcoin)).toThrow(/expected a practice market for .+, was none/);
  });
});
