import type { Denial } from '../domain/denial.ts';
import type { Difference } from '../domain/difference.ts';
import type { ClientOrderId, TradeId, VenueOrderId } from '../domain/identifiers.ts';
import type { Fill } from '../domain/order.ts';
import { ensure } from '../domain/result.ts';
import { syntheticId } from '../domain/synthetic-id.ts';
import { quantityOf } from '../execution/amounts.ts';
import { acceptDifferences, openDifferences } from '../execution/differences.ts';
import { touchExposure, type Turn } from '../execution/execution-state.ts';
import { otherOwner } from '../execution/foreign-orders.ts';
import type { Parts } from './core-state.ts';

/** Accepts differences as proposed. Denies when one of the ids is not open: it may have become another one since. */
export function confirmDifferences(parts: Parts, turn: Turn, ids: readonly string[]): Denial | null {
  const open = openDifferences(turn.state);
  const unknown = ids.find((id) => !open.some((difference) => difference.id === id));
  if (unknown !== undefined) return { code: 'DIFFERENCE_UNKNOWN', params: { id: unknown } };
  const chosen = open.filter(({ id }) => ids.includes(id));
  for (const difference of chosen) if (difference.proposed === 'correct') correctPosition(parts, turn, difference);
  acceptDifferences(turn, chosen, 'trader');
  return null;
}

/** Corrects what the policy accepted of a look: `known` are the ids of the differences from before it. */
export function correctAccepted(parts: Parts, turn: Turn, known: ReadonlySet<string>): void {
  for (const difference of turn.state.reconciliation.differences.values()) {
    const { acceptedBy, id, proposed } = difference;
    if (acceptedBy === 'policy' && proposed === 'correct' && !known.has(id)) correctPosition(parts, turn, difference);
  }
}

export const differenceIds = ({ state }: Turn): ReadonlySet<string> =>
  new Set([...state.reconciliation.differences.values()].map(({ id }) => id));

/**
 * Sets the position to the venue's figure. The coins went, or came, without a trade of ours: they are booked at the average
 * entry price, so that no profit or loss is made up.
 */
function correctPosition(parts: Parts, turn: Turn, difference: Difference): void {
  const { accountId, id } = difference;
  const instrumentId = ensure(difference.instrumentId, 'an instrument of the difference');
  const exposure = touchExposure(turn, accountId, instrumentId);
  const change = quantityOf(ensure(difference.venue.quantity, 'a quantity of the venue')).minus(
    quantityOf(exposure.quantity),
  );
  if (change.isZero) return;
  const position = parts.portfolio.position(accountId, instrumentId);
  const price = position?.averageEntryPrice?.toString() ?? turn.state.prices.get(instrumentId);
  if (price === undefined) return;
  exposure.quantity = difference.venue.quantity ?? '0';
  const fill: Fill = {
    tradeId: `correction-${id}` as TradeId,
    clientOrderId: syntheticId('correction', id) as ClientOrderId,
    venueOrderId: `correction-${id}` as VenueOrderId,
    accountId,
    instrumentId,
    side: change.isNegative ? 'sell' : 'buy',
    price,
    quantity: change.abs().toString(),
    fee: { amount: '0', asset: instrumentId.split('/')[0] ?? '' },
    liquidity: 'taker',
    tradedAtUs: turn.timeUs,
  };
  turn.applied.push(fill);
}

/** Denies a re-arm while the venue contradicts us, was not yet heard, or another Leeward trades the account. */
export function judgeDifferences(turn: Turn, to: 'reducing' | 'active'): Denial | null {
  const { beliefs, policy } = turn.state.reconciliation;
  const open = openDifferences(turn.state).length;
  if (open > 0) return { code: 'DIFFERENCES_OPEN', params: { open } };
  for (const [accountId, { orders }] of policy.startup === 'confirm' ? beliefs : []) {
    return { code: 'RECONCILIATION_PENDING', params: { accountId, orders: orders.length } };
  }
  for (const { accountId } of to === 'active' ? turn.state.accounts : []) {
    const other = otherOwner(turn.state, accountId);
    if (other !== undefined) return { code: 'ACCOUNT_SHARED', params: { accountId, installation: other.installation } };
  }
  return null;
}
