import type { OrderKind } from '../operations/stop-rehearsal/practice-account.ts';
import type {
  RehearsedAccount,
  RehearsedExecutor,
  RehearsedOrder,
  StopRehearsal,
} from '../operations/stop-rehearsal/stop-comparison.ts';

type Row = readonly string[];

const ms = (value: number | null): string => (value === null ? '—' : `${value} ms`);

/** Each order, each executor, each set of books, then what it comes to: the last lines are those a terminal still shows. */
export function rehearsalTable(result: StopRehearsal): string {
  const { executors, perAccount, perOrder } = result;
  return [
    ...aligned([ORDER_HEAD, ...perOrder.map(orderRow)], [5, 7, 8]),
    '',
    ...(executors.length === 0 ? [] : [...aligned([EXECUTOR_HEAD, ...executors.map(executorRow)], [3]), '']),
    ...aligned([BOOKS_HEAD, ...perAccount.map(booksRow)], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    '',
    ...summary(result),
  ].join('\n');
}

const ORDER_HEAD: Row = ['account', 'symbol', 'order', 'side', 'type', 'filled', 'at the venue', 'sent', 'answered'];

const orderRow = (order: RehearsedOrder): Row => [
  ...[order.account, order.symbol, KIND_NAMES[order.kind], order.side.toLowerCase(), order.type],
  `${order.executedQuantity} of ${order.quantity}`,
  `${order.before ?? 'sent'} -> ${order.after}`,
  ...[ms(order.sentMs), ms(order.answeredMs)],
];

const EXECUTOR_HEAD: Row = ['account', 'instrument', 'executor', 'filled', 'outcome'];

const executorRow = (one: RehearsedExecutor): Row => [
  ...[one.account, one.instrumentId, one.executor, `${one.filled} of ${one.quantity}`, `${one.before} -> ${one.after}`],
];

const KIND_NAMES: Readonly<Record<OrderKind | 'exit', string>> = {
  ...{ limit: 'limit', list: 'list leg', stop: 'stop', stopLimit: 'stop-limit', conditional: 'conditional' },
  ...{ algo: 'algo', exit: 'by the stop' },
};
const COUNTED: readonly OrderKind[] = ['limit', 'list', 'stop', 'stopLimit', 'conditional', 'algo'];

const BOOKS_HEAD: Row = [
  ...['books', 'positions'],
  ...COUNTED.map((kind) => KIND_NAMES[kind]),
  ...['sent by the stop', 'flat after', 'remain'],
];

const booksRow = ({ account, exits, flatMs, orders, positions, remaining }: RehearsedAccount): Row => [
  ...[account, String(positions)],
  ...COUNTED.map((kind) => String(orders[kind])),
  ...[String(exits), ms(flatMs), String(remaining)],
];

function summary(result: StopRehearsal): Row {
  const { acknowledgedBy, acknowledgedMs, executors, flatMs, latencyMs, ok, perAccount, remaining, verifiedMs } =
    result;
  const positions = perAccount.reduce((sum, books) => sum + books.positions, 0);
  const orders = perAccount.reduce((sum, books) => sum + COUNTED.reduce((all, kind) => all + books.orders[kind], 0), 0);
  return [
    `before: ${positions} positions, ${orders} orders, ${executors.length} executors; the venue answers ${latencyMs} ms later`,
    `acknowledged by the ${acknowledgedBy} after ${ms(acknowledgedMs)}, first cancel sent after ${ms(result.firstCancelMs)}`,
    `flat at the venue after ${ms(flatMs)}, proven by asking again after ${ms(verifiedMs)}`,
    `longest time without a stop in the whole drill ${ms(result.longestUnprotectedMs)}`,
    `${ok ? 'passed' : 'FAILED'}: ${remaining.length === 0 ? 'nothing remains' : `${remaining.length} remain`}`,
  ];
}

/** Columns as wide as their widest cell; those named by their place are flush right. */
function aligned(rows: readonly Row[], right: readonly number[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
