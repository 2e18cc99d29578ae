import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, SEGMENT_KIND, type SegmentNote, UNFINISHED } from '../../adapters/capture/segment-file.ts';
import type { JournalReader } from '../../adapters/sqlite/journal-reader.ts';

/** The market data a journal refers to, against what is there. Missing ones are named: retention removes the oldest. */
export type SegmentAudit = {
  readonly referenced: number;
  readonly verified: number;
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
  const notes = notesOf(journal, beforeSequence);
  for (const { bytes, file, sha256 } of notes) {
    const path = placeOf(join(dataDir, file));
    if (path === undefined) {
      missing.push(file);
      continue;
    }
    const found = await digestOf(path);
    if (found.sha256 !== sha256 || found.bytes !== bytes) altered.push(file);
  }
  return { referenced: notes.length, verified: notes.length - missing.length - altered.length, missing, altered };
}

/** The last word on each file: one that was cut off may have been noted twice. */
function notesOf(journal: JournalReader, beforeSequence: number | null): readonly SegmentNote[] {
  const notes = new Map<string, SegmentNote>();
  const bound = beforeSequence === null ? {} : { beforeSequence };
  for (const { payload } of journal.rows({ kind: SEGMENT_KIND, ...bound })) {
    const note = payload as unknown as SegmentNote;
    notes.set(note.file, note);
  }
  return [...notes.values()];
}

const placeOf = (path: string): string | undefined => [path, `${path}${UNFINISHED}`].find((one) => existsSync(one));
