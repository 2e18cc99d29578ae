import { expect, it } from 'vitest';
import { ageText, clockText, clockTextMs, dateText } from './time-text.ts';

it.each([
  [-5, '0 ms'],
  [38.4, '38 ms'],
  [3200, '3.2 s'],
  [72_000, '1 min 12 s'],
  [3_900_000, '1 h 5 min'],
])('an age of %s ms is %s', (ms, text) => expect(ageText(ms)).toBe(text));

it('writes times in UTC', () => {
  const us = Date.UTC(2026, 0, 7, 10, 14, 52, 38) * 1000;
  expect(clockText(us)).toBe('10:14:52');
  expect(clockTextMs(us)).toBe('10:14:52.038');
  expect(dateText(us / 1000)).toBe('Wed 7 Jan 2026');
});
