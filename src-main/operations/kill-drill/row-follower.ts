import { createCore, type CoreView } from '../../engine/core.ts';
import type { EngineInput } from '../../engine/domain/events.ts';
import { type Fill, ordersOf } from '../../engine/domain/order.ts';
import { decisionOf, inputOf } from '../../engine/journal-rows.ts';
import type { JournalRow } from '../../engine/ports/store.ts';

/** Our books as the journaled rows alone tell them: intents, fills, and the state that the inputs lead to. */
export class RowFollower {
  /** Order ids of committed intents, each with the sequence of its `order.submit`. */
  readonly intents = new Map<string, number>();
  /** Trades by account, instrument, side and trade id, as often as they were told. */
  readonly fills = new Map<string, Fill>();
  readonly problems: string[] = [];
  /** Creates that were decided: single orders and lists. */
  submissions = 0;
  /** Epoch of the last life that wrote its start. */
  epoch = 0;
  /** Trading state that the last start came to. */
  stateAtStart = '';
  private readonly core = createCore();

  get view(): CoreView {
    return this.core.view;
  }

  take(row: JournalRow): void {
    if (row.role === 'input') this.takeInput(row, inputOf(row));
    else if (row.role === 'decision') this.takeDecision(row);
  }

  private takeInput({ sequence, timeUs }: JournalRow, input: EngineInput): void {
    this.core.apply(sequence, timeUs, input);
    for (const fill of fillsOf(input))
      this.fills.set(`${fill.accountId} ${fill.instrumentId} ${fill.side} ${fill.tradeId}`, fill);
    if (input.kind !== 'engine.started') return;
    this.epoch = input.engineEpoch;
    this.stateAtStart = this.view.tradingState().state;
  }

  private takeDecision(row: JournalRow): void {
    const decision = decisionOf(row);
    if (decision.kind !== 'order.submit') return;
    this.submissions += 1;
    for (const { clientOrderId } of ordersOf(decision.submission)) {
      if (this.intents.has(clientOrderId)) this.problems.push(`row ${row.sequence}: ${clientOrderId} was sent twice`);
      this.intents.set(clientOrderId, row.sequence);
    }
  }
}

/** Every trade an input tells of, whichever way it came. */
function fillsOf(input: EngineInput): readonly Fill[] {
  if (input.kind === 'order.filled') return [input.fill];
  if (input.kind === 'venue.reconciled')
    return [...input.fills, ...input.lookups.flatMap((lookup) => (lookup.found ? lookup.fills : []))];
  const answered = input.kind === 'submit.answered' || input.kind === 'cancel.answered' ? input.outcome : null;
  return answered?.kind === 'accepted' ? answered.fills : [];
}
