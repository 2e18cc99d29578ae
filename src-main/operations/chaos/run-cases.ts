import type { Clock } from '../../engine/ports/clock.ts';
import type { CaseResult } from './chaos-case.ts';
import { CASES } from './cases/all-cases.ts';
import { runCase } from './run-case.ts';

/** Cases wait most of their time; more at once would compete for two cores. */
const AT_ONCE = 3;

export type CasesRun = {
  readonly clock: Clock;
  readonly seed: string;
  /** Name of the one case to play; all when absent. */
  readonly only: string | undefined;
  /** Hears of each case as it ends, in no order. */
  readonly told: (result: CaseResult) => void;
};

/** Plays the cases, a few at a time. Throws when `only` names none. */
export async function runCases({ clock, seed, only, told }: CasesRun): Promise<readonly CaseResult[]> {
  const waiting = CASES.filter(({ name }) => only === undefined || name === only);
  if (waiting.length === 0) throw new Error(`expected the name of a case, was ${only ?? 'none'}`);
  const results: CaseResult[] = [];
  const playNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await runCase(next, { clock, seed });
      results.push(result);
      told(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playNext));
  return results;
}
