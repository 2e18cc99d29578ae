import type { Clock } from '../../engine/ports/clock.ts';

/** The machine's clock. Wall time has millisecond resolution; monotonic time is CLOCK_MONOTONIC on Linux. */
export function createSystemClock(): Clock {
  return {
    nowUs: () => Date.now() * 1000,
    monotonicUs: () => Math.floor(performance.now() * 1000),
    every(intervalMs, callback) {
      const timer = setInterval(callback, intervalMs);
      return () => clearInterval(timer);
    },
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
