import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  digestOf,
  REMOVED_KIND,
  SEGMENT_KIND,
  type SegmentNote,
  UNFINISHED,
} from '../../adapters/capture/segment-file.ts';
import type { JournalReader } from '../../adapters/sqlite/journal-reader.ts';

/** The market data a journal refers to, against what is there. */
export type SegmentAudit = {
  readonly referenced: number;
  readonly verified: number;
  /** Of those referred to: left behind by a process that died, and closed by a later life. */
  readonly cut: number;
  /** Gone to make room, as the journal says. */
  readonly removed: number;
  /** Gone, and this journal does not say so: a later session may have removed them. */
  readonly missing: readonly string[];
  /** Present, and not what was written. */
  readonly altered: readonly string[];
};

/** Hashes every segment that is present. Rows from `beforeSequence` on are evidence of nothing and are left out. */
export async function auditSegments(
  journal: JournalReader,
  dataDir: string,
  beforeSequence: number | null,
): Promise<SegmentAudit> {
  const [missing, altered]: [string[], string[]] = [[], []];
  let verified = 0;
  const notes = notesOf(journal, beforeSequence);
  const removedFiles = new Set(payloadsOf(journal, REMOVED_KIND, beforeSequence).map(({ file }) => file));
  const removed = [...removedFiles].filter((file) => placeOf(join(dataDir, file)) === undefined);
  for (const { bytes, file, sha256 } of notes) {
    const path = placeOf(join(dataDir, file));
    if (path === undefined) {
      if (!removedFiles.has(file)) missing.push(file);
      continue;
    }
    const found = await digestOf(path);
    if (found.sha256 === sha256 && found.bytes === bytes) verified++;
    else altered.push(file);
  }
  const cut = notes.filter((note) => note.cut).length;
  return { referenced: notes.length, verified, cut, removed: removed.length, missing, altered };
}

/** The last word on each file: one that was cut off may have been noted twice. */
function notesOf(journal: JournalReader, beforeSequence: number | null): readonly SegmentNote[] {
  const notes = new Map<string, SegmentNote>();
  for (const note of payloadsOf(journal, SEGMENT_KIND, beforeSequence)) notes.set(note.file, note);
  return [...notes.values()];
}

function payloadsOf(journal: JournalReader, kind: string, beforeSequence: number | null): readonly SegmentNote[] {
  const rows = journal.rows({ kind, ...(beforeSequence === null ? {} : { beforeSequence }) });
  return [...rows].map(({ payload }) => payload as unknown as SegmentNote);
}

const placeOf = (path: string): string | undefined => [path, `${path}${UNFINISHED}`].find((one) => existsSync(one));
