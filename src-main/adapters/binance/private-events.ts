import type { AccountId, InstrumentId } from '../../engine/domain/identifiers.ts';
import type { VenueEvent } from '../../engine/ports/venue-gateway.ts';
import type { ClientIdIndex } from './client-id-index.ts';
import { fillOfExecution, reportOfExecution } from './order-reports.ts';
import { accountPosition, executionReport, listStatus } from './wire-schemas.ts';

export type EventScope = {
  readonly accountId: AccountId;
  readonly instrumentOf: (venueSymbol: string) => InstrumentId | undefined;
  readonly clientIds: ClientIdIndex;
};

/** What an event of the user data stream means to the engine, and on which symbol something happened. `isCharged`: costs were booked, whose numbers have to be asked for. */
export type ReadEvent =
  | {
      readonly kind: 'read';
      readonly venueSymbol: string | null;
      readonly events: readonly VenueEvent[];
      readonly isCharged?: true;
    }
  /** Of the kinds we act on, but not of the documented shape: what it said is lost. */
  | { readonly kind: 'unreadable'; readonly detail: string }
  | { readonly kind: 'ignored' };

const IGNORED: ReadEvent = { kind: 'ignored' };

export function readPrivateEvent(message: unknown, scope: EventScope): ReadEvent {
  switch ((message as { e?: unknown } | null)?.e) {
    case 'executionReport':
      return readExecution(message, scope);
    case 'outboundAccountPosition':
      return readBalances(message);
    case 'listStatus':
      return readListStatus(message);
    default:
      return IGNORED;
  }
}

/** The trade goes before the report: the report's filled quantity already counts it. */
function readExecution(message: unknown, scope: EventScope): ReadEvent {
  const parsed = executionReport.safeParse(message);
  if (!parsed.success) return unreadable('executionReport', parsed.error.issues[0]?.path);
  const instrumentId = scope.instrumentOf(parsed.data.s);
  if (instrumentId === undefined) return { kind: 'unreadable', detail: `unlisted symbol ${parsed.data.s}` };
  const place = { accountId: scope.accountId, instrumentId };
  const report = reportOfExecution(parsed.data, place);
  const fill = fillOfExecution(parsed.data, place);
  if (report.clientOrderId !== null) {
    scope.clientIds.remember(parsed.data.s, report.venueOrderId, report.clientOrderId);
  }
  const events: VenueEvent[] = [{ kind: 'report', report }];
  if (fill !== null) events.unshift({ kind: 'fill', fill });
  return { kind: 'read', venueSymbol: parsed.data.s, events };
}

/** Lists the balances that changed only. */
function readBalances(message: unknown): ReadEvent {
  const parsed = accountPosition.safeParse(message);
  if (!parsed.success) return unreadable('outboundAccountPosition', parsed.error.issues[0]?.path);
  const balances = parsed.data.B.map(({ a, f, l }) => ({ asset: a, free: f, locked: l }));
  return { kind: 'read', venueSymbol: null, events: [{ kind: 'balances', balances }] };
}

/** Leg states come as execution reports of their own; a list that was rejected names no state, so it asks for a look. */
function readListStatus(message: unknown): ReadEvent {
  const parsed = listStatus.safeParse(message);
  if (!parsed.success) return unreadable('listStatus', parsed.error.issues[0]?.path);
  if (parsed.data.L !== 'REJECT') return IGNORED;
  return { kind: 'unreadable', detail: `list ${parsed.data.C} rejected: ${parsed.data.r}` };
}

function unreadable(kind: string, path: readonly PropertyKey[] | undefined): ReadEvent {
  return { kind: 'unreadable', detail: `${kind} not as documented at ${(path ?? []).map(String).join('.')}` };
}
