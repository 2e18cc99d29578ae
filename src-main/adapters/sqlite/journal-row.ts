import { hash } from 'node:crypto';
import type { AccountId, ClientOrderId } from '../../engine/domain/identifiers.ts';
import type { JournalDraft, JournalRow, JsonValue } from '../../engine/ports/store.ts';
import { canonicalJson } from './canonical-json.ts';

/** A row as its table holds it: lists and payload as canonical text. */
export type StoredRow = {
  readonly sequence: number;
  readonly time_us: number;
  readonly role: string;
  readonly kind: string;
  readonly kind_version: number;
  readonly engine_epoch: number;
  readonly account_id: string | null;
  readonly correlation_id: string | null;
  readonly causation_sequence: number | null;
  readonly client_order_ids: string;
  readonly payload: string;
  readonly previous_hash: string;
  readonly hash: string;
};

/** Predecessor of the first row. */
export const GENESIS_HASH = '0'.repeat(64);

export type RowPlace = {
  readonly sequence: number;
  readonly engineEpoch: number;
  readonly previousHash: string;
};

/** Gives a draft its place in the chain. Throws when the payload is not JSON. */
export function storedRow(draft: JournalDraft, place: RowPlace): StoredRow {
  const unhashed = {
    sequence: place.sequence,
    time_us: draft.timeUs,
    role: draft.role,
    kind: draft.kind,
    kind_version: draft.kindVersion,
    engine_epoch: place.engineEpoch,
    account_id: draft.accountId,
    correlation_id: draft.correlationId,
    causation_sequence: draft.causationSequence,
    client_order_ids: canonicalJson(draft.clientOrderIds),
    payload: canonicalJson(draft.payload),
    previous_hash: place.previousHash,
  };
  return { ...unhashed, hash: rowHash(unhashed) };
}

/** What a row says, in the order of its columns; only its own hash comes after. */
type RowFields = readonly (string | number | null)[];

export function rowFields(row: Omit<StoredRow, 'hash'>): RowFields {
  return [
    row.sequence,
    row.time_us,
    row.role,
    row.kind,
    row.kind_version,
    row.engine_epoch,
    row.account_id,
    row.correlation_id,
    row.causation_sequence,
    row.client_order_ids,
    row.payload,
    row.previous_hash,
  ];
}

/**
 * SHA-256, in hex, over every field of the row and its predecessor's hash. Each field stands after its kind and its length
 * in UTF-16 units, so that no two rows read alike.
 */
export function rowHash(row: Omit<StoredRow, 'hash'>): string {
  let text = '';
  for (const field of rowFields(row)) {
    if (typeof field === 'string') text += `s${field.length}:${field}`;
    else text += field === null ? 'n' : `i${field};`;
  }
  return hash('sha256', text, 'hex');
}

/** Throws when the row's texts are not JSON, which its hash rules out. */
export function journalRow(row: StoredRow): JournalRow {
  return {
    sequence: row.sequence,
    timeUs: row.time_us,
    role: row.role as JournalRow['role'],
    kind: row.kind,
    kindVersion: row.kind_version,
    engineEpoch: row.engine_epoch,
    accountId: row.account_id as AccountId | null,
    correlationId: row.correlation_id,
    causationSequence: row.causation_sequence,
    clientOrderIds: JSON.parse(row.client_order_ids) as ClientOrderId[],
    payload: JSON.parse(row.payload) as JsonValue,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
