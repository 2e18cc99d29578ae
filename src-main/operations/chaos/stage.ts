import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BracketRequest, Command } from '../../engine/domain/command.ts';
import { type Config } from '../../engine/domain/config.ts';
import { DEFAULT_CONFIG, DEFAULT_FAILOVER, DEFAULT_RECONCILIATION } from '../../engine/domain/config-defaults.ts';
import { addDecimals, decimal, formatDecimal } from '../../engine/domain/decimal.ts';
import type { Denial } from '../../engine/domain/denial.ts';
import {
  accountId,
  type ClientOrderId,
  commandId,
  type InstrumentId,
  instrumentId,
} from '../../engine/domain/identifiers.ts';
import type { CoreView, Engine, EngineEvent } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { FaultSpec } from '../../practice-exchange/faults.ts';
import { SeededRandom } from '../../practice-exchange/market/seeded-random.ts';
import {
  type PracticeExchange,
  practiceAccounts,
  startPracticeExchange,
} from '../../practice-exchange/start-practice-exchange.ts';
import { createSystemRandom } from '../../adapters/system-random/system-random.ts';
import { keyStateInMemory } from '../../adapters/kraken/key-state.ts';
import { JournalShadow } from '../kill-drill/journal-shadow.ts';
import type { VenueAccount } from '../kill-drill/venue-witness.ts';
import { CaseMarket } from './case-market.ts';
import type { CaseSetting } from './case-setting.ts';
import { COMPRESSION, type EngineLife, type PortExchange, startLife } from './engine-life.ts';
import { ACCOUNT_NAME, INSTRUMENT_PRODUCTS, type Product, venueOf } from './life-venues.ts';
import { reportOf, venueBooks, type VenueReport } from './venue-books.ts';

export const ACCOUNT = accountId(ACCOUNT_NAME);
export const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });

export const instrumentOf = (base: string, product: Product) =>
  instrumentId({ base, quote: 'USDT', venue: venueOf(product), product: INSTRUMENT_PRODUCTS[product] });

const LOOK_MS = 15;
/** Denials that a held-up book explains. */
const PASSING: ReadonlySet<string> = new Set([
  'FEED_NOT_LIVE',
  'PRICE_REFERENCE_STALE',
  'VENUE_NOT_READY',
  'VENUE_SILENT',
]);
const MAX_TRIES = 50;
const WALL_TIMED: ReadonlySet<FaultSpec['kind']> = new Set(['clockSkew', 'nonceAhead']);
/** Counters run down by wall time, ten times too slow for the engine's. */
const WIDE: NonNullable<CaseSetting['krakenLimits']> = { callsMax: 10_000, ordersMax: 10_000 };
const COMMAND_LIFETIME_US = 60_000_000;

export type StageParts = {
  readonly clock: Clock;
  readonly seed: string;
  readonly setting: CaseSetting;
  readonly exchanged: PortExchange;
  readonly logger: Logger;
  /** Of the machine's time: how long a case waits for one thing before it calls it missing. */
  readonly patienceMs: number;
};

/** A practice exchange, a journal on disk and one engine life at a time, driven by a case. */
export class Stage {
  readonly market = new CaseMarket();
  readonly random: SeededRandom;
  readonly exchange: PracticeExchange;
  readonly shadow: JournalShadow;
  /** Everything that passed through the engine's lives, oldest first. */
  readonly events: EngineEvent['event'][] = [];
  readonly problems: string[] = [];
  /** Quantity of the entries the engine accepted. */
  asked = decimal('0');
  /** Monotonic microseconds of the machine when the first fault was armed. */
  troubledAtUs: number | null = null;
  readonly product: Product;
  /** What the case trades. */
  readonly bitcoin: InstrumentId;
  private readonly keyState = keyStateInMemory();
  private readonly parts: StageParts;
  private readonly directory: string;
  private life: EngineLife | undefined;
  private epoch = 0;
  private commands = 0;

  private constructor(parts: StageParts, market: CaseMarket, exchange: PracticeExchange, directory: string) {
    this.parts = parts;
    this.product = parts.setting.product ?? 'spot';
    this.bitcoin = instrumentOf('BTC', this.product);
    this.market = market;
    this.exchange = exchange;
    this.directory = directory;
    this.shadow = new JournalShadow(directory);
    this.random = new SeededRandom(parts.seed);
  }

  /** Opens the venue; the first life is started by the caller. */
  static async open(parts: StageParts): Promise<Stage> {
    const { balances, discounted, krakenLimits = WIDE, marketSpeed, product, wallet, weightPerMinute } = parts.setting;
    const accounts = practiceAccounts(1, discounted === true);
    const directory = mkdtempSync(join(tmpdir(), 'leeward-chaos-'));
    const market = new CaseMarket();
    const exchange = await startPracticeExchange({
      market,
      accounts: accounts.map((account) => ({
        ...account,
        balances: { ...account.balances, ...balances },
        ...(product === 'usdm' ? { usdm: wallet ?? '100000' } : {}),
        ...(product === 'margin' ? { margin: { USDT: '100000' } } : {}),
      })),
      speed: marketSpeed ?? COMPRESSION,
      intentJournal: join(directory, 'journal.db'),
      // A minute of the engine is a tenth of one of the venue's: its limits a minute count ten times.
      limits: { weightPerMinute: weightPerMinute ?? 6_000 * COMPRESSION },
      krakenLimits,
      kill: () => undefined,
    });
    return new Stage(parts, market, exchange, directory);
  }

  async close(): Promise<void> {
    await this.life?.kill();
    await this.exchange.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get engine(): Engine {
    if (this.life === undefined) throw new Error('expected a living engine, was none');
    return this.life.engine;
  }

  get view(): CoreView {
    return this.engine.view;
  }

  get isAlive(): boolean {
    return this.life !== undefined;
  }

  /** A new life over the same journal; resolves once it is up, trading state as it comes. */
  async start(): Promise<void> {
    const { clock, exchanged, logger } = this.parts;
    const [keys] = this.exchange.accounts;
    if (keys === undefined) throw new Error('expected an account at the venue, was none');
    const life = startLife({
      exchange: this.exchange,
      keys,
      directory: this.directory,
      engineEpoch: ++this.epoch,
      config: configOf(this.parts.setting),
      product: this.product,
      keyState: this.keyState,
      instruments: [this.bitcoin, instrumentOf('ETH', this.product)],
      clock,
      random: createSystemRandom(),
      logger,
      exchanged,
    });
    this.life = life;
    life.engine.onEvent(({ event }) => void this.events.push(event));
    await life.started;
  }

  /** The first life, ready to trade: venue synchronized, books live, prices known. */
  async ready(): Promise<void> {
    await this.start();
    await this.until('the engine to be ready', () => this.isReady());
  }

  isReady(): boolean {
    const { bid, lastTrade } = this.engine.reference(this.bitcoin);
    const isSynchronized = this.view.venue(ACCOUNT)?.synchronized === true;
    return isSynchronized && this.view.feed(this.bitcoin) === 'live' && bid !== null && lastTrade !== null;
  }

  async kill(): Promise<void> {
    this.troubled();
    await this.life?.kill();
    this.life = undefined;
  }

  /** Another life, halted as after any death; `rearm` makes it trade again. */
  async restart(rearm = false): Promise<void> {
    await this.start();
    if (!rearm) return;
    await this.until('the restarted engine to be ready', () => this.isReady());
    await this.send({ kind: 'rearm', to: 'active', reason: 'the case goes on' });
  }

  /** Arms a fault over the control port. Its delays and bounds are engine time; only clocks and nonces are ahead by wall time. */
  async fault(spec: FaultSpec): Promise<void> {
    this.troubled();
    const { ms, forMs } = spec;
    await this.control('POST', 'faults', {
      ...spec,
      ...(ms === undefined || WALL_TIMED.has(spec.kind) ? {} : { ms: ms / COMPRESSION }),
      ...(forMs === undefined ? {} : { forMs: forMs / COMPRESSION }),
    });
  }

  async control(method: string, path: string, body?: object): Promise<unknown> {
    const reply = await fetch(`${this.exchange.control}/practice/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`expected ${method} ${path} to be done, was ${await reply.text()}`);
    return reply.json();
  }

  /** Puts a bracket to the engine; the denial, or null when it went out. */
  async enter(over: Partial<BracketRequest> = {}): Promise<Denial | null> {
    const request = bracket({ instrumentId: this.bitcoin, ...over });
    const denial = await this.send({ kind: 'enterBracket', request });
    if (denial === null) this.asked = addDecimals(this.asked, decimal(request.quantity));
    return denial;
  }

  /** Enters once the engine is ready for it. A busy machine holds up books for seconds of compressed time: tried again. */
  async judged(over: Partial<BracketRequest> = {}): Promise<Denial | null> {
    for (let tries = 0; ; tries++) {
      await this.until('the engine to be ready', () => this.isReady());
      const denial = await this.enter(over);
      if (denial === null || !PASSING.has(denial.code) || tries === MAX_TRIES) return denial;
      await this.pass(500);
    }
  }

  /** Enters as an order that must be taken. */
  async taken(over: Partial<BracketRequest> = {}): Promise<void> {
    const denial = await this.judged(over);
    if (denial !== null) throw new Error(`expected the entry to be taken, was ${JSON.stringify(denial)}`);
  }

  /** Enters and waits until the whole of it is bought and rests behind its stop. */
  async position(over: Partial<BracketRequest> = {}): Promise<void> {
    await this.taken(over);
    await this.until('the position to be protected', () => this.isProtected() && !this.isFlat());
  }

  async send(command: Command, id = `c${++this.commands}`): Promise<Denial | null> {
    const nowUs = this.engineNowUs();
    return this.engine.command({
      commandId: commandId(`${this.epoch}-${id}`),
      actor: 'trader',
      roles: ['trader'],
      origin: 'button',
      issuedAtUs: nowUs,
      expiresAtUs: nowUs + COMMAND_LIFETIME_US,
      command,
    });
  }

  /** Waits for news; what does not come in time is a problem of the case and ends it. */
  async until(what: string, holds: () => boolean, patienceMs = this.parts.patienceMs): Promise<void> {
    const { clock } = this.parts;
    const endUs = clock.monotonicUs() + patienceMs * 1000;
    while (!holds()) {
      if (clock.monotonicUs() > endUs) throw new Error(`expected ${what} within ${patienceMs} ms, was not so`);
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    }
  }

  /** Lets engine time pass, for what must not happen meanwhile. */
  async pass(engineMs: number): Promise<void> {
    await new Promise<void>((resolve) => this.parts.clock.after(engineMs / COMPRESSION, resolve));
  }

  expect(holds: boolean, what: string): void {
    if (!holds) this.problems.push(`expected ${what}`);
  }

  /** How often armed faults struck. */
  fired(): number {
    return this.exchange.venue.faults.list().reduce((sum, { fired }) => sum + fired, 0);
  }

  ledger(): VenueReport {
    return reportOf(this.exchange.venue, this.product);
  }

  /** The venue's account in the words of the journal. */
  books(): VenueAccount {
    const { product, keyState, shadow } = this;
    const { venue } = this.exchange;
    const balances = shadow.view.balances(ACCOUNT);
    return venueBooks({ venue, product, accountId: ACCOUNT, links: keyState.read().closes, balances });
  }

  /** Base of our own trades that the venue's account holds, as decimal text. */
  held(symbol = 'BTCUSDT'): string {
    return this.ledger().positions.find((position) => position.symbol === symbol)?.held ?? '0';
  }

  isProtected(): boolean {
    return this.view.exposures().every(({ isBare }) => !isBare);
  }

  isFlat(): boolean {
    return this.view.exposures().every(({ isFlat }) => isFlat);
  }

  /** Ids of the engine's orders in a role, oldest first. */
  ordersOf(role: 'entry' | 'stop' | 'target' | 'exit' | 'escalation'): readonly ClientOrderId[] {
    const orders = this.view.orders().filter(({ spec }) => spec.role === role);
    return orders.map(({ spec }) => spec.clientOrderId);
  }

  alerted(code: string): boolean {
    return this.events.some((event) => event.kind === 'alert.raised' && event.alert.code === code);
  }

  /** Engine milliseconds since the first fault. */
  troubledMs(): number {
    if (this.troubledAtUs === null) return 0;
    return ((this.parts.clock.monotonicUs() - this.troubledAtUs) / 1000) * COMPRESSION;
  }

  askedText(): string {
    return formatDecimal(this.asked);
  }

  private troubled(): void {
    this.troubledAtUs ??= this.parts.clock.monotonicUs();
  }

  private engineNowUs(): number {
    return this.life?.nowUs() ?? 0;
  }
}

function configOf({ risk: own, startup }: CaseSetting): Config {
  const { execution, risk } = DEFAULT_CONFIG;
  return {
    ...DEFAULT_CONFIG,
    risk: {
      ...risk,
      maxOrderNotionalRatio: '0.10',
      maxPositionNotionalRatio: '0.50',
      priceCollarRatio: '0.05',
      // A busy machine holds up a book by seconds of compressed time.
      maxReferenceAgeMs: 60_000,
      reservedOrderSlots: 1,
      maxDayLossRatio: '0.50',
      ...own,
    },
    execution: { ...execution, commandTimeoutMs: 15_000 },
    reconciliation: { ...DEFAULT_RECONCILIATION, startup: startup ?? 'policy' },
    // A busy machine is silent for seconds of compressed time.
    failover: { ...DEFAULT_FAILOVER, trading: 'reduceOnly', returnAfterMs: 1_000 },
  };
}

/** One BTC at 100.01 behind a stop at 98.00 unless told otherwise. */
export const bracket = (over: Partial<BracketRequest>): BracketRequest => ({
  accountId: ACCOUNT,
  strategyId: null,
  instrumentId: BTC,
  side: 'buy',
  entry: 'fok',
  quantity: '1.000',
  limitPrice: over.entry === 'resting' ? '100.00' : '100.05',
  stopTrigger: '98.00',
  stopLimit: '97.50',
  target: '104.00',
  ...over,
});
