import { z } from 'zod';
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  formatDecimal,
  multiplyDecimals,
} from '../../engine/domain/decimal.ts';
import {
  decimalFromFloat,
  divideTowardZero,
  parseScientific,
  plainText,
  type Precision,
  type PrecisionSide,
  remainderDecimals,
  roundToPrecision,
} from '../../engine/domain/precision.ts';
import { ensure, type Result } from '../../engine/domain/result.ts';
import { type Section, section } from './section.ts';

/** Digits of a quotient in the reference library. */
const QUOTIENT_SCALE = 18;

type Mode = 'DECIMAL_PLACES' | 'SIGNIFICANT_DIGITS' | 'TICK_SIZE';

export const decimalToPrecision: Section = section(
  z.object({
    x: z.string(),
    round: z.enum(['ROUND', 'TRUNCATE']),
    precision: z.number(),
    mode: z.enum(['DECIMAL_PLACES', 'SIGNIFICANT_DIGITS', 'TICK_SIZE']),
    padding: z.enum(['NO_PADDING', 'PAD_WITH_ZERO']),
  }),
  ({ x, round, precision, mode, padding }) => {
    const given = value(parseScientific(x));
    const rounded = roundToPrecision(given, precisionOf(mode, precision), sideOf(given, round, mode));
    return padding === 'PAD_WITH_ZERO' ? formatDecimal(rounded) : plainText(rounded);
  },
);

export const numberToString: Section = section(z.object({ x: z.number() }), ({ x }) =>
  plainText(value(decimalFromFloat(x))),
);

const OPERATIONS: Readonly<Record<string, (a: Decimal, b: Decimal) => string | boolean>> = {
  stringAdd: (a, b) => plainText(addDecimals(a, b)),
  stringSub: (a, b) => plainText(addDecimals(a, { units: -b.units, scale: b.scale })),
  stringMul: (a, b) => plainText(multiplyDecimals(a, b)),
  stringDiv: (a, b) => plainText(divideTowardZero(a, b, QUOTIENT_SCALE)),
  stringMod: (a, b) => plainText(remainderDecimals(a, b)),
  stringMin: (a, b) => plainText(compareDecimals(a, b) <= 0 ? a : b),
  stringMax: (a, b) => plainText(compareDecimals(a, b) >= 0 ? a : b),
  stringGt: (a, b) => compareDecimals(a, b) > 0,
  stringGe: (a, b) => compareDecimals(a, b) >= 0,
  stringLt: (a, b) => compareDecimals(a, b) < 0,
  stringLe: (a, b) => compareDecimals(a, b) <= 0,
  stringEquals: (a, b) => compareDecimals(a, b) === 0,
};

export const preciseOperation: Section = section(
  z.object({ fn: z.string(), a: z.string(), b: z.string() }),
  ({ fn, a, b }) => {
    const operation = ensure(OPERATIONS[fn], `one of ${Object.keys(OPERATIONS).join(', ')} instead of ${fn}`);
    return operation(value(parseScientific(a)), value(parseScientific(b)));
  },
);

/** The reference reads a negative count as a power of ten in either counting mode. */
function precisionOf(mode: Mode, precision: number): Precision {
  if (mode === 'TICK_SIZE') return { by: 'tick', tick: value(decimalFromFloat(precision)) };
  if (mode === 'SIGNIFICANT_DIGITS' && precision >= 0) return { by: 'significantDigits', digits: precision };
  return { by: 'decimalPlaces', places: precision };
}

/** The reference rounds a negative value to the tick further from zero. Our prices and order sizes are never negative. */
function sideOf(given: Decimal, round: 'ROUND' | 'TRUNCATE', mode: Mode): PrecisionSide {
  if (round === 'TRUNCATE') return 'towardZero';
  return mode === 'TICK_SIZE' && given.units < 0n ? 'awayFromZero' : 'halfAwayFromZero';
}

function value(parsed: Result<Decimal, string>): Decimal {
  if (!parsed.ok) throw new RangeError(parsed.error);
  return parsed.value;
}
