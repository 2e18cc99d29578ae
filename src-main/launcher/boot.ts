import type { Config } from '../engine/domain/config.ts';

/** What each process needs to start. Secrets cross once, over the forked channel, and are never argv, environment or disk. */
export type VenueBoot = {
  readonly venue: 'BINANCE';
  /** Base addresses; null for the venue's own. */
  readonly rest: string | null;
  readonly stream: string | null;
  readonly wsApi: string | null;
  readonly label: string;
  readonly origin: 'live' | 'recorded' | 'derived' | 'synthetic';
};

export type AccountBoot = {
  readonly accountId: string;
  readonly mode: 'paper' | 'live';
  readonly apiKey: string;
  readonly secret: string;
};

export type GuardianBoot = {
  readonly t: 'boot';
  readonly dataDir: string;
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
  readonly engineEpoch: number;
  readonly guardianSocket: string;
  readonly engineToken: string;
  /** Where clients (the server, the command line) connect. */
  readonly clientSocket: string;
  readonly clientToken: string;
  readonly config: Config;
  readonly venue: VenueBoot;
  readonly accounts: readonly AccountBoot[];
  /** Venue symbols to trade and show; empty for all that the venue lists. */
  readonly symbols: readonly string[];
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
  readonly models: readonly { readonly modelId: string; readonly file: string; readonly sha256: string }[];
};

/** Child to launcher. */
export type ChildMessage =
  | { readonly t: 'ready'; readonly detail: Readonly<Record<string, unknown>> }
  | { readonly t: 'failed'; readonly detail: string }
  | { readonly t: 'log'; readonly line: string }
  | { readonly t: 'epoch'; readonly epoch: number; readonly restartAllowed: boolean }
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
  /** The guardian raises and persists the epoch, then answers `epoch`. */
  | { readonly t: 'newLife' }
  | { readonly t: 'engineExited'; readonly pid: number; readonly failedRestarts: number }
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
  | { readonly t: 'shutdown' };
