import type { CloseLink } from '../../adapters/kraken/key-state.ts';
import { addDecimals, decimal, formatDecimal } from '../../engine/domain/decimal.ts';
import type { Balance } from '../../engine/domain/events.ts';
import type { AccountId } from '../../engine/domain/identifiers.ts';
import { isKrakenOrder, type KrakenOrder, tradeTxid, txidOf } from '../../practice-exchange/kraken/terms.ts';
import { isLive } from '../../practice-exchange/matching/venue-order.ts';
import { formatAmount } from '../../practice-exchange/matching/grid.ts';
import type { PracticeVenue } from '../../practice-exchange/practice-venue.ts';
import type { AlgoOrder } from '../../practice-exchange/usdm/algo-orders.ts';
import type { VenueAccount } from '../kill-drill/venue-witness.ts';
import { ACCOUNT_NAME, MARGIN_NAME, type Product } from './life-venues.ts';

export type VenueReport = ReturnType<PracticeVenue['ledger']['report']>;

/** The venue's own account of what it was asked and what it did, in its product's ledger. */
export function reportOf(venue: PracticeVenue, product: Product): VenueReport {
  const { wallMs } = venue.clock.now();
  const spot = venue.ledger.report(venue.account(product === 'margin' ? MARGIN_NAME : ACCOUNT_NAME), wallMs);
  const account = product === 'usdm' ? venue.usdm?.account(ACCOUNT_NAME)?.orders : undefined;
  if (venue.usdm === null || account === undefined) return spot;
  // Every create is counted in one place.
  const { creates, sentBeforeCommit, intentsChecked } = spot;
  return { ...venue.usdm.ledger.report(account, wallMs), creates, sentBeforeCommit, intentsChecked };
}

export type BookParts = {
  readonly venue: PracticeVenue;
  readonly product: Product;
  readonly accountId: AccountId;
  /** Stops that the venue makes of closes. */
  readonly links: readonly CloseLink[];
  /** Ours, for what only a look can split. */
  readonly balances: readonly Balance[];
};

/** That account in the words of the journal: our ids, our symbols. */
export function venueBooks(parts: BookParts): VenueAccount {
  const report = reportOf(parts.venue, parts.product);
  const told = {
    ...report,
    fills: report.fills.map((fill) => ({ ...fill, tradeId: String(fill.tradeId) })),
    sentBeforeCommit: 0,
    accountId: parts.accountId,
  };
  if (parts.product === 'usdm') return { ...told, ...futuresBooks(parts, told) };
  return parts.product === 'kraken' ? { ...told, ...krakenBooks(parts, told) } : told;
}

/** Conditional orders live beside the others until they trigger; then both carry one id. */
function futuresBooks({ venue: { usdm }, balances }: BookParts, { orders }: Pick<VenueAccount, 'orders'>) {
  const waiting = (usdm?.algos.of(ACCOUNT_NAME) ?? []).filter(({ actualOrderId }) => actualOrderId === null);
  const wallet = formatAmount(usdm?.account(ACCOUNT_NAME)?.futures.wallet.free ?? 0n);
  return {
    orders: [...orders, ...waiting.map(algoRow)],
    // What margin takes of the wallet moves with every price: the sums are compared.
    balances: balances.map(({ asset, free }) => ({ asset, free, locked: minus(wallet, free) })),
  };
}

const algoRow = ({ clientAlgoId, symbol, type, status }: AlgoOrder) => ({
  clientOrderId: clientAlgoId,
  symbol,
  type,
  status: status === 'FINISHED' ? 'FILLED' : status,
});

function minus(total: string, part: string): string {
  const { units, scale } = decimal(part);
  return formatDecimal(addDecimals(decimal(total), { units: -units, scale }));
}

/** Orders made by a conditional close carry no id of ours: they are the stop that was sent with their primary order. */
function krakenBooks({ venue, links }: BookParts, told: VenueAccount) {
  const { state } = venue.engine;
  const own = [...state.orders.values()].filter(isKrakenOrder);
  const byTxid = new Map(own.map((order) => [txidOf(order), order]));
  const idOf = (order: KrakenOrder): string => {
    const primary = order.terms.primary === null ? undefined : byTxid.get(order.terms.primary);
    const link = links.find(({ working }) => working === primary?.terms.clientOrderId);
    return order.terms.clientOrderId ?? link?.stop ?? order.clientOrderId;
  };
  const named = new Map(own.map((order) => [order.clientOrderId, order]));
  const renamed = <T extends { readonly clientOrderId: string }>(row: T): T => {
    const order = named.get(row.clientOrderId);
    return order === undefined ? row : { ...row, clientOrderId: idOf(order) };
  };
  // A close is no order before its primary one has traded; ours is the stop that waits for that.
  const waiting = own.flatMap((order) => {
    const link = links.find(({ working }) => working === order.terms.clientOrderId);
    const isMade = own.some(({ terms }) => terms.primary === txidOf(order));
    if (link === undefined || !isLive(order) || isMade) return [];
    return [{ clientOrderId: link.stop, symbol: order.symbol, type: 'STOP_LOSS_LIMIT', status: 'PENDING_NEW' }];
  });
  return {
    orders: [...joinedCloses(told.orders.map(renamed), links), ...waiting],
    fills: told.fills.map((fill) => {
      const order = named.get(fill.clientOrderId);
      if (order === undefined) return fill;
      const { phase } = state.market(order.symbol);
      return { ...renamed(fill), tradeId: tradeTxid(phase, Number(fill.tradeId), order.id) };
    }),
    positions: told.positions.map((position) => ({ ...position, symbol: position.symbol.replace(/^BTC/, 'XBT') })),
  };
}

const ENDED: ReadonlySet<string> = new Set(['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED']);

/** Each match of an entry makes a close of its own; together they are one stop, which lives as long as one of them does. */
function joinedCloses<T extends Pick<VenueAccount['orders'][number], 'clientOrderId' | 'status'>>(
  orders: readonly T[],
  links: readonly CloseLink[],
): readonly T[] {
  const stops = new Set<string>(links.map(({ stop }) => stop));
  const closes = Map.groupBy(
    orders.filter(({ clientOrderId }) => stops.has(clientOrderId)),
    ({ clientOrderId }) => clientOrderId,
  );
  const joined = [...closes.values()].flatMap(
    (parts) => parts.find(({ status }) => !ENDED.has(status)) ?? parts.slice(0, 1),
  );
  return [...orders.filter(({ clientOrderId }) => !stops.has(clientOrderId)), ...joined];
}
