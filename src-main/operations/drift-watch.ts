import type { StrategyConfig } from '../engine/domain/config.ts';
import type { StrategyId } from '../engine/domain/identifiers.ts';
import type { Bar } from '../engine/domain/market.ts';
import type { DriftBaseline } from '../engine/model/drift-baseline.ts';
import { createStrategyDrift, type DriftReport } from '../engine/model/strategy-drift.ts';
import { createEmaCross } from '../engine/strategy/ema-cross.ts';

export type DriftWatch = {
  /** Every closed bar, warm-up included. */
  onBar(bar: Bar): void;
  /** One a strategy, in the order of the configuration. */
  reports(): readonly DriftReport[];
};

/**
 * Watches every strategy beside the engine: it computes the features again from the same bars, so watching can never
 * change a decision. A baseline recorded with other settings is no baseline.
 */
export function createDriftWatch(
  strategies: readonly StrategyConfig[],
  baselines: ReadonlyMap<StrategyId, DriftBaseline>,
): DriftWatch {
  const drifts = strategies.map((strategy) => {
    const { strategyId } = strategy;
    const recorded = baselines.get(strategyId) ?? null;
    const baseline = recorded !== null && fits(recorded, strategy) ? recorded : null;
    return createStrategyDrift({ strategyId, source: createEmaCross(strategy), baseline });
  });
  return {
    onBar: (bar) => drifts.forEach((drift) => drift.onBar(bar)),
    reports: () => drifts.map((drift) => drift.report()),
  };
}

/** What the features depend on, as a baseline records it. */
export function baselineSettings(strategy: StrategyConfig): DriftBaseline['settings'] {
  const { kind, interval, fastPeriod, slowPeriod, atrPeriod } = strategy;
  return { kind, interval, fastPeriod, slowPeriod, atrPeriod };
}

/** An instrument list that is not empty has to be the baseline's own. */
function fits({ settings, provenance }: DriftBaseline, strategy: StrategyConfig): boolean {
  const same = Object.entries(baselineSettings(strategy)).every(([key, value]) => settings[key] === value);
  const { instruments } = strategy;
  const covered = provenance.instruments.every((id) => instruments.length === 0 || instruments.includes(id));
  return same && covered && (instruments.length === 0 || instruments.length === provenance.instruments.length);
}
