import type { CaseSetting } from './case-setting.ts';
import type { Stage } from './stage.ts';

/** One known disaster as a drill: what it stands for, what happens, what must hold. */
export type ChaosCase = {
  readonly name: string;
  /** The reported trouble, or the row of the fault table, that this case stands for. */
  readonly standsFor: string;
  /** Assets that pay fees at a discount, other limits and the like. */
  readonly setting?: CaseSetting;
  /** Plays it. What must hold beyond the books of both sides is said with `stage.expect`. */
  readonly play: (stage: Stage) => Promise<void>;
};

export type CaseResult = {
  readonly case: string;
  readonly seed: string;
  readonly faultsFired: number;
  readonly ordersSent: number;
  readonly ok: boolean;
  /** Orders, fills, positions or balances that one side has and the other has not. */
  readonly lost: number;
  /** Order ids that exist twice, and entries beyond those that were asked for. */
  readonly duplicated: number;
  /** Engine time, by the venue's own account: positions without a live stop. */
  readonly unprotectedMs: number;
  /** Engine time from the first fault until both books agreed, nothing was open to doubt and all was protected. */
  readonly resolvedMs: number;
  readonly ledgerAgrees: boolean;
  readonly problems: readonly string[];
};
