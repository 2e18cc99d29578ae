import { describe, expect, it } from 'vitest';
import { createTurnstile } from './turnstile.ts';

function setUp() {
  const passed: string[] = [];
  const turns: (() => void)[] = [];
  const turnstile = createTurnstile((resume) => turns.push(resume));
  return {
    passed,
    turn: () => turns.shift()?.(),
    pass: (name: string, isLong: boolean) => turnstile({ run: () => void passed.push(name), isLong }),
    turnstile,
  };
}

describe('what clients ask for', () => {
  it('passes at once and in order while nothing of it is long', () => {
    const { pass, passed } = setUp();
    for (const name of ['a', 'b', 'c']) pass(name, false);
    expect(passed).toEqual(['a', 'b', 'c']);
  });

  it('waits behind a long passage, one of which passes in each turn', () => {
    const { pass, passed, turn } = setUp();
    for (const [name, isLong] of [
      ['A', true],
      ['b', false],
      ['C', true],
      ['d', false],
      ['E', true],
    ] as const) {
      pass(name, isLong);
    }
    expect(passed).toEqual(['A']);
    turn();
    expect(passed).toEqual(['A', 'b', 'C']);
    pass('f', false);
    turn();
    expect(passed).toEqual(['A', 'b', 'C', 'd', 'E']);
    turn();
    expect(passed).toEqual(['A', 'b', 'C', 'd', 'E', 'f']);
    pass('g', false);
    expect(passed.at(-1)).toBe('g');
  });

  it('goes on after one that fails, and keeps what arises within a passage behind those that wait', () => {
    const { pass, passed, turn, turnstile } = setUp();
    expect(() =>
      turnstile({
        run: () => {
          throw new Error('a defect');
        },
        isLong: true,
      }),
    ).toThrow('a defect');
    turnstile({ run: () => pass('within', false), isLong: false });
    pass('after', false);
    turn();
    expect(passed).toEqual(['within', 'after']);
  });

  it('lets what came meanwhile be heard between two of them', async () => {
    const heard: string[] = [];
    const turnstile = createTurnstile();
    for (const name of ['A', 'B', 'C']) {
      turnstile({
        run: () => {
          heard.push(name);
          if (name === 'A') setImmediate(() => heard.push('stop'));
        },
        isLong: true,
      });
    }
    await expect.poll(() => heard).toHaveLength(4);
    expect(heard.slice(0, 3)).toEqual(['A', 'B', 'stop']);
  });
});
