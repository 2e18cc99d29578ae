import { z } from 'zod';
import { ensure } from '../../engine/domain/result.ts';
import type { LevelChange } from './market-source.ts';
import { type DecimalStep, stepsOf } from './step-text.ts';

/** One thing the recorder saw, at its time after the snapshot on the recorder's own clock. */
export type CapturedEvent =
  | { readonly kind: 'depth'; readonly offsetMs: number; readonly bids: LevelChange[]; readonly asks: LevelChange[] }
  | {
      readonly kind: 'trade';
      readonly offsetMs: number;
      readonly ticks: number;
      readonly lots: number;
      readonly aggressor: 'buy' | 'sell';
    };

/** A continuous recording of one market: the REST snapshot, then everything after it in the order received. */
export type Capture = {
  readonly symbol: string;
  /** Recorder's epoch ms at the snapshot. The recorder's clock is 1.27 s behind the exchange's. */
  readonly recordedAtMs: number;
  readonly durationMs: number;
  readonly snapshot: { readonly bids: readonly LevelChange[]; readonly asks: readonly LevelChange[] };
  readonly events: readonly CapturedEvent[];
};

/** The pairs of texts are checked where they become ticks and lots: there are 300,000 of them. */
const levels = z.array(z.unknown());
const snapshotSchema = z.object({ lastUpdateId: z.number(), bids: levels, asks: levels });
const depthSchema = z.object({ s: z.string(), U: z.number(), u: z.number(), b: levels, a: levels });
const tradeSchema = z.object({ s: z.string(), p: z.string(), q: z.string(), m: z.boolean() });

type Depth = z.infer<typeof depthSchema> & { readonly atNs: bigint };

/**
 * Reads lines of `<local receive ns> <combined-stream JSON>`. The depth event that bridges the snapshot stands before
 * it, so depth is buffered until the snapshot comes. Book ticker lines are skipped: the book carries the same.
 * Throws naming the line when it cannot be read, and when an update id is missing: a recording with a hole is refused.
 */
export function parseCapture(texts: readonly string[], tick: DecimalStep, lot: DecimalStep): Capture {
  const reader = new CaptureReader(tick, lot);
  let lineNumber = 0;
  for (const text of texts) {
    for (let start = 0, end = 0; end < text.length; start = end + 1) {
      end = text.indexOf('\n', start);
      if (end < 0) end = text.length;
      const line = text.slice(start, end);
      lineNumber += 1;
      try {
        reader.read(line);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`capture line ${lineNumber}: ${message}`, { cause: error });
      }
    }
  }
  return reader.finish();
}

class CaptureReader {
  private readonly tick: DecimalStep;
  private readonly lot: DecimalStep;
  private readonly events: CapturedEvent[] = [];
  private buffered: Depth[] = [];
  private snapshot: Capture['snapshot'] | null = null;
  private startNs = 0n;
  private lastUpdateId = 0;
  private symbol = '';

  constructor(tick: DecimalStep, lot: DecimalStep) {
    this.tick = tick;
    this.lot = lot;
  }

  read(line: string): void {
    if (line === '' || line.includes('@bookTicker"')) return;
    const space = line.indexOf(' ');
    const atNs = BigInt(line.slice(0, space));
    const body: unknown = JSON.parse(line.slice(space + 1));
    if (line.includes('@depth')) this.readDepth({ ...depthSchema.parse(dataOf(body)), atNs });
    else if (line.includes('@trade"')) this.readTrade(dataOf(body), atNs);
    else this.readSnapshot(snapshotSchema.parse(body), atNs);
  }

  finish(): Capture {
    const snapshot = ensure(this.snapshot, 'a snapshot line in the capture');
    const last = ensure(this.events.at(-1), 'events after the snapshot');
    return {
      symbol: this.symbol,
      recordedAtMs: Number(this.startNs / 1_000_000n),
      durationMs: last.offsetMs + 1,
      snapshot,
      events: this.events,
    };
  }

  private readSnapshot({ lastUpdateId, bids, asks }: z.infer<typeof snapshotSchema>, atNs: bigint): void {
    if (this.snapshot !== null) throw new Error('expected one snapshot, was a second');
    this.snapshot = { bids: this.changes(bids), asks: this.changes(asks) };
    this.lastUpdateId = lastUpdateId;
    this.startNs = atNs;
    for (const depth of this.buffered) this.applyDepth(depth);
    this.buffered = [];
  }

  private readDepth(depth: Depth): void {
    this.symbol = depth.s;
    if (this.snapshot === null) this.buffered.push(depth);
    else this.applyDepth(depth);
  }

  private applyDepth(depth: Depth): void {
    if (depth.u <= this.lastUpdateId) return;
    if (depth.U > this.lastUpdateId + 1) {
      throw new Error(`expected update id ${this.lastUpdateId + 1}, was ${depth.U}`);
    }
    this.lastUpdateId = depth.u;
    this.events.push({
      kind: 'depth',
      offsetMs: this.offset(depth.atNs),
      bids: this.changes(depth.b),
      asks: this.changes(depth.a),
    });
  }

  private readTrade(data: unknown, atNs: bigint): void {
    if (this.snapshot === null) return;
    const trade = tradeSchema.parse(data);
    this.events.push({
      kind: 'trade',
      offsetMs: this.offset(atNs),
      ticks: stepsOf(trade.p, this.tick),
      lots: stepsOf(trade.q, this.lot),
      aggressor: trade.m ? 'sell' : 'buy',
    });
  }

  private offset(atNs: bigint): number {
    return atNs <= this.startNs ? 0 : Number((atNs - this.startNs) / 1_000_000n);
  }

  private changes(side: readonly unknown[]): LevelChange[] {
    return side.map((level): LevelChange => {
      const [price, size] = Array.isArray(level) ? (level as readonly unknown[]) : [];
      if (typeof price === 'string' && typeof size === 'string')
        return [stepsOf(price, this.tick), this.wholeLots(size)];
      throw new RangeError(`expected a pair of texts, was ${JSON.stringify(level)}`);
    });
  }

  /** Orders older than a change of lot size rest with finer sizes: the part under one lot cannot trade and is cut. */
  private wholeLots(size: string): number {
    const kept = size.slice(0, size.indexOf('.') + 1 + this.lot.digits);
    const lots = stepsOf(kept, this.lot);
    return lots === 0 && /[1-9]/.test(size) ? 1 : lots;
  }
}

function dataOf(body: unknown): unknown {
  return z.object({ data: z.unknown() }).parse(body).data;
}
