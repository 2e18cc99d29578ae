import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../adapters/config-file/load-config.ts';
import { lockDirectory } from '../adapters/sqlite/directory-lock.ts';
import { createSystemClock } from '../adapters/system-clock/system-clock.ts';
import { bundleRoot } from './bundle-root.ts';
import { announceRunning, type DataHome, newPracticeDirectory, openDataHome, recordingFolders } from './data-home.ts';
import type { Config } from '../engine/domain/config.ts';
import { type EntryName, nodeProcessHost, type ProcessHost } from './process-host.ts';
import { openKeychain } from '../adapters/keychain/keychain.ts';
import { type VenueKeyPair, VenueKeys } from '../adapters/keychain/venue-keys.ts';
import type { PracticeSeats } from './boot.ts';
import { liveAccounts } from './generic-accounts.ts';
import { type Seat, seatsFor, seatsOf } from './practice-seats.ts';
import { onEverySeat } from './seat-strategies.ts';
import { type PracticeOptions, type Session, startSession } from './session.ts';

export type PracticeSessionOptions = {
  readonly home: string;
  /** The accounts are those of the venues that the configuration names, unless told here. */
  readonly practice: Omit<PracticeOptions, keyof PracticeSeats> & Partial<PracticeSeats>;
  /** Null for a session without a browser. */
  readonly port: number | null;
  readonly configFile: string | undefined;
  readonly overrides: readonly string[];
  /** Lets the strategies trade whatever the market has, instead of the demo's own instruments. */
  readonly everyInstrument?: boolean;
  /** Lets a copy of the first strategy trade on each account that none trades. */
  readonly everyAccount?: boolean;
  readonly log: (line: string) => void;
  /** Who forks the processes: plain Node unless the desktop says otherwise. */
  readonly host?: (entryUrl: (name: EntryName) => URL) => ProcessHost;
  /** What the title bar calls a shell that is not the real one. */
  readonly hostLabel?: string;
};

export type PracticeSession = Session & {
  readonly dataDir: string;
  /** Where orders are real. */
  readonly liveVenues: readonly string[];
};

/** Opens the keychain only when a key is asked for. */
const storedKeys = async (name: string): Promise<VenueKeyPair | null> => new VenueKeys(await openKeychain()).load(name);

/** The same engine on the practice exchange. Throws with every problem of the configuration, and when the home is in use. */
export async function startPracticeSession(options: PracticeSessionOptions): Promise<PracticeSession> {
  const config = loadConfig({
    profile: 'demo',
    overrides: options.overrides,
    ...(options.configFile === undefined ? {} : { filePath: options.configFile }),
  });
  if (!config.ok) throw new Error(config.error.join('; '));
  const home = openDataHome(options.home);
  // One session a home: a second one would be out of reach of `leeward stop`.
  const lock = lockDirectory(home.path);
  if (!lock.ok) throw new Error(lock.error.detail);
  try {
    return await startLocked(options, home, config.value, lock.value.release);
  } catch (error) {
    lock.value.release();
    throw error;
  }
}

const onEveryInstrument = (config: Config): Config => ({
  ...config,
  strategies: config.strategies.map((strategy) => ({ ...strategy, instruments: [] })),
});

function tradedConfig(options: PracticeSessionOptions, config: Config, seats: readonly Seat[]): Config {
  const traded = options.everyInstrument === true ? onEveryInstrument(config) : config;
  return options.everyAccount === true ? onEverySeat(traded, seats) : traded;
}

async function startLocked(
  options: PracticeSessionOptions,
  home: DataHome,
  config: Config,
  release: () => void,
): Promise<PracticeSession> {
  const { host: makeHost = nodeProcessHost, hostLabel = '' } = options;
  const earlierRecordings = recordingFolders(home);
  const dataDir = newPracticeDirectory(home, new Date());
  const bundles = bundleRoot();
  const root = fileURLToPath(new URL('../../', bundles));
  const practice = { ...seatsFor(config.venues ?? []), ...options.practice };
  const session = await startSession({
    host: makeHost((name) => new URL(`${name}.js`, bundles)),
    clock: createSystemClock(),
    dataDir,
    earlierRecordings,
    installation: home.installation,
    config: tradedConfig(options, config, seatsOf(practice)),
    venue: { practice },
    liveAccounts: await liveAccounts(config.genericVenues ?? [], storedKeys),
    instruments: [],
    baselineDir: join(root, 'native-models/baselines'),
    hostLabel,
    modelCards: [join(root, 'native-models/probe-logistic.json')],
    server: options.port === null ? null : { port: options.port, rendererDir: join(root, 'out/renderer') },
    log: options.log,
  });
  const { guardianSocket, clientSocket } = session;
  const venue = session.practice === null ? {} : { practice: session.practice };
  announceRunning(home.path, { pid: process.pid, dataDir, guardianSocket, clientSocket, ...venue });
  const close = async (): Promise<void> => {
    await session.close();
    release();
  };
  const liveVenues = (config.genericVenues ?? []).flatMap(({ venue: name, mode }) => (mode === 'live' ? [name] : []));
  return { ...session, dataDir, liveVenues, close };
}
