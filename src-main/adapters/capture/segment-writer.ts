import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Clock } from '../../engine/ports/clock.ts';
import type { RawCapture } from '../../engine/ports/raw-capture.ts';
import { CaptureBuffer, type Chunk } from './capture-buffer.ts';
import { gapMessage } from './capture-gap.ts';
import { CAPTURE_FOLDER, notedName, SegmentFile } from './segment-file.ts';
import { SegmentFolders, type SegmentNotes } from './segment-folders.ts';

const compress = promisify(gzip);

/** Lines wait no longer than this for the disk. */
const FLUSH_MS = 1_000;
/** Uncompressed bytes under way to the disk; what comes beyond is not recorded. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const SEGMENT_BYTES = 32 * 1024 * 1024;
const SEGMENT_MS = 3_600_000;
const MEGABYTE = 1024 * 1024;
/** Of all that may be kept, a segment takes so little that its feed still has several. */
const SEGMENTS_PER_FEED = 4;
/** What the journal keeps to itself on the disk: recording ends before it. */
const RESERVED_BYTES = 256 * MEGABYTE;

export type SegmentWriterOptions = {
  readonly dataDir: string;
  readonly engineEpoch: number;
  /** Of all segments together, those of earlier sessions too; what goes beyond it is one compressed chunk a feed. */
  readonly maxMegabytes: number;
  /** Folders of earlier sessions, the oldest first; nobody else writes there. */
  readonly earlier?: readonly string[];
  readonly clock: Clock;
  readonly notes: SegmentNotes;
  /** `degraded`: behind, messages are missing. `down`: nothing is recorded any more. */
  readonly onState: (state: 'up' | 'degraded' | 'down', detail: string) => void;
  /** Size after which a segment is closed; for tests. */
  readonly segmentBytes?: number;
  readonly maxWaitingBytes?: number;
  /** Free bytes of the disk with this folder; asked of the system unless told otherwise. */
  readonly freeBytes?: (folder: string) => Promise<number>;
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
  /** The chunk that is gathered begins with the mark of a gap. */
  isMarked: boolean;
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
  private readonly folders: SegmentFolders;
  private readonly lanes: Lane[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly stopFlushing: () => void;
  private waitingBytes = 0;
  private dropped = 0;
  private isBehind = false;
  private isFailed = false;
  private isClosed = false;
  private segments = 0;
  /** A drain is under way or on the list. */
  private isDraining = false;
  private work: Promise<void>;

  constructor(options: SegmentWriterOptions) {
    this.options = options;
    const { dataDir, earlier = [], notes } = options;
    this.folders = new SegmentFolders(dataDir, join(dataDir, CAPTURE_FOLDER), earlier, notes);
    this.stopFlushing = options.clock.every(FLUSH_MS, () => this.flush());
    this.work = this.guarded(async () => {
      await this.folders.takeOver();
      await this.makeRoom();
    });
  }

  feed(name: string): RawCapture {
    const { clock } = this.options;
    const buffer = new CaptureBuffer((chunk) => this.take({ ...chunk, lane }));
    const lane: Lane = { name, buffer, segment: undefined, droppedInSegment: 0, isMarked: false };
    this.lanes.push(lane);
    const isOpen = (): boolean => !this.isFailed && !this.isClosed;
    const stamped = (data: Uint8Array): void => {
      if (isOpen()) buffer.stamped(data, clock.nowUs() / 1_000);
    };
    return {
      message: stamped,
      reply: (url, body) => {
        if (isOpen()) buffer.line(`${url} -> ${(clock.nowUs() / 1_000_000).toFixed(3)}: ${body}`);
      },
      restarted: (symbols) => stamped(gapMessage({ restarted: symbols })),
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
    chunk.lane.isMarked = false;
    this.waiting.push(chunk);
    this.waitingBytes += chunk.bytes.length;
    if (this.isDraining) return;
    this.isDraining = true;
    this.then(() => this.drain());
  }

  private drop({ messages, lane }: Waiting): void {
    const lost = messages - (lane.isMarked ? 1 : 0);
    this.dropped += lost;
    lane.droppedInSegment += lost;
    lane.isMarked = true;
    // Before all that follows: the reader gives up the books that missed something.
    lane.buffer.stamped(gapMessage({ dropped: lane.droppedInSegment }), this.options.clock.nowUs() / 1_000);
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
      const problem = error instanceof Error ? error.message : String(error);
      this.options.onState('down', `nothing more is recorded: ${problem}`);
      // No word in the journal: where a disk is full, its last pages are not for this.
      for (const { segment } of this.lanes) await segment?.file.abandon().catch(() => undefined);
    }
  }

  private async drain(): Promise<void> {
    for (let chunk = this.waiting.shift(); chunk !== undefined; chunk = this.waiting.shift()) {
      await this.refuseFullDisk();
      const packed = await compress(chunk.bytes, { level: constants.Z_BEST_SPEED });
      const file = await this.openSegment(chunk.lane);
      await file.append(packed, chunk.messages);
      this.waitingBytes -= chunk.bytes.length;
      if (file.bytes >= this.segmentBytes()) await this.closeSegment(chunk.lane);
    }
    this.isDraining = false;
    if (!this.isBehind) return;
    this.isBehind = false;
    this.options.onState('up', `recording again: ${this.dropped} messages not recorded`);
  }

  /** Throws when the disk has no room but for the journal. */
  private async refuseFullDisk(): Promise<void> {
    const free = await (this.options.freeBytes ?? freeBytesOf)(this.folders.own);
    if (free >= RESERVED_BYTES) return;
    const [expected, was] = [RESERVED_BYTES, free].map((bytes) => Math.floor(bytes / MEGABYTE));
    throw new Error(`expected ${expected} MB free beside it on the disk, was ${was} MB`);
  }

  private segmentBytes(): number {
    const { maxMegabytes, segmentBytes = SEGMENT_BYTES } = this.options;
    const share = (maxMegabytes * MEGABYTE) / (this.lanes.length * SEGMENTS_PER_FEED);
    return Math.min(segmentBytes, Math.floor(share));
  }

  /** Finished segments keep what the running ones may not grow to. */
  private async makeRoom(): Promise<void> {
    await this.folders.shrinkTo(this.options.maxMegabytes * MEGABYTE - this.lanes.length * this.segmentBytes());
  }

  /** Named by life, place in it and feed, so that names in order are segments in order. */
  private async openSegment(lane: Lane): Promise<SegmentFile> {
    if (lane.segment !== undefined) return lane.segment.file;
    this.segments += 1;
    const place = [this.options.engineEpoch, this.segments].map((part) => String(part).padStart(6, '0'));
    const file = await SegmentFile.create(this.folders.own, `${place.join('-')}-${lane.name}.gz`);
    lane.segment = { file, openedUs: this.options.clock.monotonicUs() };
    return file;
  }

  private async closeSegment(lane: Lane): Promise<void> {
    const { segment } = lane;
    if (segment === undefined) return;
    lane.segment = undefined;
    const { file } = segment;
    const note = { file: notedName(this.options.dataDir, file.path), ...(await file.close()), cut: false };
    // Without its note it keeps its unfinished name, and the next life notes it.
    if (this.options.notes.closed({ ...note, dropped: lane.droppedInSegment })) await file.finish();
    lane.droppedInSegment = 0;
    await this.makeRoom();
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
