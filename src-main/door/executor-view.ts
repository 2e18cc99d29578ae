import { filledOf } from '../engine/core/executor-children.ts';
import type { CoreView } from '../engine/core/core-view.ts';
import type { ExecutorRecord } from '../engine/executors/executor-record.ts';
import type { ExecutorDto } from '../../src-preload/contract/state.ts';

const MAX_ENDED = 20;

/** All that work or are paused, and the newest that ended; oldest first. */
export function executorDtos(records: readonly Readonly<ExecutorRecord>[]): readonly ExecutorDto[] {
  const ended = records.filter(isEnded).slice(-MAX_ENDED);
  return records.filter((record) => !isEnded(record) || ended.includes(record)).map(executorDto);
}

/** Those that work or are paused, for the command line. */
export const liveExecutors = (view: CoreView): readonly ExecutorDto[] =>
  view
    .executors()
    .filter((record) => !isEnded(record))
    .map(executorDto);

const isEnded = ({ status }: Readonly<ExecutorRecord>): boolean => status === 'done' || status === 'stopped';

function executorDto(record: Readonly<ExecutorRecord>): ExecutorDto {
  const { request, children } = record;
  const { accountId, strategyId, instrumentId, side, quantity, reduceOnly, params } = request;
  const open = [...children.values()].filter((child) => child.isOpen);
  return {
    executorId: record.executorId,
    accountId,
    strategyId,
    instrumentId,
    executor: params.kind,
    side,
    reduceOnly,
    quantity,
    filled: filledOf(record).toString(),
    openChildren: open.length,
    children: children.size,
    status: record.status,
    reason: record.reason,
    lastDenial: record.lastDenial,
    startedAtUs: record.startedAtUs,
  };
}
