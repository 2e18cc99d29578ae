import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const inflate = promisify(gunzip);

/** Segments stand here, in the data directory of their session. */
export const CAPTURE_FOLDER = 'market-data';
/** Ends the name of a segment that is still written, or was when its process died. */
export const UNFINISHED = '.part';

/** What the journal says about a closed segment: the payload of its note. */
export type SegmentNote = {
  /** Relative to the data directory; that of an earlier session begins with `../`. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Null where the process that wrote it did not live to count. */
  readonly messages: number | null;
  /** Messages that were not recorded because the writer was behind. */
  readonly dropped: number | null;
  /** True for one whose process died: what it had not yet written whole is missing. */
  readonly cut: boolean;
};

/** What the journal says about a segment that made room for others, before it goes. */
export type RemovedNote = Pick<SegmentNote, 'file' | 'bytes'>;

export const SEGMENT_KIND = 'capture.closed';
export const REMOVED_KIND = 'capture.removed';

/** One append-only file, hashed as it grows. */
export class SegmentFile {
  bytes = 0;
  messages = 0;
  readonly path: string;
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
  async close(): Promise<Pick<SegmentNote, 'sha256' | 'bytes' | 'messages'>> {
    await this.handle.sync();
    await this.handle.close();
    return { sha256: this.hash.digest('hex'), bytes: this.bytes, messages: this.messages };
  }

  /** Lets go of a file that cannot be written any more; a later life finishes it. */
  async abandon(): Promise<void> {
    await this.handle.close();
  }

  /** Once the journal refers to it. */
  async finish(): Promise<void> {
    await rename(`${this.path}${UNFINISHED}`, this.path);
  }
}

/** Shortens the segment of a process that died to what was written whole. `path` without its unfinished ending. */
export async function cutSegment(path: string): Promise<Pick<SegmentNote, 'sha256' | 'bytes'>> {
  const handle = await open(`${path}${UNFINISHED}`, 'r+');
  try {
    await handle.truncate(await wholeLength(await readFile(handle)));
    await handle.sync();
  } finally {
    await handle.close();
  }
  return digestOf(`${path}${UNFINISHED}`);
}

/** The journal's name for a segment. */
export const notedName = (dataDir: string, path: string): string => relative(dataDir, path).replaceAll(sep, '/');

export async function digestOf(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** How each gzip member of ours begins: deflate, no flags, no time (RFC 1952). */
const MEMBER_START = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0]);

/** Where the last whole member ends. Each holds whole lines, and what is damaged before it stays to be found. */
async function wholeLength(bytes: Buffer): Promise<number> {
  for (let end = bytes.length; end > 0;) {
    const start = bytes.lastIndexOf(MEMBER_START, end - 1);
    if (start < 0) return 0;
    // A next member may have ended within its first bytes, which then stand behind a whole one.
    for (const length of [end, end - begunBytes(bytes.subarray(start, end))])
      if (await isWhole(bytes.subarray(start, length))) return length;
    end = start;
  }
  return 0;
}

/** How many bytes of a member's beginning stand at the end. */
function begunBytes(bytes: Buffer): number {
  for (let count = MEMBER_START.length - 1; count > 0; count--)
    if (bytes.subarray(-count).equals(MEMBER_START.subarray(0, count))) return count;
  return 0;
}

async function isWhole(member: Buffer): Promise<boolean> {
  return inflate(member).then(
    () => true,
    () => false,
  );
}
