import type { Decision, EngineInput } from './domain/events.ts';
import type { AccountId, ClientOrderId } from './domain/identifiers.ts';
import { idsOf, ordersOf } from './domain/order.ts';
import { InvariantError } from './domain/result.ts';
import { judgedOf, judgmentPayload, judgmentV1ToV2 } from './judgment-row.ts';
import type { JournalDraft, JournalRow, JsonValue } from './ports/store.ts';

/**
 * Events as rows of the journal and back. The payload is the event without its kind, which has a column; `order.judged`
 * has a shorter form of its own. The version of a kind rises when its payload changes; older rows are brought up on
 * reading, never rewritten.
 */
const FIRST_VERSION = 1;

type Upcaster = (payload: JsonValue) => JsonValue;

/** By kind, the step from each version to the next: `{ 'order.filled': [v1ToV2] }`. Pure, and kept for ever. */
const UPCASTERS: Readonly<Record<string, readonly Upcaster[] | undefined>> = { 'order.judged': [judgmentV1ToV2] };

const newestOf = (kind: string): number => FIRST_VERSION + (UPCASTERS[kind]?.length ?? 0);

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
  const clientOrderIds = idsOfDecision(decision);
  return {
    ...eventColumns(decision, timeUs),
    role: 'decision',
    accountId: accountOfDecision(decision),
    correlationId: correlationOf(decision, clientOrderIds),
    causationSequence,
    clientOrderIds,
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

/** The row as this version would write it. Throws when it is newer than this version understands. */
export function broughtUp(row: JournalRow): JournalRow {
  const newest = newestOf(row.kind);
  if (row.kindVersion < FIRST_VERSION || row.kindVersion > newest) {
    throw new InvariantError(
      `expected version ${FIRST_VERSION} to ${newest} of ${row.kind} in row ${row.sequence}, was ${row.kindVersion}`,
    );
  }
  const steps = UPCASTERS[row.kind]?.slice(row.kindVersion - FIRST_VERSION) ?? [];
  return { ...row, kindVersion: newest, payload: steps.reduce((older, upcast) => upcast(older), row.payload) };
}

type EventColumns = Pick<JournalDraft, 'kind' | 'kindVersion' | 'timeUs' | 'payload'>;

/** Events are plain JSON by construction; the store refuses what is not. */
function eventColumns(event: EngineInput | Decision, timeUs: number): EventColumns {
  const { kind, ...fields } = event;
  const payload = event.kind === 'order.judged' ? judgmentPayload(event) : fields;
  return { kind, kindVersion: newestOf(kind), timeUs, payload };
}

function eventOf(row: JournalRow, role: JournalRow['role']): { readonly kind: string } {
  if (row.role !== role) {
    throw new InvariantError(`expected a ${role} in row ${row.sequence}, was ${row.role} ${row.kind}`);
  }
  const newest = broughtUp(row);
  if (row.kind === 'order.judged') return { kind: row.kind, ...judgedOf(newest) };
  return { kind: row.kind, ...(newest.payload as Readonly<Record<string, JsonValue>>) };
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

function accountOfDecision(decision: Decision): AccountId | null {
  if (decision.kind === 'outcome.resolved') return decision.outcome.accountId;
  if (decision.kind !== 'order.submit') return accountIn(decision);
  return ordersOf(decision.submission)[0]?.accountId ?? null;
}

function accountIn(event: object): AccountId | null {
  return 'accountId' in event ? (event.accountId as AccountId) : null;
}

function idsOfDecision(decision: Decision): readonly ClientOrderId[] {
  if (decision.kind === 'order.submit') return idsOf(decision.submission);
  return decision.kind === 'order.judged' ? decision.clientOrderIds : [];
}

/** One thread through the life of an order: the list it belongs to, or itself. */
function correlationOf(decision: Decision, clientOrderIds: readonly ClientOrderId[]): string | null {
  if (decision.kind === 'order.cancel') return decision.listId ?? decision.clientOrderId;
  if (decision.kind === 'command.answered') return decision.commandId;
  if (decision.kind === 'outcome.resolved') return decision.outcome.clientOrderId;
  return clientOrderIds[0] ?? null;
}
