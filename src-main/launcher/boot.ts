import type { Config } from '../engine/domain/config.ts';
import type { GenericVenue } from '../engine/domain/generic-venues.ts';
import type { InstrumentId, Venue } from '../engine/domain/identifiers.ts';
import type { KillAt } from './kill-switch.ts';

/** What each process needs to start. Secrets cross once, over the forked channel, and are never argv, environment or disk. */
export type VenueBoot = {
  readonly venue: 'BINANCE';
  /** Base addresses; null for the venue's own. */
  readonly rest: string | null;
  readonly stream: string | null;
  readonly wsApi: string | null;
  /** Base of the USD-M streams, ending in `/ws`; null for the venue's own, absent where none is traded. */
  readonly futures?: string | null;
  /** Kraken's addresses, null for its own; absent where it is not traded. */
  readonly kraken?: KrakenBoot | null;
  readonly label: string;
  readonly origin: 'live' | 'recorded' | 'derived' | 'synthetic';
};

export type KrakenBoot = {
  readonly rest: string;
  readonly publicStream: string;
  readonly privateStream: string;
};

export type AccountBoot = {
  readonly accountId: string;
  readonly mode: 'paper' | 'live';
  /** BINANCE when absent. */
  readonly venue?: Venue;
  /** What it trades; SPOT when absent. */
  readonly product?: 'SPOT' | 'MARGIN' | 'USDM';
  /** Which margin account of the key, where the product is MARGIN; the cross one when absent. */
  readonly margin?: 'cross' | { readonly isolated: string };
  /** Of a margin account: Kraken is told it with each order. */
  readonly leverage?: number;
  readonly apiKey: string;
  readonly secret: string;
  /** At a venue of the generic adapter: what is traded there, and the practice exchange that stands for it on paper. */
  readonly generic?: {
    readonly instruments: readonly InstrumentId[];
    readonly practice: { readonly rest: string; readonly stream: string; readonly wsApi: string } | null;
  };
};

export type GuardianBoot = {
  readonly t: 'boot';
  readonly dataDir: string;
  readonly installation: string;
  readonly socketPath: string;
  /** Proves to the guardian that a connection is the engine it was told about. */
  readonly engineToken: string;
  readonly venue: VenueBoot;
  readonly accounts: readonly AccountBoot[];
  readonly afterFailedRestarts: 'leaveStops' | 'flatten';
};

export type EngineBoot = {
  readonly t: 'boot';
  readonly dataDir: string;
  readonly installation: string;
  readonly engineEpoch: number;
  readonly guardianSocket: string;
  readonly engineToken: string;
  /** Where clients (the server, the command line) connect. */
  readonly clientSocket: string;
  readonly clientToken: string;
  readonly config: Config;
  readonly venue: VenueBoot;
  readonly accounts: readonly AccountBoot[];
  /** Instrument ids to trade and show; empty for all that the venue lists. */
  readonly instruments: readonly string[];
  /** Folders with market data of earlier sessions that nobody writes any more, the oldest first. */
  readonly earlierRecordings?: readonly string[];
  /** Folder of the drift baselines. */
  readonly baselineDir: string;
  /** STAND-IN where the shell is not Electron itself; empty otherwise. */
  readonly hostLabel: string;
};

export type ServerBoot = {
  readonly t: 'boot';
  readonly port: number;
  readonly clientSocket: string;
  readonly clientToken: string;
  readonly guardianSocket: string;
  readonly rendererDir: string;
  readonly entryToken: string;
};

export type WorkerBoot = {
  readonly t: 'boot';
  /** Files of the model cards to load. */
  readonly modelCards: readonly string[];
};

/** How many accounts a practice session has, by what they trade. */
export type PracticeSeats = {
  /** Of Binance spot. */
  readonly accounts: number;
  readonly futures?: number;
  readonly kraken?: number;
  readonly cross?: number;
  /** Pairs of isolated margin accounts, by the venue's symbol. */
  readonly isolated?: readonly string[];
  readonly krakenMargin?: number;
};

/** The practice exchange plays what is traded at this venue now. */
export type LiveMarketBoot = { readonly venue: GenericVenue; readonly instruments: readonly InstrumentId[] };

export type PracticeBoot = {
  readonly t: 'boot';
  readonly practice: PracticeSeats & {
    readonly market: 'demo' | 'recorded' | 'synthetic' | LiveMarketBoot;
    readonly speed: number;
    /** 0 lets the system choose. */
    readonly port: number;
    /** How many invented pairs, and how busy, on the synthetic market. */
    readonly synthetic?: { readonly count: number; readonly updatesPerSecond: number };
    /** Journal in which every create must already stand; null when nothing is to be checked. */
    readonly intentJournal: string | null;
  };
};

/** Child to launcher. */
export type ChildMessage =
  | { readonly t: 'ready'; readonly detail: Readonly<Record<string, unknown>> }
  | { readonly t: 'failed'; readonly detail: string }
  | { readonly t: 'log'; readonly line: string }
  | { readonly t: 'epoch'; readonly epoch: number }
  | { readonly t: 'flattened'; readonly report: unknown }
  | { readonly t: 'inference'; readonly id: string; readonly outputs: readonly number[] | null }
  | {
      readonly t: 'requestInference';
      readonly id: string;
      readonly modelId: string;
      readonly inputs: readonly number[];
    };

/** Launcher to child, after boot. */
export type LauncherMessage =
  | GuardianBoot
  | EngineBoot
  | ServerBoot
  | WorkerBoot
  | PracticeBoot
  /** The guardian raises and persists the epoch, then answers `epoch`. */
  | { readonly t: 'newLife' }
  /** The last restart failed too: the guardian does what its policy says. */
  | { readonly t: 'engineLost' }
  | { readonly t: 'inference'; readonly id: string; readonly outputs: readonly number[] | null }
  | {
      readonly t: 'requestInference';
      readonly id: string;
      readonly modelId: string;
      readonly inputs: readonly number[];
    }
  | {
      readonly t: 'component';
      readonly component: string;
      readonly state: 'up' | 'degraded' | 'down';
      readonly detail: string;
    }
  /** Carries a port on which a terminal speaks to the engine itself. */
  | { readonly t: 'terminal' }
  /** Only the kill drill sends it, before or after the boot message. */
  | ({ readonly t: 'killAt' } & KillAt)
  | { readonly t: 'shutdown' };
