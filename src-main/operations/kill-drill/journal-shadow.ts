import { readJournal } from '../../adapters/sqlite/journal-reader.ts';
import { GENESIS_HASH, storedRow } from '../../adapters/sqlite/journal-row.ts';
import { createCore, type CoreView } from '../../engine/core.ts';
import type { EngineInput } from '../../engine/domain/events.ts';
import { type Fill, ordersOf } from '../../engine/domain/order.ts';
import { decisionOf, inputOf } from '../../engine/journal-rows.ts';
import type { JournalRow } from '../../engine/ports/store.ts';

/**
 * What is on disk, followed row by row: the hash chain, and the state that the journaled inputs lead to. It knows nothing
 * but the file, so it is a witness beside the engine and the venue.
 */
export class JournalShadow {
  private readonly directory: string;
  private readonly core = createCore();
  private sequence = 0;
  private hash = GENESIS_HASH;
  /** Order ids of committed intents, each with the sequence of its `order.submit`. */
  readonly intents = new Map<string, number>();
  /** Trades by account, instrument and trade id, as often as they were told. */
  readonly fills = new Map<string, Fill>();
  readonly problems: string[] = [];
  /** Epoch of the last life that wrote its start. */
  epoch = 0;
  /** Trading state that the last start came to. */
  stateAtStart = '';

  constructor(directory: string) {
    this.directory = directory;
  }

  get view(): CoreView {
    return this.core.view;
  }

  get rows(): number {
    return this.sequence;
  }

  /** Takes in what was written since the last call. */
  catchUp(): void {
    const journal = readJournal(this.directory);
    // Killed before the first row: no journal yet is no loss.
    if (!journal.ok) return;
    try {
      for (const row of journal.value.rows({ fromSequence: this.sequence + 1 })) this.take(row);
    } finally {
      journal.value.close();
    }
  }

  private take(row: JournalRow): void {
    const { sequence, engineEpoch } = row;
    const expected = storedRow(row, { sequence: this.sequence + 1, engineEpoch, previousHash: this.hash });
    if (sequence !== expected.sequence || row.hash !== expected.hash)
      this.problems.push(`row ${sequence}: expected hash ${expected.hash} in the chain, was ${row.hash}`);
    this.sequence = sequence;
    this.hash = row.hash;
    if (row.role === 'input') this.takeInput(row, inputOf(row));
    else if (row.role === 'decision') this.takeDecision(row);
  }

  private takeInput({ sequence, timeUs }: JournalRow, input: EngineInput): void {
    this.core.apply(sequence, timeUs, input);
    for (const fill of fillsOf(input)) this.fills.set(`${fill.accountId} ${fill.instrumentId} ${fill.tradeId}`, fill);
    if (input.kind !== 'engine.started') return;
    this.epoch = input.engineEpoch;
    this.stateAtStart = this.view.tradingState().state;
  }

  private takeDecision(row: JournalRow): void {
    const decision = decisionOf(row);
    if (decision.kind !== 'order.submit') return;
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
