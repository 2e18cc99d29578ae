/** Size of one step, a tick or a lot: `units` / 10^`scale`. Books count in steps, so they hold no fractions. */
export type StepSize = { readonly units: number; readonly scale: number };

/** A venue's text that its own rules do not allow: the book can no longer be trusted. */
export class BookIntegrityError extends Error {
  override readonly name = 'BookIntegrityError';
}

const ZERO = 48;
const NINE = 57;
const POINT = 46;
/** Digits a step may have behind the point: 10^15 is the last power of ten that is a safe integer. */
export const MAX_STEP_SCALE = 15;
const POWERS = Array.from({ length: MAX_STEP_SCALE + 1 }, (_, exponent) => Number(`1e${exponent}`));

/** `0.01000000` is a step of 1 / 10^2. Throws when the text is not a plain decimal above zero. */
export function stepSize(text: string): StepSize {
  const digits = Math.min(significantFraction(text), MAX_STEP_SCALE);
  const units = scaledInteger(text, digits);
  if (units === 0) throw new BookIntegrityError(`expected a step above zero, was ${JSON.stringify(text)}`);
  return { units, scale: digits };
}

/**
 * Steps in a plain unsigned decimal. Neither floats nor BigInt touch the digits: they are summed as integers, which is
 * exact up to 2^53. Throws naming the text when it is not a plain decimal, too large, or not on the step.
 */
export function stepsOf(text: string, step: StepSize): number {
  const units = scaledInteger(text, step.scale);
  if (step.units === 1) return units;
  if (units % step.units !== 0) throw offStep(text, step);
  return units / step.units;
}

/** Exact text of a count of steps, with the step's digits. Throws when the count is not a safe integer from zero. */
export function stepsText(steps: number, step: StepSize): string {
  if (!Number.isSafeInteger(steps) || steps < 0) throw new RangeError(`expected a count of steps, was ${steps}`);
  const digits = (BigInt(steps) * BigInt(step.units)).toString().padStart(step.scale + 1, '0');
  if (step.scale === 0) return digits;
  return `${digits.slice(0, -step.scale)}.${digits.slice(-step.scale)}`;
}

/** Digits behind the point without trailing zeros. */
export function significantFraction(text: string): number {
  const point = text.indexOf('.');
  if (point < 0) return 0;
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO) end--;
  return end - point - 1;
}

/** 10^exponent. Throws when it is not a safe integer. */
export function powerOfTen(exponent: number): number {
  const power = POWERS[exponent];
  if (power === undefined) throw new RangeError(`expected an exponent from 0 to ${MAX_STEP_SCALE}, was ${exponent}`);
  return power;
}

function scaledInteger(text: string, scale: number): number {
  let value = 0;
  let fraction = -1;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= ZERO && code <= NINE) {
      if (fraction < scale) {
        value = value * 10 + (code - ZERO);
        if (fraction >= 0) fraction++;
      } else if (code !== ZERO) throw offScale(text, scale);
    } else if (code === POINT && fraction < 0 && index > 0) fraction = 0;
    else throw notDecimal(text);
  }
  if (text.length === 0 || text.charCodeAt(text.length - 1) === POINT) throw notDecimal(text);
  value *= powerOfTen(scale - Math.max(fraction, 0));
  if (value > Number.MAX_SAFE_INTEGER) throw tooLarge(text, scale);
  return value;
}

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const notDecimal = (text: string): BookIntegrityError =>
  new BookIntegrityError(`expected a plain unsigned decimal, was ${shown(text)}`);

const offScale = (text: string, scale: number): BookIntegrityError =>
  new BookIntegrityError(`expected at most ${scale} fraction digits, was ${shown(text)}`);

const tooLarge = (text: string, scale: number): BookIntegrityError =>
  new BookIntegrityError(`expected less than 2^53 steps of 10^-${scale}, was ${shown(text)}`);

const offStep = (text: string, step: StepSize): BookIntegrityError =>
  new BookIntegrityError(`expected a multiple of ${stepsText(1, step)}, was ${shown(text)}`);
