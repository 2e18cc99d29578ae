import type { KeyObject } from 'node:crypto';
import type Database from 'better-sqlite3';
import { err, invariant, ok, type Result } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type {
  JournalDraft,
  JournalHead,
  JournalRow,
  JsonValue,
  Store,
  StoreFailure,
} from '../../engine/ports/store.ts';
import { canonicalJson } from './canonical-json.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { Checkpointer } from './checkpointer.ts';
import { journalRow, type StoredRow, storedRow } from './journal-row.ts';
import { journalWriter, type JournalWrite } from './journal-writer.ts';
import { latestSnapshot, snapshotNote, type StoredSnapshot } from './snapshots.ts';
import { storeFailure } from './store-failure.ts';
import { type JournalVerification, verifyJournal } from './verification.ts';

/** Fills wait this long for company before they share one sync. */
const GROUP_COMMIT_MS = 5;
/** Rows queued before the wait is cut short. */
const GROUP_COMMIT_ROWS = 1_000;
const READ_PAGE_ROWS = 500;

export type JournalParts = {
  readonly db: Database.Database;
  readonly clock: Clock;
  readonly engineEpoch: number;
  readonly head: JournalHead;
  readonly signingKey: KeyObject;
  readonly checkpointer: Checkpointer;
  readonly checkpointEveryRows: number;
  /** Runs last, whatever happened before. */
  readonly onClose: () => void;
};

export type JournalMetrics = {
  readonly rows: number;
  readonly transactions: number;
  /** SQL statements of this store at most, BEGIN and COMMIT included: rows go several in one. */
  readonly statements: number;
  readonly queuedRows: number;
  readonly checkpoints: number;
  /** False: the thread that signs and folds is lost, or was never wanted. */
  readonly checkpointsApart: boolean;
};

/** The journal in SQLite; `openJournal` makes one per data directory. */
export class JournalStore implements Store {
  private readonly parts: JournalParts;
  private readonly write: JournalWrite;
  private readonly readPage: Database.Statement<[number, number], StoredRow>;
  private readonly listeners: ((failure: StoreFailure) => void)[] = [];
  private readonly counts = { rows: 0, transactions: 0, statements: 0, checkpoints: 0 };
  private queue: StoredRow[] = [];
  private cancelGroupCommit: (() => void) | undefined;
  /** What is on disk. */
  private written: JournalHead;
  /** What is on disk or queued: the next row follows it. */
  private tail: JournalHead;
  private checkpointRequested: number;
  private failure: StoreFailure | undefined;

  constructor(parts: JournalParts) {
    this.parts = parts;
    this.written = parts.head;
    this.tail = parts.head;
    this.checkpointRequested = parts.head.sequence;
    this.readPage = parts.db.prepare('SELECT * FROM journal WHERE sequence >= ? ORDER BY sequence LIMIT ?');
    this.write = journalWriter(parts.db);
  }

  get nextSequence(): number {
    return this.tail.sequence + 1;
  }

  commit(rows: readonly JournalDraft[]): Result<JournalHead, StoreFailure> {
    if (this.failure !== undefined) return err(this.failure);
    this.append(rows);
    return this.flush();
  }

  enqueue(rows: readonly JournalDraft[]): void {
    if (this.failure !== undefined || rows.length === 0) return;
    this.append(rows);
    if (this.queue.length >= GROUP_COMMIT_ROWS) this.flush();
    else this.cancelGroupCommit ??= this.parts.clock.after(GROUP_COMMIT_MS, () => void this.flush());
  }

  /** Also tells a listener that comes after the failure. */
  onFailure(listener: (failure: StoreFailure) => void): void {
    this.listeners.push(listener);
    if (this.failure !== undefined) listener(this.failure);
  }

  head(): JournalHead {
    return this.written;
  }

  /** Rows on disk, in pages, so the journal can grow while it is read. */
  *read(fromSequence: number): Generator<JournalRow> {
    for (let next = fromSequence; ;) {
      const page = this.readPage.all(next, READ_PAGE_ROWS);
      yield* page.map(journalRow);
      const last = page.at(-1);
      if (last === undefined) return;
      next = last.sequence + 1;
    }
  }

  /** Writes the state, and into the chain its hash. Throws when the sequence is ahead of the journal. */
  saveSnapshot(sequence: number, state: JsonValue): Result<void, StoreFailure> {
    if (this.failure !== undefined) return err(this.failure);
    invariant(sequence <= this.tail.sequence, `expected a sequence up to ${this.tail.sequence}, was ${sequence}`);
    const text = canonicalJson(state);
    this.append([snapshotNote(sequence, text, this.parts.clock.nowUs())]);
    const done = this.flush({ sequence, state: text, note_sequence: this.tail.sequence });
    return done.ok ? ok(undefined) : done;
  }

  latestSnapshot(): { readonly sequence: number; readonly state: JsonValue } | null {
    return latestSnapshot(this.parts.db);
  }

  verify(): JournalVerification {
    return verifyJournal(this.parts.db);
  }

  /** How a commit reaches the disk, as the database itself answers. */
  durability(): { readonly journalMode: string; readonly synchronous: number } {
    return durability(this.parts.db);
  }

  metrics(): JournalMetrics {
    const { isApart } = this.parts.checkpointer;
    return { ...this.counts, queuedRows: this.queue.length, checkpointsApart: isApart };
  }

  /** Writes what is queued and signs the last row. Safe to call twice and after a failure. */
  close(): void {
    if (!this.parts.db.open) return;
    if (this.failure === undefined) this.flush();
    this.cancelGroupCommit?.();
    this.parts.checkpointer.close();
    if (this.failure === undefined) this.attempt(() => this.signHead());
    this.failure ??= { code: 'CLOSED', detail: 'expected an open journal, was closed' };
    this.parts.db.close();
    this.parts.onClose();
  }

  private append(drafts: readonly JournalDraft[]): void {
    const stored: StoredRow[] = [];
    let tail = this.tail;
    for (const draft of drafts) {
      const place = {
        sequence: tail.sequence + 1,
        engineEpoch: this.parts.engineEpoch,
        previousHash: tail.hash,
      };
      const row = storedRow(draft, place);
      stored.push(row);
      tail = { sequence: row.sequence, hash: row.hash };
    }
    this.queue.push(...stored);
    this.tail = tail;
  }

  private flush(snapshot?: StoredSnapshot): Result<JournalHead, StoreFailure> {
    this.cancelGroupCommit?.();
    this.cancelGroupCommit = undefined;
    if (this.queue.length === 0) return ok(this.written);
    const checkpoint = this.parts.checkpointer.take();
    const done = this.attempt(() => {
      this.write(this.queue, checkpoint, snapshot);
    });
    if (!done.ok) return done;
    this.count(this.queue.length, checkpoint === undefined ? 0 : 1);
    this.queue = [];
    this.written = this.tail;
    this.requestCheckpoint();
    return ok(this.written);
  }

  private requestCheckpoint(): void {
    if (this.written.sequence - this.checkpointRequested < this.parts.checkpointEveryRows) return;
    this.checkpointRequested = this.written.sequence;
    this.parts.checkpointer.request(this.written);
  }

  private signHead(): void {
    const signedAtUs = this.parts.clock.nowUs();
    this.write([], signCheckpoint(this.parts.signingKey, { ...this.written, signedAtUs }));
  }

  /** Latches the first failure: nothing is written after it, so nothing can go missing in between. */
  private attempt(statement: () => void): Result<void, StoreFailure> {
    try {
      statement();
      return ok(undefined);
    } catch (error) {
      const failure = storeFailure(error);
      this.failure = failure;
      this.cancelGroupCommit?.();
      for (const listener of this.listeners) listener(failure);
      return err(failure);
    }
  }

  private count(rows: number, checkpoints: number): void {
    this.counts.rows += rows;
    this.counts.transactions += 1;
    this.counts.checkpoints += checkpoints;
    this.counts.statements += rows + checkpoints + 2;
  }
}

/** FULL: each commit is synced before it returns. */
export function durability(db: Database.Database): { readonly journalMode: string; readonly synchronous: number } {
  return {
    journalMode: String(db.pragma('journal_mode', { simple: true })),
    synchronous: Number(db.pragma('synchronous', { simple: true })),
  };
}
