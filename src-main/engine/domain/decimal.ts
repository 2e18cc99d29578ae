import { err, ok, type Result } from './result.ts';

/** Exact decimal text as it crosses the wire, the journal and the contract: `-?digits[.digits]`, never exponents. */
export type DecimalText = string;

export type RoundingSide = 'down' | 'up' | 'halfEven';

/** value = units / 10^scale. Trailing zeros are kept: the scale is the venue's precision. */
export type Decimal = { readonly units: bigint; readonly scale: number };

export const MAX_SCALE = 18;
const DECIMAL_PATTERN = /^(-?)(\d{1,40})(?:\.(\d{1,18}))?$/;

const POWERS: readonly bigint[] = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent for exponents 0 to 63. */
export function pow10(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** Denies text that is not a plain decimal of at most 40 integer and 18 fraction digits. */
export function parseDecimal(text: string): Result<Decimal, string> {
  const match = DECIMAL_PATTERN.exec(text);
  if (match === null)
    return err(`expected a plain decimal of at most ${MAX_SCALE} fraction digits, was ${quote(text)}`);
  const fraction = match[3] ?? '';
  const magnitude = BigInt((match[2] ?? '') + fraction);
  return ok({ units: match[1] === '-' ? -magnitude : magnitude, scale: fraction.length });
}

/** Throws when `text` is not a plain decimal; for literals and journaled text that was validated when written. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (!parsed.ok) throw new RangeError(parsed.error);
  return parsed.value;
}

export function formatDecimal({ units, scale }: Decimal): DecimalText {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(digits.length - scale)}`;
  return negative ? `-${text}` : text;
}

/** Quotient of bigints rounded towards -infinity, +infinity or the nearest with ties to even. */
export function divide(dividend: bigint, divisor: bigint, side: RoundingSide): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  if (remainder === 0n) return quotient;
  const positive = remainder > 0n === divisor > 0n;
  const floor = positive ? quotient : quotient - 1n;
  if (side === 'down') return floor;
  if (side === 'up') return floor + 1n;
  const twice = (dividend - floor * divisor) * 2n;
  const compared = divisor > 0n ? twice - divisor : divisor - twice;
  if (compared === 0n) return floor % 2n === 0n ? floor : floor + 1n;
  return compared > 0n ? floor + 1n : floor;
}

export function rescale(value: Decimal, scale: number, side: RoundingSide): Decimal {
  if (scale >= value.scale) return { units: value.units * pow10(scale - value.scale), scale };
  return { units: divide(value.units, pow10(value.scale - scale), side), scale };
}

export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const left = a.units * pow10(scale - a.scale);
  const right = b.units * pow10(scale - b.scale);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: a.units * pow10(scale - a.scale) + b.units * pow10(scale - b.scale), scale };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** Throws when `b` is zero. The result has `scale` fraction digits, rounded to `side`. */
export function divideDecimals(a: Decimal, b: Decimal, scale: number, side: RoundingSide): Decimal {
  if (b.units === 0n) throw new RangeError('expected a divisor other than zero, was 0');
  const shift = scale + b.scale - a.scale;
  const [top, bottom] = shift >= 0 ? [a.units * pow10(shift), b.units] : [a.units, b.units * pow10(-shift)];
  return { units: divide(top, bottom, side), scale };
}

/** The only way out of exact arithmetic: for features, statistics and pixels. */
export function toNumberLossy(value: Decimal): number {
  return Number(formatDecimal(value));
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
