import type { BinanceEvent } from '../binance/public/decode.ts';
import type { KrakenEvent } from '../kraken/decode.ts';
import { ChecksumBookReplay, NumberedBookReplay } from './book-replays.ts';
import type { CaptureProduct, CaptureVenue, SnapshotEvent } from './capture-decoder.ts';
import type { ReplayCounts, ReplayedBook } from './replay-counts.ts';

/** One instrument over all files of the session; `counts` belong to the file that is being read. */
export type InstrumentReplay = {
  readonly venue: CaptureVenue;
  readonly product: CaptureProduct;
  readonly symbol: string;
  numbered: NumberedBookReplay | null;
  checked: ChecksumBookReplay | null;
  /** Of its book as subscribed to, where a message says less. */
  depth: number | null;
  counts: ReplayCounts;
  bookMessages: number;
  clockSkewMs: number | null;
};

export function applyBinance(replay: InstrumentReplay, event: BinanceEvent | SnapshotEvent): void {
  const { counts } = replay;
  switch (event.kind) {
    case 'depth':
      replay.bookMessages++;
      numbered(replay).update(event.update, counts);
      return;
    case 'snapshot':
      offer(replay, event);
      return;
    case 'bookTicker':
      counts.tickers++;
      numbered(replay).ticker(event.updateId, event, counts);
      return;
    case 'trade':
      counts.trades++;
      return;
    case 'kline':
      counts.bars++;
      return;
    case 'unsupported':
      noteUnsupported(replay, event.type);
  }
}

export function applyKraken(replay: InstrumentReplay, event: KrakenEvent): void {
  const { counts } = replay;
  switch (event.kind) {
    case 'book':
      replay.bookMessages++;
      replay.checked ??= new ChecksumBookReplay(replay.depth ?? event.depth);
      replay.checked.apply(event.message, counts);
      return;
    case 'trade':
      counts.trades += event.trades.length;
      return;
    case 'ticker':
      counts.tickers++;
      return;
    case 'bar':
      counts.bars++;
      return;
    case 'unsupported':
      noteUnsupported(replay, event.type);
  }
}

/** A book we cannot read is still book data: its instrument is unsynchronized, not without a book. */
function noteUnsupported(replay: InstrumentReplay, type: string): void {
  replay.counts.unsupported[type] = (replay.counts.unsupported[type] ?? 0) + 1;
  if (/book|depth/i.test(type)) replay.bookMessages++;
}

/** Events after which a book cannot be trusted. */
export function wrongs(counts: ReplayCounts): number {
  return counts.sequenceBreaks + counts.checksumMismatches + counts.integrityFailures;
}

export function numbered(replay: InstrumentReplay): NumberedBookReplay {
  return (replay.numbered ??= new NumberedBookReplay());
}

function offer(replay: InstrumentReplay, { snapshot }: SnapshotEvent): void {
  replay.counts.snapshots++;
  numbered(replay).offerSnapshot(snapshot, replay.counts);
}

export function noteSkew(replay: InstrumentReplay, skewMs: number): void {
  const rounded = Math.round(skewMs);
  replay.clockSkewMs = Math.min(replay.clockSkewMs ?? rounded, rounded);
}

export function stateOf({ numbered: byNumber, checked, bookMessages, counts }: InstrumentReplay): ReplayedBook {
  if (bookMessages === 0) return counts.snapshots > 0 ? 'snapshot' : 'none';
  return (byNumber?.isSynchronized ?? false) || (checked?.isSynchronized ?? false) ? 'synchronized' : 'unsynchronized';
}
