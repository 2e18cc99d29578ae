/**
 * Named places around every write and every send. In production nothing listens; a test process kills itself there to
 * prove that nothing is lost whichever instruction was the last.
 */
export const FAILPOINTS = [
  'commit.before',
  'commit.after',
  'enqueue.before',
  'enqueue.after',
  'submit.before',
  'submit.after',
  'submit.answered',
  'cancel.before',
  'cancel.after',
  'cancel.answered',
  'look.before',
  'look.answered',
  'snapshot.before',
  'snapshot.after',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];
export type Failpoints = (name: Failpoint) => void;
