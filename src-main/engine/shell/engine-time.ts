import type { Clock } from '../ports/clock.ts';

/** Smaller differences are left alone: the system's own slewing and the time between two readings. */
const STEP_LIMIT_US = 500_000;

/**
 * Time of events: wall time where the engine started, advanced by the monotonic clock, so that durations between events
 * are true whatever happens to the wall clock. Never runs backwards, not even over a restart.
 */
export type EngineTime = {
  nowUs(): number;
  /**
   * Microseconds by which the wall clock jumped since the last check, or null. Forward jumps are followed, for the time
   * has passed (a suspended machine); backward ones are not.
   */
  takeStep(): number | null;
};

export function createEngineTime(clock: Clock, notBeforeUs: number): EngineTime {
  let anchorUs = Math.max(clock.nowUs(), notBeforeUs) - clock.monotonicUs();
  let acceptedUs = clock.nowUs() - (anchorUs + clock.monotonicUs());
  const nowUs = (): number => anchorUs + clock.monotonicUs();
  return {
    nowUs,
    takeStep() {
      const differenceUs = clock.nowUs() - nowUs();
      const stepUs = differenceUs - acceptedUs;
      if (Math.abs(stepUs) < STEP_LIMIT_US) return null;
      if (differenceUs > 0) anchorUs += differenceUs;
      acceptedUs = Math.min(differenceUs, 0);
      return stepUs;
    },
  };
}
