import type { CaptureFormat, CaptureProduct, CaptureVenue } from './capture-decoder.ts';

/**
 * synchronized: an unbroken chain leads from a snapshot to the book. unsynchronized: changes without a fitting snapshot,
 * no book is shown. snapshot: the file holds snapshots only. none: the file has no book data of the instrument.
 */
export type ReplayedBook = 'synchronized' | 'unsynchronized' | 'snapshot' | 'none';

/** What one file held of one instrument. */
export type ReplayCounts = {
  messages: number;
  applied: number;
  discardedBeforeSnapshot: number;
  sequenceBreaks: number;
  integrityFailures: number;
  checksumsVerified: number;
  checksumMismatches: number;
  bboCompared: number;
  bboAgreed: number;
  trades: number;
  tickers: number;
  bars: number;
  snapshots: number;
  unsupported: Record<string, number>;
};

export type ReplayResult = ReplayCounts & {
  readonly file: string;
  readonly instrument: string | null;
  readonly venue: CaptureVenue | null;
  readonly product: CaptureProduct | null;
  readonly format: CaptureFormat | null;
  readonly book: ReplayedBook;
  /** Smallest recorder time minus venue time: below zero the recorder's clock is behind. Null without both times. */
  readonly clockSkewMs: number | null;
};

export function noCounts(): ReplayCounts {
  return {
    messages: 0,
    applied: 0,
    discardedBeforeSnapshot: 0,
    sequenceBreaks: 0,
    integrityFailures: 0,
    checksumsVerified: 0,
    checksumMismatches: 0,
    bboCompared: 0,
    bboAgreed: 0,
    trades: 0,
    tickers: 0,
    bars: 0,
    snapshots: 0,
    unsupported: {},
  };
}
