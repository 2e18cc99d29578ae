import type { Core } from '../core.ts';
import type { Decision, EngineInput } from '../domain/events.ts';
import { ordersOf } from '../domain/order.ts';
import { decisionRow, inputRow } from '../journal-rows.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store, StoreFailure } from '../ports/store.ts';
import type { EngineTime } from './engine-time.ts';
import type { Failpoints } from './failpoints.ts';

/** An input or a decision as it passed, with its row in the journal. */
export type EngineEvent =
  | { readonly role: 'input'; readonly sequence: number; readonly timeUs: number; readonly event: EngineInput }
  | { readonly role: 'decision'; readonly sequence: number; readonly timeUs: number; readonly event: Decision };

export type Turned = { readonly decisions: readonly Decision[]; readonly journaled: boolean };

export type SequencerParts = {
  readonly core: Core;
  readonly store: Store;
  readonly time: EngineTime;
  readonly logger: Logger;
  readonly failpoint: Failpoints;
  /** Carries out one decision; called only after its row is on disk, or when the store failed and it reduces risk. */
  readonly carryOut: (decision: Decision) => void;
};

/** Decisions that others act on: on disk before anything of them happens. The rest shares a commit within 5 ms. */
const COMMITTED: readonly Decision['kind'][] = [
  'order.submit',
  'order.cancel',
  'order.modify',
  'tradingState.changed',
  'command.answered',
];

/** The one door to the core: numbers inputs, journals them with what they led to, then lets it happen. */
export class Sequencer {
  private readonly parts: SequencerParts;
  private readonly queue: { readonly input: EngineInput; readonly done: ((turned: Turned) => void) | undefined }[] = [];
  private readonly listeners = new Set<(event: EngineEvent) => void>();
  private isTurning = false;
  private failure: StoreFailure | undefined;

  constructor(parts: SequencerParts) {
    this.parts = parts;
    parts.store.onFailure((failure) => this.fail(failure));
  }

  /** Never re-entrant: an input that arises within a turn waits for its end. */
  dispatch(input: EngineInput, done?: (turned: Turned) => void): void {
    this.queue.push({ input, done });
    if (this.isTurning) return;
    this.isTurning = true;
    try {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
        const turned = this.turn(next.input);
        next.done?.(turned);
      }
    } finally {
      this.isTurning = false;
    }
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private turn(input: EngineInput): Turned {
    const { core, store, time } = this.parts;
    const timeUs = time.nowUs();
    const sequence = store.nextSequence;
    const decisions = core.apply(sequence, timeUs, input);
    const journaled = this.journal(input, decisions, timeUs, sequence);
    for (const decision of decisions) {
      if (journaled || this.isAllowedUnjournaled(decision)) this.parts.carryOut(decision);
      else this.refuse(decision);
    }
    // Shown after it was sent: a slow listener delays no order.
    this.publish({ role: 'input', sequence, timeUs, event: input });
    decisions.forEach((event, index) => {
      this.publish({ role: 'decision', sequence: sequence + 1 + index, timeUs, event });
    });
    return { decisions, journaled };
  }

  /** False when the rows are not safe. */
  private journal(input: EngineInput, decisions: readonly Decision[], timeUs: number, sequence: number): boolean {
    if (this.failure !== undefined) return false;
    const { store, failpoint } = this.parts;
    const rows = [inputRow(input, timeUs), ...decisions.map((decision) => decisionRow(decision, timeUs, sequence))];
    if (!decisions.some(({ kind }) => COMMITTED.includes(kind))) {
      failpoint('enqueue.before');
      store.enqueue(rows);
      failpoint('enqueue.after');
      return this.isWhole();
    }
    failpoint('commit.before');
    const committed = store.commit(rows);
    failpoint('commit.after');
    if (!committed.ok) this.fail(committed.error);
    return committed.ok;
  }

  /** The store may report a failure while it is being called. */
  private isWhole(): boolean {
    return this.failure === undefined;
  }

  private fail(failure: StoreFailure): void {
    if (this.failure !== undefined) return;
    this.failure = failure;
    this.parts.logger.error('journal failed', { code: failure.code, detail: failure.detail });
    this.dispatch({ kind: 'store.failed', detail: `${failure.code} ${failure.detail}` });
  }

  /**
   * With a broken journal nothing that was decided for it is sent, but what is decided afterwards to cancel, protect or
   * exit is: leaving a position alone would be the larger risk.
   */
  private isAllowedUnjournaled(decision: Decision): boolean {
    if (decision.kind === 'venue.reconcile') return true;
    const reduces =
      decision.kind === 'order.cancel' ||
      ((decision.kind === 'order.submit' || decision.kind === 'order.modify') && decision.lane === 'reduce');
    return reduces && this.parts.core.view.components().get('store') === 'down';
  }

  /** What was not sent is answered as refused, so that no order waits for an answer that cannot come. */
  private refuse(decision: Decision): void {
    const outcome = { kind: 'rejected', venueCode: 'NOT_JOURNALED', message: 'the journal failed' } as const;
    if (decision.kind === 'order.submit') {
      const clientOrderIds = ordersOf(decision.submission).map(({ clientOrderId }) => clientOrderId);
      this.dispatch({ kind: 'submit.answered', clientOrderIds, outcome });
    }
    if (decision.kind === 'order.modify') {
      this.dispatch({ kind: 'modify.answered', clientOrderId: decision.clientOrderId, outcome });
    }
    if (decision.kind === 'order.cancel') {
      this.dispatch({ kind: 'cancel.answered', clientOrderId: decision.clientOrderId, outcome });
    }
  }

  private publish(event: EngineEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        // A listener shows or sends; what it breaks is its own.
        this.parts.logger.error('listener failed', { event: event.event.kind, error: String(error) });
      }
    }
  }
}
