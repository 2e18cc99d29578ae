import {
  type Decimal,
  type DecimalText,
  divide,
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
  pow10,
  rescale,
} from './decimal.ts';
import { err, ok, type Result } from './result.ts';

/** How a venue states the digits it accepts. `places` may be negative: tens, hundreds. */
export type Precision =
  | { readonly by: 'decimalPlaces'; readonly places: number }
  | { readonly by: 'significantDigits'; readonly digits: number }
  | { readonly by: 'tick'; readonly tick: Decimal };

export type PrecisionSide = 'towardZero' | 'halfAwayFromZero' | 'awayFromZero';

const SCIENTIFIC = /^([+-]?)(\d{0,400})(?:\.(\d{0,400}))?(?:[eE]([+-]?\d{1,3}))?$/;
const MAX_EXPONENT = 400;

/** Exact value of number text as libraries write it, exponents included. Denies anything but one finite number. */
export function parseScientific(text: string): Result<Decimal, string> {
  const match = SCIENTIFIC.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  const exponent = Number(power);
  if (whole + fraction === '' || Math.abs(exponent) > MAX_EXPONENT) {
    return err(`expected number text, was ${JSON.stringify(text.slice(0, 60))}`);
  }
  const magnitude = BigInt(whole + fraction);
  const units = sign === '-' ? -magnitude : magnitude;
  const scale = fraction.length - exponent;
  return ok(scale >= 0 ? { units, scale } : { units: units * pow10(-scale), scale: 0 });
}

/** Text without an exponent and without trailing zeros. */
export function plainText(value: Decimal): DecimalText {
  const text = formatDecimal(value);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The shortest decimal that reads back as this float: how a statistic enters exact arithmetic. Denies NaN and infinities. */
export function decimalFromFloat(value: number): Result<Decimal, string> {
  return parseScientific(String(value));
}

/** The value on the venue's grid, `scale` being the grid's. Throws when the tick is not above zero. */
export function roundToPrecision(value: Decimal, precision: Precision, side: PrecisionSide): Decimal {
  switch (precision.by) {
    case 'tick':
      return roundToStep(value, precision.tick, side);
    case 'decimalPlaces':
      return roundToStep(value, powerOfTen(-precision.places), side);
    case 'significantDigits':
      return roundToDigits(value, precision.digits, side);
  }
}

/** a - b x trunc(a / b); the sign is that of `a`. Throws when `b` is zero. */
export function remainderDecimals(a: Decimal, b: Decimal): Decimal {
  const quotient = divideTowardZero(a, b, 0);
  const product = multiplyDecimals(quotient, b);
  const scale = Math.max(a.scale, product.scale);
  return { units: rescale(a, scale, 'down').units - rescale(product, scale, 'down').units, scale };
}

/** Quotient with `scale` digits, cut off. Throws when `b` is zero. */
export function divideTowardZero(a: Decimal, b: Decimal, scale: number): Decimal {
  return divideDecimals(a, b, scale, a.units < 0n === b.units < 0n ? 'down' : 'up');
}

/** 9.99 to two digits is 10, not 10.0: the digits are counted again when rounding adds one. */
function roundToDigits(value: Decimal, digits: number, side: PrecisionSide): Decimal {
  const rounded = roundToStep(value, powerOfTen(leadingPower(value) - digits + 1), side);
  return rescale(rounded, Math.max(0, digits - 1 - leadingPower(rounded)), 'down');
}

function roundToStep(value: Decimal, step: Decimal, side: PrecisionSide): Decimal {
  if (step.units <= 0n) throw new RangeError(`expected a tick above zero, was ${formatDecimal(step)}`);
  const scale = Math.max(value.scale, step.scale);
  const size = step.units * pow10(scale - step.scale);
  const magnitude = (value.units < 0n ? -value.units : value.units) * pow10(scale - value.scale);
  const units = stepsIn(magnitude, size, side) * step.units;
  return { units: value.units < 0n ? -units : units, scale: step.scale };
}

function stepsIn(magnitude: bigint, size: bigint, side: PrecisionSide): bigint {
  switch (side) {
    case 'towardZero':
      return magnitude / size;
    case 'awayFromZero':
      return divide(magnitude, size, 'up');
    case 'halfAwayFromZero':
      return divide(2n * magnitude + size, 2n * size, 'down');
  }
}

function powerOfTen(exponent: number): Decimal {
  return exponent >= 0 ? { units: pow10(exponent), scale: 0 } : { units: 1n, scale: -exponent };
}

/** Power of ten of the first digit that is not zero: 2 for 123.4, -4 for 0.00012. */
function leadingPower({ units, scale }: Decimal): number {
  if (units === 0n) return 0;
  return (units < 0n ? -units : units).toString().length - 1 - scale;
}
