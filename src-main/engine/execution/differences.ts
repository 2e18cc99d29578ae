import type { Difference } from '../domain/difference.ts';
import type { AccountId } from '../domain/identifiers.ts';
import { syntheticId } from '../domain/synthetic-id.ts';
import type { ExecutionState, Turn } from './execution-state.ts';
import { haltFor } from './trading-state-latch.ts';

/** Accepted ones kept for the screen; the journal has them all. */
const KEPT_ACCEPTED = 100;

export type Found = Pick<Difference, 'kind' | 'accountId' | 'believed' | 'venue' | 'proposed'> &
  Partial<Pick<Difference, 'instrumentId' | 'asset' | 'clientOrderId' | 'venueOrderId'>>;

/**
 * Puts a difference on record. At start a person confirms it, unless the configuration leaves that to the policy; later the
 * policy of its kind accepts it at once or ends new exposure until a person did; the latter always where it `needsPerson`.
 * Saying the same again changes nothing.
 */
export function noteDifference(turn: Turn, found: Found, needsPerson = false): void {
  const { differences, policy } = turn.state.reconciliation;
  const key = keyOf(found);
  const known = differences.get(key);
  if (known?.acceptedBy === null && isSame(known, found)) return;
  const isAsked = isStarting(turn.state, found.accountId) && policy.startup === 'confirm';
  const isAccepted = !isAsked && !needsPerson && policy[found.kind] === 'accept';
  putOnRecord(turn, found, isAccepted ? 'policy' : null);
  if (isAccepted || isAsked) return;
  haltFor(turn, 'DIFFERENCES_OPEN');
  alertOpen(turn, found.accountId);
}

/** Puts a difference on record that the venue proved twice over, and that was booked: it needs nobody's word. */
export const noteProven = (turn: Turn, found: Found): void => putOnRecord(turn, found, 'venue');

function putOnRecord(turn: Turn, found: Found, acceptedBy: Difference['acceptedBy']): void {
  const { differences } = turn.state.reconciliation;
  const key = keyOf(found);
  const difference: Difference = {
    id: syntheticId(key, turn.timeUs),
    instrumentId: null,
    asset: null,
    clientOrderId: null,
    venueOrderId: null,
    ...found,
    foundAtUs: turn.timeUs,
    acceptedBy,
  };
  differences.delete(key);
  differences.set(key, difference);
  turn.emit({ kind: 'difference.found', difference });
  forgetAccepted(turn.state);
}

const keyOf = ({ kind, accountId, instrumentId, asset, clientOrderId, venueOrderId }: Found): string =>
  [kind, accountId, clientOrderId ?? venueOrderId ?? instrumentId ?? asset ?? ''].join('|');

const isSame = (known: Difference, { believed, venue }: Found): boolean =>
  known.believed.status === believed.status &&
  known.believed.quantity === believed.quantity &&
  known.venue.status === venue.status &&
  known.venue.quantity === venue.quantity;

/** The venue was not yet heard about all that the journal said when this life began. */
export const isStarting = (state: ExecutionState, accountId: AccountId): boolean =>
  state.reconciliation.beliefs.has(accountId);

export const openDifferences = (state: ExecutionState): readonly Difference[] =>
  [...state.reconciliation.differences.values()].filter(({ acceptedBy }) => acceptedBy === null);

export function alertOpen(turn: Turn, accountId: AccountId): void {
  const open = openDifferences(turn.state).filter((difference) => difference.accountId === accountId).length;
  if (open === 0) return;
  const alert = { code: 'DIFFERENCES_OPEN', severity: 'warning', params: { accountId, open } } as const;
  turn.emit({ kind: 'alert.raised', alert });
}

export function acceptDifferences(turn: Turn, accepted: readonly Difference[], by: 'trader' | 'venue'): void {
  if (accepted.length === 0) return;
  const { differences } = turn.state.reconciliation;
  for (const difference of accepted) differences.set(keyOf(difference), { ...difference, acceptedBy: by });
  turn.emit({ kind: 'difference.accepted', ids: accepted.map(({ id }) => id), by });
}

/** An open difference that the venue shows no more needs nobody's word. */
export function noteAgreement(turn: Turn, about: Pick<Found, 'kind' | 'accountId' | 'instrumentId' | 'asset'>): void {
  const nothing = { status: null, quantity: null };
  const key = keyOf({ ...about, believed: nothing, venue: nothing, proposed: 'leave' });
  const known = turn.state.reconciliation.differences.get(key);
  if (known?.acceptedBy === null) acceptDifferences(turn, [known], 'venue');
}

/** A new life shows what is still open, and what it finds itself. */
export function dropAccepted(state: ExecutionState): void {
  const { differences } = state.reconciliation;
  for (const [key, { acceptedBy }] of differences) if (acceptedBy !== null) differences.delete(key);
}

function forgetAccepted(state: ExecutionState): void {
  const { differences } = state.reconciliation;
  let surplus = differences.size - KEPT_ACCEPTED;
  for (const [key, { acceptedBy }] of differences) {
    if (surplus <= 0) return;
    if (acceptedBy === null) continue;
    differences.delete(key);
    surplus -= 1;
  }
}
