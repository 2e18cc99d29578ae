import { describe, expect, it } from 'vitest';
import type { LoadResult } from './depth-load.ts';
import { judged, table } from './market-data-report.ts';

const result = (cpuPercent: number, p95: number, p99: number): LoadResult => ({
  ...{ cpuPercent, cpuUsPerMessage: 1, latencyUs: { p50: 1, p95, p99, max: p99 } },
  ...{ rssMb: 99.6, sent: 10, seenRatio: 1 },
});
const bare = result(2, 100, 400);
const ccxt = result(8, 3_000, 9_000);
const handlers = [{ levels: 10, depth: 100, nativeUs: 1.5, ccxtUs: 6 }];

describe('the verdict of the market-data bench', () => {
  it('meets every budget at its edge', () => {
    const { budgets } = judged({ bare, native: result(4, 599, 600), ccxt }, handlers);
    expect(Object.values(budgets)).toEqual([true, true, true, true]);
  });

  it('misses each budget just beyond it, judging handlers by the worst of them', () => {
    const slow = [...handlers, { levels: 40, depth: 100, nativeUs: 2.01, ccxtUs: 6 }];
    const { budgets, ratios } = judged({ bare, native: result(4.01, 600, 602), ccxt }, slow);
    expect(Object.values(budgets)).toEqual([false, false, false, false]);
    expect(ratios).toEqual({ cpuNativeToCcxt: 0.501, p99NativeToBare: 1.505, handlerNativeToCcxt: 0.335 });
    const text = table({ bare, native: bare, ccxt }, slow, budgets);
    expect(text).toContain('MISSED  p95Below600Us');
    expect(text).toContain('handler, 10 levels on a book of 100: native 1.50 us, ccxt 6.00 us');
    expect(text).toContain('ccxt    8.00 % of a core');
  });
});
