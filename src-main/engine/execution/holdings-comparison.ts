import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { DecimalText } from '../domain/decimal.ts';
import type { Balance, VenuePosition } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import { Quantity } from '../domain/quantities.ts';
import { quantityOf } from './amounts.ts';
import { openRecords } from './coverage.ts';
import { type Found, noteAgreement, noteDifference, noteProven } from './differences.ts';
import { listedInstrument, venueLink, type ExecutionState, type Exposure, type Turn } from './execution-state.ts';
import { isSpot } from './expected-balances.ts';
import { correctByTrades, dropTheirTrades, isReduction } from './proven-corrections.ts';
import { positionKey } from './reconciliation-state.ts';
import { lacksFills } from './unknown-outcomes.ts';

type Look = {
  readonly accountId: AccountId;
  readonly balances: readonly Balance[];
  readonly positions?: readonly VenuePosition[];
};

/**
 * Holds positions and balances against a whole look. The parts of a look are not of one moment, so a difference counts only
 * when later looks show the very same one.
 */
export function compareHoldings(turn: Turn, look: Look): void {
  const totals = new Map(look.balances.map((balance) => [balance.asset, totalOf(balance)]));
  comparePositions(turn, look, totals);
  compareBalances(turn, look.accountId, totals);
}

const totalOf = ({ free, locked }: Balance): Quantity => quantityOf(free).plus(quantityOf(locked));

/** How often a look is repeated at once for a figure that does not stand still. */
const QUICK_LOOKS = 3;

/** True when `enough` looks in a row showed this difference; until then another look is asked for. */
function isAgreed(turn: Turn, accountId: AccountId, key: string, difference: Quantity, enough: number): boolean {
  const { doubts } = turn.state.reconciliation;
  const known = doubts.get(key);
  const text = plain(difference);
  const looks = known?.difference === text ? known.looks + 1 : 1;
  const tries = (known?.tries ?? 0) + 1;
  const isOpen = looks < enough && tries < enough + QUICK_LOOKS;
  doubts.set(key, { accountId, difference: text, looks, tries, isOpen });
  if (isOpen) venueLink(turn.state, accountId).wanted ??= 'COMPARE';
  return looks >= enough;
}

/** The same number always as the same text. */
const plain = (quantity: Quantity): DecimalText => {
  const text = quantity.toString();
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};

/** More looks were asked for to tell whether something differs. */
export const isComparing = (state: ExecutionState, accountId: AccountId): boolean =>
  [...state.reconciliation.doubts.values()].some((doubt) => doubt.accountId === accountId && doubt.isOpen);

function comparePositions(turn: Turn, look: Look, totals: ReadonlyMap<string, Quantity>): void {
  const { attempts } = turn.state.reconciliation.policy;
  const own = [...turn.state.exposures.values()].filter(({ accountId }) => accountId === look.accountId);
  const lacking = shortages(turn.state, own, totals);
  for (const exposure of own) {
    const { accountId, instrumentId } = exposure;
    const difference = differenceOf(exposure, look, lacking);
    if (difference === null || isMoving(turn.state, exposure)) continue;
    const key = positionKey(accountId, instrumentId);
    if (difference.abs().compare(listedInstrument(turn.state, instrumentId).lotSize) < 0) {
      turn.state.reconciliation.doubts.delete(key);
      noteAgreement(turn, { kind: 'positionDiffers', accountId, instrumentId });
      dropTheirTrades(turn.state, exposure);
    } else if (isAgreed(turn, accountId, key, difference, attempts)) {
      notePosition(turn, exposure, difference);
    }
  }
}

/**
 * An answer or a trade is on its way: the comparison would be of two different moments. An exit that was refused moves
 * nothing until its next try, and that there is no such position may be why it was refused.
 */
function isMoving(state: ExecutionState, exposure: Exposure): boolean {
  if (exposure.flattening !== null && exposure.flattening.refusals === 0) return true;
  return openRecords(state, exposure).some((record) => record.pending !== null || lacksFills(record));
}

/**
 * What the venue holds more (or less, negative) than our fills add up to; null where it cannot be told. Where only what is
 * held can be sold the account's other coins are nobody's business: only too few of them contradict us.
 */
function differenceOf(exposure: Exposure, look: Look, lacking: ReadonlyMap<Exposure, Quantity>): Quantity | null {
  const { positions, sellsOnlyHoldings } = capabilitiesOfInstrument(exposure.instrumentId);
  if (sellsOnlyHoldings) return lacking.get(exposure) ?? Quantity.zero();
  if (!positions || look.positions === undefined) return null;
  const told = look.positions.find(({ instrumentId }) => instrumentId === exposure.instrumentId)?.quantity ?? '0';
  return quantityOf(told).minus(quantityOf(exposure.quantity));
}

/** Instruments may share one balance: what lacks of it is told of the largest position, once. Negative. */
function shortages(
  state: ExecutionState,
  own: readonly Exposure[],
  totals: ReadonlyMap<string, Quantity>,
): ReadonlyMap<Exposure, Quantity> {
  const held = own.filter(({ quantity }) => quantityOf(quantity).isPositive);
  const groups = Map.groupBy(held, ({ instrumentId }) => listedInstrument(state, instrumentId).base);
  const lacking = new Map<Exposure, Quantity>();
  for (const [base, sharing] of groups) {
    const believed = sharing.reduce((sum, { quantity }) => sum.plus(quantityOf(quantity)), Quantity.zero());
    const difference = (totals.get(base) ?? Quantity.zero()).minus(believed);
    const [largest] = sharing.toSorted((a, b) => quantityOf(b.quantity).compare(quantityOf(a.quantity)));
    if (largest !== undefined && difference.isNegative) lacking.set(largest, difference);
  }
  return lacking;
}

/** Proposed, and applied by itself only where a second source says the same: a restart must not invent a trade. */
function notePosition(turn: Turn, exposure: Exposure, difference: Quantity): void {
  const { accountId, instrumentId } = exposure;
  const believed = plain(quantityOf(exposure.quantity));
  const venue = plain(quantityOf(exposure.quantity).plus(difference));
  const isProven = correctByTrades(turn, exposure, difference);
  const found: Found = {
    kind: 'positionDiffers',
    accountId,
    instrumentId,
    believed: { status: null, quantity: believed },
    venue: { status: null, quantity: venue },
    proposed: isProven ? 'book' : 'correct',
  };
  if (isProven) noteProven(turn, found);
  else noteDifference(turn, found, !isReduction(exposure, difference));
  const params = { accountId, instrumentId, believed, venue };
  const severity = isProven ? 'warning' : 'critical';
  turn.emit({ kind: 'alert.raised', alert: { code: 'POSITION_DIFFERS', severity, params } });
}

const BALANCE_LOOKS = 2;
/** Venues round what they settle to eight digits; we do not. */
const ROUNDING = quantityOf('0.000001');

function compareBalances(turn: Turn, accountId: AccountId, totals: ReadonlyMap<string, Quantity>): void {
  const { doubts, expected } = turn.state.reconciliation;
  const known = expected.get(accountId);
  if (known === undefined) {
    if (isSpotOnly(turn.state, accountId)) expected.set(accountId, textsOf(totals));
    return;
  }
  for (const asset of new Set([...known.keys(), ...totals.keys()])) {
    const believed = quantityOf(known.get(asset) ?? '0');
    const told = totals.get(asset) ?? Quantity.zero();
    const key = `balance|${accountId}|${asset}`;
    const difference = told.minus(believed);
    const isRounding = difference.abs().compare(ROUNDING) < 0;
    if (!isRounding && !isAgreed(turn, accountId, key, difference, BALANCE_LOOKS)) continue;
    known.set(asset, told.toString());
    doubts.delete(key);
    if (!isRounding) noteBalance(turn, accountId, asset, { believed: plain(believed), venue: plain(told) });
  }
}

function noteBalance(
  turn: Turn,
  accountId: AccountId,
  asset: string,
  { believed, venue }: { readonly believed: DecimalText; readonly venue: DecimalText },
): void {
  noteDifference(turn, {
    kind: 'balanceChanged',
    accountId,
    asset,
    believed: { status: null, quantity: believed },
    venue: { status: null, quantity: venue },
    proposed: 'take',
  });
}

const textsOf = (totals: ReadonlyMap<string, Quantity>): Map<string, DecimalText> =>
  new Map([...totals].map(([asset, total]) => [asset, total.toString()]));

const isSpotOnly = (state: ExecutionState, accountId: AccountId): boolean =>
  [...state.exposures.values()].every((exposure) => exposure.accountId !== accountId || isSpot(exposure.instrumentId));
