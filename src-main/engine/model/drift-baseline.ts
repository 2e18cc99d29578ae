import type { InstrumentId } from '../domain/identifiers.ts';
import type { Bar } from '../domain/market.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { ascending, populationStability, quantile, sharesOf } from './population-stability.ts';

/** What a strategy's features looked like where it was recorded: small, JSON, with where it comes from. */
export type DriftBaseline = {
  readonly schemaVersion: 1;
  /** What computed the features; another setting has other features. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly provenance: BaselineProvenance;
  /** Bars per instrument in one window. */
  readonly windowBars: number;
  readonly features: readonly FeatureBaseline[];
};

export type BaselineProvenance = {
  /** Which bars, in words, with the hash of their file where there is one. */
  readonly source: string;
  readonly instruments: readonly InstrumentId[];
  readonly fromUs: number;
  readonly toUs: number;
  readonly bars: number;
};

export type FeatureBaseline = {
  readonly name: string;
  readonly samples: number;
  /** Inner decile edges and the shares between them. */
  readonly edges: readonly number[];
  readonly shares: readonly number[];
  /** Evenly spaced quantiles, ascending: the distribution at a resolution of 1 / length. */
  readonly quantiles: readonly number[];
  /**
   * What the statistics of the baseline's own windows reached. Textbook bands do not fit market features: of calm BTC
   * hours a third is over PSI 0.1, so a window is judged by what was usual.
   */
  readonly psi: UsualRange;
  readonly ks: UsualRange;
};

export type UsualRange = { readonly p95: number; readonly p99: number };

/** Turns bars into features: a strategy, or its like. */
export type FeatureSource = {
  /** What the features depend on. */
  readonly settings: Readonly<Record<string, string | number>>;
  onBar(bar: Bar): unknown;
  /** A new object for each bar that counted; null while warming up. */
  features(instrumentId: InstrumentId): Readonly<Record<string, number>> | null;
};

export type BaselineInput = {
  readonly source: FeatureSource;
  readonly sourceText: string;
  readonly windowBars: number;
  /** Each instrument's closed bars, oldest first, all of the same interval. */
  readonly bars: ReadonlyMap<InstrumentId, readonly Bar[]>;
};

const BINS = 10;
const QUANTILES = 200;
/** Windows overlap by three quarters: enough of them for a p99 without counting each bar 60 times. */
const STEPS_PER_WINDOW = 4;

/** Throws when the bars are too few for one window of features of every instrument. */
export function computeBaseline(input: BaselineInput): DriftBaseline {
  const rows = new Map([...input.bars].map(([id, bars]) => [id, featureRows(input.source, id, bars)]));
  const shortest = Math.min(...[...rows.values()].map((list) => list.length));
  if (!(shortest >= input.windowBars) || shortest === Infinity) {
    throw new RangeError(`expected at least ${input.windowBars} bars with features, was ${shortest}`);
  }
  const names = Object.keys([...rows.values()][0]?.[0] ?? {});
  return {
    schemaVersion: 1,
    settings: input.source.settings,
    provenance: provenanceOf(input),
    windowBars: input.windowBars,
    features: names.map((name) => featureBaseline(name, columnsOf(rows, name), input.windowBars)),
  };
}

function featureRows(source: FeatureSource, id: InstrumentId, bars: readonly Bar[]) {
  const rows: Readonly<Record<string, number>>[] = [];
  for (const bar of bars) {
    source.onBar(bar);
    const features = source.features(id);
    if (features !== null && features !== rows.at(-1)) rows.push(features);
  }
  return rows;
}

/** The feature's values, one list an instrument, aligned at the newest bar. */
function columnsOf(rows: ReadonlyMap<InstrumentId, readonly Readonly<Record<string, number>>[]>, name: string) {
  return [...rows.values()].map((list) => list.map((row) => row[name] ?? 0));
}

function featureBaseline(name: string, columns: readonly (readonly number[])[], windowBars: number): FeatureBaseline {
  const sorted = ascending(columns.flat());
  const edges = Array.from({ length: BINS - 1 }, (_, bin) => quantile(sorted, (bin + 1) / BINS));
  const shares = sharesOf(sorted, edges);
  const quantiles = Array.from({ length: QUANTILES }, (_, index) => quantile(sorted, (index + 0.5) / QUANTILES));
  const windows = windowsOf(columns, windowBars);
  const psi = ascending(windows.map((window) => populationStability(shares, sharesOf(window, edges))));
  const ks = ascending(windows.map((window) => kolmogorovSmirnov(ascending(window), quantiles)));
  return { name, samples: sorted.length, edges, shares, quantiles, psi: usual(psi), ks: usual(ks) };
}

/** The same stretch of time of all instruments pooled, as the running strategy pools them. */
function windowsOf(columns: readonly (readonly number[])[], windowBars: number): readonly (readonly number[])[] {
  const length = Math.min(...columns.map((column) => column.length));
  const step = Math.max(1, Math.floor(windowBars / STEPS_PER_WINDOW));
  const windows: (readonly number[])[] = [];
  for (let end = length; end >= windowBars; end -= step) {
    const fromNewest = length - end;
    windows.push(columns.flatMap((column) => tail(column, fromNewest, windowBars)));
  }
  return windows;
}

function tail(column: readonly number[], fromNewest: number, size: number): readonly number[] {
  const end = column.length - fromNewest;
  return column.slice(end - size, end);
}

const usual = (sorted: readonly number[]): UsualRange => ({ p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) });

function provenanceOf({ bars, sourceText }: BaselineInput): BaselineProvenance {
  const times = [...bars.values()].flatMap((list) => [list[0]?.openTimeUs ?? 0, list.at(-1)?.openTimeUs ?? 0]);
  return {
    source: sourceText,
    instruments: [...bars.keys()],
    fromUs: Math.min(...times),
    toUs: Math.max(...times),
    bars: [...bars.values()].reduce((sum, list) => sum + list.length, 0),
  };
}
