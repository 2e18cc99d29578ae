import type { StopReportDto } from '../../../src-preload/contract/state.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { requestStatus, requestStop } from '../../guardian/client.ts';
import { BEAT_INTERVAL_MS, type WorkedParent } from '../../guardian/protocol.ts';
import { delayAnswers, leftIn, type PracticePlace, readAccounts } from './practice-account.ts';
import { compareBooks, type FlatTimes, type StopRehearsal } from './stop-comparison.ts';

export type Pressed = {
  readonly clock: Clock;
  readonly place: PracticePlace;
  readonly guardianSocket: string;
  readonly latencyMs: number;
  /** The engine's report; undefined where only the venue is asked. */
  readonly report: (() => Promise<StopReportDto | null>) | undefined;
  /** A stop that has not ended by then is told as it is. */
  readonly patienceMs?: number;
};

/** Often enough to tell, seldom enough that the looks do not slow down what they watch. */
const LOOK_MS = 50;
const PATIENCE_MS = 60_000;
/** A beat tells what its engine knew as much earlier. */
const TOLD_WITHIN_MS = 3 * BEAT_INTERVAL_MS;

/** Presses the stop and watches the venue's own books until nothing is open, or the patience is over. */
export async function pressStop(parts: Pressed): Promise<StopRehearsal> {
  const { clock, guardianSocket, latencyMs, place } = parts;
  const before = await readAccounts(place);
  const { executors } = await requestStatus(guardianSocket);
  const restore = await delayAnswers(place, latencyMs);
  try {
    const pressedUs = clock.monotonicUs();
    const answered = requestStop(guardianSocket, 'cli');
    const flat = await flatAfter(parts, pressedUs);
    const result = await answered;
    const report = await finished(parts, pressedUs);
    const after = await readAccounts(place);
    const working = await stillWorking(parts);
    const isAsked = parts.report !== undefined;
    return compareBooks({ before, after, executors, working, latencyMs, flat, result, report, isAsked });
  } finally {
    await restore();
  }
}

async function flatAfter({ clock, patienceMs = PATIENCE_MS, place }: Pressed, pressedUs: number): Promise<FlatTimes> {
  const ofAccount = new Map<string, number>();
  for (;;) {
    const accounts = await readAccounts(place);
    const elapsedMs = (clock.monotonicUs() - pressedUs) / 1_000;
    const busy = new Set(accounts.filter((books) => leftIn(books).length > 0).map(({ account }) => account));
    for (const { account } of accounts) {
      if (busy.has(account)) ofAccount.delete(account);
      else if (!ofAccount.has(account)) ofAccount.set(account, elapsedMs);
    }
    if (busy.size === 0) return { allMs: elapsedMs, ofAccount };
    if (elapsedMs > patienceMs) return { allMs: null, ofAccount };
    await pause(clock);
  }
}

/** The engine's report once it has ended, or as it is when the patience is over. */
async function finished(
  { clock, patienceMs = PATIENCE_MS, report }: Pressed,
  pressedUs: number,
): Promise<StopReportDto | null> {
  if (report === undefined) return null;
  for (;;) {
    const last = await report();
    const hasEnded = typeof last?.finishedAtUs === 'number';
    if (hasEnded || (clock.monotonicUs() - pressedUs) / 1_000 > patienceMs) return last;
    await pause(clock);
  }
}

/** Parents that work or are paused by the engine's latest word; none once it says so. */
async function stillWorking({ clock, guardianSocket }: Pressed): Promise<readonly WorkedParent[]> {
  const sinceUs = clock.monotonicUs();
  for (;;) {
    const { executors } = await requestStatus(guardianSocket);
    if (executors.length === 0 || (clock.monotonicUs() - sinceUs) / 1_000 > TOLD_WITHIN_MS) return executors;
    await pause(clock);
  }
}

async function pause(clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
}
