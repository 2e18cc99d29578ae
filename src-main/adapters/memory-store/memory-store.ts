import { err, ok, type Result } from '../../engine/domain/result.ts';
import type {
  JournalDraft,
  JournalHead,
  JournalRow,
  JsonValue,
  Store,
  StoreFailure,
} from '../../engine/ports/store.ts';

/** What outlives the process that writes it. */
export type Disk = {
  readonly rows: JournalRow[];
  readonly snapshots: { readonly sequence: number; readonly state: string }[];
};

/** A journal in memory: rows are kept as the JSON they would be on disk, queued ones are lost with the process. */
export class MemoryStore implements Store {
  readonly disk: Disk;
  /** Set to make every later write fail, as a full disk does. */
  failure: StoreFailure | undefined;
  /** The process that holds this store is gone: nothing of it reaches the disk any more. */
  killed = false;
  private readonly queue: JournalRow[] = [];
  private readonly listeners: ((failure: StoreFailure) => void)[] = [];

  constructor(disk: Disk = { rows: [], snapshots: [] }) {
    this.disk = disk;
  }

  get rows(): readonly JournalRow[] {
    return this.disk.rows;
  }

  get nextSequence(): number {
    return this.disk.rows.length + this.queue.length + 1;
  }

  commit(rows: readonly JournalDraft[]): Result<JournalHead, StoreFailure> {
    if (this.failure !== undefined) return err(this.failure);
    this.append(rows);
    this.flush();
    return ok(this.head());
  }

  enqueue(rows: readonly JournalDraft[]): void {
    if (this.failure === undefined) this.append(rows);
    else for (const listener of this.listeners) listener(this.failure);
  }

  /** The group commit, which a real store does by itself within 5 ms. */
  flush(): void {
    const rows = this.queue.splice(0);
    if (!this.killed) this.disk.rows.push(...rows);
  }

  onFailure(listener: (failure: StoreFailure) => void): void {
    this.listeners.push(listener);
  }

  head(): JournalHead {
    return { sequence: this.disk.rows.length, hash: '' };
  }

  *read(fromSequence: number): Iterable<JournalRow> {
    yield* this.disk.rows.slice(fromSequence - 1);
  }

  saveSnapshot(sequence: number, state: JsonValue): Result<void, StoreFailure> {
    if (this.failure !== undefined) return err(this.failure);
    this.flush();
    if (!this.killed) this.disk.snapshots.push({ sequence, state: JSON.stringify(state) });
    return ok(undefined);
  }

  latestSnapshot(): { readonly sequence: number; readonly state: JsonValue } | null {
    const last = this.disk.snapshots.at(-1);
    return last === undefined ? null : { sequence: last.sequence, state: JSON.parse(last.state) as JsonValue };
  }

  close(): void {
    this.flush();
  }

  private append(rows: readonly JournalDraft[]): void {
    for (const row of rows) {
      const copy = JSON.parse(JSON.stringify(row)) as JournalDraft;
      this.queue.push({ ...copy, sequence: this.nextSequence, engineEpoch: 1, previousHash: '', hash: '' });
    }
  }
}
