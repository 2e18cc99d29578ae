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

/** Whole steps in a decimal text. Throws when the text is no plain decimal, off the step or beyond safe integers. */
export function stepsOf(text: string, step: DecimalStep): number {
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? '' : text.slice(point + 1);
  const kept = fraction.slice(0, step.digits).padEnd(step.digits, '0');
  const steps = Number(whole + kept);
  const exact = /^\d+$/.test(whole + kept) && /^0*$/.test(fraction.slice(step.digits));
  if (!exact || !Number.isSafeInteger(steps)) {
    throw new RangeError(`expected a multiple of ${step.text}, was ${JSON.stringify(text)}`);
  }
  return steps;
}

export function textOf(steps: number | bigint, step: DecimalStep): string {
  const digits = String(steps).padStart(step.digits + 1, '0');
  if (step.digits === 0) return digits;
  return `${digits.slice(0, -step.digits)}.${digits.slice(-step.digits)}`;
}
