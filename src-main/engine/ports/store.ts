import type { AccountId, ClientOrderId } from '../domain/identifiers.ts';
import type { Result } from '../domain/result.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A row before it has its place: the store numbers, hashes and chains it. */
export type JournalDraft = {
  /** `input` enters the core, `decision` leaves it, `note` is context that replay skips. */
  readonly role: 'input' | 'decision' | 'note';
  readonly kind: string;
  readonly kindVersion: number;
  readonly timeUs: number;
  readonly accountId: AccountId | null;
  readonly correlationId: string | null;
  /** Sequence of the input a decision followed from; null for inputs. */
  readonly causationSequence: number | null;
  /** Ids an order intent carries, so that each is findable on disk before it is sent. */
  readonly clientOrderIds: readonly ClientOrderId[];
  readonly payload: JsonValue;
};

export type JournalRow = JournalDraft & {
  readonly sequence: number;
  readonly engineEpoch: number;
  readonly previousHash: string;
  readonly hash: string;
};

export type JournalHead = { readonly sequence: number; readonly hash: string };

export type StoreFailure = {
  readonly code: 'DISK_FULL' | 'IO' | 'LOCKED' | 'CORRUPT' | 'CLOSED';
  readonly detail: string;
};

/**
 * The append-only journal. A stalled or failed writer is reported and latched, never dropped: after a failure every
 * commit fails. Sequences are assigned at once, so a decision can name its input before either is on disk.
 */
export type Store = {
  /** Sequence the next row will get. */
  readonly nextSequence: number;
  /** Writes queued rows and these in one FULL-sync transaction, then returns. */
  commit(rows: readonly JournalDraft[]): Result<JournalHead, StoreFailure>;
  /** Queues rows for the next commit, at the latest 5 ms later. A failure reaches `onFailure`. */
  enqueue(rows: readonly JournalDraft[]): void;
  onFailure(listener: (failure: StoreFailure) => void): void;
  head(): JournalHead;
  read(fromSequence: number): Iterable<JournalRow>;
  /** State as of a sequence, so a restart reads the tail only. */
  saveSnapshot(sequence: number, state: JsonValue): Result<void, StoreFailure>;
  latestSnapshot(): { readonly sequence: number; readonly state: JsonValue } | null;
  close(): void;
};
