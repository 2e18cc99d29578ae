import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../domain/config-defaults.ts';
import { type Answer, type Breaker, closedBreakers, coolDown, mayPass, noteAnswer, noteSent } from './breaker.ts';

const CONFIG = DEFAULT_CONFIG.execution;
const SECOND = 1_000_000;
const FAILED: Answer = { answered: false, tookUs: 100 };
const SLOW: Answer = { answered: true, tookUs: 2 * SECOND };
const PROMPT: Answer = { answered: true, tookUs: 50_000 };

function after(...answers: readonly Answer[]): Breaker {
  const breaker = closedBreakers().entry;
  for (const answer of answers) noteAnswer(breaker, answer, 0, CONFIG);
  return breaker;
}

function probe(breaker: Breaker, atUs: number, answer: Answer): void {
  coolDown(breaker, atUs);
  expect(mayPass(breaker, atUs)).toBe(true);
  noteSent(breaker, atUs);
  noteAnswer(breaker, answer, atUs, CONFIG);
}

describe('a breaker', () => {
  it.each([
    ['four failures', [FAILED, FAILED, FAILED, FAILED], 'closed'],
    ['five failures', [FAILED, FAILED, FAILED, FAILED, FAILED], 'open'],
    ['five failures with an answer between', [FAILED, FAILED, PROMPT, FAILED, FAILED, FAILED], 'closed'],
    ['two slow answers', [SLOW, SLOW], 'closed'],
    ['three slow answers', [SLOW, SLOW, SLOW], 'open'],
    ['three slow answers with a prompt one between', [SLOW, SLOW, PROMPT, SLOW], 'closed'],
    ['exactly as slow as allowed', Array<Answer>(9).fill({ answered: true, tookUs: SECOND }), 'closed'],
  ] as const)('after %s', (_name, answers, state) => {
    expect(after(...answers).state).toBe(state);
  });

  it('lets nothing pass until the cool-down is over, then one at a time', () => {
    const breaker = after(SLOW, SLOW, SLOW);
    coolDown(breaker, 30 * SECOND - 1);
    expect(mayPass(breaker, 30 * SECOND - 1)).toBe(false);
    coolDown(breaker, 30 * SECOND);
    expect(mayPass(breaker, 30 * SECOND)).toBe(true);
    noteSent(breaker, 30 * SECOND);
    expect(mayPass(breaker, 31 * SECOND)).toBe(false);
  });

  it('gives up a probe whose answer never came', () => {
    const breaker = after(SLOW, SLOW, SLOW);
    coolDown(breaker, 30 * SECOND);
    noteSent(breaker, 30 * SECOND);
    expect(mayPass(breaker, 60 * SECOND)).toBe(true);
  });

  it('doubles its cool-down with each failed probe, up to a minute, and forgets it with a good one', () => {
    const breaker = after(SLOW, SLOW, SLOW);
    probe(breaker, 30 * SECOND, FAILED);
    expect(breaker).toMatchObject({ state: 'open', openedAtUs: 30 * SECOND, coolDownUs: 60 * SECOND });
    probe(breaker, 90 * SECOND, SLOW);
    expect(breaker.coolDownUs).toBe(60 * SECOND);
    probe(breaker, 150 * SECOND, PROMPT);
    expect(breaker).toEqual(closedBreakers().entry);
  });

  it('is not opened anew by answers to requests from before it opened', () => {
    const breaker = after(SLOW, SLOW, SLOW);
    noteAnswer(breaker, FAILED, 20 * SECOND, CONFIG);
    expect(breaker).toMatchObject({ state: 'open', openedAtUs: 0, coolDownUs: 30 * SECOND });
  });

  it('is open after the last of any answers exactly when it has to be', () => {
    const answers = fc.array(fc.constantFrom(FAILED, SLOW, PROMPT), { maxLength: 12 });
    const failuresAtEnd = (all: readonly Answer[]): number => [...all].reverse().findIndex(({ answered }) => answered);
    fc.assert(
      fc.property(answers, (all) => {
        const breaker = after(...all);
        if (breaker.state === 'closed') expect(failuresAtEnd([PROMPT, ...all])).toBeLessThan(5);
        else expect(all.length).toBeGreaterThanOrEqual(3);
      }),
    );
  });
});
