import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../../adapters/system-clock/system-clock.ts';
import { DEFECTS } from '../testing/defects.ts';
import { minimize } from './minimize.ts';
import { playSchedule } from './play-schedule.ts';
import { type FailedSchedule, runRandom } from './run-random.ts';
import { makeSchedule } from './schedule.ts';

const PATIENCE_MS = 60_000;

describe('random schedules', () => {
  it(
    'cost nothing',
    async () => {
      const failed: FailedSchedule[] = [];
      const result = await runRandom({
        clock: createSystemClock(),
        schedules: 50,
        seed: 'short',
        from: 1,
        failed: (failure) => failed.push(failure),
        progress: () => undefined,
      });
      expect(failed).toEqual([]);
      expect(Object.keys(result.products).sort()).toEqual(['kraken', 'margin', 'spot', 'usdm']);
      expect(result).toMatchObject({ schedules: 50, failed: 0, lost: 0, duplicated: 0, ok: true });
      for (const figure of ['kills', 'faultsFired', 'filterChanges', 'fills', 'partialFills', 'executors'] as const)
        expect(result[figure]).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  it('play the same again', async () => {
    const schedule = makeSchedule('again/7');
    expect(await playSchedule(schedule)).toEqual(await playSchedule(schedule));
  });
});

describe('a failing schedule', () => {
  it.each([
    ['resendOnTimeout', 25, DEFECTS.resendOnTimeout, /creates sent again/],
    ['snapshotBeforeAwait', 5, DEFECTS.snapshotBeforeAwait, /by the journal/],
  ] as const)(
    'is found, made short and told for the defect %s, of %i',
    async (_defect, schedules, { gateway }, sign) => {
      const failures: FailedSchedule[] = [];
      const result = await runRandom({
        clock: createSystemClock(),
        ...{ schedules, seed: 'defect', from: 1, progress: () => undefined },
        failed: (failure) => failures.push(failure),
        exchange: gateway,
      });
      expect(result).toMatchObject({ ok: false, failed: failures.length });
      const whole = makeSchedule(`defect/${failures[0]?.schedule ?? 0}`);
      expect(failures[0]?.steps.length).toBeLessThan(whole.steps.length);
      expect(failures.map(({ problems }) => problems.join('; '))).toContainEqual(expect.stringMatching(sign));
      // Without the defect the same steps cost nothing.
      for (const failure of failures) expect((await playSchedule(failure)).problems).toEqual([]);
    },
    PATIENCE_MS,
  );

  it('is left with the steps that matter', async () => {
    const matter = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(matter, async (needed) => {
        const all = Array.from({ length: 31 }, (_, index) => index);
        const fails = async (kept: readonly number[]): Promise<boolean> =>
          Promise.resolve(needed.every((step) => kept.includes(step)));
        expect(await minimize(all, fails)).toEqual([...needed].sort((a, b) => a - b));
      }),
    );
  });
});
