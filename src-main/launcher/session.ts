import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../engine/domain/config.ts';
import { ensure } from '../engine/domain/result.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { AccountBoot, KrakenBoot, PracticeSeats, VenueBoot } from './boot.ts';
import { accountLockDirectory, lockAccounts } from './account-locks.ts';
import { refuseUnacceptedRisk } from './generic-accounts.ts';
import { type Launch, launcherOf, livesOf, type Started } from './launch.ts';
import { socketPath } from './local-socket.ts';
import { seatsOf } from './practice-seats.ts';
import type { Child, EntryName, ProcessHost } from './process-host.ts';
import { superviseEngine, type Supervisor } from './supervisor.ts';

export type SessionOptions = {
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly installation: string;
  readonly config: Config;
  /** The venue and its keys, or the practice exchange to start first. */
  readonly venue:
    { readonly boot: VenueBoot; readonly accounts: readonly AccountBoot[] } | { readonly practice: PracticeOptions };
  /** Those of the configuration's generic venues that trade live, with their keys. */
  readonly liveAccounts?: readonly AccountBoot[];
  /** Instrument ids; empty for all. */
  readonly instruments: readonly string[];
  /** Folders with market data of earlier sessions of this home, the oldest first. */
  readonly earlierRecordings?: readonly string[];
  readonly baselineDir: string;
  readonly hostLabel: string;
  readonly modelCards: readonly string[];
  /** Null where no browser is served. */
  readonly server: { readonly port: number; readonly rendererDir: string } | null;
  /** Where venue keys are locked; the user's own place unless told otherwise. */
  readonly accountLocks?: string;
  readonly log: (line: string) => void;
};

export type PracticeOptions = PracticeSeats & {
  readonly market: 'demo' | 'recorded' | 'synthetic';
  readonly speed: number;
  /** How many invented pairs, and how busy, on the synthetic market. */
  readonly synthetic?: { readonly count: number; readonly updatesPerSecond: number };
};

export type Session = {
  /** One-time address of the terminal; null without a server. */
  readonly address: string | null;
  readonly guardianSocket: string;
  readonly clientSocket: string;
  readonly clientToken: string;
  /** Control address of the practice exchange (its ledger and its faults) and its names of our accounts' books, in our order. */
  readonly practice: { readonly control: string; readonly accounts: readonly string[] } | null;
  engine(): Child | undefined;
  /** Ends all processes; orders at the venue stay as they are. */
  close(): Promise<void>;
};

/** Starts every process of a session in order. Throws with one line when one cannot start; what ran is ended again. */
export async function startSession(options: SessionOptions): Promise<Session> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  refuseUnknownAccounts(options);
  refuseUnacceptedRisk(options.config.genericVenues ?? []);
  const children: Child[] = [];
  let isGivenUp = false;
  // The error tells why a start failed: that what ran was ended for it is no news beside it.
  const log = (line: string): void => (isGivenUp ? undefined : options.log(line));
  const told = { ...options, log };
  const run = launcherOf(told, children);
  const release = holdAccounts(options);
  try {
    const session = await startAll(told, run, children);
    const close = async (): Promise<void> => {
      await session.close();
      release();
    };
    return { ...session, close };
  } catch (error) {
    isGivenUp = true;
    const ended = children.map(async (child) => child.exited);
    for (const child of children) child.kill();
    // What may still send has ended before another session may take its keys.
    void Promise.allSettled(ended).then(release);
    throw error;
  }
}

/** Throws naming the first strategy that would trade an account that the session does not have. */
function refuseUnknownAccounts({ config, venue }: SessionOptions): void {
  const seats = 'practice' in venue ? seatsOf(venue.practice).length : venue.accounts.length;
  const accounts = seats + (config.genericVenues?.length ?? 0);
  const lost = config.strategies.find(({ account }) => account >= accounts);
  if (lost === undefined) return;
  const expected = `expected strategies.${lost.strategyId}.account below ${accounts}, the accounts of this session`;
  throw new Error(`${expected}, was ${lost.account}`);
}

/** A practice exchange that ends with its session has drawn its keys for it alone: nobody else can have them. */
function holdAccounts({ venue, liveAccounts = [], accountLocks, dataDir }: SessionOptions): () => void {
  const held = [...('practice' in venue ? [] : venue.accounts), ...liveAccounts];
  if (held.length === 0) return () => undefined;
  return lockAccounts(accountLocks ?? accountLockDirectory(), held, dataDir).release;
}

type Addresses = {
  readonly guardianSocket: string;
  readonly clientSocket: string;
  readonly engineToken: string;
  readonly clientToken: string;
};

async function startAll(options: SessionOptions, run: Launch, children: Child[]): Promise<Session> {
  const { dataDir } = options;
  const addresses: Addresses = {
    guardianSocket: socketPath(dataDir, 'guardian'),
    clientSocket: socketPath(dataDir, 'engine'),
    engineToken: secretText(),
    clientToken: secretText(),
  };
  const session = await venueOf(options, run);
  const further = await genericAccounts(options, run);
  const venue = { ...session, accounts: [...session.accounts, ...further] };
  const supervisor = await startTrading(options, run, addresses, venue);
  const address = await startServer(options.server, run, addresses).catch((error: unknown) => {
    // What is ended now must not be started again.
    supervisor.stop();
    throw error;
  });
  return {
    ...addresses,
    address,
    practice: venue.practice,
    engine: () => supervisor.current(),
    close: async () => {
      supervisor.stop();
      await closeAll(children, options.clock);
    },
  };
}

/** Guardian first, then the worker, then the first engine life. */
async function startTrading(
  options: SessionOptions,
  run: Launch,
  addresses: Addresses,
  session: VenueSession,
): Promise<Supervisor> {
  const { dataDir, installation } = options;
  const { venue, accounts } = session;
  const { guardianSocket, engineToken } = addresses;
  const guardian = guardianOf(options, run, {
    t: 'boot',
    dataDir,
    installation,
    socketPath: guardianSocket,
    engineToken,
    venue,
    accounts,
    // A stop that is watched here ends with the engine: nothing would protect what it left.
    afterFailedRestarts: accounts.some(({ generic }) => generic !== undefined) ? 'flatten' : 'leaveStops',
  });
  await guardian();
  const worker = await run('worker', { t: 'boot', modelCards: options.modelCards });
  const { baselineDir, config, earlierRecordings = [], hostLabel, instruments } = options;
  const startLife = async (): Promise<Child> => {
    const { newLife } = await guardian();
    const engineEpoch = await newLife();
    const { child } = await run('engine', {
      t: 'boot',
      dataDir,
      installation,
      engineEpoch,
      ...addresses,
      config,
      venue,
      accounts,
      instruments,
      earlierRecordings,
      baselineDir,
      hostLabel,
    });
    joinInference(child, worker);
    return child;
  };
  const supervisor = superviseEngine({
    clock: options.clock,
    startLife,
    onRestarting: (detail) => options.log(`${detail}; restarting it halted`),
    onLost: () => {
      options.log('engine failed to restart three times; stops stay at the venue');
      void guardian().then(({ child }) => child.send({ t: 'engineLost' }));
    },
  });
  await supervisor.start();
  return supervisor;
}

type Guarded = { readonly child: Child; readonly newLife: () => Promise<number> };

/**
 * The guardian of the session. An engine leaves when its guardian ends, so a new one takes the place of one that ended
 * before the next life begins; the epoch it counts and the intents it wrote are on disk.
 */
function guardianOf(options: SessionOptions, run: Launch, boot: Parameters<Launch>[1]): () => Promise<Guarded> {
  let current: Guarded | undefined;
  return async () => {
    if (current !== undefined) return current;
    const { child } = await run('guardian', boot);
    const started: Guarded = { child, newLife: livesOf(child) };
    current = started;
    void child.exited.then(({ code, signal }) => {
      // Code 0: it was told to.
      if (code !== 0)
        options.log(`guardian ended (${signal ?? `code ${String(code)}`}); the next engine life gets a new one`);
      if (current === started) current = undefined;
    });
    return started;
  };
}

/** The terminal's address; null where no browser is served. */
async function startServer(
  server: SessionOptions['server'],
  run: Launch,
  addresses: Addresses,
): Promise<string | null> {
  if (server === null) return null;
  const { clientSocket, clientToken, guardianSocket } = addresses;
  const { detail } = await run('server', {
    t: 'boot',
    ...server,
    clientSocket,
    clientToken,
    guardianSocket,
    entryToken: secretText(),
  });
  return String(detail['address']);
}

type VenueSession = {
  readonly venue: VenueBoot;
  readonly accounts: readonly AccountBoot[];
  readonly practice: Session['practice'];
};

async function venueOf(options: SessionOptions, run: Launch): Promise<VenueSession> {
  if ('boot' in options.venue) return { venue: options.venue.boot, accounts: options.venue.accounts, practice: null };
  const { practice } = options.venue;
  const seats = seatsOf(practice);
  const leverage = options.config.execution.marginLeverage;
  const intentJournal = join(options.dataDir, 'journal.db');
  const { detail } = await run('practice-exchange', { t: 'boot', practice: { ...practice, port: 0, intentJournal } });
  const keys = detail['accounts'] as readonly {
    readonly name: string;
    readonly apiKey: string;
    readonly secret: string;
  }[];
  return {
    venue: {
      venue: 'BINANCE',
      rest: String(detail['rest']),
      stream: String(detail['stream']),
      wsApi: String(detail['wsApi']),
      futures: String(detail['futures']),
      ...(seats.some(({ boot }) => boot.venue === 'KRAKEN') ? { kraken: krakenOf(detail) } : {}),
      label: 'practice exchange',
      origin: practice.market === 'demo' ? 'derived' : practice.market,
    },
    accounts: keys.flatMap(({ apiKey, secret }, index) => {
      const { boot } = seats[index] ?? {};
      if (boot === undefined) return [];
      return [{ ...boot, ...(boot.product === 'MARGIN' ? { leverage } : {}), mode: 'paper', apiKey, secret }];
    }),
    practice: {
      control: String(detail['control']),
      accounts: keys.map(({ name }, index) => `${name}${seats[index]?.ledgerSuffix ?? ''}`),
    },
  };
}

/** On paper each of them trades on a practice exchange of its own, which plays what the venue trades now. */
async function genericAccounts(
  { config, dataDir, liveAccounts = [] }: SessionOptions,
  run: Launch,
): Promise<readonly AccountBoot[]> {
  const accounts: AccountBoot[] = [];
  for (const { venue, mode, instruments } of config.genericVenues ?? []) {
    if (mode === 'live') {
      accounts.push(
        ensure(
          liveAccounts.find((one) => one.venue === venue),
          `keys of ${venue}`,
        ),
      );
      continue;
    }
    const intentJournal = join(dataDir, 'journal.db');
    const practice = { market: { venue, instruments }, speed: 1, accounts: 1, port: 0, intentJournal };
    const { detail } = await run('practice-exchange', { t: 'boot', practice });
    const [{ apiKey, secret }] = detail['accounts'] as readonly [{ readonly apiKey: string; readonly secret: string }];
    const [rest, stream, wsApi] = [String(detail['rest']), String(detail['stream']), String(detail['wsApi'])];
    const generic = { instruments, practice: { rest, stream, wsApi } };
    accounts.push({ accountId: `${venue.toLowerCase()}-01`, mode, venue, apiKey, secret, generic });
  }
  return accounts;
}

const krakenOf = (detail: Started['detail']): KrakenBoot => ({
  rest: String(detail['rest']),
  publicStream: String(detail['krakenPublic']),
  privateStream: String(detail['krakenPrivate']),
});

/** Inference goes from the engine over the launcher to the worker and back; a dead worker is told to the engine. */
function joinInference(engine: Child, { child: worker, detail }: Started): void {
  engine.onMessage((message) => {
    if (message.t === 'requestInference') worker.send(message);
  });
  worker.onMessage((message) => {
    if (message.t === 'inference') engine.send(message);
  });
  engine.send({ t: 'component', component: 'inference', state: 'up', detail: JSON.stringify(detail['models'] ?? []) });
  void worker.exited.then(({ code, signal }) => {
    engine.send({
      t: 'component',
      component: 'inference',
      state: 'down',
      detail: `worker ended (${signal ?? String(code)})`,
    });
  });
}

const CLOSE_TIMEOUT_MS = 3_000;

/** The engine first, so that it closes its journal while the guardian still listens; then the rest. */
async function closeAll(children: readonly Child[], clock: Clock): Promise<void> {
  const order: readonly EntryName[] = ['server', 'engine', 'worker', 'guardian', 'practice-exchange'];
  for (const name of order) {
    for (const child of children.filter((candidate) => candidate.name === name)) {
      child.send({ t: 'shutdown' });
      const cancel = clock.after(CLOSE_TIMEOUT_MS, () => child.kill());
      await child.exited;
      cancel();
    }
  }
}

const secretText = (): string => randomBytes(24).toString('hex');
