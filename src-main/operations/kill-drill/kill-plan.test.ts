import { describe, expect, it } from 'vitest';
import { KILL_PLACES, planKills } from './kill-plan.ts';

describe('the plan of a kill drill', () => {
  it('is decided by its seed alone', () => {
    expect(planKills(50, 'a')).toEqual(planKills(50, 'a'));
    expect(planKills(50, 'a')).not.toEqual(planKills(50, 'b'));
  });

  it('passes every place at least three times in 200 kills', () => {
    const plan = planKills(200, 'a');
    const counts = KILL_PLACES.map((place) => plan.filter((kill) => kill.place === place).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(12);
    expect(plan).toHaveLength(200);
  });

  it('kills in starts as well as in trading, and not only in fair weather', () => {
    const plan = planKills(200, 'a');
    expect(new Set(plan.map(({ from }) => from))).toEqual(new Set(['start', 'trading']));
    expect(new Set(plan.map(({ weather }) => weather)).size).toBe(4);
  });
});
