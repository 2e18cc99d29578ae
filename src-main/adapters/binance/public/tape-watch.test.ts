import { describe, expect, it } from 'vitest';
import { TapeWatch } from './tape-watch.ts';

const AFTER = 100;

describe('TapeWatch', () => {
  it('is content while bars and trades keep up with each other, and with none of either', () => {
    const watch = new TapeWatch();
    expect(watch.silent(1_000, AFTER)).toBeNull();
    watch.barred(50, 0);
    watch.traded(51, 10);
    watch.barred(51, 50);
    expect(watch.silent(1_000, AFTER)).toBeNull();
  });

  it('does not miss trades from before the connection', () => {
    const watch = new TapeWatch();
    watch.barred(50, 0);
    expect(watch.silent(1_000, AFTER)).toBeNull();
  });

  it('names the trade stream when bars hold trades that never came', () => {
    const watch = new TapeWatch();
    watch.barred(50, 0);
    watch.barred(52, 10);
    watch.barred(60, 90);
    expect(watch.silent(110, AFTER)).toBeNull();
    expect(watch.silent(111, AFTER)).toBe('trade');
    watch.traded(60, 120);
    expect(watch.silent(1_000, AFTER)).toBeNull();
  });

  it('names the bar stream when trades are in no bar', () => {
    const watch = new TapeWatch();
    watch.traded(60, 10);
    watch.traded(61, 90);
    expect(watch.silent(110, AFTER)).toBeNull();
    expect(watch.silent(111, AFTER)).toBe('kline');
    watch.reset();
    expect(watch.silent(1_000, AFTER)).toBeNull();
  });
});
