import { compareDecimals, decimal, type DecimalText } from '../domain/decimal.ts';
import type { InstrumentPrices } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import { openRecords } from './coverage.ts';
import { configOf, exposureKey, venueLink, type OrderRecord, type Reached, type Turn } from './execution-state.ts';

/** Looks of this kind are at least so far apart on one account: each costs weight on every instrument. */
const MIN_APART_US = 5_000_000;
const MAX_DOUBLINGS = 10;
const US_PER_MS = 1_000;

/** The stream told about this order: what the market did before needs no question any more. */
export function noteHeard(turn: Turn, record: OrderRecord): void {
  record.reached = { heardAtUs: turn.timeUs, atUs: null, asks: 0, askedAtUs: 0 };
}

/**
 * Marks orders whose price the market has traded at since they were last heard of. A stop has triggered then; a limit order has
 * filled if the market traded through it, and may have if it traded at it.
 */
export function noteReached(turn: Turn, prices: InstrumentPrices): void {
  for (const { accountId } of turn.state.accounts) {
    const exposure = turn.state.exposures.get(exposureKey(accountId, prices.instrumentId));
    if (exposure === undefined) continue;
    for (const record of openRecords(turn.state, exposure)) {
      if (!rests(record)) continue;
      const atUs = reachedAtUs(turn, record, prices);
      const known = reachedOf(record);
      if (atUs === null || known.atUs !== null || atUs <= Math.max(known.heardAtUs, record.updatedAtUs)) continue;
      record.reached = { ...known, atUs };
    }
  }
}

/**
 * Asks for a look where an order's price was reached and no report came within `execution.missedReportMs`: a private stream can
 * lose events and stay connected. An order that was asked about and still rests is asked about again at doubling intervals.
 */
export function askAboutReached(turn: Turn): void {
  const { missedReportMs } = configOf(turn.state);
  if (missedReportMs === 0) return;
  for (const { accountId } of turn.state.accounts) askOf(turn, accountId, missedReportMs * US_PER_MS);
}

function askOf(turn: Turn, accountId: AccountId, graceUs: number): void {
  const link = venueLink(turn.state, accountId);
  if (link.inFlight || link.wanted !== null) return;
  const suspects = reachedRecords(turn, accountId);
  for (const record of suspects) dropAnswered(record, link.reconciledAtUs === null ? null : link.requestedAtUs);
  const open = suspects.filter((record) => reachedOf(record).atUs !== null);
  if (turn.timeUs - (link.reachedAskedAtUs ?? 0) < MIN_APART_US) return;
  if (!open.some((record) => isDue(turn, reachedOf(record), graceUs))) return;
  link.wanted = 'UNREPORTED';
  link.reachedAskedAtUs = turn.timeUs;
  for (const record of open) {
    const known = reachedOf(record);
    record.reached = { ...known, atUs: null, asks: Math.min(known.asks + 1, MAX_DOUBLINGS), askedAtUs: turn.timeUs };
  }
}

/** A look that was asked for later has told. */
function dropAnswered(record: OrderRecord, lookedAtUs: number | null): void {
  const known = reachedOf(record);
  if (known.atUs !== null && lookedAtUs !== null && lookedAtUs > known.atUs) record.reached = { ...known, atUs: null };
}

function isDue(turn: Turn, { atUs, asks, askedAtUs }: Reached, graceUs: number): boolean {
  return atUs !== null && turn.timeUs - atUs >= graceUs && turn.timeUs - askedAtUs >= graceUs * 2 ** asks;
}

function reachedRecords(turn: Turn, accountId: AccountId): readonly OrderRecord[] {
  const own = [...turn.state.exposures.values()].filter((exposure) => exposure.accountId === accountId);
  return own
    .flatMap((exposure) => openRecords(turn.state, exposure))
    .filter((record) => rests(record) && reachedOf(record).atUs !== null);
}

const reachedOf = (record: OrderRecord): Reached =>
  record.reached ?? { heardAtUs: 0, atUs: null, asks: 0, askedAtUs: 0 };

const rests = ({ venueStatus, status, pending }: OrderRecord): boolean =>
  (venueStatus === 'live' || venueStatus === 'partiallyFilled') && !isTerminal(status) && pending === null;

/** When the market last was at the order's price; null where it was not, or nobody said. */
function reachedAtUs(turn: Turn, record: OrderRecord, { traded, reference }: InstrumentPrices): number | null {
  const level = levelOf(record);
  if (level === null) return null;
  const { price, isFromAbove, isTrigger } = level;
  const extreme = isFromAbove ? traded?.low : traded?.high;
  if (extreme !== undefined && isBeyond(extreme.price, price, isFromAbove)) return turn.timeUs - extreme.ageUs;
  // A book on the other side of a resting limit order has no place for it. Stops are set off by trades alone.
  const opposite = isFromAbove ? reference.ask : reference.bid;
  if (isTrigger || opposite === null || reference.bookAgeUs === null) return null;
  return isBeyond(opposite, price, isFromAbove) ? turn.timeUs - reference.bookAgeUs : null;
}

/** The price at which something happens to an order: its trigger, then its limit; null where there is none. */
function levelOf({ spec, triggeredAtUs }: OrderRecord) {
  const { side, type, price, triggerPrice } = spec;
  if (triggerPrice !== null && triggeredAtUs === null) {
    const isFromAbove = (side === 'sell') !== type.startsWith('takeProfit');
    return { price: triggerPrice, isFromAbove, isTrigger: true };
  }
  return price === null ? null : { price, isFromAbove: side === 'buy', isTrigger: false };
}

const isBeyond = (price: DecimalText, level: DecimalText, isFromAbove: boolean): boolean =>
  compareDecimals(decimal(price), decimal(level)) * (isFromAbove ? 1 : -1) <= 0;
