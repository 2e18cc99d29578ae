import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalDraft, JsonValue } from '../../../engine/ports/store.ts';
import { VirtualClock } from '../../../engine/testing/virtual-clock.ts';
import type { JournalStore } from '../journal-store.ts';
import { type JournalOptions, openJournal } from '../open-journal.ts';

const START_US = 1_700_000_000_000_000;

export type Bench = {
  readonly directory: string;
  readonly clock: VirtualClock;
  readonly open: (options?: Partial<JournalOptions>) => JournalStore;
  readonly dispose: () => void;
};

/** A data directory of its own, removed by `dispose`. Journals sign on the test's thread unless told otherwise. */
export function bench(): Bench {
  const directory = mkdtempSync(join(tmpdir(), 'leeward-journal-'));
  const clock = new VirtualClock(START_US);
  const opened: JournalStore[] = [];
  return {
    directory,
    clock,
    open: (options) => {
      const journal = openJournal({ directory, clock, engineEpoch: 1, checkpoints: 'inline', ...options });
      if (!journal.ok) throw new Error(`${journal.error.code} ${journal.error.detail}`);
      opened.push(journal.value);
      return journal.value;
    },
    dispose: () => {
      for (const journal of opened) journal.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export function draft(payload: JsonValue, overrides: Partial<JournalDraft> = {}): JournalDraft {
  return {
    role: 'input',
    kind: 'test.happened',
    kindVersion: 1,
    timeUs: START_US,
    accountId: null,
    correlationId: null,
    causationSequence: null,
    clientOrderIds: [],
    payload,
    ...overrides,
  };
}
