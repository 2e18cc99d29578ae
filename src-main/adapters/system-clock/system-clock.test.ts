import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from './system-clock.ts';

describe('system clock', () => {
  afterEach(() => void vi.useRealTimers());

  it('stamps wall time in safe integer microseconds', () => {
    const before = Date.now() * 1000;
    const stamp = createSystemClock().nowUs();
    expect(Number.isSafeInteger(stamp)).toBe(true);
    expect(stamp).toBeGreaterThanOrEqual(before);
  });

  it('never steps back in monotonic time when the wall clock does', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const clock = createSystemClock();
    const before = clock.monotonicUs();
    vi.setSystemTime(0);
    expect(clock.nowUs()).toBe(0);
    expect(clock.monotonicUs()).toBeGreaterThanOrEqual(before);
  });

  it('stops calling back once told to', () => {
    vi.useFakeTimers();
    const clock = createSystemClock();
    const called: string[] = [];
    const stop = clock.every(10, () => called.push('every'));
    const cancel = clock.after(15, () => called.push('never'));
    clock.after(25, () => called.push('after'));
    vi.advanceTimersByTime(10);
    cancel();
    vi.advanceTimersByTime(20);
    stop();
    vi.advanceTimersByTime(100);
    expect(called).toEqual(['every', 'every', 'after', 'every']);
  });
});
