import type { Failpoint, Failpoints } from '../engine/engine.ts';

/** Where the kill drill wants this process to end: at the `hit`-th passage of the failpoint, counted from the order. */
export type KillAt = { readonly failpoint: Failpoint; readonly hit: number };

export type KillSwitch = {
  readonly failpoints: Failpoints;
  arm(order: KillAt): void;
};

/** Ends the process with SIGKILL at a named place, as a power failure would: no handler, no flush, no goodbye. Never armed outside the drill. */
export function createKillSwitch(kill: () => void = () => void process.kill(process.pid, 'SIGKILL')): KillSwitch {
  let order: KillAt | undefined;
  let passed = 0;
  return {
    failpoints: (name) => {
      if (name !== order?.failpoint) return;
      passed += 1;
      if (passed >= order.hit) kill();
    },
    arm: (next) => {
      order = next;
      passed = 0;
    },
  };
}
