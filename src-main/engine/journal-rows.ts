import type { Decision, EngineInput } from './domain/events.ts';
import type { AccountId, ClientOrderId } from './domain/identifiers.ts';
import { ordersOf, type Submission } from './domain/order.ts';
import { InvariantError } from './domain/result.ts';
import type { JournalDraft, JournalRow, JsonValue } from './ports/store.ts';

/**
 * Events as rows of the journal and back. The payload is the event without its kind, which has a column. The version of
 * a kind rises when its payload changes; older rows are brought up on reading, never rewritten.
 */
const KIND_VERSION = 1;

type Upcaster = (payload: JsonValue) => JsonValue;

/** By kind, the step from each version to the next: `{ 'order.filled': [v1ToV2] }`. Pure, and kept for ever. */
const UPCASTERS: Readonly<Record<string, readonly Upcaster[] | undefined>> = {};

/** The row of an input, at the time it was consumed. */
export function inputRow(input: EngineInput, timeUs: number): JournalDraft {
  return {
    ...eventColumns(input, timeUs),
    role: 'input',
    accountId: accountOfInput(input),
    correlationId: input.kind === 'command.received' ? input.envelope.commandId : null,
    causationSequence: null,
    clientOrderIds: [],
  };
}

/** The row of a decision; `causationSequence` is that of the input it followed from. */
export function decisionRow(decision: Decision, timeUs: number, causationSequence: number): JournalDraft {
  const submission = submissionOf(decision);
  return {
    ...eventColumns(decision, timeUs),
    role: 'decision',
    accountId: accountOfDecision(decision, submission),
    correlationId: correlationOf(decision, submission),
    causationSequence,
    clientOrderIds: submission === null ? [] : idsOf(submission),
  };
}

/** Throws when the row is no input, or newer than this version understands. */
export function inputOf(row: JournalRow): EngineInput {
  return eventOf(row, 'input') as unknown as EngineInput;
}

/** Throws when the row is no decision, or newer than this version understands. */
export function decisionOf(row: JournalRow): Decision {
  return eventOf(row, 'decision') as unknown as Decision;
}

type EventColumns = Pick<JournalDraft, 'kind' | 'kindVersion' | 'timeUs' | 'payload'>;

/** Events are plain JSON by construction; the store refuses what is not. */
function eventColumns({ kind, ...payload }: EngineInput | Decision, timeUs: number): EventColumns {
  return { kind, kindVersion: KIND_VERSION, timeUs, payload: payload };
}

function eventOf(row: JournalRow, role: JournalRow['role']): { readonly kind: string } {
  const steps = UPCASTERS[row.kind] ?? [];
  const newest = KIND_VERSION + steps.length;
  if (row.role !== role || row.kindVersion < 1 || row.kindVersion > newest) {
    throw new InvariantError(
      `expected a ${role} of version 1 to ${newest} in row ${row.sequence}, was ${row.role} ${row.kind} ${row.kindVersion}`,
    );
  }
  const payload = steps.slice(row.kindVersion - 1).reduce((older, upcast) => upcast(older), row.payload);
  return { kind: row.kind, ...(payload as Readonly<Record<string, JsonValue>>) };
}

function accountOfInput(input: EngineInput): AccountId | null {
  switch (input.kind) {
    case 'order.reported':
      return input.report.accountId;
    case 'order.filled':
      return input.fill.accountId;
    case 'command.received':
      return accountIn(input.envelope.command);
    default:
      return accountIn(input);
  }
}

function accountOfDecision(decision: Decision, submission: Submission | null): AccountId | null {
  return submission === null ? accountIn(decision) : (ordersOf(submission)[0]?.accountId ?? null);
}

function accountIn(event: object): AccountId | null {
  return 'accountId' in event ? (event.accountId as AccountId) : null;
}

function submissionOf(decision: Decision): Submission | null {
  if (decision.kind === 'order.submit') return decision.submission;
  return decision.kind === 'order.judged' ? decision.intent : null;
}

/** One thread through the life of an order: the list it belongs to, or itself. */
function correlationOf(decision: Decision, submission: Submission | null): string | null {
  if (submission !== null) return idsOf(submission)[0] ?? null;
  if (decision.kind === 'order.modify') return decision.clientOrderId;
  if (decision.kind === 'order.cancel') return decision.listId ?? decision.clientOrderId;
  return decision.kind === 'command.answered' ? decision.commandId : null;
}

/** The list first, then its orders. */
function idsOf(submission: Submission): readonly ClientOrderId[] {
  const ids = ordersOf(submission).map(({ clientOrderId }) => clientOrderId);
  return submission.kind === 'single' ? ids : [submission.listId, ...ids];
}
