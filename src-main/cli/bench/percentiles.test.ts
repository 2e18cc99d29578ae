import { describe, expect, it } from 'vitest';
import { medianSpread, spreadOf } from './percentiles.ts';

describe('percentiles', () => {
  it('are nearest ranks', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(spreadOf(values)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
    expect(spreadOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
  });

  it('throw on nothing instead of inventing a number', () => {
    expect(() => spreadOf([])).toThrow('expected at least one value');
  });

  it('take the median of runs figure by figure', () => {
    const run = (p50: number): ReturnType<typeof spreadOf> => ({ p50, p95: 10 - p50, p99: p50, max: p50 });
    expect(medianSpread([run(1), run(5), run(2)])).toEqual({ p50: 2, p95: 8, p99: 2, max: 2 });
  });
});
