import { expect, it } from 'vitest';
import { MarketClock } from './market-clock.ts';

it('runs market time at its speed from where it is and leaves API time alone', () => {
  let wallMs = 1_000;
  const clock = new MarketClock({ startTimeMs: 500_000, speed: 20, readWallMs: () => wallMs });
  wallMs = 1_100;
  expect(clock.now()).toEqual({ wallMs: 1_100, marketMs: 502_000 });
  clock.setSpeed(0);
  wallMs = 2_000;
  expect(clock.now().marketMs).toBe(502_000);
  clock.setSpeed(1);
  wallMs = 2_500;
  expect(clock.now().marketMs).toBe(502_500);
  clock.skewMs = -300;
  expect([clock.apiMs(), clock.now().wallMs]).toEqual([2_200, 2_500]);
});

it('never runs backwards when the wall clock does', () => {
  let wallMs = 1_000;
  const clock = new MarketClock({ startTimeMs: 500_000, speed: 1, readWallMs: () => wallMs });
  wallMs = 400;
  expect(clock.now().marketMs).toBe(500_000);
});

it('refuses a speed that is no speed', () => {
  const clock = new MarketClock({ startTimeMs: 0, speed: 1, readWallMs: () => 0 });
  for (const speed of [-1, Number.NaN, 1e9]) expect(() => clock.setSpeed(speed)).toThrow('expected a speed');
});
