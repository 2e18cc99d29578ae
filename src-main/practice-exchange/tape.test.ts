import { expect, it } from 'vitest';
import { createMarketSource } from './market/create-market-source.ts';
import { PracticeVenue } from './practice-venue.ts';
import { TRUE_LIMITS } from './protocol/rate-limits.ts';
import { klineRow } from './tape.ts';

const MINUTE_MS = 60_000;

it('plays bars that agree with the history, whatever is asked for', () => {
  let wallMs = 0;
  const market = createMarketSource({ kind: 'demo', symbols: ['BTCUSDT', 'SHIBUSDT'] });
  const venue = new PracticeVenue({
    market,
    accounts: [],
    speed: 1,
    limits: TRUE_LIMITS,
    readWallMs: () => wallMs,
    intentProbe: null,
    discountPrices: {},
  });
  for (const symbol of ['BTCUSDT', 'SHIBUSDT']) {
    const tape = venue.tape(symbol)!;
    const live = new Map<number, unknown[]>();
    for (let step = 0; step < 40; step++) {
      wallMs += 20_000;
      venue.advance();
      const bar = tape.current('1m', venue.clock.now().marketMs);
      if (bar !== null) live.set(bar.openMs, klineRow(bar));
    }
    const { marketMs } = venue.clock.now();
    const minutes = tape.bars('1m', marketMs, 5).slice(0, -1);
    expect(minutes).toHaveLength(4);
    const five = tape.bars('5m', marketMs, 2)[0]!;
    const parts = tape
      .bars('1m', marketMs, 60)
      .filter((bar) => bar.openMs >= five.openMs && bar.openMs < five.openMs + 5 * MINUTE_MS);
    expect(parts.reduce((sum, bar) => sum + bar.volume, 0n)).toBe(five.volume);
    expect(parts.reduce((high, bar) => (bar.high > high ? bar.high : high), 0n)).toBe(five.high);
    expect([parts[0]!.open, parts.at(-1)!.close]).toEqual([five.open, five.close]);
    expect(tape.bars('15m', marketMs, 4)).toHaveLength(4);
    expect(tape.day(marketMs)!.volume).toBeGreaterThan(0n);
    expect(live.size).toBeGreaterThan(10);
  }
});

it('shows the open minute as it was traded', () => {
  let wallMs = 0;
  const market = createMarketSource({ kind: 'demo', symbols: ['ETHUSDT'] });
  const options = { accounts: [], speed: 1, limits: TRUE_LIMITS, intentProbe: null, discountPrices: {} };
  const venue = new PracticeVenue({ ...options, market, readWallMs: () => wallMs });
  wallMs = MINUTE_MS - 1;
  venue.advance();
  const tape = venue.tape('ETHUSDT')!;
  const live = tape.current('1m', venue.clock.now().marketMs);
  wallMs = MINUTE_MS;
  venue.advance();
  const [closed] = tape.bars('1m', venue.clock.now().marketMs - 1, 1);
  expect(live).toEqual(closed);
  expect(market.history('ETHUSDT', '1m', venue.clock.now().marketMs, 1)[0]?.volume).toBe(
    String(klineRow(closed!)[5]).replace(/0{4}$/, ''),
  );
});
