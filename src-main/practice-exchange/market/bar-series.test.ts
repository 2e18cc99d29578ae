import { describe, expect, it } from 'vitest';
import { type BarSeries, parseBars } from './bar-series.ts';
import { decimalStep } from './step-text.ts';

const HEADER = 'timestamp_ms,open,high,low,close,volume';
const parse = (...lines: string[]): BarSeries =>
  parseBars([HEADER, ...lines, ''].join('\n'), 300_000, decimalStep('0.01'), decimalStep('0.1'));

describe('recorded bars', () => {
  it('become whole ticks and lots, and a gap stays a gap', () => {
    const series = parse('0,1.00,1.20,0.90,1.1,5.0', '900000,1.1,1.1,1.1,1.1,0');
    expect(series.length).toBe(2);
    expect(series.at(0)).toEqual({ openTimeMs: 0, open: 100, high: 120, low: 90, close: 110, volume: 50 });
    expect([0, 1, 300_000, 900_000, 900_001].map((timeMs) => series.firstAtOrAfter(timeMs))).toEqual([0, 1, 1, 1, 2]);
  });

  it('begin again after their last, moved on by whole days', () => {
    const series = parse('300000,1,1,1,1,1', '600000,2,2,2,2,2');
    expect(series.lapMs).toBe(86_400_000);
    expect(series.at(5)).toEqual({ ...series.at(1), openTimeMs: 600_000 + 2 * 86_400_000 });
    expect(series.firstAtOrAfter(600_000 + 2 * 86_400_000)).toBe(5);
    expect(series.firstAtOrAfter(600_001 + 2 * 86_400_000)).toBe(6);
  });

  it.each([
    ['too few columns', '0,1,1,1,1'],
    ['too many columns', '0,1,1,1,1,1,1'],
    ['a price off its tick', '0,1.001,2,1,1,9'],
    ['a volume off its lot', '0,1,1,1,1,0.05'],
    ['a high under the open', '0,2,1,1,1,9'],
    ['a low over the close', '0,2,2,2,1,9'],
    ['a low of zero', '0,1,1,0,1,9'],
    ['too few lots for its prices', '0,1.0,1.2,0.9,1.1,0.3'],
    ['a time off the grid', '1,1,1,1,1,1'],
  ])('are refused with the line for %s', (_name, line) => {
    expect(() => parse(line)).toThrow(/^bars line 2: expected/);
  });

  it('are refused out of order, without header and empty', () => {
    expect(() => parse('300000,1,1,1,1,1', '0,1,1,1,1,1')).toThrow(/^bars line 3: expected a later time/);
    expect(() => parseBars('x', 300_000, decimalStep('1'), decimalStep('1'))).toThrow(/^bars line 1/);
    expect(() => parse()).toThrow('expected at least one bar');
  });
});
