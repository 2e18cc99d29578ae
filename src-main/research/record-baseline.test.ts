import { describe, expect, it } from 'vitest';
import { loadBaselines } from '../adapters/baseline-file/load-baselines.ts';
import { resolveConfig } from '../engine/domain/config-layers.ts';
import { ensure } from '../engine/domain/result.ts';
import { createMarketSource } from '../practice-exchange/market/create-market-source.ts';
import { recordBaseline } from './record-baseline.ts';

const config = resolveConfig({ profile: 'demo' });
const strategies = config.ok ? config.value.strategies : [];

describe('shipped baselines', () => {
  it('are one a demo strategy, and come out of the shipped bars again', () => {
    const market = createMarketSource({ kind: 'demo' });
    const recorded = strategies.map((strategy) => [strategy.strategyId, recordBaseline(strategy, market)] as const);
    expect(strategies).toHaveLength(2);
    expect(loadBaselines()).toEqual(new Map(recorded));
  });

  it('cannot come from a market without the instrument', () => {
    const market = createMarketSource({ kind: 'demo', symbols: ['BTCUSDT'] });
    const strategy = ensure(strategies[1], 'a second strategy');
    expect(() => recordBaseline(strategy, market)).toThrow(/expected a practice market for .+, was none/);
  });
});
