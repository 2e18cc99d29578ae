import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineEvent } from '../engine/engine.ts';
import type { CoreView } from '../engine/core.ts';
import type { Config } from '../engine/domain/config.ts';
import { readBaseline } from '../engine/model/drift-baseline-file.ts';
import { createStrategyDrift, type StrategyDrift } from '../engine/model/strategy-drift.ts';
import { createEmaCross } from '../engine/strategy/ema-cross.ts';
import type { DriftDto, StrategyDto } from '../../src-preload/contract/state.ts';

/** Statistics of the running strategies: signals counted, features compared with their recorded baselines. */
export type StrategyMonitor = {
  observe(event: EngineEvent): void;
  strategies(view: CoreView): readonly StrategyDto[];
  drift(): DriftDto;
};

/** A report over all windows costs milliseconds, so it is made anew at most this often. */
const REPORT_EVERY_BARS = 14;

export function monitorStrategies(config: Config, baselineDir: string, log: (line: string) => void): StrategyMonitor {
  const drifts = config.strategies.map((strategy) =>
    createStrategyDrift({
      strategyId: strategy.strategyId,
      source: createEmaCross(strategy),
      baseline: baselineOf(join(baselineDir, `${strategy.strategyId}.json`), log),
    }),
  );
  const signals = new Map<string, { count: number; lastUs: number }>();
  let bars = 0;
  let shown: DriftDto | undefined;
  return {
    observe: ({ event, timeUs }) => {
      if (event.kind === 'bar.closed') {
        for (const drift of drifts) drift.onBar(event.bar);
        bars += 1;
        if (bars % REPORT_EVERY_BARS === 0) shown = undefined;
      } else if (event.kind === 'signal.raised') {
        const { strategyId } = event.signal;
        signals.set(strategyId, { count: (signals.get(strategyId)?.count ?? 0) + 1, lastUs: timeUs });
      }
    },
    strategies: (view) =>
      config.strategies.map(({ kind, strategyId }) => ({
        strategyId,
        kind,
        enabled: view.strategy(strategyId)?.enabled ?? false,
        signals: signals.get(strategyId)?.count ?? 0,
        lastSignalUs: signals.get(strategyId)?.lastUs ?? null,
      })),
    drift: () => (shown ??= driftDto(drifts)),
  };
}

/** The strategy with a baseline that stands worst, so that the panel never hides a drift behind a calm one. */
function driftDto(drifts: readonly StrategyDrift[]): DriftDto {
  const reports = drifts.map((drift) => drift.report());
  const weight = { insufficient: 0, ok: 1, watch: 2, over: 3 } as const;
  const worst = reports
    .map((report) => ({
      report,
      badness: report.features.reduce((sum, { state }) => Math.max(sum, weight[state]), -1),
    }))
    .sort((a, b) => b.badness - a.badness)[0]?.report;
  if (worst === undefined) {
    return { strategyId: null, model: null, samples: 0, requiredSamples: 0, baseline: null, features: [] };
  }
  return { ...worst, model: null };
}

/** Null without a baseline file: then the panel says that there is nothing to compare with. */
function baselineOf(path: string, log: (line: string) => void): ReturnType<typeof asBaseline> {
  try {
    return asBaseline(JSON.parse(readFileSync(path, 'utf8')), path, log);
  } catch (error) {
    log(`no drift baseline at ${path}: ${(error as { code?: string }).code ?? String(error)}`);
    return null;
  }
}

function asBaseline(raw: unknown, path: string, log: (line: string) => void) {
  const baseline = readBaseline(raw);
  if (baseline.ok) return baseline.value;
  log(`drift baseline ${path}: ${baseline.error}`);
  return null;
}
