import { expect, it } from 'vitest';
import { BarFolder } from './bar-folder.ts';

const MINUTE = 60_000_000;
const minute = (index: number, over: object = {}) => ({
  openTimeUs: index * MINUTE,
  open: '10',
  high: '11',
  low: '9',
  close: '10.5',
  volume: '1.1',
  ...over,
});

it('folds minutes into one bar, whose forming minute is counted once', () => {
  const folder = new BarFolder('5m', null);
  expect(folder.fold(minute(5))).toMatchObject({ openTimeUs: 5 * MINUTE, open: '10', volume: '1.1' });
  folder.fold(minute(5, { volume: '2.5', high: '12' }));
  expect(folder.fold(minute(6, { open: '20', low: '8.5', close: '9' }))).toEqual({
    openTimeUs: 5 * MINUTE,
    open: '10',
    high: '12',
    low: '8.5',
    close: '9',
    volume: '3.6',
  });
});

it('opens a new bar with its interval', () => {
  const folder = new BarFolder('5m', null);
  folder.fold(minute(9));
  expect(folder.fold(minute(10, { open: '30', volume: '4' }))).toMatchObject({
    openTimeUs: 10 * MINUTE,
    open: '30',
    volume: '4',
  });
});

it('goes on with the bar that was loaded and never shrinks its volume', () => {
  const folder = new BarFolder('5m', minute(5, { high: '15', volume: '7' }));
  expect(folder.fold(minute(7, { volume: '1' }))).toMatchObject({ high: '15', open: '10', volume: '7' });
  expect(folder.fold(minute(8, { volume: '9' }))).toMatchObject({ volume: '10' });
});
