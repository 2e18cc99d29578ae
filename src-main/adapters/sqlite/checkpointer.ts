import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../engine/ports/clock.ts';
import type { JournalHead } from '../../engine/ports/store.ts';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';

/** Signs heads and folds the write-ahead log back, away from the path of a decision. */
export type Checkpointer = {
  /** Asks for a signature of a committed head and for the log to be folded. */
  request(head: JournalHead): void;
  /** A signature that is ready, once; the store writes it with its next transaction. */
  take(): Checkpoint | undefined;
  close(): void;
};

/** On the caller's own thread: for tools and tests, and where no thread can be had. SQLite folds the log by itself. */
export function inlineCheckpointer(key: KeyObject, clock: Clock): Checkpointer {
  let ready: Checkpoint | undefined;
  return {
    request: ({ sequence, hash }) => {
      ready = signCheckpoint(key, { sequence, hash, signedAtUs: clock.nowUs() });
    },
    take: () => {
      const taken = ready;
      ready = undefined;
      return taken;
    },
    close: () => {
      ready = undefined;
    },
  };
}
