import { describe, expect, it } from 'vitest';
import { instrumentId, strategyId, type InstrumentId } from '../domain/identifiers.ts';
import type { Bar } from '../domain/market.ts';
import { type DriftBaseline, computeBaseline, type FeatureSource } from './drift-baseline.ts';
import { readBaseline } from './drift-baseline-file.ts';
import { createStrategyDrift } from './strategy-drift.ts';

const MINUTE_US = 60_000_000;
const ids = ['BTC', 'ETH', 'SOL'].map((base) =>
  instrumentId({ base, quote: 'USDT', venue: 'BINANCE', product: 'SPOT' }),
);

/** Hands on the close of a bar as the feature and ignores repeated bars, as a strategy does. */
function closeSource(): FeatureSource {
  const last = new Map<InstrumentId, { openTimeUs: number; features: { value: number } }>();
  return {
    settings: { kind: 'test' },
    onBar(bar) {
      if (last.get(bar.instrumentId)?.openTimeUs === bar.openTimeUs) return;
      last.set(bar.instrumentId, { openTimeUs: bar.openTimeUs, features: { value: Number(bar.close) } });
    },
    features: (id) => last.get(id)?.features ?? null,
  };
}

const bar = (id: InstrumentId, index: number, close: number): Bar => ({
  instrumentId: id,
  interval: '1m',
  openTimeUs: index * MINUTE_US,
  open: '1',
  high: '1',
  low: '1',
  close: String(close),
  volume: '1',
});

/** The same scattered values in any order: a fraction of multiples of the golden ratio. */
const scattered = (index: number): number => (index * 0.6180339887) % 1;

function series(count: number, valueOf: (index: number) => number, from = 0): Map<InstrumentId, readonly Bar[]> {
  return new Map(
    ids.map((id, which) => [
      id,
      Array.from({ length: count }, (_, i) => bar(id, from + i, valueOf(i * 7 + which * 1009))),
    ]),
  );
}

function baselineOf(count = 400): DriftBaseline {
  return computeBaseline({
    source: closeSource(),
    sourceText: 'scattered values',
    windowBars: 40,
    bars: series(count, scattered),
  });
}

function driftAfter(valueOf: (index: number) => number, count = 40, baseline: DriftBaseline | null = baselineOf()) {
  const drift = createStrategyDrift({ strategyId: strategyId('s'), source: closeSource(), baseline });
  for (const bars of series(count, valueOf, 1_000).values()) for (const one of bars) drift.onBar(one);
  return drift.report();
}

describe('drift of a running strategy', () => {
  it('says where the baseline comes from', () => {
    const { provenance, features, windowBars } = baselineOf();
    expect(provenance).toEqual({
      source: 'scattered values',
      instruments: ids,
      fromUs: 0,
      toUs: 399 * MINUTE_US,
      bars: 1_200,
    });
    expect(windowBars).toBe(40);
    expect(features.map(({ name, samples }) => [name, samples])).toEqual([['value', 1_200]]);
    expect(features[0]?.shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
  });

  it('is quiet when features are as they were', () => {
    const report = driftAfter((index) => scattered(index + 5));
    expect(report).toMatchObject({ samples: 120, requiredSamples: 120, baseline: { samples: 1_200 } });
    expect(report.features).toMatchObject([{ name: 'value', state: 'ok' }]);
    expect(report.features[0]?.psi).toBeLessThan(0.1);
  });

  it('is over when they are not', () => {
    const [feature] = driftAfter((index) => 0.5 + scattered(index) / 2).features;
    expect(feature?.state).toBe('over');
    expect(feature?.ks).toBeCloseTo(0.5, 1);
    expect(feature?.psi).toBeGreaterThan(1);
  });

  it('forgets what left the window', () => {
    const baseline = baselineOf();
    const drift = createStrategyDrift({ strategyId: strategyId('s'), source: closeSource(), baseline });
    for (const bars of series(50, () => 9, 1_000).values()) for (const one of bars) drift.onBar(one);
    expect(drift.report().features[0]?.state).toBe('over');
    for (const bars of series(40, (index) => scattered(index + 5), 2_000).values())
      for (const one of bars) drift.onBar(one);
    expect(drift.report().features[0]?.state).toBe('ok');
  });

  it('says insufficient rather than a number, and counts no bar twice', () => {
    expect(driftAfter(scattered, 39).features).toEqual([{ name: 'value', psi: null, ks: null, state: 'insufficient' }]);
    const drift = createStrategyDrift({ strategyId: strategyId('s'), source: closeSource(), baseline: baselineOf() });
    for (let times = 0; times < 50; times++) for (const id of ids) drift.onBar(bar(id, 1, 0.5));
    expect(drift.report()).toMatchObject({ samples: 3, features: [{ state: 'insufficient' }] });
  });

  it('says there is nothing to compare with, and ignores instruments the baseline does not know', () => {
    expect(driftAfter(scattered, 40, null)).toMatchObject({ baseline: null, samples: 0, features: [] });
    const drift = createStrategyDrift({ strategyId: strategyId('s'), source: closeSource(), baseline: baselineOf() });
    drift.onBar(bar(instrumentId({ base: 'XRP', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' }), 1, 1));
    expect(drift.report().samples).toBe(0);
  });

  it.each([{ kind: 'other' }, {}, { kind: 'test', period: 3 }])('has no baseline of other settings: %j', (settings) => {
    const source = { ...closeSource(), settings };
    const drift = createStrategyDrift({ strategyId: strategyId('s'), source, baseline: baselineOf() });
    expect(drift.report()).toMatchObject({ baseline: null, features: [] });
  });

  it('needs a window of bars for a baseline', () => {
    expect(() => baselineOf(39)).toThrow('expected at least 40 bars with features, was 39');
  });
});

describe('baseline file', () => {
  const stored = (): Record<string, unknown> => JSON.parse(JSON.stringify(baselineOf())) as Record<string, unknown>;

  it('reads what was written', () => {
    expect(readBaseline(stored())).toEqual({ ok: true, value: baselineOf() });
  });

  it.each([
    ['schemaVersion', 2],
    ['settings', null],
    ['windowBars', 0],
    ['provenance', { source: 'x', instruments: ['BTC'], fromUs: 0, toUs: 1, bars: 1 }],
    ['features', []],
    ['features', [{ ...baselineOf().features[0], edges: [3, 2, 1] }]],
    ['features', [{ ...baselineOf().features[0], shares: [1] }]],
    ['features', [{ ...baselineOf().features[0], psi: {} }]],
  ])('refuses a wrong %s', (key, value) => {
    const read = readBaseline({ ...stored(), [key]: value });
    expect(read.ok ? '' : read.error).toMatch(/^expected .+, was .+/);
  });

  it.each([null, 3, [], 'x'])('refuses %j', (raw) => {
    expect(readBaseline(raw).ok).toBe(false);
  });
});
