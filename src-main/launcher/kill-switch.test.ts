import { describe, expect, it } from 'vitest';
import { createKillSwitch } from './kill-switch.ts';

describe('the kill switch', () => {
  it('does nothing until it is armed, then ends the process at the named passage only', () => {
    let kills = 0;
    const killSwitch = createKillSwitch(() => void (kills += 1));
    killSwitch.failpoints('commit.after');
    killSwitch.arm({ failpoint: 'commit.after', hit: 2 });
    killSwitch.failpoints('commit.before');
    killSwitch.failpoints('commit.after');
    expect(kills).toBe(0);
    killSwitch.failpoints('commit.after');
    expect(kills).toBe(1);
  });
});
