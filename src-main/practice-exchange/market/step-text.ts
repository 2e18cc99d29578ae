import { invariant } from '../../engine/domain/result.ts';

const STEP_PATTERN = /^0?\.?0*10*$|^10*$/;

/**
 * A decimal step that is a power of ten, such as a tick of 0.01, and the exact way between texts and whole steps.
 * Every market shipped here has such steps; others are refused when the step is made.
 */
export type DecimalStep = { readonly text: string; readonly digits: number };

/** Throws when the step is not a power of ten at or below 1. */
export function decimalStep(text: string): DecimalStep {
  const trimmed = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  invariant(STEP_PATTERN.test(trimmed) && Number(trimmed) <= 1, `expected a step of 1, 0.1, 0.01 ..., was ${text}`);
  const point = trimmed.indexOf('.');
  return { text: trimmed, digits: point < 0 ? 0 : trimmed.length - point - 1 };
}

const ZERO = 48;

/** Whole steps in a decimal text. Throws when the text is no plain decimal, off the step or beyond safe integers. */
export function stepsOf(text: string, step: DecimalStep): number {
  const point = text.indexOf('.');
  const whole = point < 0 ? text.length : point;
  const end = whole + 1 + step.digits;
  let steps = 0;
  for (let index = 0; index < Math.max(text.length, end); index += 1) {
    if (index === whole) continue;
    const digit = index < text.length ? text.charCodeAt(index) - ZERO : 0;
    if (digit < 0 || digit > 9 || (index >= end && digit !== 0)) throw offStep(text, step);
    if (index < end) steps = steps * 10 + digit;
  }
  if (whole === 0 || point === text.length - 1 || !Number.isSafeInteger(steps)) throw offStep(text, step);
  return steps;
}

function offStep(text: string, step: DecimalStep): RangeError {
  return new RangeError(`expected a multiple of ${step.text}, was ${JSON.stringify(text)}`);
}

export function textOf(steps: number | bigint, step: DecimalStep): string {
  const digits = String(steps).padStart(step.digits + 1, '0');
  if (step.digits === 0) return digits;
  return `${digits.slice(0, -step.digits)}.${digits.slice(-step.digits)}`;
}
