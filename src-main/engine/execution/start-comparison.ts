import { compareDecimals, decimal, type DecimalText } from '../domain/decimal.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import { openRecords } from './coverage.ts';
import { alertOpen, dropAccepted, noteDifference } from './differences.ts';
import type { ExecutionState, Exposure, OrderRecord, Turn } from './execution-state.ts';
import { isComparing } from './holdings-comparison.ts';
import type { Belief, BelievedOrder } from './reconciliation-state.ts';
import { lacksFills } from './unknown-outcomes.ts';

/**
 * Keeps what the journal says of each account as a life begins, to be held against the venue. What an earlier life had not
 * heard back about stays as that one believed it.
 */
export function rememberBeliefs(turn: Turn): void {
  const { beliefs } = turn.state.reconciliation;
  dropAccepted(turn.state);
  for (const { accountId } of turn.state.accounts) {
    const earlier = beliefs.get(accountId);
    const now = beliefOf(turn.state, accountId);
    const known = new Set(earlier?.orders.map(({ clientOrderId }) => clientOrderId));
    const orders = [...(earlier?.orders ?? []), ...now.orders.filter((order) => !known.has(order.clientOrderId))];
    beliefs.set(accountId, { orders, positions: earlier?.positions ?? now.positions });
  }
}

function beliefOf(state: ExecutionState, accountId: AccountId): Belief {
  const own = exposuresOf(state, accountId);
  const records = own.flatMap((exposure) => openRecords(state, exposure));
  // Its answer died with the life that sent it.
  for (const record of records) if (record.cancelFate === 'sent') record.cancelFate = 'taken';
  return {
    orders: records
      .filter((record) => !isTerminal(record.status) || lacksFills(record))
      .map(({ spec: { clientOrderId, instrumentId }, status, filled, cancelTries }) => ({
        clientOrderId,
        instrumentId,
        status,
        filled,
        cancelTries,
      })),
    positions: own.map(({ instrumentId, quantity }) => ({ instrumentId, quantity })),
  };
}

const exposuresOf = (state: ExecutionState, accountId: AccountId): readonly Exposure[] =>
  [...state.exposures.values()].filter((exposure) => exposure.accountId === accountId);

/**
 * After a whole look: notes what differs from what was believed at start, order by order as the venue is heard about each,
 * then position by position. `open`: ids of the orders the look found open.
 */
export function compareWithBelief(turn: Turn, accountId: AccountId, open: ReadonlySet<ClientOrderId>): void {
  const { beliefs } = turn.state.reconciliation;
  const belief = beliefs.get(accountId);
  if (belief === undefined) return;
  belief.orders = belief.orders.filter((believed) => {
    const record = turn.state.orders.get(believed.clientOrderId);
    if (record === undefined) return false;
    if (!isHeard(turn.state, record, open)) return true;
    compareOrder(turn, believed, record);
    return false;
  });
  if (belief.orders.length > 0 || isComparing(turn.state, accountId)) return;
  for (const { instrumentId, believed, now } of positionsOf(turn.state, accountId, belief)) {
    comparePosition(turn, accountId, instrumentId, { believed, now });
  }
  beliefs.delete(accountId);
  alertOpen(turn, accountId);
}

/** The venue has said what became of it: it is open, it is over with all its trades, or it is held until its entry fills. */
function isHeard(state: ExecutionState, record: OrderRecord, open: ReadonlySet<ClientOrderId>): boolean {
  if (lacksFills(record)) return false;
  if (record.status === 'canceled' && record.listId === null && record.cancelFate === 'sent') return false;
  if (isTerminal(record.status) || open.has(record.spec.clientOrderId)) return true;
  const working = record.workingId === null ? undefined : state.orders.get(record.workingId);
  return record.venueStatus === 'pendingNew' && working !== undefined && !isTerminal(working.status);
}

function compareOrder(turn: Turn, believed: BelievedOrder, record: OrderRecord): void {
  const isSentSince = record.cancelTries > believed.cancelTries;
  // One that was refused came too late: somebody else had ended the order.
  const isOurCancel = record.status === 'canceled' && isSentSince && record.cancelFate !== 'refused';
  const isSameStatus = believed.status === record.status || isOurCancel;
  if (isSameStatus && isEqual(believed.filled, record.filled)) return;
  const { accountId, instrumentId, clientOrderId } = record.spec;
  noteDifference(turn, {
    kind: 'orderChanged',
    accountId,
    instrumentId,
    clientOrderId,
    venueOrderId: record.venueOrderIds.at(-1) ?? null,
    believed: { status: believed.status, quantity: believed.filled },
    venue: { status: record.status, quantity: record.filled },
    proposed: 'book',
  });
}

type Compared = { readonly instrumentId: InstrumentId; readonly believed: DecimalText; readonly now: DecimalText };

/** The union of both sides: a position may be on either alone. */
function positionsOf(state: ExecutionState, accountId: AccountId, belief: Belief): readonly Compared[] {
  const now = new Map(exposuresOf(state, accountId).map(({ instrumentId, quantity }) => [instrumentId, quantity]));
  const believed = new Map(belief.positions.map(({ instrumentId, quantity }) => [instrumentId, quantity]));
  return [...new Set([...believed.keys(), ...now.keys()])].map((instrumentId) => ({
    instrumentId,
    believed: believed.get(instrumentId) ?? '0',
    now: now.get(instrumentId) ?? '0',
  }));
}

function comparePosition(
  turn: Turn,
  accountId: AccountId,
  instrumentId: InstrumentId,
  { believed, now }: Omit<Compared, 'instrumentId'>,
): void {
  if (isEqual(believed, now)) return;
  noteDifference(turn, {
    kind: 'positionChanged',
    accountId,
    instrumentId,
    believed: { status: null, quantity: believed },
    venue: { status: null, quantity: now },
    proposed: 'book',
  });
}

const isEqual = (a: DecimalText, b: DecimalText): boolean => compareDecimals(decimal(a), decimal(b)) === 0;
