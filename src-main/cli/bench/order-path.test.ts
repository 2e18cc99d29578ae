import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTestExchange } from '../../practice-exchange/testing/practice-client.ts';
import { runCli } from '../run.ts';
import { measureOrderPath } from './order-path.ts';

it('measures a whole engine beside its baselines, each order an accepted one that expired', async () => {
  const exchange = await startTestExchange({ limits: { ordersPer10s: 100_000, weightPerMinute: 1_000_000 } });
  const directory = await mkdtemp(join(tmpdir(), 'leeward-bench-test-'));
  try {
    const limits = { ...exchange.limits };
    const figures = await measureOrderPath(
      { ...exchange, limits },
      directory,
      { rounds: 2, samples: 5, warmUp: 50 },
      () => undefined,
    );
    expect(figures.outcomes).toEqual({ accepted: 60, rejected: 0, unknown: 0 });
    expect(figures.venueLimits).toMatchObject({ ordersPer10s: 100_000 });
    for (const spread of [...Object.values(figures.leewardMs), ...Object.values(figures.baselinesMs)]) {
      expect(spread.p50).toBeGreaterThan(0);
      expect(spread.p99).toBeGreaterThanOrEqual(spread.p50);
    }
    const ledger = exchange.venue.ledger.report(exchange.venue.engine.state.account('main'), Date.now());
    expect(ledger.fills).toEqual([]);
  } finally {
    await exchange.close();
    await rm(directory, { recursive: true, force: true });
  }
});

it.each([
  [[], 'expected one of market-data, instruments, order-path, risk-gate, load, stop'],
  [['warp-speed'], 'expected one of market-data, instruments, order-path, risk-gate, load, stop'],
  [['order-path', 'twice'], 'unexpected argument'],
  [['order-path', '--rounds', '0'], 'expected --rounds'],
])('refuses %j', async (names, expected) => {
  const errors: string[] = [];
  const io = { out: () => undefined, error: (line: string) => void errors.push(line) };
  expect(await runCli(['bench', ...names], io)).toBe(2);
  expect(errors[0]).toContain(expected);
});
