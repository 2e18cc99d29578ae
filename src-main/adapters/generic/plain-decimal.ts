import { type DecimalText, parseDecimal } from '../../engine/domain/decimal.ts';

const SCIENTIFIC = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/;

/**
 * Exact plain text of what ccxt hands over as a number: text, a number of JSON's own spelling, or either with an exponent.
 * Trailing zeros of a fraction go. Undefined when it is no decimal that we can hold.
 */
export function plainDecimal(value: unknown): DecimalText | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = expanded(String(value));
  if (!parseDecimal(text).ok) return undefined;
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function expanded(text: string): string {
  const match = SCIENTIFIC.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + trimmedLeft(digits.padEnd(point, '0'));
  return `${sign}${trimmedLeft(digits.slice(0, point))}.${digits.slice(point)}`;
}

const trimmedLeft = (digits: string): string => digits.replace(/^0+(?=\d)/, '');
