import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EngineEvent } from '../engine/engine.ts';
import { ordersOf } from '../engine/domain/order.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Store } from '../engine/ports/store.ts';

const LOOP_RESOLUTION_MS = 10;
const MAX_ROUND_TRIPS = 100;

/** What the engine measures of itself, for the strip. */
export type EngineMeasurements = {
  observe(event: EngineEvent): void;
  /** The same store, its commits timed. */
  timed(store: Store): Store;
  lag(): { readonly p50Ms: number | null; readonly p99Ms: number | null };
  roundTrip(): { readonly lastMs: number | null; readonly p99Ms: number | null; readonly samples: number };
  lastCommitMs(): number | null;
  tradingStateSinceUs(): number;
  /** What each component last said of itself. */
  componentDetails(): ReadonlyMap<string, string>;
  close(): void;
};

export function measureEngine(clock: Clock): EngineMeasurements {
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  const sentAtUs = new Map<string, number>();
  const roundTripsMs: number[] = [];
  const details = new Map<string, string>();
  let commitMs: number | null = null;
  let stateSinceUs = 0;
  return {
    observe: ({ event, timeUs }) => {
      if (event.kind === 'order.submit')
        sentAtUs.set(ordersOf(event.submission)[0]?.clientOrderId ?? '', clock.monotonicUs());
      else if (event.kind === 'submit.answered') {
        const startedUs = sentAtUs.get(event.clientOrderIds[0] ?? '');
        sentAtUs.delete(event.clientOrderIds[0] ?? '');
        if (startedUs === undefined) return;
        roundTripsMs.push((clock.monotonicUs() - startedUs) / 1000);
        if (roundTripsMs.length > MAX_ROUND_TRIPS) roundTripsMs.shift();
      } else if (event.kind === 'tradingState.changed' || event.kind === 'engine.started') stateSinceUs = timeUs;
      else if (event.kind === 'component.changed') details.set(event.component, event.detail);
    },
    timed: (store) => ({
      get nextSequence() {
        return store.nextSequence;
      },
      commit: (rows) => {
        const startedUs = clock.monotonicUs();
        const committed = store.commit(rows);
        commitMs = (clock.monotonicUs() - startedUs) / 1000;
        return committed;
      },
      enqueue: (rows) => store.enqueue(rows),
      onFailure: (listener) => store.onFailure(listener),
      head: () => store.head(),
      read: (fromSequence) => store.read(fromSequence),
      saveSnapshot: (sequence, state) => store.saveSnapshot(sequence, state),
      latestSnapshot: () => store.latestSnapshot(),
      close: () => store.close(),
    }),
    lag: () => ({ p50Ms: delayMs(loop, 50), p99Ms: delayMs(loop, 99) }),
    roundTrip: () => ({
      lastMs: roundTripsMs.at(-1) ?? null,
      p99Ms: percentile(roundTripsMs, 0.99),
      samples: roundTripsMs.length,
    }),
    lastCommitMs: () => commitMs,
    tradingStateSinceUs: () => stateSinceUs,
    componentDetails: () => details,
    close: () => void loop.disable(),
  };
}

/** The timer's own interval is not lag. */
function delayMs(loop: ReturnType<typeof monitorEventLoopDelay>, level: number): number | null {
  if (loop.count === 0) return null;
  return Math.max(0, loop.percentile(level) / 1e6 - LOOP_RESOLUTION_MS);
}

function percentile(values: readonly number[], level: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * level))] ?? null;
}
