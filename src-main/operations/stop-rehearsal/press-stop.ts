import type { StopActionDto, StopReportDto } from '../../../src-preload/contract/state.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { requestStop } from '../../guardian/client.ts';
import {
  delayAnswers,
  isOpen,
  kindOf,
  type OrderKind,
  type PracticeAccount,
  type PracticeOrder,
  type PracticePlace,
  readAccounts,
  type Remainder,
  remainders,
} from './practice-account.ts';

/** What became of one order: one that was open at the press, or one that the stop sent. */
export type RehearsedOrder = {
  readonly account: string;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly kind: OrderKind | 'exit';
  readonly type: string;
  readonly quantity: string;
  /** Status at the venue; null where it did not exist yet. */
  readonly before: string | null;
  readonly after: string;
  readonly executedQuantity: string;
  /** Milliseconds from the press, by the engine's report; null for a leg that ended with its list, and for a running session. */
  readonly sentMs: number | null;
  readonly answeredMs: number | null;
};

export type StopRehearsal = {
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly positions: number;
  readonly orders: Readonly<Record<OrderKind, number>>;
  readonly acknowledgedBy: 'engine' | 'guardian';
  readonly acknowledgedMs: number;
  /** From the press until the venue's own books show nothing open; null when they never did. */
  readonly flatMs: number | null;
  /** From the press until the engine had proven it by asking the venue again; null when it never had, or is not asked. */
  readonly verifiedMs: number | null;
  /** Longest time a position stood without its stop while it was being sold. */
  readonly longestUnprotectedMs: number;
  readonly perOrder: readonly RehearsedOrder[];
  readonly remaining: readonly Remainder[];
};

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

const LOOK_MS = 20;
const PATIENCE_MS = 60_000;

/** Presses the stop and watches the venue's own books until nothing is open, or the patience is over. */
export async function pressStop(parts: Pressed): Promise<StopRehearsal> {
  const { clock, guardianSocket, latencyMs, place } = parts;
  const before = await readAccounts(place);
  const restore = await delayAnswers(place, latencyMs);
  try {
    const pressedUs = clock.monotonicUs();
    const answered = requestStop(guardianSocket, 'cli');
    const flatMs = await flatAfter(parts, pressedUs);
    const { acknowledgedBy, afterMs, verifiedFlat } = await answered;
    const report = await finished(parts, pressedUs);
    const after = await readAccounts(place);
    const remaining = remainders(after);
    const isProven = parts.report === undefined ? verifiedFlat !== false : report?.verifiedFlat === true;
    const isProvenByGuardian = acknowledgedBy === 'guardian' && verifiedFlat === true;
    return {
      ok: remaining.length === 0 && (isProven || isProvenByGuardian),
      latencyMs,
      positions: before.flatMap(({ positions }) => positions.filter(({ held }) => Number(held) > 0)).length,
      orders: counted(before),
      ...{ acknowledgedBy, acknowledgedMs: rounded(afterMs), flatMs },
      verifiedMs: durationOf(report),
      longestUnprotectedMs: Math.max(
        0,
        ...after.flatMap(({ positions }) => positions.map((position) => position.longestUnprotectedMs)),
      ),
      perOrder: compared(before, after, report),
      remaining,
    };
  } finally {
    await restore();
  }
}

async function flatAfter(
  { clock, patienceMs = PATIENCE_MS, place }: Pressed,
  pressedUs: number,
): Promise<number | null> {
  for (;;) {
    const left = remainders(await readAccounts(place));
    const elapsedMs = (clock.monotonicUs() - pressedUs) / 1_000;
    if (left.length === 0) return rounded(elapsedMs);
    if (elapsedMs > patienceMs) return null;
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
    if (durationOf(last) !== null || (clock.monotonicUs() - pressedUs) / 1_000 > patienceMs) return last;
    await pause(clock);
  }
}

function durationOf(report: StopReportDto | null): number | null {
  if (report === null || report.finishedAtUs === null) return null;
  return rounded((report.finishedAtUs - report.startedAtUs) / 1_000);
}

function counted(accounts: readonly PracticeAccount[]): StopRehearsal['orders'] {
  const orders = { limit: 0, stop: 0, list: 0 };
  for (const order of accounts.flatMap((account) => account.orders.filter(isOpen))) orders[kindOf(order)] += 1;
  return orders;
}

function compared(
  before: readonly PracticeAccount[],
  after: readonly PracticeAccount[],
  report: StopReportDto | null,
): readonly RehearsedOrder[] {
  const earlier = new Map(before.flatMap(({ orders }) => orders.map((order) => [order.clientOrderId, order] as const)));
  return after.flatMap(({ account, orders }) =>
    orders.flatMap((order) => {
      const was = earlier.get(order.clientOrderId);
      if (was !== undefined && !isOpen(was)) return [];
      return [rehearsed(account, order, was, report)];
    }),
  );
}

function rehearsed(
  account: string,
  order: PracticeOrder,
  was: PracticeOrder | undefined,
  report: StopReportDto | null,
): RehearsedOrder {
  const { clientOrderId, executedQuantity, quantity, status, symbol, type } = order;
  const action = report?.actions.find((row) => row.clientOrderId === clientOrderId);
  return {
    ...{ account, symbol, clientOrderId, kind: was === undefined ? 'exit' : kindOf(order), type, quantity },
    ...{ before: was?.status ?? null, after: status, executedQuantity },
    ...times(action, report),
  };
}

function times(
  action: StopActionDto | undefined,
  report: StopReportDto | null,
): Pick<RehearsedOrder, 'sentMs' | 'answeredMs'> {
  if (action === undefined || report === null) return { sentMs: null, answeredMs: null };
  const since = (us: number | null): number | null => (us === null ? null : rounded((us - report.startedAtUs) / 1_000));
  return { sentMs: since(action.sentAtUs), answeredMs: since(action.answeredAtUs) };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

async function pause(clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
}
