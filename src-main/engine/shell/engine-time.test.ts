import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { createEngineTime } from './engine-time.ts';

const START_US = 1_704_272_400_000_000;

describe('engine time', () => {
  it('is wall time at the start and advances by the monotonic clock', () => {
    const clock = new VirtualClock(START_US);
    const time = createEngineTime(clock, 0);
    clock.advance(1_250);
    expect(time.nowUs()).toBe(START_US + 1_250_000);
    expect(time.takeStep()).toBeNull();
  });

  it('follows a jump forward, as after a suspension, and tells it once', () => {
    const clock = new VirtualClock(START_US);
    const time = createEngineTime(clock, 0);
    clock.stepWall(3_600_000);
    expect(time.takeStep()).toBe(3_600_000_000);
    expect(time.nowUs()).toBe(START_US + 3_600_000_000);
    expect(time.takeStep()).toBeNull();
  });

  it('never runs backwards, and sees the next step from there', () => {
    const clock = new VirtualClock(START_US);
    const time = createEngineTime(clock, 0);
    clock.stepWall(-60_000);
    expect(time.takeStep()).toBe(-60_000_000);
    expect(time.nowUs()).toBe(START_US);
    expect(time.takeStep()).toBeNull();
    clock.stepWall(30_000);
    expect(time.takeStep()).toBe(30_000_000);
    expect(time.nowUs()).toBe(START_US);
    clock.stepWall(60_000);
    expect(time.takeStep()).toBe(60_000_000);
    expect(time.nowUs()).toBe(START_US + 30_000_000);
  });

  it('starts after the last event of the life before, whatever the wall clock says', () => {
    const time = createEngineTime(new VirtualClock(START_US), START_US + 5_000_000);
    expect(time.nowUs()).toBe(START_US + 5_000_000);
    expect(time.takeStep()).toBeNull();
  });

  it('leaves slewing alone', () => {
    const clock = new VirtualClock(START_US);
    const time = createEngineTime(clock, 0);
    clock.stepWall(400);
    expect(time.takeStep()).toBeNull();
  });
});
