import { expect, it } from 'vitest';
import { foldLog } from './fold-log.ts';

/** Answers of one pass after the other, the last one for good, and how many passes were made. */
function passes(...answers: readonly { busy: number; log: number; checkpointed: number }[]): number {
  let made = 0;
  foldLog({ pragma: () => [answers[Math.min(made++, answers.length - 1)]] });
  return made;
}

const whole = (log: number): { busy: number; log: number; checkpointed: number } => ({
  busy: 0,
  log,
  checkpointed: log,
});

it.each([
  ['is done when a second pass finds nothing new', 2, [whole(9), whole(9)]],
  ['goes on with what was committed during a pass', 4, [whole(9), whole(12), whole(13), whole(13)]],
  ['is done when the log has started over', 2, [whole(90), whole(4)]],
  ['leaves a log that another connection folds', 1, [{ busy: 1, log: 9, checkpointed: 3 }]],
  ['gives up for now on a log that a reader holds', 16, [{ busy: 0, log: 9, checkpointed: 7 }]],
])('folding the log %s', (_name, expected, answers) => {
  expect(passes(...answers)).toBe(expected);
});
