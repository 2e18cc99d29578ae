import type { StampLog } from './stamps.ts';

export type BenchSymbol = {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly lotSize: string;
};

export type ReaderOptions = {
  readonly mode: ReaderMode;
  readonly rest: string;
  readonly stream: string;
  readonly symbols: readonly BenchSymbol[];
};

export const READER_MODES = ['bare', 'native', 'ccxt'] as const;
export type ReaderMode = (typeof READER_MODES)[number];

/** What a reader of depth streams is to the bench. */
export type Reader = {
  /** Resolves when every book is there. */
  readonly ready: Promise<void>;
  /** Begins to note what it sees. */
  begin(): void;
  finish(log: StampLog): void;
  close(): Promise<void>;
};
