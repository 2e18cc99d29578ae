import type { Command } from '../domain/command.ts';
import type { Denial, DenialCode, DenialParams } from '../domain/denial.ts';
import type { ExecutorRequest } from '../domain/executor.ts';
import type { ExecutorId } from '../domain/identifiers.ts';
import type { PriceReference } from '../domain/market.ts';
import { Quantity } from '../domain/quantities.ts';
import type { Turn } from '../execution/execution-state.ts';
import { isStopRule } from '../execution/stop-rules.ts';
import { executorOf } from '../executors/catalog.ts';
import type { ExecutorRecord } from '../executors/executor-record.ts';
import type { Parts } from './core-state.ts';
import type { GateTurn } from './gate-context.ts';
import { instrumentFor, noteExecutorPrice, setStatus } from './executor-host.ts';

/** More than a person can look after, and all are stepped each second. */
const MAX_WORKING = 50;

export type ExecutorCommand = Extract<
  Command,
  { readonly kind: 'startExecutor' | 'pauseExecutor' | 'resumeExecutor' | 'stopExecutor' }
>;

const denial = (code: DenialCode, params: DenialParams): Denial => ({ code, params });

/** Carries out a command to an executor. Resuming needs an active trading state; what was stopped stays so. */
export function commandExecutor(
  parts: Parts,
  turn: Turn,
  command: ExecutorCommand,
  reference: PriceReference | null,
): Denial | null {
  if (command.kind === 'startExecutor') return startExecutor(parts, turn, command.request, reference);
  const { executorId } = command;
  const record = parts.state.executors.get(executorId);
  if (record === undefined) return denial('EXECUTOR_UNKNOWN', { executorId });
  const from = record.status;
  const isOver = from === 'done' || from === 'stopped';
  const { tradingState } = turn.state;
  switch (command.kind) {
    case 'pauseExecutor':
      if (from !== 'working') return denial('STATE_CHANGE_ILLEGAL', { from, to: 'paused' });
      setStatus(parts, turn, record, 'paused', 'COMMAND');
      return null;
    case 'resumeExecutor':
      if (from !== 'paused') return denial('STATE_CHANGE_ILLEGAL', { from, to: 'working' });
      if (tradingState !== 'active') return denial('TRADING_STATE', { tradingState, action: 'entry' });
      Object.assign(record, { denials: 0, retryAtUs: 0 });
      setStatus(parts, turn, record, 'working', null);
      return null;
    case 'stopExecutor':
      if (isOver) return denial('STATE_CHANGE_ILLEGAL', { from, to: 'stopped' });
      setStatus(parts, turn, record, 'stopped', 'COMMAND');
      return null;
  }
}

/** A child is judged when its time comes. */
function startExecutor(
  parts: Parts,
  turn: Turn,
  request: ExecutorRequest,
  reference: PriceReference | null,
): Denial | null {
  const refusal = judgeStart(parts, turn, request);
  if (refusal !== null) return refusal;
  const { instrumentId } = request;
  const executorId = `x${turn.state.epoch}-${++parts.state.executorCount}` as ExecutorId;
  const record: ExecutorRecord = {
    executorId,
    request,
    seed: parts.state.seed,
    startedAtUs: turn.timeUs,
    status: 'working',
    reason: null,
    children: new Map(),
    memo: {},
    draws: 0,
    denials: 0,
    lastDenial: null,
    retryAtUs: 0,
    placedAtUs: 0,
  };
  parts.state.executors.set(executorId, record);
  if (reference !== null) noteExecutorPrice(parts, turn, instrumentId, reference);
  setStatus(parts, turn, record, 'working', null);
  return null;
}

/** Denies unusable parameters by name, while trading is not active, and when too many work. */
export function judgeStart(parts: Parts, turn: GateTurn, request: ExecutorRequest): Denial | null {
  const { accountId, instrumentId } = request;
  const isKnown = turn.state.accounts.some((account) => account.accountId === accountId);
  if (!isKnown || !turn.state.instruments.has(instrumentId)) {
    return denial('INSTRUMENT_UNKNOWN', { accountId, instrumentId });
  }
  const refusal = judgeRequest(turn, request);
  if (refusal !== null) return refusal;
  const { tradingState } = turn.state;
  if (tradingState !== 'active') return denial('TRADING_STATE', { tradingState, action: 'entry' });
  const working = [...parts.state.executors.values()].filter(({ status }) => status === 'working');
  return working.length < MAX_WORKING ? null : denial('EXECUTOR_INVALID', { field: 'count', limit: MAX_WORKING });
}

function judgeRequest(turn: GateTurn, request: ExecutorRequest): Denial | null {
  const { params, protection, reduceOnly, quantity, accountId, instrumentId } = request;
  const executor = executorOf(params.kind);
  if (executor === undefined) return denial('EXECUTOR_INVALID', { field: 'kind' });
  const size = Quantity.parse(quantity);
  if (!size.ok || !size.value.isPositive) return denial('QUANTITY_INVALID', { quantity: quantity.slice(0, 60) });
  const { lotSize } = instrumentFor(turn, request);
  if (!size.value.isOnLot(lotSize)) return denial('QUANTITY_OFF_LOT', { quantity, lotSize: lotSize.toString() });
  if (!reduceOnly && protection === null) return denial('PROTECTION_REQUIRED', { accountId, instrumentId });
  const rule = protection?.stopRule;
  if (rule !== undefined && !isStopRule(rule)) return denial('STOP_RULE_INVALID', {});
  const field = executor.check(params, request);
  return field === null ? null : denial('EXECUTOR_INVALID', { field, executor: params.kind });
}

/** A new life resumes nothing by itself. */
export function pauseExecutors(parts: Parts, turn: Turn, reason: string): void {
  for (const record of parts.state.executors.values()) {
    if (record.status === 'working') setStatus(parts, turn, record, 'paused', reason);
  }
}

const KEEP_US = 24 * 3_600_000_000;

/** What ended is kept for a day. */
export function forgetExecutors(parts: Parts, turn: Turn): void {
  for (const [id, { status, startedAtUs, children }] of parts.state.executors) {
    const isOver = status === 'done' || status === 'stopped';
    const isOpen = [...children.values()].some((child) => child.isOpen);
    if (isOver && !isOpen && turn.timeUs - startedAtUs > KEEP_US) parts.state.executors.delete(id);
  }
}
