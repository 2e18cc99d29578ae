import type { BarDto } from '../../src-preload/contract/messages.ts';

export const INTERVALS = ['1m', '5m', '1h'] as const;
export type BarInterval = (typeof INTERVALS)[number];
export const INTERVAL_US: Readonly<Record<BarInterval, number>> = {
  '1m': 60_000_000,
  '5m': 300_000_000,
  '1h': 3_600_000_000,
};

/** What the chart keeps of one interval; a chart that grows for ever slows down for ever. */
export const KEPT_BARS = 1000;

const isBar = (value: unknown): value is BarDto =>
  typeof value === 'object' && value !== null && 'openTimeUs' in value && 'close' in value;

/** Bars of a query's answer in ascending order; null when it is not a list of bars. */
export function barsIn(result: unknown): readonly BarDto[] | null {
  if (!Array.isArray(result)) return null;
  const bars = result.filter(isBar);
  return bars.length === result.length ? bars.toSorted((a, b) => a.openTimeUs - b.openTimeUs) : null;
}

export type BarStep = 'replace' | 'append' | 'old' | 'gap';

/** What a streamed bar is to a chart whose newest bar opened at `lastUs`. A gap means bars were missed: load again. */
export function barStep(lastUs: number | null, openTimeUs: number, interval: BarInterval): BarStep {
  if (lastUs === null) return 'append';
  if (openTimeUs === lastUs) return 'replace';
  if (openTimeUs < lastUs) return 'old';
  return openTimeUs - lastUs === INTERVAL_US[interval] ? 'append' : 'gap';
}
