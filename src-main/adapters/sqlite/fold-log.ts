import type Database from 'better-sqlite3';

/** What `wal_checkpoint` answers: frames in the log when the pass began, and how many of them are in the file now. */
type Folded = { readonly busy: number; readonly log: number; readonly checkpointed: number };

/** Enough to find a gap between commits; while there is none, the next order to fold tries again. */
const MOST_PASSES = 16;

/**
 * Folds the write-ahead log into the file. Passive: it waits for nobody and nobody waits for it. SQLite writes the log from
 * its start again only once all of it is in the file, and a commit during a pass leaves a rest, so passes go on until one
 * finds nothing new. Otherwise a busy log grows without end, and each sync records the new length of the file beside the
 * frames (https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files).
 */
export function foldLog(db: Pick<Database.Database, 'pragma'>): void {
  let before: number | undefined;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const [folded] = db.pragma('wal_checkpoint(PASSIVE)') as readonly Folded[];
    if (folded === undefined || folded.busy !== 0) return;
    const isWhole = folded.checkpointed >= folded.log;
    if (isWhole && before !== undefined && folded.log <= before) return;
    before = folded.log;
  }
}
