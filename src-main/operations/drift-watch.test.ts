import { describe, expect, it } from 'vitest';
import { loadBaselines } from '../adapters/baseline-file/load-baselines.ts';
import type { StrategyConfig } from '../engine/domain/config.ts';
import { resolveConfig } from '../engine/domain/config-layers.ts';
import { createMarketSource } from '../practice-exchange/market/create-market-source.ts';
import { practiceBars } from '../research/record-baseline.ts';
import { createDriftWatch, type DriftWatch } from './drift-watch.ts';

const config = resolveConfig({ profile: 'demo' });
const strategies = config.ok ? config.value.strategies : [];
const market = createMarketSource({ kind: 'demo' });

/** The bars the venue would give for warming up, instrument by instrument. */
function warmUp(watch: DriftWatch, limit: number): void {
  for (const { instruments, interval } of strategies) {
    for (const id of instruments) for (const bar of practiceBars(market, id, interval, limit)) watch.onBar(bar);
  }
}

const states = (watch: DriftWatch) => watch.reports().map(({ features }) => features.map(({ state }) => state));

describe('drift watch of the demo', () => {
  it('has numbers for every feature after the warm-up', () => {
    const watch = createDriftWatch(strategies, loadBaselines());
    warmUp(watch, 200);
    const reports = watch.reports();
    expect(reports.map(({ strategyId, samples, requiredSamples }) => [strategyId, samples, requiredSamples])).toEqual([
      ['ema-fok', 480, 480],
      ['ema-resting', 360, 360],
    ]);
    for (const { baseline, features } of reports) {
      expect(baseline?.source).toContain('resources/demo-data/index.json');
      expect(features.map(({ name }) => name)).toEqual(['emaGapAtr', 'atrRatio', 'rangeAtr', 'returnZ', 'rsi']);
      for (const { psi, ks, state } of features) {
        expect(psi).toBeGreaterThanOrEqual(0);
        expect(ks).toBeLessThan(1);
        expect(state).not.toBe('insufficient');
      }
    }
  });

  it('says insufficient after a short one', () => {
    const watch = createDriftWatch(strategies, loadBaselines());
    warmUp(watch, 80);
    expect(
      states(watch)
        .flat()
        .every((state) => state === 'insufficient'),
    ).toBe(true);
  });

  it.each<[string, (strategy: StrategyConfig) => Partial<StrategyConfig>]>([
    ['other periods', ({ slowPeriod }) => ({ slowPeriod: slowPeriod + 1 })],
    ['fewer instruments', ({ instruments }) => ({ instruments: instruments.slice(1) })],
    ['another interval', () => ({ interval: '5m' })],
  ])('has no baseline for %s', (_name, change) => {
    const changed = strategies.map((strategy) => ({ ...strategy, ...change(strategy) }));
    const watch = createDriftWatch(changed, loadBaselines());
    expect(watch.reports().map(({ baseline, features }) => [baseline, features])).toEqual([
      [null, []],
      [null, []],
    ]);
  });

  it('takes the instruments of the baseline where the strategy names none', () => {
    const open = strategies.map((strategy) => ({ ...strategy, instruments: [] }));
    const watch = createDriftWatch(open, loadBaselines());
    expect(watch.reports().map(({ requiredSamples }) => requiredSamples)).toEqual([480, 360]);
  });
});
