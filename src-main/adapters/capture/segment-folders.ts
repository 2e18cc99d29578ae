import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cutSegment, notedName, type RemovedNote, type SegmentNote, UNFINISHED } from './segment-file.ts';

/** Puts a note into the journal; false when it is not on disk. */
export type SegmentNotes = {
  readonly closed: (segment: SegmentNote) => boolean;
  readonly removed: (segment: RemovedNote) => boolean;
};

/** The segments of a session and of the ones before it, as far as nobody writes them any more. */
export class SegmentFolders {
  readonly own: string;
  private readonly dataDir: string;
  private readonly folders: readonly string[];
  private readonly notes: SegmentNotes;

  /** `earlier`: folders of earlier sessions, the oldest first. */
  constructor(dataDir: string, own: string, earlier: readonly string[], notes: SegmentNotes) {
    this.own = own;
    this.dataDir = dataDir;
    this.folders = [...earlier.filter((folder) => folder !== own), own];
    this.notes = notes;
  }

  /** Makes its own folder, then cuts, notes and finishes what processes that died have left behind. */
  async takeOver(): Promise<void> {
    await mkdir(this.own, { recursive: true, mode: 0o700 });
    for (const folder of this.folders) {
      for (const name of await namesIn(folder)) {
        if (!name.endsWith(UNFINISHED)) continue;
        const path = join(folder, name.slice(0, -UNFINISHED.length));
        const left = { ...(await cutSegment(path)), messages: null, dropped: null, cut: true };
        if (this.notes.closed({ file: notedName(this.dataDir, path), ...left }))
          await rename(`${path}${UNFINISHED}`, path);
      }
    }
  }

  /** Removes finished segments, the oldest first, until the rest has at most so many bytes. */
  async shrinkTo(maxBytes: number): Promise<void> {
    const finished = await this.finished();
    let total = finished.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of finished) {
      if (total <= maxBytes || !this.notes.removed({ file: notedName(this.dataDir, path), bytes })) return;
      await rm(path);
      total -= bytes;
    }
  }

  private async finished(): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
    const found = [];
    for (const folder of this.folders) {
      const paths = (await namesIn(folder)).filter((name) => name.endsWith('.gz')).map((name) => join(folder, name));
      for (const path of paths) found.push({ path, bytes: (await stat(path)).size });
    }
    return found;
  }
}

/** In the order in which they were begun; none where a folder is gone. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort();
}
