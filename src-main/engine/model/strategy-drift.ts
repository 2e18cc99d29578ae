import type { InstrumentId, StrategyId } from '../domain/identifiers.ts';
import type { Bar } from '../domain/market.ts';
import type { DriftBaseline, FeatureBaseline, FeatureSource } from './drift-baseline.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { ascending, populationStability, sharesOf } from './population-stability.ts';

export type DriftReport = {
  readonly strategyId: StrategyId;
  /** Null: nothing to compare with, and no number is shown. */
  readonly baseline: { readonly samples: number; readonly source: string } | null;
  readonly samples: number;
  readonly requiredSamples: number;
  readonly features: readonly FeatureDrift[];
};

export type FeatureDrift = {
  readonly name: string;
  /** Null while there are too few samples to say. */
  readonly psi: number | null;
  readonly ks: number | null;
  /** `watch` and `over`: one statistic is above what 95 or 99 of 100 of the baseline's own windows reached. */
  readonly state: 'ok' | 'watch' | 'over' | 'insufficient';
};

export type StrategyDrift = {
  /** Closed bars, warm-up included: they are what the strategy sees now. */
  onBar(bar: Bar): void;
  report(): DriftReport;
};

export type StrategyDriftInput = {
  readonly strategyId: StrategyId;
  /** Its own instance, so that watching can change no decision: bars are passed on to it. */
  readonly source: FeatureSource;
  /** One recorded with other settings than the source's counts as none. */
  readonly baseline: DriftBaseline | null;
};

/** Compares the newest window of a strategy's features, pooled over the baseline's instruments, with the baseline. */
export function createStrategyDrift({ strategyId, source, baseline: recorded }: StrategyDriftInput): StrategyDrift {
  const baseline = recorded !== null && fits(recorded, source) ? recorded : null;
  const windows = new Map<InstrumentId, Readonly<Record<string, number>>[]>(
    baseline?.provenance.instruments.map((id) => [id, []]),
  );
  const windowBars = baseline?.windowBars ?? 0;
  return {
    onBar(bar) {
      const window = windows.get(bar.instrumentId);
      if (window === undefined) return;
      source.onBar(bar);
      const features = source.features(bar.instrumentId);
      if (features === null || features === window.at(-1)) return;
      window.push(features);
      if (window.length > windowBars) window.shift();
    },
    report() {
      const rows = [...windows.values()].flat();
      const requiredSamples = windowBars * windows.size;
      const enough = baseline !== null && rows.length >= requiredSamples;
      return {
        strategyId,
        baseline: baseline === null ? null : { samples: samplesOf(baseline), source: baseline.provenance.source },
        samples: rows.length,
        requiredSamples,
        features: (baseline?.features ?? []).map((feature) =>
          enough ? judged(feature, rows) : { name: feature.name, psi: null, ks: null, state: 'insufficient' },
        ),
      };
    },
  };
}

function fits({ settings }: DriftBaseline, source: FeatureSource): boolean {
  const keys = new Set([...Object.keys(settings), ...Object.keys(source.settings)]);
  return [...keys].every((key) => settings[key] === source.settings[key]);
}

const samplesOf = ({ features }: DriftBaseline): number => Math.max(0, ...features.map(({ samples }) => samples));

function judged(feature: FeatureBaseline, rows: readonly Readonly<Record<string, number>>[]): FeatureDrift {
  const values = rows.map((row) => row[feature.name]).filter((value) => value !== undefined);
  if (values.length < rows.length) return { name: feature.name, psi: null, ks: null, state: 'insufficient' };
  const psi = populationStability(feature.shares, sharesOf(values, feature.edges));
  const ks = kolmogorovSmirnov(ascending(values), feature.quantiles);
  const exceeds = (level: 'p95' | 'p99'): boolean => psi > feature.psi[level] || ks > feature.ks[level];
  return { name: feature.name, psi, ks, state: exceeds('p99') ? 'over' : exceeds('p95') ? 'watch' : 'ok' };
}
