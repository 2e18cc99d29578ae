import type { StopActionDto, StopReportDto } from '../../../src-preload/contract/state.ts';
import type { StopResult, WorkedParent } from '../../guardian/protocol.ts';
import {
  isOpen,
  kindOf,
  leftIn,
  type OrderKind,
  type PracticeAccount,
  type PracticeOrder,
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
  readonly side: string;
  readonly quantity: string;
  /** Status at the venue; null where it did not exist yet. */
  readonly before: string | null;
  readonly after: string;
  readonly executedQuantity: string;
  /** Milliseconds from the press, by the engine's report; null for a leg that ended with its list, and for a running session. */
  readonly sentMs: number | null;
  readonly answeredMs: number | null;
};

/** One set of books: what stood there at the press, and what became of it. */
export type RehearsedAccount = {
  readonly account: string;
  readonly positions: number;
  readonly orders: Readonly<Record<OrderKind, number>>;
  /** Orders that the stop sent. */
  readonly exits: number;
  /** From the press until these books showed nothing open; null when they never did. */
  readonly flatMs: number | null;
  readonly remaining: number;
};

export type RehearsedExecutor = {
  readonly executorId: string;
  readonly account: string;
  readonly instrumentId: string;
  readonly executor: string;
  readonly filled: string;
  readonly quantity: string;
  readonly before: string;
  /** `ended` once the engine no longer tells of it. */
  readonly after: string;
};

export type StopRehearsal = {
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly acknowledgedBy: 'engine' | 'guardian';
  readonly acknowledgedMs: number;
  /** From the engine's notice of the stop until its first cancel was handed to the network; null where it is not asked. */
  readonly firstCancelMs: number | null;
  /** From the press until the venue's own books show nothing open; null when they never did. */
  readonly flatMs: number | null;
  /** From the press until the engine had proven it by asking the venue again; null when it never had, or is not asked. */
  readonly verifiedMs: number | null;
  /** Longest time a position stood without its stop, in the whole drill. */
  readonly longestUnprotectedMs: number;
  readonly perAccount: readonly RehearsedAccount[];
  readonly executors: readonly RehearsedExecutor[];
  readonly perOrder: readonly RehearsedOrder[];
  readonly remaining: readonly Remainder[];
};

/** When nothing was left in an account, by the milliseconds since the press; null where that never came. */
export type FlatTimes = {
  readonly allMs: number | null;
  readonly ofAccount: ReadonlyMap<PracticeAccount['account'], number>;
};

export type StopBooks = {
  readonly before: readonly PracticeAccount[];
  readonly after: readonly PracticeAccount[];
  /** Parents at work at the press, and those that still are. */
  readonly executors: readonly WorkedParent[];
  readonly working: readonly WorkedParent[];
  readonly latencyMs: number;
  readonly flat: FlatTimes;
  readonly result: StopResult;
  readonly report: StopReportDto | null;
  /** The engine's report counts as the proof. */
  readonly isAsked: boolean;
};

/**
 * Fine when nothing is left at the venue and who carried the stop out had proven it: the engine by its report (where it is
 * asked), the guardian by its answer.
 */
export function compareBooks(books: StopBooks): StopRehearsal {
  const { after, before, executors, flat, isAsked, latencyMs, report, result, working } = books;
  const { acknowledgedBy, afterMs, verifiedFlat } = result;
  const remaining = [...remainders(after), ...working.map(leftAtWork)];
  const isProven = isAsked ? report?.verifiedFlat === true : verifiedFlat !== false;
  const isProvenByGuardian = acknowledgedBy === 'guardian' && verifiedFlat === true;
  const perOrder = after.flatMap((account) => ordersOf(account, before, report));
  return {
    ok: remaining.length === 0 && (isProven || isProvenByGuardian),
    latencyMs,
    acknowledgedBy,
    acknowledgedMs: rounded(afterMs),
    firstCancelMs: firstCancelOf(report),
    flatMs: flat.allMs === null ? null : rounded(flat.allMs),
    verifiedMs: report === null || report.finishedAtUs === null ? null : sinceStart(report, report.finishedAtUs),
    longestUnprotectedMs: Math.max(
      0,
      ...after.flatMap(({ positions }) => positions.map((position) => position.longestUnprotectedMs)),
    ),
    perAccount: after.map((account) => accountRow(account, books, perOrder)),
    executors: executors.map((parent) => executorRow(parent, working)),
    perOrder,
    remaining,
  };
}

const leftAtWork = ({ accountId, executorId, filled, quantity }: WorkedParent): Remainder => ({
  ...{ account: accountId, symbol: executorId, what: 'executor', clientOrderId: null },
  quantity: `${filled} of ${quantity}`,
});

function firstCancelOf(report: StopReportDto | null): number | null {
  const sent = report?.actions.flatMap(({ action, sentAtUs }) => (action === 'cancel' ? [sentAtUs] : [])) ?? [];
  return report === null || sent.length === 0 ? null : sinceStart(report, Math.min(...sent));
}

function accountRow(
  after: PracticeAccount,
  { before, flat }: StopBooks,
  perOrder: readonly RehearsedOrder[],
): RehearsedAccount {
  const { account } = after;
  const was = before.find((one) => one.account === account);
  const orders = { limit: 0, list: 0, stop: 0, stopLimit: 0, conditional: 0, algo: 0 };
  for (const order of was?.orders.filter(isOpen) ?? []) orders[kindOf(order)] += 1;
  const flatMs = flat.ofAccount.get(account);
  return {
    account,
    positions: was?.positions.filter(({ held }) => Number(held) !== 0).length ?? 0,
    orders,
    exits: perOrder.filter((order) => order.account === account && order.kind === 'exit').length,
    flatMs: flatMs === undefined ? null : rounded(flatMs),
    remaining: leftIn(after).length,
  };
}

function executorRow(parent: WorkedParent, working: readonly WorkedParent[]): RehearsedExecutor {
  const { accountId, executor, executorId, filled, instrumentId, quantity, status } = parent;
  const still = working.find((one) => one.executorId === executorId);
  return {
    ...{ executorId, account: accountId, instrumentId, executor, filled, quantity, before: status },
    after: still?.status ?? 'ended',
  };
}

/** Orders that were open at the press, and those that came after it. */
function ordersOf(
  { account, orders }: PracticeAccount,
  before: readonly PracticeAccount[],
  report: StopReportDto | null,
): readonly RehearsedOrder[] {
  const earlier = before.find((one) => one.account === account)?.orders ?? [];
  const byId = new Map(earlier.map((order) => [keyOf(order), order]));
  return orders.flatMap((order) => {
    const was = byId.get(keyOf(order));
    return was !== undefined && !isOpen(was) ? [] : [orderRow(account, order, was, report)];
  });
}

/** An order that a conditional one became bears its id. */
const keyOf = ({ clientOrderId, space }: PracticeOrder): string => `${space} ${clientOrderId}`;

function orderRow(
  account: string,
  order: PracticeOrder,
  was: PracticeOrder | undefined,
  report: StopReportDto | null,
): RehearsedOrder {
  const { clientOrderId, executedQuantity, quantity, side, status, symbol, type } = order;
  const action = report?.actions.findLast((row) => row.clientOrderId === clientOrderId);
  return {
    ...{ account, symbol, clientOrderId, kind: was === undefined ? 'exit' : kindOf(order), type, side, quantity },
    ...{ before: was?.status ?? null, after: status, executedQuantity },
    ...times(action, report),
  };
}

function times(
  action: StopActionDto | undefined,
  report: StopReportDto | null,
): Pick<RehearsedOrder, 'sentMs' | 'answeredMs'> {
  if (action === undefined || report === null) return { sentMs: null, answeredMs: null };
  const { answeredAtUs, sentAtUs } = action;
  return {
    sentMs: sinceStart(report, sentAtUs),
    answeredMs: answeredAtUs === null ? null : sinceStart(report, answeredAtUs),
  };
}

const sinceStart = ({ startedAtUs }: StopReportDto, us: number): number => rounded((us - startedAtUs) / 1_000);
const rounded = (ms: number): number => Math.round(ms * 10) / 10;
