import type { StopActionDto, StopReportDto } from '../../src-preload/contract/state.ts';

export type StopFigures = {
  /** From the stop to the first cancel on the wire; null while none was sent. */
  readonly firstCancelMs: number | null;
  /** From the stop to its last proof; null while at work. */
  readonly finishedMs: number | null;
  readonly cancels: { readonly done: number; readonly all: number };
  readonly exits: { readonly done: number; readonly all: number };
  readonly unknown: number;
  readonly refused: number;
};

const tally = (actions: readonly StopActionDto[]): { readonly done: number; readonly all: number } => ({
  done: actions.filter((action) => action.outcome === 'done').length,
  all: actions.length,
});

/** What the report measures; nothing here is estimated. */
export function stopFigures(report: StopReportDto): StopFigures {
  const { actions, startedAtUs, finishedAtUs } = report;
  const cancels = actions.filter((action) => action.action === 'cancel');
  // Until its answer a row says when it was decided, not when it was sent.
  const sent = cancels.filter((action) => action.outcome !== 'inFlight');
  const first = Math.min(...sent.map((action) => action.sentAtUs));
  return {
    firstCancelMs: sent.length === 0 ? null : (first - startedAtUs) / 1000,
    finishedMs: finishedAtUs === null ? null : (finishedAtUs - startedAtUs) / 1000,
    cancels: tally(cancels),
    exits: tally(actions.filter((action) => action.action === 'exit')),
    unknown: actions.filter((action) => action.outcome === 'unknown').length,
    refused: actions.filter((action) => action.outcome === 'refused').length,
  };
}
