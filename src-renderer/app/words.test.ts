import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ALERT_WORDS,
  alertText,
  alertTitle,
  DENIAL_WORDS,
  denialText,
  limitTitle,
  orderTypeText,
  statusText,
  wordsOfError,
} from './words.ts';

/** The codes as the engine's source lists them: the renderer may not import the engine. */
function codesIn(file: string, list: string): readonly string[] {
  const source = readFileSync(resolve(import.meta.dirname, '../../src-main/engine/domain', file), 'utf8');
  const body = new RegExp(`${list} = \\[([^\\]]+)\\]`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/'([A-Z_]+)'/g)].map((match) => match[1] ?? '');
}

describe('every code has its words', () => {
  it('for denials', () => {
    const codes = codesIn('denial.ts', 'DENIAL_CODES');
    expect(codes.length).toBeGreaterThan(20);
    expect(Object.keys(DENIAL_WORDS).toSorted()).toEqual(codes.toSorted());
  });

  it('for alerts', () => {
    const codes = codesIn('alert.ts', 'ALERT_CODES');
    expect(codes.length).toBeGreaterThan(10);
    expect(Object.keys(ALERT_WORDS).toSorted()).toEqual(codes.toSorted());
  });

  it.each([...Object.values(DENIAL_WORDS), ...Object.values(ALERT_WORDS)])('$title reads as a sentence', (wording) => {
    expect(wording.text({})).toMatch(/[.]$/);
    expect(wording.title).toMatch(/^[A-Z]/);
  });
});

describe('words', () => {
  it('holds the numbers it was judged by, grouped', () => {
    expect(denialText('ORDER_NOTIONAL_LIMIT', { after: '24000.00', limit: '15151.46', unit: 'USDT' })).toBe(
      '24,000 against a limit of 15,151.46 USDT.',
    );
  });

  it('lists the bare numbers when its words would have a hole', () => {
    expect(denialText('PRICE_COLLAR', { deviation: '0.02' })).toBe('deviation 0.02');
    expect(alertText('EMERGENCY_STOP', {})).toBe('By —. Pinned until re-armed.');
  });

  it('shows an unknown code as it came', () => {
    expect(alertTitle('NEW_CODE')).toBe('NEW_CODE');
    expect(wordsOfError({ code: 'NEW_CODE', params: { a: 1, b: null } })).toBe('NEW_CODE: a 1, b —');
  });

  it('names limits, types and statuses, also those it does not know', () => {
    expect(limitTitle('dayLoss')).toBe('Day loss');
    expect(limitTitle('someNewLimit')).toBe('Some new limit');
    expect(orderTypeText('limitMaker')).toBe('Post-only');
    expect(statusText('partiallyFilled')).toBe('partially filled');
  });
});
