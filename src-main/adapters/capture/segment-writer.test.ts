import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RawCapture } from '../../engine/ports/raw-capture.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import { CaptureSession } from './capture-session.ts';
import { SegmentFile, type SegmentNote } from './segment-file.ts';
import { createSegmentWriter, type SegmentWriter, type SegmentWriterOptions } from './segment-writer.ts';

const WAIT = { timeout: 15_000 };

let dir: string;
let clock: VirtualClock;
let notes: SegmentNote[];
let removed: string[];
let states: [string, string][];
let writers: SegmentWriter[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-capture-'));
  clock = new VirtualClock();
  [notes, removed, states, writers] = [[], [], [], []];
});
afterEach(async () => {
  for (const writer of writers) await writer.close();
  rmSync(dir, { recursive: true });
});

/** A writer with one feed. */
function writer(over: Partial<SegmentWriterOptions> = {}): SegmentWriter & RawCapture {
  const made = createSegmentWriter({
    ...{ dataDir: dir, engineEpoch: 7, maxMegabytes: 1, clock },
    notes: {
      closed: (segment) => notes.push(segment) > 0,
      removed: ({ file }) => removed.push(file) > 0,
    },
    onState: (...state) => void states.push(state),
    ...over,
  });
  writers.push(made);
  return { close: async () => made.close(), feed: (name) => made.feed(name), ...made.feed('spot') };
}

const trade = (id: number, padding = ''): Buffer =>
  Buffer.from(
    JSON.stringify({
      stream: 'btcusdt@trade',
      data: { e: 'trade', E: 1, s: 'BTCUSDT', t: id, p: '1', q: '1', T: 1, m: true, M: true, padding },
    }),
  );
/** Hardly compresses. */
const NOISE = Array.from({ length: 10_000 }, (_, index) =>
  createHash('sha256').update(String(index)).digest('hex'),
).join('');
const depth = (first: number, last: number): Buffer =>
  Buffer.from(
    `{"stream":"x","data":{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":${first},"u":${last},"b":[["1.0","2"]],"a":[]}}`,
  );
const files = (): readonly string[] => readdirSync(join(dir, 'market-data')).sort();
const sizes = (): readonly number[] => files().map((name) => statSync(join(dir, 'market-data', name)).size);
const read = (name: string): Buffer => readFileSync(join(dir, 'market-data', name));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a segment of raw market data', () => {
  it('is what `leeward replay` reads: stamped messages and the snapshot a book starts from', async () => {
    const made = writer();
    made.message(depth(9, 10));
    made.reply(
      'https://venue/api/v3/depth?symbol=BTCUSDT&limit=100',
      '{"lastUpdateId":10,"bids":[],"asks":[["2","1"]]}',
    );
    clock.advance(5);
    made.message(depth(11, 12));
    made.message(trade(1));
    await made.close();
    expect(files()).toEqual(['000007-000001-spot.gz']);
    const lines = gunzipSync(read('000007-000001-spot.gz')).toString().trim().split('\n');
    expect(lines[2]?.slice(0, 20)).toBe(`${clock.nowUs()}000 `);
    expect(lines[2]?.slice(20)).toBe(depth(11, 12).toString());
    const { results, failure } = await new CaptureSession().replay(join(dir, 'market-data', '000007-000001-spot.gz'));
    expect(failure).toBeNull();
    expect(results).toMatchObject([
      { instrument: 'BTCUSDT', book: 'synchronized', applied: 1, trades: 1, sequenceBreaks: 0, snapshots: 1 },
    ]);
  });

  it('is named in the journal by its hash, once it is whole on disk', async () => {
    const made = writer({ segmentBytes: 1 });
    for (let id = 1; id <= 3; id++) {
      made.message(trade(id));
      await clock.advanceAsync(1_000);
      await vi.waitFor(() => expect(notes).toHaveLength(id), WAIT);
    }
    await made.close();
    expect(files()).toHaveLength(3);
    for (const { file, sha256: hash, bytes, messages, cut, dropped } of notes) {
      const content = readFileSync(join(dir, file));
      expect({ hash, bytes, messages, cut, dropped }).toEqual({
        ...{ hash: sha256(content), bytes: content.length, messages: 1, cut: false, dropped: 0 },
      });
    }
  });

  it('is of one feed, which it is named after', async () => {
    const made = writer();
    made.feed('kraken-spot').message(Buffer.from('{"channel":"heartbeat"}'));
    made.message(trade(1));
    await made.close();
    // In the order in which the disk got them.
    const [first, second, ...more] = notes.map(({ file }) => file).sort();
    expect(more).toEqual([]);
    expect([first?.slice(0, 26), second?.slice(0, 26)]).toEqual([
      'market-data/000007-000001-',
      'market-data/000007-000002-',
    ]);
    for (const { file, messages } of notes) {
      expect(messages).toBe(1);
      expect(gunzipSync(readFileSync(join(dir, file))).toString()).toContain(
        file.includes('kraken') ? 'heartbeat' : 'BTCUSDT',
      );
    }
    expect(notes.map(({ file }) => file.slice(26)).sort()).toEqual(['kraken-spot.gz', 'spot.gz']);
  });

  it('keeps its unfinished name until the journal has it; the next life notes it', async () => {
    const made = writer({ notes: { closed: () => false, removed: () => false } });
    made.message(trade(1));
    await made.close();
    expect(files()).toEqual(['000007-000001-spot.gz.part']);
    const next = writer({ engineEpoch: 8 });
    await next.close();
    expect(files()).toEqual(['000007-000001-spot.gz']);
    expect(notes).toEqual([
      {
        ...{ file: 'market-data/000007-000001-spot.gz', sha256: sha256(read('000007-000001-spot.gz')), cut: true },
        ...{ bytes: read('000007-000001-spot.gz').length, messages: null, dropped: null },
      },
    ]);
  });

  it('ends after an hour, and the next one goes on', async () => {
    const made = writer();
    made.message(trade(1));
    await clock.advanceAsync(1_000);
    await vi.waitFor(() => expect(sizes()).toEqual([expect.toSatisfy((bytes: number) => bytes > 0)]), WAIT);
    await clock.advanceAsync(3_600_000);
    await vi.waitFor(() => expect(files()).toEqual(['000007-000001-spot.gz']), WAIT);
    made.message(trade(2));
    await made.close();
    expect(files()).toEqual(['000007-000001-spot.gz', '000007-000002-spot.gz']);
  });

  it('is the oldest to go when there are too many, so that the running one has room to grow', async () => {
    const made = writer();
    for (let id = 1; id <= 3; id++) {
      made.message(trade(id, NOISE.slice(id, 560_000)));
      await clock.advanceAsync(1_000);
      await vi.waitFor(() => expect(notes).toHaveLength(id), WAIT);
    }
    await made.close();
    // A quarter of the megabyte is kept free: two of these are more than the rest with a third.
    expect(notes.every(({ bytes }) => bytes > 262_144 && bytes < 340_000)).toBe(true);
    expect(files()).toEqual(['000007-000002-spot.gz', '000007-000003-spot.gz']);
    // The journal had it before the disk lost it.
    expect(removed).toEqual(['market-data/000007-000001-spot.gz']);
  });
});

describe('a writer', () => {
  it('that falls behind says so, counts what it left out, and goes on', async () => {
    const made = writer({ maxWaitingBytes: 1_000 });
    made.message(trade(1, 'x'.repeat(800)));
    clock.advance(1_000);
    made.message(trade(2, 'x'.repeat(800)));
    made.message(trade(3));
    clock.advance(1_000);
    expect(states).toEqual([['degraded', 'recording is behind: 2 messages not recorded']]);
    await vi.waitFor(() => expect(states).toHaveLength(2), WAIT);
    expect(states[1]).toEqual(['up', 'recording again: 2 messages not recorded']);
    made.message(trade(4));
    await made.close();
    expect(notes).toMatchObject([{ dropped: 2, messages: 3 }]);
    const [name = ''] = files();
    expect(gunzipSync(read(name)).toString()).toContain('"dropped":2');
    const { results, failure } = await new CaptureSession().replay(join(dir, 'market-data', name));
    expect([failure, results[0]?.trades]).toEqual([null, 2]);
  });

  it('marks what it left out, so that a replay gives up the book and takes no broken sequence', async () => {
    const made = writer({ maxWaitingBytes: 1_000 });
    made.reply('https://venue/api/v3/depth?symbol=BTCUSDT', '{"lastUpdateId":10,"bids":[],"asks":[["2","1"]]}');
    made.message(depth(11, 12));
    clock.advance(1_000);
    for (const padding of ['', 'again']) {
      made.message(depth(13, 14));
      made.message(trade(1, 'x'.repeat(2_000) + padding));
      clock.advance(1_000);
    }
    made.message(depth(17, 18));
    await made.close();
    expect(notes).toMatchObject([{ dropped: 4 }]);
    const { results, problems } = await new CaptureSession().replay(join(dir, notes[0]?.file ?? ''));
    expect(problems).toEqual([]);
    expect(results).toMatchObject([{ applied: 1, sequenceBreaks: 0, book: 'unsynchronized' }]);
  });

  it('marks a new socket, whose snapshot starts the book again', async () => {
    const made = writer();
    for (const id of [10, 50]) {
      made.restarted(['BTCUSDT']);
      made.reply('https://venue/api/v3/depth?symbol=BTCUSDT', `{"lastUpdateId":${id},"bids":[],"asks":[["2","1"]]}`);
      made.message(depth(id + 1, id + 2));
    }
    await made.close();
    const { results } = await new CaptureSession().replay(join(dir, notes[0]?.file ?? ''));
    expect(results).toMatchObject([
      { applied: 2, snapshots: 2, sequenceBreaks: 0, book: 'synchronized', format: 'nanosecond-lines' },
    ]);
  });

  it('that cannot write says so and keeps nobody waiting', async () => {
    writeFileSync(join(dir, 'market-data'), 'a file in the way');
    const made = writer();
    await vi.waitFor(() => expect(states).toHaveLength(1), WAIT);
    expect(states[0]?.[0]).toBe('down');
    made.message(trade(1));
    await made.close();
    expect(notes).toEqual([]);
  });

  it('that was behind takes a message longer than its buffer after the mark of what is missing', async () => {
    const made = writer({ maxWaitingBytes: 400_000 });
    const long = (length: number): Buffer => trade(1, 'x'.repeat(length));
    const [first, lost, last] = [long(200_000), long(250_000), long(300_000)];
    made.message(first);
    clock.advance(1_000);
    made.message(lost);
    made.message(last);
    await vi.waitFor(() => expect(states.map(([state]) => state)).toEqual(['degraded', 'up']), WAIT);
    await made.close();
    const lines = gunzipSync(read('000007-000001-spot.gz')).toString().trim().split('\n');
    const recorded = [first, '{"result":null,"dropped":1}', last].map(String);
    expect(lines.map((line) => line.slice(20) === recorded.shift())).toEqual([true, true, true]);
  });

  it('ends before the disk is full, and a later life has what it wrote', async () => {
    let free = 300 * 1024 * 1024;
    const made = writer({ freeBytes: async () => free });
    made.message(trade(1));
    await clock.advanceAsync(1_000);
    await vi.waitFor(() => expect(sizes()).toEqual([expect.toSatisfy((bytes: number) => bytes > 0)]), WAIT);
    free = 255 * 1024 * 1024;
    made.message(trade(2));
    await clock.advanceAsync(1_000);
    await vi.waitFor(() => expect(states).toHaveLength(1), WAIT);
    const reason = 'expected 256 MB free beside it on the disk, was 255 MB';
    expect(states).toEqual([['down', `nothing more is recorded: ${reason}`]]);
    made.message(trade(3));
    await made.close();
    expect(notes).toEqual([]);
    await writer({ engineEpoch: 8 }).close();
    expect(notes).toMatchObject([{ file: 'market-data/000007-000001-spot.gz', cut: true }]);
    expect(gunzipSync(read('000007-000001-spot.gz')).toString().trim().split('\n')).toHaveLength(1);
  });

  it('that fails within a chunk leaves the whole ones to a later life', async () => {
    const made = writer();
    made.message(trade(1));
    await clock.advanceAsync(1_000);
    await vi.waitFor(() => expect(sizes()).toEqual([expect.toSatisfy((bytes: number) => bytes > 0)]), WAIT);
    const append = vi.spyOn(SegmentFile.prototype, 'append').mockImplementation(async function (this: SegmentFile) {
      appendFileSync(`${this.path}.part`, gzipSync('torn').subarray(0, 15));
      throw new Error('ENOSPC: no space left on device, write');
    });
    made.message(trade(2));
    await clock.advanceAsync(1_000);
    await vi.waitFor(() => expect(states).toHaveLength(1), WAIT);
    append.mockRestore();
    expect(states).toEqual([['down', 'nothing more is recorded: ENOSPC: no space left on device, write']]);
    await writer({ engineEpoch: 8 }).close();
    expect(notes).toMatchObject([{ cut: true, bytes: read('000007-000001-spot.gz').length }]);
    expect(gunzipSync(read('000007-000001-spot.gz')).toString()).toContain('"t":1,');
  });

  it('takes a message longer than its buffer', async () => {
    const made = writer();
    made.message(trade(1, 'x'.repeat(300_000)));
    made.message(trade(2));
    await made.close();
    const [name = ''] = files();
    expect(gunzipSync(read(name)).toString().trim().split('\n')).toHaveLength(2);
  });
});
