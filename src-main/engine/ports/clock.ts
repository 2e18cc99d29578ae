/** Wall time for stamps, monotonic time for durations and staleness. Timers enter the engine as events. */
export type Clock = {
  /** UTC epoch microseconds, a safe integer. */
  nowUs(): number;
  /** Microseconds since an arbitrary start; never steps, does not count suspension. */
  monotonicUs(): number;
  /** Calls back every `intervalMs`; returns the stop function. */
  every(intervalMs: number, callback: () => void): () => void;
  /** Calls back once; returns the cancel function. */
  after(delayMs: number, callback: () => void): () => void;
};
