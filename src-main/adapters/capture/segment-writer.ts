import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Clock } from '../../engine/ports/clock.ts';
import type { RawCapture } from '../../engine/ports/raw-capture.ts';
import { CaptureBuffer, type Chunk } from './capture-buffer.ts';
import { CAPTURE_FOLDER, cutSegment, SegmentFile, type SegmentNote, UNFINISHED } from './segment-file.ts';

const compress = promisify(gzip);

/** Lines wait no longer than this for the disk. */
const FLUSH_MS = 1_000;
/** Uncompressed bytes under way to the disk; what comes beyond is not recorded. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const SEGMENT_BYTES = 32 * 1024 * 1024;
const SEGMENT_MS = 3_600_000;
const MEGABYTE = 1024 * 1024;

export type SegmentWriterOptions = {
  readonly dataDir: string;
  readonly engineEpoch: number;
  readonly maxMegabytes: number;
  readonly clock: Clock;
  /** Puts the note of a closed segment into the journal; false when it is not on disk. */
  readonly note: (segment: SegmentNote) => boolean;
  /** `degraded`: behind, messages are missing. `down`: nothing is recorded any more. */
  readonly onState: (state: 'up' | 'degraded' | 'down', detail: string) => void;
  /** Size after which a segment is closed; for tests. */
  readonly segmentBytes?: number;
  readonly maxWaitingBytes?: number;
};

export type SegmentWriter = RawCapture & {
  /** Closes the running segment and notes it. */
  close(): Promise<void>;
};

/**
 * Records raw messages in gzip segments, never on the caller's time: compression and files are the thread pool's. One that
 * falls behind leaves messages out, says so and counts them; one that fails records nothing more. Trading waits for neither.
 */
export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  return new Writer(options);
}

class Writer implements SegmentWriter {
  private readonly options: SegmentWriterOptions;
  private readonly folder: string;
  private readonly buffer: CaptureBuffer;
  private readonly waiting: Chunk[] = [];
  private readonly stopFlushing: () => void;
  private waitingBytes = 0;
  private dropped = 0;
  private droppedInSegment = 0;
  private isBehind = false;
  private isFailed = false;
  private isClosed = false;
  private segment: { readonly file: SegmentFile; readonly openedUs: number } | undefined;
  private segments = 0;
  /** A drain is under way or on the list. */
  private isDraining = false;
  private work: Promise<void>;

  constructor(options: SegmentWriterOptions) {
    this.options = options;
    this.folder = join(options.dataDir, CAPTURE_FOLDER);
    this.buffer = new CaptureBuffer((chunk) => this.take(chunk));
    this.stopFlushing = options.clock.every(FLUSH_MS, () => this.flush());
    this.work = this.guarded(() => this.begin());
  }

  message(data: Uint8Array): void {
    if (!this.isFailed && !this.isClosed) this.buffer.stamped(data, this.options.clock.nowUs() / 1_000);
  }

  reply(url: string, body: string): void {
    if (this.isFailed || this.isClosed) return;
    this.buffer.line(`${url} -> ${(this.options.clock.nowUs() / 1_000_000).toFixed(3)}: ${body}`);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.buffer.seal();
    this.isClosed = true;
    this.stopFlushing();
    await this.work;
    await this.guarded(async () => {
      await this.drain();
      await this.closeSegment();
    });
  }

  private flush(): void {
    this.buffer.seal();
    const { segment } = this;
    if (segment === undefined || this.options.clock.monotonicUs() - segment.openedUs < SEGMENT_MS * 1_000) return;
    this.then(() => this.closeSegment());
  }

  private take(chunk: Chunk): void {
    const { maxWaitingBytes = MAX_WAITING_BYTES } = this.options;
    if (this.isFailed) return;
    if (this.waitingBytes + chunk.bytes.length > maxWaitingBytes) return this.drop(chunk);
    this.waiting.push(chunk);
    this.waitingBytes += chunk.bytes.length;
    if (this.isDraining) return;
    this.isDraining = true;
    this.then(() => this.drain());
  }

  private drop({ messages }: Chunk): void {
    this.dropped += messages;
    this.droppedInSegment += messages;
    if (this.isBehind) return;
    this.isBehind = true;
    this.options.onState('degraded', `recording is behind: ${this.dropped} messages not recorded`);
  }

  /** One thing after the other, whatever asked for it. */
  private then(step: () => Promise<void>): void {
    this.work = this.work.then(() => this.guarded(step));
  }

  private async guarded(step: () => Promise<void>): Promise<void> {
    if (this.isFailed) return;
    try {
      await step();
    } catch (error) {
      this.isFailed = true;
      this.waiting.length = 0;
      this.options.onState(
        'down',
        `nothing more is recorded: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private async drain(): Promise<void> {
    for (let chunk = this.waiting.shift(); chunk !== undefined; chunk = this.waiting.shift()) {
      const packed = await compress(chunk.bytes, { level: constants.Z_BEST_SPEED });
      const file = await this.openSegment();
      await file.append(packed, chunk.messages);
      this.waitingBytes -= chunk.bytes.length;
      if (file.bytes >= (this.options.segmentBytes ?? SEGMENT_BYTES)) await this.closeSegment();
    }
    this.isDraining = false;
    if (!this.isBehind) return;
    this.isBehind = false;
    // Not JSON of any venue: the reader takes it for an answer to a request and skips it.
    this.buffer.line(`{"result":null,"dropped":${this.dropped}}`);
    this.options.onState('up', `recording again: ${this.dropped} messages not recorded`);
  }

  /** What an earlier life left unfinished is noted first. */
  private async begin(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const name of (await readdir(this.folder)).sort()) {
      if (!name.endsWith(UNFINISHED)) continue;
      const path = join(this.folder, name.slice(0, -UNFINISHED.length));
      if (this.options.note(await cutSegment(path))) await rename(`${path}${UNFINISHED}`, path);
    }
  }

  private async openSegment(): Promise<SegmentFile> {
    if (this.segment !== undefined) return this.segment.file;
    this.segments += 1;
    const place = [this.options.engineEpoch, this.segments].map((part) => String(part).padStart(6, '0'));
    const file = await SegmentFile.create(this.folder, `${place.join('-')}.gz`);
    this.segment = { file, openedUs: this.options.clock.monotonicUs() };
    return file;
  }

  private async closeSegment(): Promise<void> {
    const { segment } = this;
    if (segment === undefined) return;
    this.segment = undefined;
    const note = await segment.file.close(this.droppedInSegment);
    this.droppedInSegment = 0;
    // Without its note it keeps its unfinished name, and the next life notes it.
    if (this.options.note(note)) await segment.file.finish();
    await removeOldest(await segmentsIn([this.folder]), this.options.maxMegabytes);
  }
}

type StoredSegment = { readonly path: string; readonly bytes: number };

/** Closed segments of these folders, and unfinished ones where nothing writes any more; those of one folder oldest first. */
export async function segmentsIn(folders: readonly string[], unfinished = false): Promise<readonly StoredSegment[]> {
  const found: StoredSegment[] = [];
  for (const folder of folders) {
    for (const name of (await readdir(folder)).sort()) {
      if (name.endsWith('.gz') || (unfinished && name.endsWith(UNFINISHED)))
        found.push({ path: join(folder, name), bytes: (await stat(join(folder, name))).size });
    }
  }
  return found;
}

/** Removes from the first on until the rest is within the bound; the journal still says what they were. */
export async function removeOldest(segments: readonly StoredSegment[], maxMegabytes: number): Promise<void> {
  let total = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of segments) {
    if (total <= maxMegabytes * MEGABYTE) return;
    await rm(path);
    total -= bytes;
  }
}
