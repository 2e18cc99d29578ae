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

export type SegmentWriter = {
  /** Where one feed leaves its messages: a series of segments of its own, named after it. */
  feed(name: string): RawCapture;
  /** Closes the running segments and notes them. */
  close(): Promise<void>;
};

/** The segments of one feed, one after the other. */
type Lane = {
  readonly name: string;
  readonly buffer: CaptureBuffer;
  segment: { readonly file: SegmentFile; readonly openedUs: number } | undefined;
  droppedInSegment: number;
  isBehind: boolean;
};

type Waiting = Chunk & { readonly lane: Lane };

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
  private readonly lanes: Lane[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly stopFlushing: () => void;
  private waitingBytes = 0;
  private dropped = 0;
  private isFailed = false;
  private isClosed = false;
  private segments = 0;
  /** A drain is under way or on the list. */
  private isDraining = false;
  private work: Promise<void>;

  constructor(options: SegmentWriterOptions) {
    this.options = options;
    this.folder = join(options.dataDir, CAPTURE_FOLDER);
    this.stopFlushing = options.clock.every(FLUSH_MS, () => this.flush());
    this.work = this.guarded(() => this.begin());
  }

  feed(name: string): RawCapture {
    const { clock } = this.options;
    const buffer = new CaptureBuffer((chunk) => this.take({ ...chunk, lane }));
    const lane: Lane = { name, buffer, segment: undefined, droppedInSegment: 0, isBehind: false };
    this.lanes.push(lane);
    return {
      message: (data) => {
        if (!this.isFailed && !this.isClosed) buffer.stamped(data, clock.nowUs() / 1_000);
      },
      reply: (url, body) => {
        if (!this.isFailed && !this.isClosed)
          buffer.line(`${url} -> ${(clock.nowUs() / 1_000_000).toFixed(3)}: ${body}`);
      },
    };
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    for (const { buffer } of this.lanes) buffer.seal();
    this.isClosed = true;
    this.stopFlushing();
    await this.work;
    await this.guarded(async () => {
      await this.drain();
      for (const lane of this.lanes) await this.closeSegment(lane);
    });
  }

  private flush(): void {
    const nowUs = this.options.clock.monotonicUs();
    for (const lane of this.lanes) {
      lane.buffer.seal();
      if (lane.segment === undefined || nowUs - lane.segment.openedUs < SEGMENT_MS * 1_000) continue;
      this.then(() => this.closeSegment(lane));
    }
  }

  private take(chunk: Waiting): void {
    const { maxWaitingBytes = MAX_WAITING_BYTES } = this.options;
    if (this.isFailed) return;
    if (this.waitingBytes + chunk.bytes.length > maxWaitingBytes) return this.drop(chunk);
    this.waiting.push(chunk);
    this.waitingBytes += chunk.bytes.length;
    if (this.isDraining) return;
    this.isDraining = true;
    this.then(() => this.drain());
  }

  private drop({ messages, lane }: Waiting): void {
    const wasBehind = this.lanes.some(({ isBehind }) => isBehind);
    this.dropped += messages;
    lane.droppedInSegment += messages;
    lane.isBehind = true;
    if (!wasBehind) this.options.onState('degraded', `recording is behind: ${this.dropped} messages not recorded`);
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
      const file = await this.openSegment(chunk.lane);
      await file.append(packed, chunk.messages);
      this.waitingBytes -= chunk.bytes.length;
      if (file.bytes >= (this.options.segmentBytes ?? SEGMENT_BYTES)) await this.closeSegment(chunk.lane);
    }
    this.isDraining = false;
    const behind = this.lanes.filter(({ isBehind }) => isBehind);
    if (behind.length === 0) return;
    for (const lane of behind) {
      lane.isBehind = false;
      lane.buffer.line(gapLine(lane.droppedInSegment));
    }
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

  /** Named by life, place in it and feed, so that names in order are segments in order. */
  private async openSegment(lane: Lane): Promise<SegmentFile> {
    if (lane.segment !== undefined) return lane.segment.file;
    this.segments += 1;
    const place = [this.options.engineEpoch, this.segments].map((part) => String(part).padStart(6, '0'));
    const file = await SegmentFile.create(this.folder, `${place.join('-')}-${lane.name}.gz`);
    lane.segment = { file, openedUs: this.options.clock.monotonicUs() };
    return file;
  }

  private async closeSegment(lane: Lane): Promise<void> {
    const { segment } = lane;
    if (segment === undefined) return;
    lane.segment = undefined;
    const note = await segment.file.close(lane.droppedInSegment);
    lane.droppedInSegment = 0;
    // Without its note it keeps its unfinished name, and the next life notes it.
    if (this.options.note(note)) await segment.file.finish();
    await removeOldest(await segmentsIn([this.folder]), this.options.maxMegabytes);
  }
}

/** Not JSON of any venue: the reader knows that messages are missing here. */
const gapLine = (dropped: number): string => `{"result":null,"dropped":${dropped}}`;

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
