import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { Balance } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import type { Quantity } from '../domain/quantities.ts';
import { quantityOf } from './amounts.ts';
import { leavesOf } from './coverage.ts';
import {
  listedInstrument,
  type ExecutionState,
  type Exposure,
  type OrderRecord,
  type Turn,
} from './execution-state.ts';

/** Where a venue names no deadline: two denials this far apart, with nothing heard between them. */
const ABSENCE_US = 10_000_000;
/** Where it does: the proof is a second denial, this long after the first, for queries may lag behind the matching engine. */
const SECOND_DENIAL_US = 1_000_000;
/** A request may be stamped this far ahead of the venue's clock, and lives that much longer (Binance, timing security). */
const CLOCK_LEAD_US = 1_000_000;
const US_PER_MS = 1_000;

/**
 * True when a denial by a look asked for at `askedAtUs` proves that the order does not exist and cannot come to exist any
 * more. Notes when to ask again otherwise. Only a venue's own denial gets here: failed queries prove nothing.
 *
 * A create leaves us once, by `pending.leftByUs`, and the venue turns it away after its deadline: what it denies from then on
 * never was. Without a deadline, or while the request may still wait to be sent, ten seconds between two denials have to do.
 */
export function isAbsenceProven(exposure: Exposure, record: OrderRecord, askedAtUs: number): boolean {
  const { lookup } = record;
  if (lookup === null) return false;
  const sinceUs = lookup.absentSinceUs;
  const isAnswerAwaited = record.pending?.command === 'create' && record.pending.outcome === 'inFlight';
  const provenFromUs = Math.min(
    (sinceUs ?? askedAtUs) + ABSENCE_US,
    Math.max(deadUs(exposure, record), (sinceUs ?? askedAtUs) + SECOND_DENIAL_US),
  );
  if (sinceUs !== null && askedAtUs >= provenFromUs && !isAnswerAwaited) return true;
  lookup.absentSinceUs ??= askedAtUs;
  lookup.dueAtUs = Math.max(provenFromUs, askedAtUs + SECOND_DENIAL_US);
  return false;
}

/** When the venue turns the create away for its age, by our clock; never where it does not, or while it may not have left. */
function deadUs(exposure: Exposure, { pending, status }: OrderRecord): number {
  const { createDeadlineMs } = capabilitiesOfInstrument(exposure.instrumentId);
  const isCreate = pending?.command === 'create' && status === 'submitted';
  if (!isCreate || pending.leftByUs === undefined || createDeadlineMs === null) return Infinity;
  return pending.leftByUs + createDeadlineMs * US_PER_MS + CLOCK_LEAD_US;
}

/**
 * True while an order of `quantity` that closes the position has to wait for this one, whose creation is not proven. After the
 * venue has denied it once, a second order is let through where both together cannot sell more than is there:
 *
 * | venue                       | a second stop or exit beside an unknown one                                    |
 * | --------------------------- | ------------------------------------------------------------------------------ |
 * | sells only what is held     | goes after one denial when the account holds less than both would sell         |
 * | reduce-only                 | goes after one denial: the venue cuts what exceeds the position                |
 * | otherwise                   | waits for the proof of absence                                                 |
 */
export function holdsBack(state: ExecutionState, exposure: Exposure, record: OrderRecord, quantity: Quantity): boolean {
  if (record.pending?.command !== 'create') return false;
  return !isDenied(record) || !isHarmlessBeside(state, exposure, record, quantity);
}

/** The venue said once that it has no such order: no proof of absence yet. */
export const isDenied = ({ pending, lookup }: OrderRecord): boolean =>
  pending?.command === 'create' && (lookup?.absentSinceUs ?? null) !== null;

function isHarmlessBeside(state: ExecutionState, exposure: Exposure, record: OrderRecord, quantity: Quantity): boolean {
  const { reduceOnly, sellsOnlyHoldings } = capabilitiesOfInstrument(exposure.instrumentId);
  if (reduceOnly && record.spec.reduceOnly === true) return true;
  if (!sellsOnlyHoldings || quantityOf(exposure.quantity).isNegative) return false;
  const { base } = listedInstrument(state, exposure.instrumentId);
  const held = state.holdings.get(holdingKey(exposure.accountId, base));
  return held !== undefined && quantityOf(held).compare(leavesOf(record).plus(quantity)) < 0;
}

const holdingKey = (accountId: AccountId, asset: string): string => `${accountId}|${asset}`;

/** What the account holds of an asset, free and locked together, ours or not. */
export function noteHoldings(turn: Turn, accountId: AccountId, balances: readonly Balance[]): void {
  for (const { asset, free, locked } of balances) {
    turn.state.holdings.set(holdingKey(accountId, asset), quantityOf(free).plus(quantityOf(locked)).toString());
  }
}
