import type { JournalFilter, JournalReader } from '../../adapters/sqlite/journal-reader.ts';
import type { JournalRow } from '../../engine/ports/store.ts';

/** Last line of an audit. `verified` covers every row, every hash and every signature. */
export type AuditSummary = {
  readonly rows: number;
  readonly shown: number;
  readonly checkpoints: number;
  readonly verified: boolean;
  readonly headSequence: number | null;
  readonly headHash: string | null;
  /** First row that is not what was written. */
  readonly badSequence: number | null;
  readonly reason: string | null;
};

/** Shows the rows that pass, when any are asked for, then proves the whole journal. */
export function audit(
  journal: JournalReader,
  filter: JournalFilter | undefined,
  show: (row: JournalRow) => void,
): AuditSummary {
  const proof = journal.verify();
  // Rows from the first bad one on are evidence of nothing and may not even read.
  const sound = proof.ok ? filter : filter && { ...filter, beforeSequence: proof.sequence };
  let shown = 0;
  for (const row of sound === undefined ? [] : journal.rows(sound)) {
    show(row);
    shown++;
  }
  if (proof.ok) {
    const { rows, checkpoints, head } = proof;
    const headHash = head.hash;
    return {
      rows,
      shown,
      checkpoints,
      verified: true,
      headSequence: head.sequence,
      headHash,
      badSequence: null,
      reason: null,
    };
  }
  const nothing = { rows: 0, checkpoints: 0, headSequence: null, headHash: null };
  return { ...nothing, shown, verified: false, badSequence: proof.sequence, reason: proof.reason };
}

/** One row as a line for people. */
export function rowText(row: JournalRow): string {
  const time = new Date(row.timeUs / 1_000).toISOString();
  const account = row.accountId === null ? '' : ` ${row.accountId}`;
  return `${row.sequence} ${time} ${row.role} ${row.kind}${account} ${JSON.stringify(row.payload)}`;
}
