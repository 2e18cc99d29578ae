import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Segments stand here, in the data directory of their session. */
export const CAPTURE_FOLDER = 'market-data';
/** Ends the name of a segment that is still written, or was when its process died. */
export const UNFINISHED = '.part';

/** What the journal says about a closed segment: the payload of its note. */
export type SegmentNote = {
  /** Relative to the data directory. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Null where the process that wrote it did not live to count. */
  readonly messages: number | null;
  /** Messages that were not recorded because the writer was behind. */
  readonly dropped: number | null;
  /** True for one whose process died: its end may be torn. */
  readonly cut: boolean;
};

export const SEGMENT_KIND = 'capture.closed';

/** One append-only file, hashed as it grows. */
export class SegmentFile {
  bytes = 0;
  messages = 0;
  private readonly path: string;
  private readonly handle: FileHandle;
  private readonly hash: Hash = createHash('sha256');

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  /** Throws when the file exists already or cannot be made. */
  static async create(folder: string, name: string): Promise<SegmentFile> {
    const path = join(folder, name);
    return new SegmentFile(path, await open(`${path}${UNFINISHED}`, 'ax', 0o600));
  }

  async append(data: Uint8Array, messages: number): Promise<void> {
    await this.handle.appendFile(data);
    this.hash.update(data);
    this.bytes += data.length;
    this.messages += messages;
  }

  /** Syncs and closes; the file keeps its unfinished name until {@link finish}. */
  async close(dropped: number): Promise<SegmentNote> {
    await this.handle.sync();
    await this.handle.close();
    const { bytes, messages } = this;
    return { ...{ file: noted(this.path), sha256: this.hash.digest('hex'), bytes, messages, dropped }, cut: false };
  }

  /** Once the journal refers to it. */
  async finish(): Promise<void> {
    await rename(`${this.path}${UNFINISHED}`, this.path);
  }
}

/** The note of a segment whose process died. `path` without its unfinished ending. */
export async function cutSegment(path: string): Promise<SegmentNote> {
  const { sha256, bytes } = await digestOf(`${path}${UNFINISHED}`);
  return { file: noted(path), sha256, bytes, messages: null, dropped: null, cut: true };
}

export async function digestOf(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

const noted = (path: string): string => `${CAPTURE_FOLDER}/${basename(path)}`;
