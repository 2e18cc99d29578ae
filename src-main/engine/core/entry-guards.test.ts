import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCOUNT } from '../testing/core-session.ts';
import { createParts } from './core-state.ts';
import { entriesInMinute, noteEntry } from './entry-guards.ts';

const MINUTE_US = 60_000_000;

describe('entries of the last minute', () => {
  it('are counted as by looking at each one, whatever the gaps', () => {
    const gaps = fc.array(fc.oneof(fc.nat(2), fc.nat(1_000_000), fc.integer({ min: 0, max: 2 * MINUTE_US })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(gaps, (steps) => {
        const parts = createParts();
        const entries: number[] = [];
        let timeUs = 0;
        for (const step of steps) {
          timeUs += step;
          const within = entries.filter((atUs) => timeUs - atUs < MINUTE_US);
          expect(entriesInMinute(parts, ACCOUNT, timeUs)).toBe(within.length);
          noteEntry(parts, { timeUs } as Parameters<typeof noteEntry>[1], ACCOUNT);
          entries.push(timeUs);
          const kept = parts.state.entryTimes.get(ACCOUNT)?.length ?? 0;
          expect(kept).toBeLessThanOrEqual(2 * within.length + 2);
        }
      }),
    );
  });
});
