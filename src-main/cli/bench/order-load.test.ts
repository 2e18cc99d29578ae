import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTestExchange } from '../../practice-exchange/testing/practice-client.ts';
import { measureOrderLoad } from './order-load.ts';

it('sends at a rate and proves each order to be at the venue once', async () => {
  const exchange = await startTestExchange({ limits: { ordersPer10s: 100_000, weightPerMinute: 1_000_000 } });
  const directory = await mkdtemp(join(tmpdir(), 'leeward-bench-test-'));
  try {
    const limits = { ...exchange.limits };
    const figures = await measureOrderLoad({ ...exchange, limits }, directory, { ordersPerSecond: 60, seconds: 0.5 });
    expect(figures).toMatchObject({ bench: 'load', denied: {}, withinBudget: false, venueLimits: limits });
    expect(figures.brackets).toBeGreaterThan(0);
    expect(figures.outcomes).toEqual({ accepted: figures.brackets, rejected: 0, unknown: 0, unanswered: 0 });
    const orders = figures.brackets * 3;
    expect(figures.proof).toEqual({ journaled: orders, atVenue: orders, lost: 0, duplicated: 0, strangers: 0 });
  } finally {
    await exchange.close();
    await rm(directory, { recursive: true, force: true });
  }
});
