import type { Clock } from '../engine/ports/clock.ts';
import type { Child } from './process-host.ts';

/** Failed lives within the window after which the guardian decides. */
export const MAX_FAILED_RESTARTS = 3;
/** A life shorter than this is a failed restart. */
const STABLE_MS = 30_000;
const RESTART_DELAY_MS = 200;

export type SupervisorOptions = {
  readonly clock: Clock;
  /** Starts one engine life with a fresh epoch; resolves when it reported ready, rejects when it could not start. */
  readonly startLife: () => Promise<Child>;
  readonly onRestarting: (detail: string) => void;
  /** Three restarts failed in a row. */
  readonly onLost: () => void;
};

export type Supervisor = {
  /** Resolves with the first life. Throws when even that fails: nothing trades yet, so the reason goes to the user. */
  start(): Promise<Child>;
  /** No more restarts. */
  stop(): void;
  current(): Child | undefined;
};

/** Keeps the engine alive. Each later life begins halted: nothing resumes by itself. */
export function superviseEngine(options: SupervisorOptions): Supervisor {
  const { clock } = options;
  let failed = 0;
  let stopped = false;
  let current: Child | undefined;

  const adopt = (child: Child): Child => {
    const bornUs = clock.monotonicUs();
    current = child;
    void child.exited.then(({ code, signal }) => {
      if (current === child) current = undefined;
      if (stopped) return;
      const livedMs = (clock.monotonicUs() - bornUs) / 1000;
      failed = livedMs >= STABLE_MS ? 1 : failed + 1;
      again(`engine ended (${signal ?? `code ${String(code)}`}) after ${Math.round(livedMs)} ms`);
    });
    return child;
  };

  const again = (detail: string): void => {
    if (failed > MAX_FAILED_RESTARTS) {
      options.onLost();
      return;
    }
    options.onRestarting(detail);
    clock.after(RESTART_DELAY_MS, () => {
      if (stopped) return;
      options.startLife().then(adopt, (error: unknown) => {
        failed += 1;
        again(String(error));
      });
    });
  };

  return {
    start: async () => adopt(await options.startLife()),
    stop: () => {
      stopped = true;
    },
    current: () => current,
  };
}
