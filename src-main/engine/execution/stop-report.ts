import type { StopAction } from '../domain/events.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import type { OrderSpec } from '../domain/order.ts';
import type { Turn } from './execution-state.ts';

/** Adds a row to the report of a running emergency stop; nothing outside of one. */
export function noteStopAction(turn: Turn, action: StopAction['action'], spec: OrderSpec): void {
  const stop = turn.state.stop;
  if (stop === null || turn.state.tradingState !== 'stopping') return;
  const { accountId, instrumentId, clientOrderId, quantity } = spec;
  const row: StopAction = {
    action,
    accountId,
    instrumentId,
    clientOrderId,
    quantity,
    outcome: 'inFlight',
    evidence: '',
    sentAtUs: turn.timeUs,
    answeredAtUs: null,
  };
  stop.report = { ...stop.report, actions: [...stop.report.actions, row] };
  stop.dirty = true;
  stop.asked = stop.asked.filter((id) => id !== accountId);
  stop.verified = stop.verified.filter((id) => id !== accountId);
}

/** The gateway's own stamp: until then a row says when it was decided, before the commit and the wait for the limiter. */
export function noteSent(turn: Turn, ids: readonly ClientOrderId[], sentAtUs: number | undefined): void {
  const stop = turn.state.stop;
  if (sentAtUs === undefined || stop?.report.finishedAtUs !== null) return;
  const actions = stop.report.actions.map((row, at, rows) => {
    const isNewest = !rows.slice(at + 1).some(({ clientOrderId }) => clientOrderId === row.clientOrderId);
    if (!isNewest || !ids.includes(row.clientOrderId)) return row;
    return { ...row, sentAtUs: Math.max(row.sentAtUs, Math.min(sentAtUs, turn.timeUs)) };
  });
  stop.report = { ...stop.report, actions };
  stop.dirty = true;
}

/** Records what became of the newest action of that kind on the order. */
export function settleStopAction(
  turn: Turn,
  action: StopAction['action'],
  clientOrderId: ClientOrderId,
  outcome: StopAction['outcome'],
  evidence: string,
): void {
  const stop = turn.state.stop;
  if (stop?.report.finishedAtUs !== null) return;
  const at = stop.report.actions.findLastIndex((row) => row.action === action && row.clientOrderId === clientOrderId);
  const row = stop.report.actions[at];
  if (row === undefined || row.outcome === 'done' || (row.outcome === outcome && row.evidence === evidence)) return;
  const actions = stop.report.actions.with(at, { ...row, outcome, evidence, answeredAtUs: turn.timeUs });
  stop.report = { ...stop.report, actions };
  stop.dirty = true;
}
