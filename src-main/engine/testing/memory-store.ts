import { err, ok, type Result } from '../domain/result.ts';
import type { JournalDraft, JournalHead, JournalRow, JsonValue, Store, StoreFailure } from '../ports/store.ts';

/** A journal in memory: numbers rows and keeps them as the JSON they would be on disk. */
export class MemoryStore implements Store {
  readonly rows: JournalRow[] = [];
  /** Set to make every later write fail, as a full disk does. */
  failure: StoreFailure | undefined;
  private snapshots: { sequence: number; state: string }[] = [];
  private readonly listeners: ((failure: StoreFailure) => void)[] = [];

  get nextSequence(): number {
    return this.rows.length + 1;
  }

  commit(rows: readonly JournalDraft[]): Result<JournalHead, StoreFailure> {
    if (this.failure !== undefined) return err(this.failure);
    for (const row of rows) {
      const copy = JSON.parse(JSON.stringify(row)) as JournalDraft;
      this.rows.push({ ...copy, sequence: this.nextSequence, engineEpoch: 1, previousHash: '', hash: '' });
    }
    return ok(this.head());
  }

  enqueue(rows: readonly JournalDraft[]): void {
    if (this.commit(rows).ok) return;
    for (const listener of this.listeners) if (this.failure !== undefined) listener(this.failure);
  }

  onFailure(listener: (failure: StoreFailure) => void): void {
    this.listeners.push(listener);
  }

  head(): JournalHead {
    return { sequence: this.rows.length, hash: '' };
  }

  *read(fromSequence: number): Iterable<JournalRow> {
    yield* this.rows.slice(fromSequence - 1);
  }

  saveSnapshot(sequence: number, state: JsonValue): Result<void, StoreFailure> {
    if (this.failure !== undefined) return err(this.failure);
    this.snapshots.push({ sequence, state: JSON.stringify(state) });
    return ok(undefined);
  }

  latestSnapshot(): { readonly sequence: number; readonly state: JsonValue } | null {
    const last = this.snapshots.at(-1);
    return last === undefined ? null : { sequence: last.sequence, state: JSON.parse(last.state) as JsonValue };
  }

  close(): void {
    this.snapshots = [];
  }
}
