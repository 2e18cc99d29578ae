import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { EngineInput } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import { isFlat, openRecords } from './coverage.ts';
import { configOf, type DeadMan, type Exposure, type OrderRecord, type Turn, venueLink } from './execution-state.ts';

const US_PER_MS = 1_000;
/** An entry that is refused is refused within this time: no timer is set and taken back for it. */
const ANSWERED_US = 1_000_000;
/** Set anew after this part of its time, so that one lost request does not let it ring. */
const REARM_PARTS = 3;

/**
 * Arms the timer while an account has working entries and nothing it would take away: no position, no stop, no target.
 * Takes it back at once when that ends, for it cancels stops with the rest. Nothing is sent while the last one is
 * unanswered: two on their way could arrive in the wrong order.
 */
export function watchDeadMan(turn: Turn): void {
  const timeoutMs = configOf(turn.state).deadManMs;
  for (const { accountId } of turn.state.accounts) {
    const link = venueLink(turn.state, accountId);
    const { deadMan, state } = link;
    if (deadMan.inFlight || state !== 'ready' || (!deadMan.armed && !turn.isTick)) continue;
    const wanted = timeoutMs > 0 && isWanted(turn, accountId);
    if (wanted && isDue(turn, deadMan, timeoutMs)) send(turn, accountId, timeoutMs);
    if (!wanted && deadMan.armed) send(turn, accountId, 0);
  }
}

function isDue(turn: Turn, { armed, sentAtUs }: DeadMan, timeoutMs: number): boolean {
  return !armed || sentAtUs === null || (turn.timeUs - sentAtUs) * REARM_PARTS >= timeoutMs * US_PER_MS;
}

function isWanted(turn: Turn, accountId: AccountId): boolean {
  const own = [...turn.state.exposures.values()].filter((exposure) => exposure.accountId === accountId);
  const open = own.flatMap((exposure) => openRecords(turn.state, exposure)).filter(({ status }) => !isTerminal(status));
  const entries = open.filter(isEntry);
  const mayRest = entries.filter((record) => hasTimer(record) && (record.placed || isOld(turn, record)));
  return mayRest.length > 0 && own.every((exposure) => isBare(turn, exposure)) && open.every(isHarmless);
}

const isOld = (turn: Turn, { createdAtUs }: OrderRecord): boolean => turn.timeUs - createdAtUs >= ANSWERED_US;

const isEntry = ({ spec }: OrderRecord): boolean => spec.role === 'entry';

const hasTimer = ({ spec }: OrderRecord): boolean => capabilitiesOfInstrument(spec.instrumentId).deadMan !== 'none';

const isBare = (turn: Turn, exposure: Exposure): boolean => isFlat(turn.state, exposure);

/** Legs the venue holds back until their entry fills protect nothing yet, and end with it. */
const isHarmless = (record: OrderRecord): boolean =>
  isEntry(record) || (record.workingId !== null && !record.placed && record.venueStatus !== 'live');

function send(turn: Turn, accountId: AccountId, timeoutMs: number): void {
  venueLink(turn.state, accountId).deadMan = { armed: true, sentAtUs: turn.timeUs, inFlight: true };
  turn.emit({ kind: 'venue.armDeadMan', accountId, timeoutMs });
}

/** Only the venue's word ends a timer: a taking back without an answer is sent again. */
export function applyDeadManAnswer(turn: Turn, input: Extract<EngineInput, { kind: 'deadMan.answered' }>): void {
  const { deadMan } = venueLink(turn.state, input.accountId);
  deadMan.inFlight = false;
  if (input.timeoutMs === 0 && input.outcome.kind === 'accepted') deadMan.armed = false;
}
