import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import type { Child, ChildExit } from './process-host.ts';
import { superviseEngine } from './supervisor.ts';

type Life = { readonly child: Child; end(): void };

function life(): Life {
  let end: (exit: ChildExit) => void = () => undefined;
  const exited = new Promise<ChildExit>((resolve) => {
    end = resolve;
  });
  const child: Child = {
    name: 'engine',
    pid: 1,
    send: () => undefined,
    onMessage: () => undefined,
    exited,
    kill: () => undefined,
  };
  return { child, end: () => end({ code: null, signal: 'SIGKILL' }) };
}

function supervised(options: { failing?: boolean } = {}) {
  const clock = new VirtualClock();
  const lives: Life[] = [];
  const notes: string[] = [];
  let lost = 0;
  const supervisor = superviseEngine({
    clock,
    startLife: async () => {
      if (options.failing === true && lives.length > 0) throw new Error('journal locked');
      const next = life();
      lives.push(next);
      return next.child;
    },
    onRestarting: (detail) => void notes.push(detail),
    onLost: () => {
      lost += 1;
    },
  });
  return { clock, lives, notes, supervisor, lost: () => lost };
}

describe('the supervisor', () => {
  it('restarts an engine that ended and says why', async () => {
    const { clock, lives, notes, supervisor } = supervised();
    await supervisor.start();
    clock.advance(60_000);
    lives[0]?.end();
    await clock.advanceAsync(1_000);
    expect(lives).toHaveLength(2);
    expect(notes[0]).toMatch(/^engine ended \(SIGKILL\) after 60\d{3} ms$/);
  });

  it('gives up after three short lives in a row and leaves the decision to the guardian', async () => {
    const { clock, lives, supervisor, lost } = supervised();
    await supervisor.start();
    for (let index = 0; index < 8; index++) {
      lives.at(-1)?.end();
      await clock.advanceAsync(1_000);
    }
    expect(lives).toHaveLength(4);
    expect(lost()).toBe(1);
  });

  it('counts a life that cannot start as a failed restart', async () => {
    const { clock, lives, supervisor, lost } = supervised({ failing: true });
    await supervisor.start();
    lives[0]?.end();
    await clock.advanceAsync(5_000);
    expect(lost()).toBe(1);
  });

  it('forgets failures after a stable life', async () => {
    const { clock, lives, supervisor, lost } = supervised();
    await supervisor.start();
    for (let index = 0; index < 8; index++) {
      clock.advance(40_000);
      lives.at(-1)?.end();
      await clock.advanceAsync(1_000);
    }
    expect(lives).toHaveLength(9);
    expect(lost()).toBe(0);
  });

  it('starts nothing after it was stopped', async () => {
    const { clock, lives, supervisor } = supervised();
    await supervisor.start();
    supervisor.stop();
    lives[0]?.end();
    await clock.advanceAsync(1_000);
    expect(lives).toHaveLength(1);
  });
});
