import {
  addDecimals,
  compareDecimals,
  type Decimal,
  type DecimalText,
  divide,
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
  pow10,
  rescale,
  type RoundingSide,
  toNumberLossy,
} from './decimal.ts';
import { err, invariant, ok, type Result } from './result.ts';

/** Shared behavior of the value types; the brand keeps Price, Quantity and Money from mixing at compile time. */
abstract class Fixed implements Decimal {
  readonly units: bigint;
  readonly scale: number;

  protected constructor(value: Decimal) {
    this.units = value.units;
    this.scale = value.scale;
  }

  get isZero(): boolean {
    return this.units === 0n;
  }

  get isPositive(): boolean {
    return this.units > 0n;
  }

  get isNegative(): boolean {
    return this.units < 0n;
  }

  toNumberLossy(): number {
    return toNumberLossy(this);
  }

  toString(): DecimalText {
    return formatDecimal(this);
  }

  toJSON(): DecimalText {
    return formatDecimal(this);
  }
}

/** Quote units per base unit. Price x Price is not a Price: products go through {@link Price.times}. */
export class Price extends Fixed {
  declare private readonly brand: 'Price';

  static of(value: Decimal): Price {
    return new Price(value);
  }

  /** Denies text that is not a plain decimal, and prices that are not above zero. */
  static parse(text: string): Result<Price, string> {
    const parsed = parseDecimal(text);
    if (!parsed.ok) return parsed;
    if (parsed.value.units <= 0n) return err(`expected a price above zero, was ${text}`);
    return ok(new Price(parsed.value));
  }

  compare(other: Price): -1 | 0 | 1 {
    return compareDecimals(this, other);
  }

  /** Rounds to a multiple of `tick`: `down` towards zero price, `up` away from it. */
  roundToTick(tick: Price, side: RoundingSide): Price {
    return new Price(roundToMultiple(this, tick, side));
  }

  isOnTick(tick: Price): boolean {
    return isMultiple(this, tick);
  }

  /** price x quantity in the quote asset, exact. */
  times<A extends string>(quantity: Quantity, quoteAsset: A): Money<A> {
    return Money.of(multiplyDecimals(this, quantity), quoteAsset);
  }

  /** Moves the price by a signed fraction, rounded to its own scale. */
  scaledBy(factor: Decimal, side: RoundingSide): Price {
    return new Price(rescale(multiplyDecimals(this, factor), this.scale, side));
  }
}

/** Base units, signed: positive is long. */
export class Quantity extends Fixed {
  declare private readonly brand: 'Quantity';

  static of(value: Decimal): Quantity {
    return new Quantity(value);
  }

  static zero(scale = 0): Quantity {
    return new Quantity({ units: 0n, scale });
  }

  /** Denies text that is not a plain decimal. Sign is kept: sizes of orders are checked by the gate. */
  static parse(text: string): Result<Quantity, string> {
    const parsed = parseDecimal(text);
    return parsed.ok ? ok(new Quantity(parsed.value)) : parsed;
  }

  compare(other: Quantity): -1 | 0 | 1 {
    return compareDecimals(this, other);
  }

  plus(other: Quantity): Quantity {
    return new Quantity(addDecimals(this, other));
  }

  minus(other: Quantity): Quantity {
    return this.plus(other.negated());
  }

  negated(): Quantity {
    return new Quantity({ units: -this.units, scale: this.scale });
  }

  abs(): Quantity {
    return this.units < 0n ? this.negated() : this;
  }

  min(other: Quantity): Quantity {
    return this.compare(other) <= 0 ? this : other;
  }

  max(other: Quantity): Quantity {
    return this.compare(other) >= 0 ? this : other;
  }

  /** Largest multiple of `lot` that is not above the magnitude; the sign is kept. */
  floorToLot(lot: Quantity): Quantity {
    const floored = roundToMultiple(this.abs(), lot, 'down');
    return new Quantity(this.units < 0n ? { units: -floored.units, scale: floored.scale } : floored);
  }

  isOnLot(lot: Quantity): boolean {
    return isMultiple(this, lot);
  }

  scaledBy(factor: Decimal, scale: number, side: RoundingSide): Quantity {
    return new Quantity(rescale(multiplyDecimals(this, factor), scale, side));
  }
}

/** An amount of one asset. Amounts of different assets do not add: literal asset types fail to compile, others throw. */
export class Money<A extends string = string> extends Fixed {
  declare private readonly brand: 'Money';
  readonly asset: A;

  private constructor(value: Decimal, asset: A) {
    super(value);
    this.asset = asset;
  }

  static of<A extends string>(value: Decimal, asset: A): Money<A> {
    return new Money(value, asset);
  }

  static zero<A extends string>(asset: A): Money<A> {
    return new Money({ units: 0n, scale: 0 }, asset);
  }

  static parse<A extends string>(text: string, asset: A): Result<Money<A>, string> {
    const parsed = parseDecimal(text);
    return parsed.ok ? ok(new Money(parsed.value, asset)) : parsed;
  }

  /** Throws when the assets differ. */
  compare(other: Money<A>): -1 | 0 | 1 {
    this.requireSameAsset(other);
    return compareDecimals(this, other);
  }

  /** Throws when the assets differ. */
  plus(other: Money<A>): Money<A> {
    this.requireSameAsset(other);
    return new Money(addDecimals(this, other), this.asset);
  }

  /** Throws when the assets differ. */
  minus(other: Money<A>): Money<A> {
    return this.plus(other.negated());
  }

  negated(): Money<A> {
    return new Money({ units: -this.units, scale: this.scale }, this.asset);
  }

  abs(): Money<A> {
    return this.units < 0n ? this.negated() : this;
  }

  scaledBy(factor: Decimal, scale: number, side: RoundingSide): Money<A> {
    return new Money(rescale(multiplyDecimals(this, factor), scale, side), this.asset);
  }

  rounded(scale: number, side: RoundingSide): Money<A> {
    return new Money(rescale(this, scale, side), this.asset);
  }

  /** money / price = quantity. Throws when the price is zero. */
  dividedByPrice(price: Price, scale: number, side: RoundingSide): Quantity {
    return Quantity.of(divideDecimals(this, price, scale, side));
  }

  /** money / quantity = price. Throws when the quantity is zero. */
  dividedByQuantity(quantity: Quantity, scale: number, side: RoundingSide): Price {
    return Price.of(divideDecimals(this, quantity, scale, side));
  }

  private requireSameAsset(other: Money): void {
    invariant(this.asset === other.asset, `expected an amount in ${this.asset}, was ${other.asset}`);
  }
}

function isMultiple(value: Decimal, step: Decimal): boolean {
  const scale = Math.max(value.scale, step.scale);
  const unit = step.units * pow10(scale - step.scale);
  return unit !== 0n && (value.units * pow10(scale - value.scale)) % unit === 0n;
}

/** Result carries the scale of `step`, so an order text has the venue's digits. Throws when the step is not above zero. */
function roundToMultiple(value: Decimal, step: Decimal, side: RoundingSide): Decimal {
  invariant(step.units > 0n, () => `expected a step above zero, was ${formatDecimal(step)}`);
  const scale = Math.max(value.scale, step.scale);
  const unit = step.units * pow10(scale - step.scale);
  const steps = divide(value.units * pow10(scale - value.scale), unit, side);
  return { units: steps * step.units, scale: step.scale };
}
