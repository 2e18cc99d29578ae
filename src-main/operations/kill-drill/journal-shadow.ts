import { readJournal } from '../../adapters/sqlite/journal-reader.ts';
import { GENESIS_HASH, storedRow } from '../../adapters/sqlite/journal-row.ts';
import type { JournalRow } from '../../engine/ports/store.ts';
import { RowFollower } from './row-follower.ts';

/**
 * What is on disk, followed row by row: the hash chain, and the state that the journaled inputs lead to. It knows nothing
 * but the file, so it is a witness beside the engine and the venue.
 */
export class JournalShadow extends RowFollower {
  private readonly directory: string;
  private sequence = 0;
  private hash = GENESIS_HASH;
  constructor(directory: string) {
    super();
    this.directory = directory;
  }

  get rows(): number {
    return this.sequence;
  }

  /** Takes in what was written since the last call. */
  catchUp(): void {
    const journal = readJournal(this.directory);
    // Killed before the first row: no journal yet is no loss.
    if (!journal.ok) return;
    try {
      for (const row of journal.value.rows({ fromSequence: this.sequence + 1 })) this.take(row);
    } finally {
      journal.value.close();
    }
  }

  override take(row: JournalRow): void {
    const { sequence, engineEpoch } = row;
    const expected = storedRow(row, { sequence: this.sequence + 1, engineEpoch, previousHash: this.hash });
    if (sequence !== expected.sequence || row.hash !== expected.hash)
      this.problems.push(`row ${sequence}: expected hash ${expected.hash} in the chain, was ${row.hash}`);
    this.sequence = sequence;
    this.hash = row.hash;
    super.take(row);
  }
}
