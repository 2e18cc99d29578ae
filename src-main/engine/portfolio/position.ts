import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  divideDecimals,
  multiplyDecimals,
} from '../domain/decimal.ts';
import type { AccountId, InstrumentId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Fill } from '../domain/order.ts';
import { Money, Price, Quantity } from '../domain/quantities.ts';

/** What we hold of one instrument in one account from our own fills. PnL is in the quote asset. */
export type Position = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  /** Signed: positive is long. Fees taken out of the base asset are already off. */
  readonly quantity: Quantity;
  /** Cost of the open quantity per unit, rounded half-even four digits below the tick; null when flat. */
  readonly averageEntryPrice: Price | null;
  /** Fees in quote or base included, the latter at cost; fees of other assets are in `fees` only. */
  readonly realizedPnl: Money;
  readonly fees: ReadonlyMap<string, Money>;
  /** Those of `fees` that `realizedPnl` does not hold. */
  readonly unbookedFees: readonly Money[];
  /** Funding, interest and rollover by asset, negative when paid. `realizedPnl` holds what is in the quote asset. */
  readonly carry: ReadonlyMap<string, Money>;
  readonly unbookedCarry: readonly Money[];
  readonly mark: Price | null;
  /** Null when open without a mark. */
  readonly unrealizedPnl: Money | null;
  readonly openedAtUs: number | null;
};

/** The exact state of a position: cost instead of an average, so nothing is lost to rounding. */
export type Ledger = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  /** The asset fees are taken out of the position in; null where there is none, as on a perpetual. */
  readonly base: string | null;
  readonly quote: string;
  readonly tickScale: number;
  readonly quantity: Decimal;
  /** Signed cost of the open quantity in the quote asset. */
  readonly cost: Decimal;
  readonly realized: Decimal;
  readonly fees: ReadonlyMap<string, Decimal>;
  readonly carry: ReadonlyMap<string, Decimal>;
  readonly openedAtUs: number | null;
};

const ZERO: Decimal = { units: 0n, scale: 0 };
/** Cost taken out by a partial exit is rounded half-even to at least this many digits; what is rounded off stays in cost. */
const MIN_COST_SCALE = 12;
const AVERAGE_DIGITS_BELOW_TICK = 4;

export function flatLedger(accountId: AccountId, instrument: Instrument): Ledger {
  return {
    accountId,
    instrumentId: instrument.id,
    base: instrument.product === 'USDM' ? null : instrument.base,
    quote: instrument.quote,
    tickScale: instrument.tickSize.scale,
    quantity: ZERO,
    cost: ZERO,
    realized: ZERO,
    fees: new Map(),
    carry: new Map(),
    openedAtUs: null,
  };
}

/** Books the trade, then its fee. Throws when a text of the fill is no decimal. */
export function applyFillTo(ledger: Ledger, fill: Fill): Ledger {
  const quantity = decimal(fill.quantity);
  const fee = decimal(fill.fee.amount);
  const traded = book(ledger, fill.side === 'buy' ? quantity : negated(quantity), decimal(fill.price));
  const charged = chargeFee(traded, fee, fill.fee.asset);
  return { ...charged, openedAtUs: openedAt(ledger, charged, fill.tradedAtUs) };
}

/**
 * A fee in the quote asset is a realized cost. A fee in the base asset of a spot market leaves the position as if given
 * away, so its cost is realized. Others are only counted: they have no rate here.
 */
function chargeFee(ledger: Ledger, fee: Decimal, asset: string): Ledger {
  const fees = new Map(ledger.fees).set(asset, addDecimals(ledger.fees.get(asset) ?? ZERO, fee));
  if (asset === ledger.quote) return { ...ledger, fees, realized: addDecimals(ledger.realized, negated(fee)) };
  if (asset === ledger.base) return { ...book(ledger, negated(fee), ZERO), fees };
  return { ...ledger, fees };
}

/** Adds a signed quantity at a price: what closes realizes its result, what opens adds its cost. */
function book(ledger: Ledger, delta: Decimal, price: Decimal): Ledger {
  const { quantity, cost, realized } = ledger;
  const closes = quantity.units !== 0n && delta.units !== 0n && quantity.units > 0n !== delta.units > 0n;
  const closing = closes ? smallerMagnitude(delta, negated(quantity)) : ZERO;
  const opening = addDecimals(delta, negated(closing));
  const costRemoved = closes ? proportionalCost(cost, closing, quantity) : ZERO;
  const proceeds = multiplyDecimals(negated(closing), price);
  return {
    ...ledger,
    quantity: addDecimals(quantity, delta),
    cost: addDecimals(addDecimals(cost, negated(costRemoved)), multiplyDecimals(opening, price)),
    realized: addDecimals(realized, addDecimals(proceeds, negated(costRemoved))),
  };
}

/** All of the cost when all is closed, so a flat position has none left. */
function proportionalCost(cost: Decimal, closing: Decimal, quantity: Decimal): Decimal {
  if (compareDecimals(closing, negated(quantity)) === 0) return cost;
  const scale = Math.max(cost.scale, MIN_COST_SCALE);
  return divideDecimals(multiplyDecimals(cost, closing), negated(quantity), scale, 'halfEven');
}

function openedAt(before: Ledger, after: Ledger, tradedAtUs: number): number | null {
  if (after.quantity.units === 0n) return null;
  const sameSide = before.quantity.units !== 0n && before.quantity.units > 0n === after.quantity.units > 0n;
  return sameSide ? before.openedAtUs : tradedAtUs;
}

/** Books what carrying the position cost or paid. In the quote asset it is realized; the rest has no rate here. */
export function carryOf(ledger: Ledger, asset: string, amount: Decimal): Ledger {
  const carry = new Map(ledger.carry).set(asset, addDecimals(ledger.carry.get(asset) ?? ZERO, amount));
  return asset === ledger.quote
    ? { ...ledger, carry, realized: addDecimals(ledger.realized, amount) }
    : { ...ledger, carry };
}

export function positionOf(ledger: Ledger, mark: Price | null): Position {
  const { accountId, instrumentId, base, quote, quantity, cost, realized, openedAtUs } = ledger;
  const fees = moniesOf(ledger.fees);
  const carry = moniesOf(ledger.carry);
  return {
    accountId,
    instrumentId,
    quantity: Quantity.of(quantity),
    averageEntryPrice: averageOf(ledger),
    realizedPnl: Money.of(realized, quote),
    fees: new Map(fees.map((fee) => [fee.asset, fee])),
    unbookedFees: fees.filter(({ asset }) => asset !== quote && asset !== base),
    carry: new Map(carry.map((amount) => [amount.asset, amount])),
    unbookedCarry: carry.filter(({ asset }) => asset !== quote),
    mark,
    unrealizedPnl: unrealizedOf(quantity, cost, mark, quote),
    openedAtUs,
  };
}

const moniesOf = (amounts: ReadonlyMap<string, Decimal>): readonly Money[] =>
  [...amounts].map(([asset, amount]) => Money.of(amount, asset));

function averageOf({ quantity, cost, tickScale }: Ledger): Price | null {
  if (quantity.units === 0n) return null;
  const average = divideDecimals(cost, quantity, tickScale + AVERAGE_DIGITS_BELOW_TICK, 'halfEven');
  return average.units > 0n ? Price.of(average) : null;
}

function unrealizedOf(quantity: Decimal, cost: Decimal, mark: Price | null, quote: string): Money | null {
  if (quantity.units === 0n) return Money.zero(quote);
  return mark === null ? null : Money.of(addDecimals(multiplyDecimals(mark, quantity), negated(cost)), quote);
}

export const negated = (value: Decimal): Decimal => ({ units: -value.units, scale: value.scale });

export const magnitudeOf = (value: Decimal): Decimal => (value.units < 0n ? negated(value) : value);

function smallerMagnitude(a: Decimal, b: Decimal): Decimal {
  return compareDecimals(magnitudeOf(a), magnitudeOf(b)) <= 0 ? a : b;
}
