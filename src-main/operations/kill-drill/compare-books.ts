import type { CoreView } from '../../engine/core.ts';
import { parseClientOrderId } from '../../engine/domain/client-order-id.ts';
import { addDecimals, compareDecimals, decimal } from '../../engine/domain/decimal.ts';
import type { ClientOrderId } from '../../engine/domain/identifiers.ts';
import { type Fill, isTerminal } from '../../engine/domain/order.ts';
import { differences } from '../demo/ledger-comparison.ts';
import type { VenueAccount } from './venue-witness.ts';

/** Our side, as the journal alone tells it. */
export type OwnBooks = {
  readonly intents: ReadonlyMap<string, number>;
  readonly fills: ReadonlyMap<string, Fill>;
  readonly view: Pick<CoreView, 'instruments' | 'exposures' | 'balances' | 'order'>;
};

/** What a kill must never cost, found by holding the journal against the venue's own account. */
export type BookCheck = {
  /** Ids that exist twice at the venue. */
  readonly duplicated: readonly string[];
  /** Venue orders of ours without an intent in the journal. */
  readonly unintended: readonly string[];
  /** Fills, positions and balances that differ: transient while news are on their way. */
  readonly differing: readonly string[];
};

export function compareBooks(own: OwnBooks, accounts: readonly VenueAccount[]): BookCheck {
  const seen = new Set<string>();
  const duplicated: string[] = [];
  const unintended: string[] = [];
  for (const { orders } of accounts) {
    for (const { clientOrderId } of orders) {
      if (seen.has(clientOrderId)) duplicated.push(clientOrderId);
      seen.add(clientOrderId);
      if (parseClientOrderId(clientOrderId) !== undefined && !own.intents.has(clientOrderId))
        unintended.push(clientOrderId);
    }
  }
  const differing = [
    ...differences([...own.fills.values()], accounts),
    ...accounts.flatMap((account) => [...positionDifferences(own, account), ...balanceDifferences(own, account)]),
  ];
  return { duplicated, unintended, differing };
}

function positionDifferences({ view }: OwnBooks, account: VenueAccount): readonly string[] {
  const symbols = new Map(view.instruments().map(({ id, venueSymbol }) => [id, venueSymbol]));
  const held = view.exposures().filter(({ accountId }) => accountId === account.accountId);
  const ours = new Map(held.map(({ instrumentId, quantity }) => [symbols.get(instrumentId), quantity]));
  return account.positions.flatMap(({ symbol, held: venueHeld }) => {
    const quantity = ours.get(symbol) ?? '0';
    return isSame(quantity, venueHeld)
      ? []
      : [`${account.account}: ${symbol} held ${venueHeld}, by the journal ${quantity}`];
  });
}

function balanceDifferences({ view }: OwnBooks, account: VenueAccount): readonly string[] {
  const theirs = new Map(account.balances.map((balance) => [balance.asset, balance]));
  return view.balances(account.accountId).flatMap(({ asset, free, locked }) => {
    const balance = theirs.get(asset) ?? { free: '0', locked: '0' };
    const total = addDecimals(decimal(free), decimal(locked));
    const venueTotal = addDecimals(decimal(balance.free), decimal(balance.locked));
    const agrees = compareDecimals(total, venueTotal) === 0 && isSame(free, balance.free);
    return agrees
      ? []
      : [
          `${account.account}: ${asset} ${balance.free} free, ${balance.locked} locked, by the journal ${free} and ${locked}`,
        ];
  });
}

const isSame = (left: string, right: string): boolean => compareDecimals(decimal(left), decimal(right)) === 0;

/** Intents nobody can account for: not at the venue, and not known to have never existed; or open here and closed there. */
export function unaccountedIntents(own: OwnBooks, accounts: readonly VenueAccount[]): readonly string[] {
  const atVenue = new Map(accounts.flatMap(({ orders }) => orders.map((order) => [order.clientOrderId, order.status])));
  return [...own.intents.keys()].flatMap((id) => {
    const record = own.view.order(id as ClientOrderId);
    // Closed more than an hour ago.
    if (record === undefined) return [];
    const closed = isTerminal(record.status);
    const venueStatus = atVenue.get(id);
    const fits = venueStatus === undefined ? closed && record.filled === '0' : closed === CLOSED.has(venueStatus);
    return fits && record.pending === null
      ? []
      : [`${id} is ${record.status}, at the venue ${venueStatus ?? 'unknown'}`];
  });
}

const CLOSED: ReadonlySet<string> = new Set(['FILLED', 'CANCELED', 'EXPIRED', 'EXPIRED_IN_MATCH', 'REJECTED']);
