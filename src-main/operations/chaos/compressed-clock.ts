import type { Clock } from '../../engine/ports/clock.ts';

/** A clock that lives `factor` times as fast, so that waits of seconds take a drill tenths of them. */
export function compressedClock(base: Clock, factor: number): Clock {
  const wallUs = base.nowUs();
  const startUs = base.monotonicUs();
  const elapsedUs = (): number => Math.floor((base.monotonicUs() - startUs) * factor);
  return {
    nowUs: () => wallUs + elapsedUs(),
    monotonicUs: elapsedUs,
    every: (intervalMs, callback) => base.every(Math.max(1, intervalMs / factor), callback),
    after: (delayMs, callback) => base.after(delayMs / factor, callback),
  };
}

/** The same clock until `end` is called; from then on no callback comes, as in a process that was killed. */
export function mortalClock(base: Clock): { readonly clock: Clock; readonly end: () => void } {
  const stops = new Set<() => void>();
  const kept = (stop: () => void): (() => void) => {
    stops.add(stop);
    return () => {
      stops.delete(stop);
      stop();
    };
  };
  return {
    clock: {
      nowUs: () => base.nowUs(),
      monotonicUs: () => base.monotonicUs(),
      every: (intervalMs, callback) => kept(base.every(intervalMs, callback)),
      after: (delayMs, callback) => kept(base.after(delayMs, callback)),
    },
    end: () => {
      for (const stop of stops) stop();
      stops.clear();
    },
  };
}
