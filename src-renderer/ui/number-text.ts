/** Decimal text to what the trader reads: exact, by text, never through a float. Only ratios and ages are floats. */

/** U+2212: a hyphen is narrower than a digit and is not a minus. */
export const MINUS = '\u2212';

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

type DecimalParts = { readonly negative: boolean; readonly whole: string; readonly fraction: string };

/** Throws when `text` is not plain decimal text. */
export function decimalParts(text: string): DecimalParts {
  const match = DECIMAL.exec(text);
  if (!match) throw new RangeError(`expected decimal text, was ${JSON.stringify(text)}`);
  return { negative: match[1] === '-', whole: match[2] ?? '0', fraction: match[3] ?? '' };
}

export const groupThousands = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Rounds half away from zero to `digits` decimals. */
function rounded(parts: DecimalParts, digits: number): DecimalParts {
  if (parts.fraction.length <= digits) return { ...parts, fraction: parts.fraction.padEnd(digits, '0') };
  const kept = BigInt(parts.whole + parts.fraction.slice(0, digits));
  const up = (parts.fraction[digits] ?? '0') >= '5' ? 1n : 0n;
  const text = (kept + up).toString().padStart(digits + 1, '0');
  return {
    negative: parts.negative,
    whole: text.slice(0, text.length - digits),
    fraction: text.slice(text.length - digits),
  };
}

const isZero = (parts: DecimalParts): boolean => /^0*$/.test(parts.whole + parts.fraction);

function joined(parts: DecimalParts): string {
  const whole = groupThousands(parts.whole.replace(/^0+(?=\d)/, ''));
  return parts.fraction === '' ? whole : `${whole}.${parts.fraction}`;
}

export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/**
 * `digits` absent: as many as the text has, without trailing zeros. What is not a number (a dash for "not known") is
 * shown as it came: one odd word must not blank the screen.
 */
export function formatDecimal(text: string, digits?: number): string {
  if (!isDecimal(text)) return text;
  const parts = decimalParts(text);
  const shown =
    digits === undefined ? { ...parts, fraction: parts.fraction.replace(/0+$/, '') } : rounded(parts, digits);
  return (shown.negative && !isZero(shown) ? MINUS : '') + joined(shown);
}

/** With its sign also when it is a gain: PnL and changes are never told apart by color alone. */
export function formatSigned(text: string, digits?: number): string {
  const shown = formatDecimal(text, digits);
  return shown.startsWith(MINUS) || signOf(text) === 0 ? shown : `+${shown}`;
}

export function signOf(text: string): -1 | 0 | 1 {
  if (!isDecimal(text)) return 0;
  const parts = decimalParts(text);
  if (isZero(parts)) return 0;
  return parts.negative ? -1 : 1;
}

/** A fraction as percent with a space before the sign, as the house writes it. */
export function formatRatio(ratio: number, digits = 2): string {
  const text = Math.abs(ratio * 100).toFixed(digits);
  return `${ratio < 0 && Number(text) !== 0 ? MINUS : ''}${groupFixed(text)} %`;
}

export function formatSignedRatio(ratio: number, digits = 2): string {
  const shown = formatRatio(ratio, digits);
  return ratio > 0 && !shown.startsWith(MINUS) ? `+${shown}` : shown;
}

function groupFixed(text: string): string {
  const [whole = '0', fraction] = text.split('.');
  return fraction === undefined ? groupThousands(whole) : `${groupThousands(whole)}.${fraction}`;
}

/** A count or a measured float such as milliseconds. */
export const formatNumber = (value: number, digits = 0): string =>
  (value < 0 ? MINUS : '') + groupFixed(Math.abs(value).toFixed(digits));

/** Decimals of a step: 0.01000000 has 2, 10 has 0. */
export function digitsOf(step: string): number {
  return decimalParts(step).fraction.replace(/0+$/, '').length;
}

/** A step as whole units of its last digit: 0.05 is 5 at 2 digits. */
function unitsOf(step: string): { readonly units: number; readonly digits: number } {
  const digits = digitsOf(step);
  const parts = decimalParts(step);
  return { units: Number(parts.whole + parts.fraction.slice(0, digits)), digits };
}

/** Text of `count` steps, exactly: ticks or lots of a book frame to price or quantity. Made once, called per cell. */
export function stepFormatter(step: string): (count: number) => string {
  const { units, digits } = unitsOf(step);
  return (count) => {
    const total = count * units;
    const text = Number.isSafeInteger(total)
      ? Math.abs(total).toString()
      : (BigInt(Math.abs(count)) * BigInt(units)).toString();
    return (count < 0 ? MINUS : '') + pointed(text, digits);
  };
}

function pointed(unitsText: string, digits: number): string {
  if (digits === 0) return groupThousands(unitsText);
  const padded = unitsText.padStart(digits + 1, '0');
  return `${groupThousands(padded.slice(0, padded.length - digits))}.${padded.slice(padded.length - digits)}`;
}

/** Whole steps in decimal text, rounded down; the inverse of the formatter for prices on the tick. */
export function stepsOf(text: string, step: string): number {
  const { units, digits } = unitsOf(step);
  const parts = decimalParts(text);
  const scaled = BigInt(parts.whole + parts.fraction.slice(0, digits).padEnd(digits, '0'));
  const magnitude = Number(scaled / BigInt(units));
  return parts.negative ? -magnitude : magnitude;
}

/** Plain decimal text of steps, for commands: no grouping, ASCII minus. */
export function stepText(count: number, step: string): string {
  const { units, digits } = unitsOf(step);
  const total = BigInt(count) * BigInt(units);
  const text = (total < 0n ? -total : total).toString().padStart(digits + 1, '0');
  const plain = digits === 0 ? text : `${text.slice(0, text.length - digits)}.${text.slice(text.length - digits)}`;
  return (total < 0n ? '-' : '') + plain;
}

/** Exact product of two decimals, for a notional shown before an order is sent. */
export function multiplyDecimals(a: string, b: string): string {
  const [x, y] = [decimalParts(a), decimalParts(b)];
  const digits = x.fraction.length + y.fraction.length;
  const product = (BigInt(x.whole + x.fraction) * BigInt(y.whole + y.fraction)).toString().padStart(digits + 1, '0');
  const sign = x.negative === y.negative ? '' : '-';
  return digits === 0
    ? sign + product
    : `${sign}${product.slice(0, product.length - digits)}.${product.slice(product.length - digits)}`;
}

/** Exact sum of decimals, in the digits of the longest. */
export function sumDecimals(texts: readonly string[]): string {
  const all = texts.map(decimalParts);
  const digits = Math.max(0, ...all.map((parts) => parts.fraction.length));
  let sum = 0n;
  for (const parts of all) {
    const magnitude = BigInt(parts.whole + parts.fraction.padEnd(digits, '0'));
    sum += parts.negative ? -magnitude : magnitude;
  }
  const text = (sum < 0n ? -sum : sum).toString().padStart(digits + 1, '0');
  const plain = digits === 0 ? text : `${text.slice(0, text.length - digits)}.${text.slice(text.length - digits)}`;
  return (sum < 0n ? '-' : '') + plain;
}

export const negated = (text: string): string => (text.startsWith('-') ? text.slice(1) : `-${text}`);

/** Exact difference of two decimals. */
export const subtractDecimals = (a: string, b: string): string => sumDecimals([a, negated(b)]);

export const addDecimals = (a: string, b: string): string => sumDecimals([a, b]);

/** Below zero when a is less than b. */
export const compareDecimals = (a: string, b: string): -1 | 0 | 1 => signOf(subtractDecimals(a, b));

/** Whether a decimal is a whole number of steps. */
export function isOnStep(text: string, step: string): boolean {
  const digits = Math.max(decimalParts(text).fraction.length, digitsOf(step));
  return scaledUnits(text, digits) % scaledUnits(step, digits) === 0n;
}

/** a / b in whole steps, rounded down, of two decimals above zero. */
export function divideToStep(a: string, b: string, step: string): string {
  const digits = Math.max(...[a, b, step].map((text) => decimalParts(text).fraction.length));
  // a / (b * step): both sides brought to the same digits.
  const dividend = scaledUnits(a, digits) * 10n ** BigInt(digits);
  const steps = dividend / (scaledUnits(b, digits) * scaledUnits(step, digits));
  return multiplyDecimals(steps.toString(), step);
}

function scaledUnits(text: string, digits: number): bigint {
  const { whole, fraction, negative } = decimalParts(text);
  const units = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  return negative ? -units : units;
}
