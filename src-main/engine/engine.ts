import { createCore, type CoreView } from './core.ts';
import type { Command, CommandEnvelope } from './domain/command.ts';
import type { Config } from './domain/config.ts';
import type { Denial } from './domain/denial.ts';
import type { AccountSetup, ComponentState, ListedInstrument } from './domain/events.ts';
import type { InstrumentId, Venue } from './domain/identifiers.ts';
import type { BarInterval, PriceReference } from './domain/market.ts';
import type { Clock } from './ports/clock.ts';
import type { InferenceRuntime } from './ports/inference-runtime.ts';
import type { Logger } from './ports/logger.ts';
import type { MarketDataFeed } from './ports/market-data-feed.ts';
import type { Store } from './ports/store.ts';
import type { VenueEvent, VenueGateway } from './ports/venue-gateway.ts';
import { carryOut } from './shell/effects.ts';
import { createEngineTime, type EngineTime } from './shell/engine-time.ts';
import type { Failpoints } from './shell/failpoints.ts';
import { MarketWatch } from './shell/market-watch.ts';
import { reachVenue } from './shell/reach-venue.ts';
import { recover } from './shell/recovery.ts';
import { Sequencer, type EngineEvent, type Turned } from './shell/sequencer.ts';

export type { CoreView } from './core.ts';
export type { EngineEvent } from './shell/sequencer.ts';
export { FAILPOINTS, type Failpoint, type Failpoints } from './shell/failpoints.ts';

export type EnginePorts = {
  readonly clock: Clock;
  readonly store: Store;
  readonly logger: Logger;
  /** One for each account of the options. */
  readonly gateways: readonly VenueGateway[];
  readonly feeds: ReadonlyMap<Venue, MarketDataFeed>;
  readonly inference: InferenceRuntime | null;
};

export type EngineOptions = {
  readonly config: Config;
  readonly accounts: readonly AccountSetup[];
  /** 8 hex digits drawn once per installation; part of every order id. */
  readonly installation: string;
  /** Of this life, raised by the guardian. */
  readonly engineEpoch: number;
  readonly seed: string;
  /** Empty: all that the venues list. */
  readonly instruments: readonly InstrumentId[];
  readonly interval: BarInterval;
  readonly warmUpBars: number;
  readonly failpoints?: Failpoints;
};

export type Engine = {
  /**
   * Resolves when the state is rebuilt, venues are connected and feeds run. Throws in the first life when a venue cannot
   * be reached or refuses the keys; a later life says that it is away and keeps trying.
   */
  start(): Promise<void>;
  /** The answer of the core: null when the command is carried out, else why not. */
  command(envelope: CommandEnvelope): Promise<Denial | null>;
  /** A process beside the engine came, went or degraded. */
  componentChanged(component: string, state: ComponentState, detail: string): void;
  /** Every input and decision as it passes; returns the unsubscription. */
  onEvent(listener: (event: EngineEvent) => void): () => void;
  reference(instrumentId: InstrumentId): PriceReference;
  readonly view: CoreView;
  /** Saves the state and closes feeds and gateways; the store is its owner's to close. */
  close(): Promise<void>;
};

const TICK_MS = 1_000;
/** How long a later life waits for its venues before it says that it is up. */
const REACH_MS = 5_000;
/** Rows between two snapshots: what a restart has to read, more where snapshots are dear. */
const SNAPSHOT_ROWS = 5_000;
/** Nothing else happens while a snapshot is taken: of the time from one to the next it may use this part. */
const SNAPSHOT_SHARE = 0.02;

/** Wires strategy -> risk gate -> execution to the ports. No other path to a venue exists. */
export function createEngine(ports: EnginePorts, options: EngineOptions): Engine {
  return new Shell(ports, options);
}

class Shell implements Engine {
  readonly view: CoreView;
  private readonly ports: EnginePorts;
  private readonly options: EngineOptions;
  private readonly core = createCore();
  private readonly market: MarketWatch;
  private readonly failpoint: Failpoints;
  private sequencer: Sequencer | undefined;
  private readonly listeners = new Set<(event: EngineEvent) => void>();
  private stopTicking: () => void = () => undefined;
  private snapshotSequence = 0;
  private nextSnapshotUs = 0;
  private isClosed = false;
  private time: EngineTime | undefined;
  /** Commands that came before the state was rebuilt; a stop among them must not be lost. */
  private early: (() => void)[] = [];

  constructor(ports: EnginePorts, options: EngineOptions) {
    this.ports = ports;
    this.options = options;
    this.view = this.core.view;
    this.failpoint = options.failpoints ?? (() => undefined);
    const { clock, logger } = ports;
    this.market = new MarketWatch({ clock, logger, dispatch: (input) => this.dispatch(input) });
  }

  async start(): Promise<void> {
    const { store, clock, logger, gateways } = this.ports;
    const { replayed, snapshotSequence } = recover(this.core, store);
    const isLaterLife = this.view.config() !== null;
    logger.info('state rebuilt', { replayed, sequence: store.head().sequence });
    // Not from here on: lives too short for a snapshot of their own must not make each restart longer than the last.
    this.snapshotSequence = snapshotSequence;
    const time = createEngineTime(clock, this.view.timeUs());
    this.time = time;
    this.sequencer = this.createSequencer(time);
    const { config, accounts, installation, engineEpoch, seed } = this.options;
    this.dispatch({ kind: 'engine.started', engineEpoch, installation, seed, config, accounts });
    for (const deliver of this.early.splice(0)) deliver();
    // Commands and the clock do not wait for venues: a stop works from here on.
    this.stopTicking = clock.every(TICK_MS, () => this.tick(time.takeStep()));
    if (isLaterLife) await this.reachVenues();
    else await this.open(gateways.map((gateway) => this.connect(gateway, () => gateway.connect())));
  }

  private async open(connecting: readonly Promise<readonly ListedInstrument[]>[]): Promise<void> {
    const listed = await Promise.all(connecting);
    if (!this.isClosed) await this.startFeeds(chosen(listed.flat(), this.options.instruments));
  }

  /** Does not wait for a venue that is away: commands, above all a stop, go on being taken. */
  private async reachVenues(): Promise<void> {
    const { clock, gateways, logger } = this.ports;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(REACH_MS, resolve);
      const reach = (gateway: VenueGateway): Promise<readonly ListedInstrument[]> => {
        const { accountId } = gateway;
        const onAway = (detail: string): void => {
          this.dispatch({ kind: 'venue.changed', accountId, state: 'down', detail });
          resolve();
        };
        return this.connect(gateway, () => reachVenue(gateway, { clock, onAway, isClosed: () => this.isClosed }));
      };
      this.open(gateways.map(reach))
        .catch((error: unknown) => logger.error('venues not opened', { error: String(error) }))
        .finally(() => {
          cancel();
          resolve();
        });
    });
  }

  private createSequencer(time: ReturnType<typeof createEngineTime>): Sequencer {
    const { store, logger, gateways, inference } = this.ports;
    const { core, failpoint, view } = this;
    const byAccount = new Map(gateways.map((gateway) => [gateway.accountId, gateway]));
    const dispatch = this.dispatch.bind(this);
    const effects = { gateways: byAccount, inference, view, failpoint, looks: new Map(), dispatch };
    const sequencer = new Sequencer({
      core,
      store,
      time,
      logger,
      failpoint,
      carryOut: (decision) => carryOut(effects, decision),
    });
    sequencer.onEvent((event) => {
      for (const listener of this.listeners) listener(event);
    });
    return sequencer;
  }

  /** Instruments are listed before any news of their orders, whatever arrives first. */
  private async connect(
    gateway: VenueGateway,
    connected: () => Promise<readonly ListedInstrument[]>,
  ): Promise<readonly ListedInstrument[]> {
    const { accountId } = gateway;
    let early: VenueEvent[] | null = [];
    gateway.onEvent((event) => {
      if (early === null) this.receive(gateway, event);
      else early.push(event);
    });
    const listed = await connected();
    if (this.isClosed) return [];
    const instruments = chosen(listed, this.options.instruments);
    this.dispatch({ kind: 'instruments.listed', instruments });
    const held: readonly VenueEvent[] = early;
    early = null;
    for (const event of held) this.receive(gateway, event);
    if (!held.some(({ kind }) => kind === 'state')) {
      this.dispatch({ kind: 'venue.changed', accountId, state: 'ready', detail: 'connected' });
    }
    return instruments;
  }

  private receive({ accountId }: VenueGateway, event: VenueEvent): void {
    switch (event.kind) {
      case 'report':
        this.dispatch({ kind: 'order.reported', report: event.report, source: 'stream' });
        return;
      case 'fill':
        this.dispatch({ kind: 'order.filled', fill: event.fill, source: 'stream' });
        return;
      case 'balances':
        this.dispatch({ kind: 'balances.reported', accountId, balances: event.balances });
        return;
      case 'charge':
        this.dispatch({ kind: 'charge.booked', accountId, charge: event.charge });
        return;
      case 'standing':
        this.dispatch({ kind: 'margin.reported', accountId, standing: event.standing, positions: event.positions });
        return;
      case 'clock':
        this.dispatch({ kind: 'venue.clockMeasured', accountId, ...clockOf(event) });
        return;
      case 'listed':
        this.dispatch({
          kind: 'instruments.listed',
          instruments: chosen(event.instruments, this.options.instruments),
        });
        return;
      case 'state':
        this.dispatch({ kind: 'venue.changed', accountId, state: event.state, detail: event.detail });
        return;
    }
  }

  private async startFeeds(listed: readonly ListedInstrument[]): Promise<void> {
    const { interval, warmUpBars } = this.options;
    const history = { interval, bars: warmUpBars };
    const unique = [...new Map(listed.map((instrument) => [instrument.id, instrument])).values()];
    const starts = [...this.ports.feeds].map(([venue, feed]) => {
      const own = unique.filter(({ id }) => id.includes(`.${venue}.`));
      return this.market.start(feed, own, history);
    });
    await Promise.all(starts);
  }

  private tick(stepUs: number | null): void {
    if (stepUs !== null) this.dispatch({ kind: 'clock.stepped', stepUs });
    const prices = this.view.watched().map((instrumentId) => this.market.takePrices(instrumentId));
    if (prices.length > 0) this.dispatch({ kind: 'prices.referenced', prices });
    this.dispatch({ kind: 'clock.ticked' });
    if (this.isSnapshotDue()) this.saveSnapshot();
  }

  private isSnapshotDue(): boolean {
    const rows = this.ports.store.nextSequence - this.snapshotSequence;
    return rows >= SNAPSHOT_ROWS && this.ports.clock.monotonicUs() >= this.nextSnapshotUs;
  }

  private saveSnapshot(): void {
    const { store, logger, clock } = this.ports;
    const sequence = store.nextSequence - 1;
    const startUs = clock.monotonicUs();
    this.failpoint('snapshot.before');
    const saved = store.saveSnapshot(sequence, this.core.snapshot());
    this.failpoint('snapshot.after');
    this.snapshotSequence = sequence;
    const endUs = clock.monotonicUs();
    this.nextSnapshotUs = endUs + (endUs - startUs) / SNAPSHOT_SHARE;
    if (!saved.ok) logger.error('snapshot failed', { code: saved.error.code, detail: saved.error.detail });
  }

  private dispatch(input: Parameters<Sequencer['dispatch']>[0], done?: (turned: Turned) => void): void {
    if (this.sequencer === undefined) throw new Error('expected a started engine, was one not started');
    this.sequencer.dispatch(input, done);
  }

  command(envelope: CommandEnvelope): Promise<Denial | null> {
    const { command } = envelope;
    return new Promise((resolve) => {
      const deliver = (): void => {
        const instrument = this.pricedBy(command);
        const reference = instrument === undefined ? null : this.reference(instrument);
        const markets = command.kind === 'routeBracket' ? this.market.routable(command.request.instrumentId) : null;
        const given = markets === null ? { reference } : { reference, markets };
        const input = { kind: 'command.received', envelope: this.inEngineTime(envelope), ...given } as const;
        this.dispatch(input, (turned) => resolve(answerOf(envelope, turned)));
      };
      if (this.sequencer === undefined) this.early.push(deliver);
      else deliver();
    });
  }

  /** The instrument whose prices a command is judged by. */
  private pricedBy(command: Command): InstrumentId | undefined {
    if ('request' in command) return command.request.instrumentId;
    return command.kind === 'modifyOrder' ? this.view.order(command.clientOrderId)?.spec.instrumentId : undefined;
  }

  /** Callers stamp with the wall clock, which may have stepped back: the engine's time did not, and judges what is expired. */
  private inEngineTime(envelope: CommandEnvelope): CommandEnvelope {
    const shiftUs = (this.time?.nowUs() ?? 0) - this.ports.clock.nowUs();
    const { issuedAtUs, expiresAtUs } = envelope;
    return { ...envelope, issuedAtUs: issuedAtUs + shiftUs, expiresAtUs: expiresAtUs + shiftUs };
  }

  componentChanged(component: string, state: ComponentState, detail: string): void {
    this.dispatch({ kind: 'component.changed', component, state, detail });
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  reference(instrumentId: InstrumentId): PriceReference {
    return this.market.reference(instrumentId);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopTicking();
    this.market.close();
    await Promise.all([...this.ports.feeds.values()].map((feed) => feed.close()));
    await Promise.all(this.ports.gateways.map((gateway) => gateway.close()));
    if (this.sequencer !== undefined) this.saveSnapshot();
  }
}

/** A command whose answer is not on disk was not carried out, except that a stop is never refused. */
function answerOf({ command, commandId }: CommandEnvelope, { decisions, journaled }: Turned): Denial | null {
  if (!journaled && command.kind !== 'emergencyStop') {
    return { code: 'TRADING_STATE', params: { state: 'halted', reason: 'STORE_FAILED' } };
  }
  const answer = decisions.find((decision) => decision.kind === 'command.answered' && decision.commandId === commandId);
  return answer?.kind === 'command.answered' ? answer.denial : null;
}

const chosen = (listed: readonly ListedInstrument[], wanted: readonly InstrumentId[]): readonly ListedInstrument[] =>
  wanted.length === 0 ? listed : listed.filter(({ id }) => wanted.includes(id));

const clockOf = ({ offsetMs, uncertaintyMs }: Extract<VenueEvent, { kind: 'clock' }>) => ({ offsetMs, uncertaintyMs });
