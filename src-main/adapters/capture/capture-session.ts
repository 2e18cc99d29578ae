import { BookIntegrityError } from '../../engine/market-data/steps.ts';
import { DecodeFailure } from '../decode-failure.ts';
import type { BinanceEvent } from '../binance/public/decode.ts';
import type { KrakenEvent } from '../kraken/decode.ts';
import {
  type CaptureEntry,
  type CaptureFormat,
  type CaptureProduct,
  type CaptureVenue,
  decodeCaptureLine,
  type SnapshotEvent,
} from './capture-decoder.ts';
import type { Gap } from './capture-gap.ts';
import { CaptureFailure, captureLines } from './capture-lines.ts';
import {
  applyBinance,
  applyKraken,
  type InstrumentReplay,
  noteSkew,
  numbered,
  stateOf,
  wrongs,
} from './instrument-replay.ts';
import { noCounts, type ReplayResult } from './replay-counts.ts';

export type FileReplay = {
  readonly results: readonly ReplayResult[];
  /** Where and why reading stopped; everything before is counted. Null when the whole file was read. */
  readonly failure: CaptureFailure | null;
  /** What ended a book, by file and line; all are counted, the first few are told. */
  readonly problems: readonly string[];
};

const TOLD_PROBLEMS = 10;
/** Messages that do not tell their product and stand before one that does; a file with more of them is taken for spot's. */
const MAX_UNDECIDED = 1_000;

type Undecided = readonly [entry: CaptureEntry, receivedAtMs: number | null, place: string];

/** Replays captures in the order given. Books live on from file to file, so parts of one recording form one session. */
export class CaptureSession {
  private readonly instruments = new Map<string, InstrumentReplay>();
  private orphans: { readonly event: SnapshotEvent; readonly isOfThisFile: boolean }[] = [];
  private seen = new Set<InstrumentReplay>();
  private format: CaptureFormat | null = null;
  /** Null until a message of this file tells. */
  private product: CaptureProduct | null = null;
  private undecided: Undecided[] = [];
  private unassigned: Record<string, number> = {};
  private received = 0;
  private problems: string[] = [];
  private snapshotsOnly = false;

  /** Reads snapshots only, for the captures that follow. Throws CaptureFailure when the file holds none. */
  async addSnapshots(file: string): Promise<void> {
    this.snapshotsOnly = true;
    const { results, failure } = await this.replay(file);
    this.snapshotsOnly = false;
    if (failure !== null) throw failure;
    if (this.orphans.length === 0 && !results.some(({ snapshots }) => snapshots > 0)) {
      throw new CaptureFailure(`${file}: expected depth snapshots, found none`);
    }
  }

  async replay(file: string): Promise<FileReplay> {
    this.beginFile();
    let failure: CaptureFailure | null = null;
    try {
      for await (const { number, text } of captureLines(file)) this.line(file, number, text);
    } catch (error) {
      if (!(error instanceof CaptureFailure)) throw error;
      failure = error;
    }
    this.decide('SPOT');
    return { results: this.results(file), failure, problems: this.problems };
  }

  private beginFile(): void {
    this.seen = new Set();
    this.format = null;
    this.product = null;
    this.unassigned = {};
    this.received = 0;
    this.problems = [];
    this.orphans = this.orphans.map(({ event }) => ({ event, isOfThisFile: false }));
  }

  private line(file: string, number: number, text: string): void {
    try {
      const { format, receivedAtMs, entries, gap } = decodeCaptureLine(text);
      this.format ??= format;
      if (gap !== null) this.forgetBooks(gap);
      for (const entry of entries) {
        if (this.snapshotsOnly && entry.event.kind !== 'snapshot') continue;
        this.entry(entry, receivedAtMs, `${file}:${number}`);
      }
    } catch (error) {
      if (!(error instanceof DecodeFailure || error instanceof BookIntegrityError)) throw error;
      throw new CaptureFailure(`${file}:${number}: ${error.message}`);
    }
  }

  /** Their next snapshot starts them again. */
  private forgetBooks(gap: Gap): void {
    for (const replay of this.instruments.values())
      if (gap === 'all' || gap.includes(replay.symbol)) Object.assign(replay, { numbered: null, checked: null });
  }

  private entry(entry: CaptureEntry, receivedAtMs: number | null, place: string): void {
    const product = entry.product ?? this.product;
    if (product === null) {
      this.undecided.push([entry, receivedAtMs, place]);
      if (this.undecided.length > MAX_UNDECIDED) this.decide('SPOT');
      return;
    }
    if (entry.venue === 'BINANCE') this.decide(product);
    const { event } = entry;
    if (event.kind !== 'subscribed') this.received++;
    const symbol = event.symbol ?? this.soleSymbol(entry.venue, product, event.kind);
    if (symbol === null) {
      this.withoutInstrument(event);
      return;
    }
    const replay = this.instrument(entry.venue, product, symbol);
    if (event.kind === 'subscribed') {
      replay.depth = event.depth ?? replay.depth;
      return;
    }
    if ('eventTimeMs' in event && receivedAtMs !== null) noteSkew(replay, receivedAtMs - event.eventTimeMs);
    this.deliver(replay, entry, place);
  }

  private decide(product: CaptureProduct): void {
    this.product = product;
    for (const [entry, receivedAtMs, place] of this.undecided.splice(0)) this.entry(entry, receivedAtMs, place);
  }

  private deliver(replay: InstrumentReplay, { venue, event }: CaptureEntry, place: string): void {
    const wrongBefore = wrongs(replay.counts);
    if (venue === 'KRAKEN') applyKraken(replay, event as KrakenEvent);
    else applyBinance(replay, event as BinanceEvent | SnapshotEvent);
    replay.counts.messages++;
    if (wrongs(replay.counts) > wrongBefore && this.problems.length < TOLD_PROBLEMS) {
      const problem = replay.numbered?.lastProblem ?? replay.checked?.lastProblem ?? 'unknown';
      this.problems.push(`${place}: ${replay.symbol}: ${problem}`);
    }
  }

  /** A snapshot whose request was not recorded belongs to the only instrument there is. */
  private soleSymbol(venue: CaptureVenue, product: CaptureProduct, kind: string): string | null {
    if (kind !== 'snapshot') return null;
    const [first, ...more] = [...this.instruments.values()].filter(
      (of) => of.venue === venue && of.product === product,
    );
    return first !== undefined && more.length === 0 ? first.symbol : null;
  }

  private withoutInstrument(event: CaptureEntry['event']): void {
    if (event.kind === 'snapshot' && this.instruments.size === 0) {
      this.orphans.push({ event, isOfThisFile: true });
      return;
    }
    const type = event.kind === 'unsupported' ? event.type : event.kind;
    this.unassigned[type] = (this.unassigned[type] ?? 0) + 1;
  }

  private instrument(venue: CaptureVenue, product: CaptureProduct, symbol: string): InstrumentReplay {
    const key = `${symbol}.${venue}.${product}`;
    const existing = this.instruments.get(key);
    const replay = existing ?? {
      ...{ venue, product, symbol, numbered: null, checked: null, depth: null },
      ...{ counts: noCounts(), bookMessages: 0, clockSkewMs: null },
    };
    if (!this.seen.has(replay)) {
      this.seen.add(replay);
      Object.assign(replay, { counts: noCounts(), bookMessages: 0, clockSkewMs: null });
    }
    if (existing === undefined) {
      this.instruments.set(key, replay);
      if (venue === 'BINANCE') this.adoptOrphans(replay);
    }
    return replay;
  }

  /** Snapshots that stood before the first line of their instrument; those of another file are not counted here. */
  private adoptOrphans(replay: InstrumentReplay): void {
    for (const { event, isOfThisFile } of this.orphans.splice(0)) {
      numbered(replay).offerSnapshot(event.snapshot, replay.counts);
      if (!isOfThisFile) continue;
      replay.counts.snapshots++;
      replay.counts.messages++;
    }
  }

  private results(file: string): readonly ReplayResult[] {
    const results = [...this.seen].map((replay) => ({
      ...{ file, instrument: replay.symbol, venue: replay.venue, product: replay.product },
      ...{ format: this.format, book: stateOf(replay) },
      ...replay.counts,
      clockSkewMs: replay.clockSkewMs,
    }));
    if (results.length > 0 && Object.keys(this.unassigned).length === 0) return results;
    const rest = {
      ...noCounts(),
      messages: this.received,
      unsupported: this.unassigned,
      snapshots: this.orphans.length,
    };
    for (const { messages } of results) rest.messages -= messages;
    return [
      ...results,
      {
        ...{ file, instrument: null, venue: null, product: null, format: this.format },
        ...{ book: this.orphans.length > 0 ? 'snapshot' : 'none', ...rest, clockSkewMs: null },
      },
    ];
  }
}
