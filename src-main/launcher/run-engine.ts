import type { Server } from 'node:net';
import { missingLine } from '../adapters/generic/missing-words.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { type ConcealingLogger, createLogger } from '../adapters/logger/pino-logger.ts';
import { openJournal } from '../adapters/sqlite/open-journal.ts';
import { createSystemClock } from '../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../adapters/system-random/system-random.ts';
import { createDoor, type Door } from '../door/door.ts';
import { serveClients } from '../door/client-server.ts';
import { liveExecutors } from '../door/executor-view.ts';
import { engineFacts } from '../door/engine-facts.ts';
import { MarketView } from '../door/market-view.ts';
import { createEngine, type Engine, type Failpoints } from '../engine/engine.ts';
import { accountTrades } from '../engine/core/account-products.ts';
import type { Command, CommandEnvelope, CommandOrigin } from '../engine/domain/command.ts';
import {
  accountId,
  commandId,
  type InstrumentId,
  parseInstrumentId,
  type Venue,
} from '../engine/domain/identifiers.ts';
import { decimal } from '../engine/domain/decimal.ts';
import { isGenericVenue } from '../engine/domain/generic-venues.ts';
import { Price } from '../engine/domain/quantities.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { InferenceRuntime } from '../engine/ports/inference-runtime.ts';
import type { MarketDataFeed } from '../engine/ports/market-data-feed.ts';
import type { Store } from '../engine/ports/store.ts';
import type { VenueGateway } from '../engine/ports/venue-gateway.ts';
import { connectGuardian, type EngineLink } from '../guardian/engine-link.ts';
import type { HeldPosition } from '../guardian/protocol.ts';
import type { EngineBoot } from './boot.ts';
import { findingsOf, hasFindings } from './findings.ts';
import { type EngineMeasurements, measureEngine } from './engine-measurements.ts';
import { type Recording, recordMarketData } from './recording.ts';
import { byVenue, venueFeeds } from './venue-feeds.ts';
import { gatewayOf, hostLimiters } from './venue-gateways.ts';
import { monitorStrategies, type StrategyMonitor } from './strategy-monitor.ts';

export type EngineHost = {
  readonly inference: InferenceRuntime | null;
  readonly log: (line: string) => void;
  /** The guardian is gone or a newer life exists: this one must end. */
  readonly onFenced: (detail: string) => void;
  readonly failpoints?: Failpoints;
};

export type RunningEngine = {
  readonly engine: Engine;
  /** Halts for a fault of the process itself; shown as a degraded component. */
  haltFor(reason: string, detail: string): void;
  readonly door: Door;
  close(): Promise<void>;
};

/** For the slowest indicator of the strategies (57 bars) and then a whole drift window (60). */
const WARM_UP_BARS = 120;

type Parts = {
  readonly boot: EngineBoot;
  readonly host: EngineHost;
  readonly clock: Clock;
  readonly logger: ConcealingLogger;
  readonly measurements: EngineMeasurements;
  readonly market: MarketView;
  readonly monitor: StrategyMonitor;
};

/** Opens the journal, joins the guardian, connects venues and serves clients. Throws with one clear line when it cannot. */
export async function runEngine(boot: EngineBoot, host: EngineHost): Promise<RunningEngine> {
  const clock = createSystemClock();
  const journal = openJournal({ directory: boot.dataDir, engineEpoch: boot.engineEpoch, clock });
  if (!journal.ok) throw new Error(journal.error.detail);
  const measurements = measureEngine(clock);
  const logger = createLogger({ name: 'engine', level: 'warn' });
  const monitor = monitorStrategies(boot.config, boot.baselineDir, host.log);
  const parts: Parts = { boot, host, clock, logger, measurements, monitor, market: new MarketView() };
  const store = measurements.timed(journal.value);
  let failed: string | null = null;
  store.onFailure(({ code, detail }) => {
    failed = `${code}: ${detail}`;
  });
  // Joined further down; until then nothing may be sent.
  const guardian: { link?: EngineLink } = {};
  const isCurrent = (): boolean => guardian.link?.isCurrent() ?? false;
  const recording = recordMarketData(boot, clock, store);
  const { feed, feeds, gateways } = venuesOf(parts, isCurrent, recording);
  const engine = createEngine(
    { clock, store, logger, gateways, feeds, inference: host.inference },
    optionsOf(boot, host),
  );
  engine.onEvent((event) => {
    measurements.observe(event);
    monitor.observe(event);
    if (event.event.kind === 'bar.closed' && event.event.warmUp) parts.market.seed([event.event.bar]);
  });
  const door = doorOf(parts, engine, {
    feed,
    store,
    silentMs: () => guardian.link?.silentMs() ?? null,
    failed: () => failed,
  });
  engine.onEvent((event) => door.apply(event));
  const link = await joinGuardian(parts, engine);
  guardian.link = link;
  const clients = await serveClients({
    path: boot.clientSocket,
    token: boot.clientToken,
    open: (output) => door.open(output),
    log: host.log,
  });
  await engine.start();
  tellGaps(boot, engine);
  recording?.tell((state, detail) => engine.componentChanged('recording', state, detail));
  return {
    engine,
    door,
    haltFor: haltingFor(boot, clock, engine),
    close: async () => closeAll({ clients, door, engine, link, measurements, recording, store }),
  };
}

/** A venue nobody proved stays in sight with all that is missing there. */
function tellGaps({ accounts }: EngineBoot, engine: Engine): void {
  for (const { venue } of accounts) {
    if (venue !== undefined && isGenericVenue(venue)) engine.componentChanged(venue, 'degraded', missingLine(venue));
  }
}

function optionsOf(boot: EngineBoot, host: EngineHost): Parameters<typeof createEngine>[1] {
  return {
    config: boot.config,
    accounts: boot.accounts.map((account) => ({
      accountId: accountId(account.accountId),
      venue: account.venue ?? boot.venue.venue,
      mode: account.mode,
      product: account.product ?? 'SPOT',
      ...(typeof account.margin === 'object' ? { isolatedPair: account.margin.isolated } : {}),
    })),
    installation: boot.installation,
    engineEpoch: boot.engineEpoch,
    seed: `${boot.installation}-${boot.engineEpoch}`,
    instruments: boot.instruments as readonly InstrumentId[],
    interval: boot.config.strategies[0]?.interval ?? '1m',
    warmUpBars: WARM_UP_BARS,
    ...(host.failpoints === undefined ? {} : { failpoints: host.failpoints }),
  };
}

type Venues = {
  /** Every market by the feed of its venue, for those that ask for one. */
  readonly feed: Pick<MarketDataFeed, 'book' | 'history'>;
  readonly feeds: ReadonlyMap<Venue, MarketDataFeed>;
  readonly gateways: readonly VenueGateway[];
};

/** One weight ledger for the host: the feed and every account share it, as the venue counts them together. */
function venuesOf(parts: Parts, isCurrentEpoch: () => boolean, recording: Recording | undefined): Venues {
  const { boot, clock, logger, market } = parts;
  const limiters = hostLimiters(clock);
  const random = createSystemRandom();
  const gateways = boot.accounts.map((account) => {
    logger.conceal(new Secret(account.apiKey));
    logger.conceal(new Secret(account.secret));
    const leverage = { ratio: boot.config.execution.futuresLeverage, instruments: tradedContracts(boot) };
    return gatewayOf(account, {
      venue: boot.venue,
      dataDir: boot.dataDir,
      limiters,
      leverage,
      isCurrentEpoch,
      clock,
      random,
      logger,
    });
  });
  const { accounts, venue } = boot;
  const capture = recording && { capture: (feed: string) => recording.writer.feed(feed) };
  const made = venueFeeds({ venue, accounts, limiters, clock, random, logger, ...capture });
  const feeds = new Map([...made].map(([name, feed]) => [name, shownFeed(feed, market)]));
  return { feed: byVenue(feeds), feeds, gateways };
}

/** Contracts whose leverage the engine sets: those it is told to trade, else those of its strategies. */
function tradedContracts({ config, instruments }: EngineBoot): readonly InstrumentId[] {
  const named = instruments.length > 0 ? instruments : config.strategies.flatMap((strategy) => strategy.instruments);
  return [...new Set(named)].filter((id): id is InstrumentId => {
    const parts = parseInstrumentId(id);
    return parts.ok && parts.value.product === 'USDM';
  });
}

/** The same feed, with everything it tells the engine also shown to the door. */
function shownFeed(feed: MarketDataFeed, market: MarketView): MarketDataFeed {
  return {
    origin: feed.origin,
    start: async (instruments, interval, listener) => feed.start(instruments, interval, market.tee(listener)),
    history: async (instrumentId, interval, limit) => feed.history(instrumentId, interval, limit),
    book: (instrumentId) => feed.book(instrumentId),
    close: async () => feed.close(),
  };
}

type DoorSources = {
  readonly feed: Venues['feed'];
  readonly store: Store;
  readonly silentMs: () => number | null;
  readonly failed: () => string | null;
};

function doorOf(parts: Parts, engine: Engine, sources: DoorSources): Door {
  const { boot, clock, market, measurements, monitor } = parts;
  const { feed, store } = sources;
  const last = (instrumentId: InstrumentId): Price | null => {
    const { barClose, lastTrade } = engine.reference(instrumentId);
    const text = lastTrade ?? barClose;
    return text === null ? null : Price.of(decimal(text));
  };
  const facts = engineFacts(engine.view, {
    mode: boot.accounts.some((account) => account.mode === 'live') ? 'live' : 'paper',
    venueLabel: boot.venue.label,
    origin: boot.venue.origin,
    engineEpoch: boot.engineEpoch,
    accounts: boot.accounts.map((account) => accountId(account.accountId)),
    accountsOf: (instrumentId) => {
      const { accounts } = optionsOf(boot, parts.host);
      return accounts.map((account) => account.accountId).filter((id) => accountTrades(accounts, id, instrumentId));
    },
    config: boot.config,
    nowUs: () => clock.nowUs(),
    closes: (instrumentId) => market.closes(instrumentId),
    last,
    drift: () => monitor.drift(),
    strategies: () => monitor.strategies(engine.view),
    journal: () => {
      const { hash, sequence } = store.head();
      return { rows: sequence, headHash: hash, lastCommitMs: measurements.lastCommitMs(), failed: sources.failed() };
    },
    guardian: () => ({ silentMs: sources.silentMs() }),
    lag: () => measurements.lag(),
    roundTrip: () => measurements.roundTrip(),
    feedAgeMs: (instrumentId) => {
      const { bookAgeUs } = engine.reference(instrumentId);
      return bookAgeUs === null ? null : bookAgeUs / 1000;
    },
    tradingStateSinceUs: () => measurements.tradingStateSinceUs(),
    componentDetails: () => measurements.componentDetails(),
  });
  return createDoor({
    clock,
    facts,
    market,
    execute: async (envelope) => engine.command(envelope),
    history: async (instrumentId, interval, limit) => feed.history(instrumentId, interval, limit),
    judge: (command) => engine.view.judge(command, engine.reference(command.request.instrumentId)),
    book: (instrumentId) => feed.book(instrumentId),
    hostLabel: boot.hostLabel,
  });
}

async function joinGuardian(parts: Parts, engine: Engine): Promise<EngineLink> {
  const { boot, clock, host } = parts;
  let stops = 0;
  return connectGuardian({
    socketPath: boot.guardianSocket,
    token: boot.engineToken,
    pid: process.pid,
    epoch: boot.engineEpoch,
    clock,
    beat: () => ({
      tradingState: engine.view.tradingState().state,
      positions: engine.view.config() === null ? null : heldPositions(engine),
      ...(hasFindings(engine.view) ? { findings: findingsOf(engine.view) } : {}),
      executors: liveExecutors(engine.view),
    }),
    onStop: async (origin) => {
      stops += 1;
      const source = { id: `${boot.engineEpoch}-guardian-${stops}`, actor: 'guardian', nowUs: clock.nowUs() };
      await engine.command(ownCommand(source, knownOrigin(origin), { kind: 'emergencyStop' }));
    },
    onLost: (detail) => host.onFenced(detail),
  });
}

/** Each fault halts anew: the trader may have re-armed since the last one. */
function haltingFor(boot: EngineBoot, clock: Clock, engine: Engine): RunningEngine['haltFor'] {
  let faults = 0;
  return (reason, detail) => {
    faults += 1;
    engine.componentChanged('engine process', 'degraded', detail);
    const source = { id: `${boot.engineEpoch}-fault-${faults}`, actor: 'engine', nowUs: clock.nowUs() };
    void engine.command(ownCommand(source, 'guardian', { kind: 'halt', reason }));
  };
}

/** What the guardian has to know to stand in: positions, and orders that may change them after the last beat. */
function heldPositions({ view }: Engine): readonly HeldPosition[] {
  const busy = view.exposures().filter(({ isFlat, openOrders }) => !isFlat || openOrders.length > 0);
  return busy.map(({ accountId: account, instrumentId, quantity, openOrders }) => ({
    accountId: account,
    instrumentId,
    quantity,
    orders: openOrders.map((id) => ({ clientOrderId: id, filled: view.order(id)?.filled ?? '0' })),
  }));
}

const OWN_LIFETIME_US = 60_000_000;

type OwnSource = { readonly id: string; readonly actor: string; readonly nowUs: number };

/** A command of the product itself, by the guardian or by the engine's own last resort. */
function ownCommand({ actor, id, nowUs }: OwnSource, origin: CommandOrigin, command: Command): CommandEnvelope {
  return {
    commandId: commandId(id),
    actor,
    roles: ['administrator'],
    origin,
    issuedAtUs: nowUs,
    expiresAtUs: nowUs + OWN_LIFETIME_US,
    command,
  };
}

/** A stop that came over the guardian keeps the name of where it began. */
function knownOrigin(origin: string): CommandOrigin {
  const known: readonly CommandOrigin[] = ['key', 'button', 'cli', 'api', 'globalShortcut', 'tray'];
  return known.find((name) => name === origin) ?? 'guardian';
}

type Closing = {
  readonly clients: Server;
  readonly door: Door;
  readonly engine: Engine;
  readonly link: EngineLink;
  readonly measurements: EngineMeasurements;
  readonly recording: Recording | undefined;
  readonly store: Store;
};

async function closeAll({ clients, door, engine, link, measurements, recording, store }: Closing): Promise<void> {
  clients.close();
  door.close();
  await engine.close();
  await recording?.writer.close();
  store.close();
  measurements.close();
  link.close();
}
