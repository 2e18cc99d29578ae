import { parseClientOrderId } from '../domain/client-order-id.ts';
import type { AccountId, ClientOrderId, VenueOrderId } from '../domain/identifiers.ts';
import type { Fill, OrderReport } from '../domain/order.ts';
import { tradeKey } from './applied-trades.ts';
import { noteDifference } from './differences.ts';
import type { ExecutionState, Turn } from './execution-state.ts';
import { noteTheirTrade } from './proven-corrections.ts';
import type { OtherInstallation } from './reconciliation-state.ts';

const HAS_ENDED: readonly OrderReport['venueStatus'][] = ['filled', 'canceled', 'expired', 'rejected'];

export const hasEnded = ({ venueStatus }: OrderReport): boolean => HAS_ENDED.includes(venueStatus);

export const foreignKey = (accountId: AccountId, venueOrderId: VenueOrderId): string => `${accountId}|${venueOrderId}`;

const otherKey = (accountId: AccountId, installation: string): string => `${accountId}|${installation}`;

/** Of this installation, or of one whose orders were taken over on this account. */
export function isOurInstallation(state: ExecutionState, accountId: AccountId, installation: string): boolean {
  if (installation === state.installation) return true;
  return state.reconciliation.others.get(otherKey(accountId, installation))?.isTaken === true;
}

/** Keeps the numbers of an order that is not ours, and alerts it once. */
export function noteForeign(turn: Turn, report: OrderReport): void {
  const { foreign } = turn.state.reconciliation;
  const key = foreignKey(report.accountId, report.venueOrderId);
  const known = foreign.get(key);
  if (hasEnded(report)) {
    foreign.delete(key);
    return;
  }
  if (known !== undefined) {
    known.report = report;
    known.updatedAtUs = turn.timeUs;
    return;
  }
  const installation = installationOf(report.clientOrderId);
  foreign.set(key, { report, firstSeenUs: turn.timeUs, updatedAtUs: turn.timeUs, installation });
  alertForeign(turn, report);
  noteDifference(turn, {
    kind: 'orderForeign',
    accountId: report.accountId,
    instrumentId: report.instrumentId,
    venueOrderId: report.venueOrderId,
    believed: { status: null, quantity: null },
    venue: { status: 'accepted', quantity: report.filledQuantity },
    proposed: 'leave',
  });
  if (installation !== null) noteOther(turn, report.accountId, installation);
}

const installationOf = (id: ClientOrderId | null): string | null =>
  (id === null ? undefined : parseClientOrderId(id)?.installation) ?? null;

function alertForeign(turn: Turn, report: OrderReport): void {
  const { accountId, instrumentId, venueOrderId, side, quantity } = report;
  const params = { accountId, instrumentId, venueOrderId, side, quantity };
  turn.emit({ kind: 'alert.raised', alert: { code: 'FOREIGN_ORDER', severity: 'warning', params } });
}

/** Another Leeward trades this account: entries stop until a person says whose account it is. */
function noteOther(turn: Turn, accountId: AccountId, installation: string): void {
  const { others } = turn.state.reconciliation;
  const key = otherKey(accountId, installation);
  const known = others.get(key);
  if (known !== undefined) {
    known.lastSeenUs = turn.timeUs;
    return;
  }
  const seen = { firstSeenUs: turn.timeUs, lastSeenUs: turn.timeUs };
  others.set(key, { accountId, installation, ...seen, owner: 'undecided', chosenAtUs: null, isTaken: false });
  const params = { accountId, installation };
  turn.emit({ kind: 'alert.raised', alert: { code: 'OTHER_INSTALLATION', severity: 'critical', params } });
}

/** Enough for a page of trades; the oldest go first. */
const HELD_FILLS = 1_000;

/** Keeps a trade that is not ours: its order may be adopted, or its installation taken over. */
export function holdForeignFill(turn: Turn, fill: Fill): void {
  const { heldFills } = turn.state.reconciliation;
  heldFills.set(tradeKey(fill), fill);
  noteTheirTrade(turn, fill);
  if (heldFills.size <= HELD_FILLS) return;
  const oldest = heldFills.keys().next();
  if (oldest.done !== true) heldFills.delete(oldest.value);
}

/** Trades of ended orders of nobody's concern are let go once a look has told which orders are open. */
function dropHeldFills(turn: Turn, accountId: AccountId): void {
  const { foreign, heldFills } = turn.state.reconciliation;
  for (const [key, fill] of heldFills) {
    if (fill.accountId !== accountId || installationOf(fill.clientOrderId) !== null) continue;
    if (!foreign.has(foreignKey(accountId, fill.venueOrderId))) heldFills.delete(key);
  }
}

/** Drops the foreign orders a whole look no longer shows; those told of since it was asked for stay. */
export function dropEndedForeign(
  turn: Turn,
  accountId: AccountId,
  look: { readonly open: ReadonlySet<VenueOrderId>; readonly askedAtUs: number },
): void {
  const { foreign } = turn.state.reconciliation;
  for (const [key, { report, updatedAtUs }] of foreign) {
    if (report.accountId !== accountId || look.open.has(report.venueOrderId) || updatedAtUs >= look.askedAtUs) continue;
    foreign.delete(key);
  }
  dropHeldFills(turn, accountId);
}

/** The installation that keeps this account from entries: undecided, left to it, or not taken over yet. */
export function otherOwner(state: ExecutionState, accountId: AccountId): OtherInstallation | undefined {
  for (const other of state.reconciliation.others.values()) {
    if (other.accountId === accountId && !other.isTaken) return other;
  }
  return undefined;
}
