import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientOrderId } from '../../../engine/domain/identifiers.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { JournalDraft, JsonValue } from '../../../engine/ports/store.ts';
import type { JournalStore } from '../journal-store.ts';
import { type JournalOptions, openJournal } from '../open-journal.ts';

/** A clock whose timers run only when the test advances it. */
export class VirtualClock implements Clock {
  private us = 1_700_000_000_000_000;
  private timers: { readonly atUs: number; readonly callback: () => void }[] = [];

  nowUs(): number {
    return this.us;
  }

  monotonicUs(): number {
    return this.us;
  }

  every(): () => void {
    throw new Error('expected single timers only');
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atUs: this.us + delayMs * 1_000, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  advance(ms: number): void {
    this.us += ms * 1_000;
    const due = this.timers.filter(({ atUs }) => atUs <= this.us);
    this.timers = this.timers.filter(({ atUs }) => atUs > this.us);
    for (const { callback } of due) callback();
  }
}

export type Bench = {
  readonly directory: string;
  readonly clock: VirtualClock;
  readonly open: (options?: Partial<JournalOptions>) => JournalStore;
  readonly dispose: () => void;
};

/** A data directory of its own, removed by `dispose`. */
export function bench(): Bench {
  const directory = mkdtempSync(join(tmpdir(), 'leeward-journal-'));
  const clock = new VirtualClock();
  const opened: JournalStore[] = [];
  return {
    directory,
    clock,
    open: (options) => {
      const journal = openJournal({ directory, clock, engineEpoch: 1, ...options });
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
    timeUs: 1_700_000_000_000_000,
    accountId: null,
    correlationId: null,
    causationSequence: null,
    clientOrderIds: [] as readonly ClientOrderId[],
    payload,
    ...overrides,
  };
}
