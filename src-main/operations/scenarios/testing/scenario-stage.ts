import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { createSystemClock } from '../../../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../../../adapters/system-random/system-random.ts';
import { openJournal } from '../../../adapters/sqlite/open-journal.ts';
import { createEngine, type Engine, type EngineEvent, type Failpoints } from '../../../engine/engine.ts';
import type { BracketRequest, Command } from '../../../engine/domain/command.ts';
import type { Config } from '../../../engine/domain/config.ts';
import { DEFAULT_CONFIG, DEFAULT_RECONCILIATION } from '../../../engine/domain/config-defaults.ts';
import type { Denial } from '../../../engine/domain/denial.ts';
import { isGenericVenue } from '../../../engine/domain/generic-venues.ts';
import {
  type AccountId,
  accountId,
  commandId,
  instrumentId,
  type InstrumentId,
} from '../../../engine/domain/identifiers.ts';
import type { AccountBoot, VenueBoot } from '../../../launcher/boot.ts';
import { venueFeeds } from '../../../launcher/venue-feeds.ts';
import { gatewayOf, hostLimiters } from '../../../launcher/venue-gateways.ts';
import type { PracticeAccount } from '../../../practice-exchange/practice-venue.ts';
import { type PracticeExchange, startPracticeExchange } from '../../../practice-exchange/start-practice-exchange.ts';
import { CaseMarket } from '../../chaos/case-market.ts';
import { mortalClock } from '../../chaos/compressed-clock.ts';
import { mortalGateway, mortalStore } from '../../chaos/engine-life.ts';

export const WAIT = { timeout: 20_000, interval: 10 };
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const BASES = ['BTC', 'ETH', 'SOL', 'XRP'];

export type Place = Pick<AccountBoot, 'accountId' | 'venue' | 'product'>;
export const ON_BINANCE: Place = { accountId: 'paper-01' };
export const ON_KRAKEN: Place = { accountId: 'kraken-01', venue: 'KRAKEN' };
/** A venue that ccxt alone knows, whose orders are found by our own id. */
export const ON_GENERIC: Place = { accountId: 'binanceus-01', venue: 'BINANCEUS' };
export const ON_USDM: Place = { accountId: 'futures-01', product: 'USDM' };

export const marketOf = ({ venue = 'BINANCE', product = 'SPOT' }: Place, base = 'BTC'): InstrumentId =>
  instrumentId({ base, quote: 'USDT', venue, product });

/** One coin at 100.05 or better behind a stop at 95.00, a target far away. */
export const bracketOn = (place: Place, base = 'BTC'): BracketRequest => ({
  ...{ accountId: accountId(place.accountId), strategyId: null, instrumentId: marketOf(place, base) },
  ...{ side: 'buy', entry: 'fok', quantity: '1.000', limitPrice: '100.05' },
  ...{ stopTrigger: '95.00', stopLimit: '94.50', target: '115.00' },
});

/** A practice exchange on a market that the scenario moves. */
export class ScenarioVenue {
  readonly market: CaseMarket;
  readonly exchange: PracticeExchange;

  private constructor(market: CaseMarket, exchange: PracticeExchange) {
    this.market = market;
    this.exchange = exchange;
  }

  static async open(places: readonly Place[], speed = 1): Promise<ScenarioVenue> {
    const market = new CaseMarket(BASES);
    const accounts = places.map(({ accountId: name, product }): PracticeAccount =>
      product === 'USDM' ? { name, balances: {}, usdm: '100000' } : { name, balances: { USDT: '100000' } },
    );
    return new ScenarioVenue(market, await startPracticeExchange({ market, accounts, speed, kill: () => undefined }));
  }

  async fault(spec: object): Promise<void> {
    await this.control('POST', spec);
  }

  async mend(): Promise<void> {
    await this.control('DELETE');
  }

  /** The exchange's own account of ours. */
  ledger({ accountId: name, product }: Place) {
    const { venue } = this.exchange;
    const { usdm } = venue;
    const { wallMs } = venue.clock.now();
    const futures = product === 'USDM' ? usdm?.account(name) : undefined;
    if (futures === undefined || usdm === null) return venue.ledger.report(venue.account(name), wallMs);
    return usdm.ledger.report(futures.orders, wallMs);
  }

  positionOf(place: Place, symbol = 'BTCUSDT') {
    return this.ledger(place).positions.find((position) => position.symbol === symbol);
  }

  private async control(method: string, body?: object): Promise<void> {
    const reply = await fetch(`${this.exchange.control}/practice/faults`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(await reply.text());
  }
}

export type LifeOptions = {
  readonly places: readonly Place[];
  readonly config?: Partial<Config>;
  /** What is traded; four coins when absent. */
  readonly bases?: readonly string[];
  readonly failpoints?: Failpoints;
  /** Base of the exchange's REST and sockets for Binance, where a line stands between. */
  readonly through?: number;
};

/** One engine over real gateways, feeds, sockets and a journal on disk. */
export class ScenarioLife {
  readonly engine: Engine;
  private readonly timed: EngineEvent[] = [];
  private readonly endings: (() => Promise<void> | void)[] = [];
  private readonly accounts: readonly AccountId[];
  private isDead = false;
  private commands = 0;

  constructor(venue: ScenarioVenue, options: LifeOptions) {
    const directory = mkdtempSync(join(tmpdir(), 'leeward-scenario-'));
    const wall = createSystemClock();
    const mortal = mortalClock(wall);
    const journal = openJournal({ directory, engineEpoch: 1, clock: wall, checkpoints: 'inline' });
    if (!journal.ok) throw new Error(journal.error.detail);
    const dead = (): boolean => this.isDead;
    const accounts = accountsOf(venue.exchange, options.places, options.bases ?? BASES);
    this.accounts = accounts.map((account) => accountId(account.accountId));
    const boot = venueBootOf(venue.exchange, options.through);
    const parts = {
      venue: boot,
      limiters: hostLimiters(wall),
      clock: wall,
      random: createSystemRandom(),
      logger: SILENT,
    };
    const gateways = accounts.map((account) =>
      gatewayOf(account, { ...parts, dataDir: directory, leverage: null, isCurrentEpoch: () => true }),
    );
    const feeds = venueFeeds({ ...parts, accounts });
    this.engine = createEngine(
      {
        ...{ clock: mortal.clock, logger: SILENT, feeds, inference: null, store: mortalStore(journal.value, dead) },
        gateways: gateways.map((gateway) => mortalGateway(gateway, dead)),
      },
      {
        config: { ...CONFIG, ...options.config },
        accounts: accounts.map(({ accountId: id, venue: name = 'BINANCE', product = 'SPOT' }) => ({
          ...{ accountId: accountId(id), venue: name, product, mode: 'paper' },
        })),
        ...{ installation: '0c4a0502', engineEpoch: 1, seed: '1', interval: '1m', warmUpBars: 20 },
        instruments: (options.bases ?? BASES).flatMap((base) => options.places.map((one) => marketOf(one, base))),
        ...(options.failpoints === undefined ? {} : { failpoints: options.failpoints }),
      },
    );
    this.engine.onEvent((event) => void this.timed.push(event));
    this.endings.push(
      () => mortal.end(),
      async () => {
        await Promise.all([...gateways, ...feeds.values()].map(async (part) => part.close()));
      },
      () => journal.value.close(),
      () => rmSync(directory, { recursive: true, force: true }),
    );
  }

  /** Resolves when every venue is synchronized and every market live. */
  async ready(): Promise<void> {
    await this.engine.start();
    const { view } = this.engine;
    await vi.waitFor(() => {
      for (const account of this.accounts)
        expect(view.venue(account)).toMatchObject({ state: 'ready', synchronized: true });
      for (const { id } of view.instruments()) {
        expect(view.feed(id)).toBe('live');
        const { bid, lastTrade } = this.engine.reference(id);
        expect([bid, lastTrade]).not.toContain(null);
      }
    }, WAIT);
  }

  /** As SIGKILL does: nothing of this life reaches disk or venue any more; what was sent goes on. */
  die(): void {
    this.isDead = true;
  }

  async end(): Promise<void> {
    if (!this.isDead) await this.engine.close();
    this.isDead = true;
    for (const ending of this.endings.splice(0)) await ending();
  }

  async send(command: Command): Promise<Denial | null> {
    const nowUs = createSystemClock().nowUs();
    return this.engine.command({
      ...{ commandId: commandId(`c${++this.commands}`), actor: 'trader', roles: ['trader'], origin: 'button' },
      ...{ issuedAtUs: nowUs, expiresAtUs: nowUs + 60_000_000, command },
    });
  }

  async enter(place: Place, base = 'BTC'): Promise<Denial | null> {
    return this.send({ kind: 'enterBracket', request: bracketOn(place, base) });
  }

  /** What passed through the engine, oldest first. */
  get events(): readonly EngineEvent['event'][] {
    return this.timed.map(({ event }) => event);
  }

  /** Our engine's view of a market. */
  exposure(place: Place, base = 'BTC') {
    return this.engine.view
      .exposures()
      .find((one) => one.accountId === place.accountId && one.instrumentId === marketOf(place, base));
  }

  /** Engine microseconds of the first event that fits; NaN when there was none. */
  timeOf(fits: (event: EngineEvent['event']) => boolean): number {
    return this.timed.find(({ event }) => fits(event))?.timeUs ?? Number.NaN;
  }

  alerted(code: string): boolean {
    return this.events.some((event) => event.kind === 'alert.raised' && event.alert.code === code);
  }
}

const CONFIG: Config = {
  ...DEFAULT_CONFIG,
  risk: { ...DEFAULT_CONFIG.risk, priceCollarRatio: '0.05', maxPositionNotionalRatio: '0.50', reservedOrderSlots: 1 },
  reconciliation: { ...DEFAULT_RECONCILIATION, startup: 'policy' },
};

function accountsOf(
  exchange: PracticeExchange,
  places: readonly Place[],
  bases: readonly string[],
): readonly AccountBoot[] {
  return places.map((place) => {
    const keys = exchange.accounts.find(({ name }) => name === place.accountId);
    if (keys === undefined) throw new Error(`expected an account ${place.accountId}, was none`);
    const { apiKey, secret } = keys;
    const generic = { instruments: bases.map((base) => marketOf(place, base)), practice: exchange };
    const isGeneric = place.venue !== undefined && isGenericVenue(place.venue);
    return { ...place, mode: 'paper', apiKey, secret, ...(isGeneric ? { generic } : {}) };
  });
}

function venueBootOf(exchange: PracticeExchange, through: number | undefined): VenueBoot {
  const by = (address: string): string => (through === undefined ? address : address.replace(/:\d+/, `:${through}`));
  const { rest, stream, wsApi, futures, krakenPublic, krakenPrivate } = exchange;
  return {
    ...{ venue: 'BINANCE', rest: by(rest), stream: by(stream), wsApi: by(wsApi), futures: by(futures) },
    ...{ label: 'practice exchange', origin: 'synthetic' },
    kraken: { rest, publicStream: krakenPublic, privateStream: krakenPrivate },
  };
}
