import { keyStateInMemory } from '../../../adapters/kraken/key-state.ts';
import { type Disk, MemoryStore } from '../../../adapters/memory-store/memory-store.ts';
import { VirtualClock } from '../../../adapters/virtual-clock/virtual-clock.ts';
import { createEngine, type Engine, type Failpoint } from '../../../engine/engine.ts';
import { DEFAULT_CONFIG } from '../../../engine/domain/config-defaults.ts';
import type { Config } from '../../../engine/domain/config.ts';
import type { InstrumentId } from '../../../engine/domain/identifiers.ts';
import { ensure } from '../../../engine/domain/result.ts';
import type { VenueGateway } from '../../../engine/ports/venue-gateway.ts';
import { SeededRandom } from '../../../practice-exchange/market/seeded-random.ts';
import type { ExchangeState } from '../../../practice-exchange/matching/exchange-state.ts';
import { PracticeVenue } from '../../../practice-exchange/practice-venue.ts';
import { practiceAccounts } from '../../../practice-exchange/start-practice-exchange.ts';
import { CaseMarket } from '../case-market.ts';
import { mortalClock } from '../compressed-clock.ts';
import { type Product, venueOf } from '../life-venues.ts';
import { ACCOUNT, instrumentOf } from '../stage.ts';
import { type DirectConnections, directConnections, SILENT } from './direct-connections.ts';
import { type Line, Wire } from './wire.ts';

const MARKET_EVERY_MS = 250;
const GROUP_COMMIT_MS = 5;
const PLENTY = 1_000_000_000;

const CONFIG: Config = {
  ...DEFAULT_CONFIG,
  risk: {
    ...DEFAULT_CONFIG.risk,
    maxOrderNotionalRatio: '0.10',
    maxPositionNotionalRatio: '0.50',
    priceCollarRatio: '0.05',
    reservedOrderSlots: 1,
    maxDayLossRatio: '0.50',
  },
  execution: { ...DEFAULT_CONFIG.execution, reconcileIntervalMs: 10_000 },
};

type Life = {
  readonly engine: Engine;
  readonly library: Line;
  readonly started: Promise<void>;
  readonly kill: () => void;
};

/** Venue, wire, disk and one engine life at a time on one virtual clock, without sockets: a minute takes milliseconds. */
export class RandomStage {
  readonly clock = new VirtualClock();
  readonly market = new CaseMarket(['BTC']);
  readonly product: Product;
  /** What is traded. */
  readonly bitcoin: InstrumentId;
  readonly venue: PracticeVenue;
  readonly wire: Wire;
  readonly keyState = keyStateInMemory();
  readonly disk: Disk = { rows: [], snapshots: [] };
  readonly exchange: (gateway: VenueGateway) => VenueGateway;
  life: Life | undefined;
  lives = 0;
  private store = new MemoryStore(this.disk);
  private readonly connections: DirectConnections;
  private doomed: { readonly at: Failpoint; hit: number } | undefined;

  constructor(
    { product, seed }: { readonly product: Product; readonly seed: string },
    exchange: (gateway: VenueGateway) => VenueGateway = (gateway) => gateway,
  ) {
    this.product = product;
    this.bitcoin = instrumentOf('BTC', product);
    this.exchange = exchange;
    this.venue = new PracticeVenue({
      market: this.market,
      accounts: practiceAccounts(1).map((account) => ({
        ...account,
        ...(product === 'usdm' ? { usdm: '100000' } : {}),
        ...(product === 'margin' ? { margin: { USDT: '100000' } } : {}),
      })),
      speed: 1,
      limits: { weightPerMinute: PLENTY, ordersPer10s: PLENTY, ordersPerDay: PLENTY },
      readWallMs: () => Math.floor(this.clock.nowUs() / 1000),
      intentProbe: { isOnDisk: (ids) => this.areOnDisk(ids), close: () => undefined },
      discountPrices: {},
    });
    this.wire = new Wire(this.clock, new SeededRandom(`${seed} wire`));
    this.connections = directConnections({
      venue: this.venue,
      wire: this.wire,
      product,
      accountId: ACCOUNT,
      keyState: this.keyState,
    });
    this.clock.every(MARKET_EVERY_MS, () => {
      this.venue.advance();
      this.connections.settle();
    });
  }

  /** Books, orders and rules of the product. */
  get state(): ExchangeState {
    return (this.product === 'usdm' ? ensure(this.venue.usdm, 'a USD-M side') : this.venue).engine.state;
  }

  private areOnDisk(clientOrderIds: readonly string[]): boolean {
    return clientOrderIds.every((id) => this.disk.rows.some((row) => row.clientOrderIds.some((known) => known === id)));
  }

  /** A life over the same disk. */
  start(): void {
    this.lives += 1;
    const store = new MemoryStore(this.disk);
    this.store = store;
    const mortal = mortalClock(this.clock);
    const { gateway, feed, library } = this.connections.open(mortal.clock, new SeededRandom(`life ${this.lives}`));
    const kill = (): void => {
      store.killed = true;
      library.die();
      mortal.end();
      if (this.life?.library === library) this.life = undefined;
    };
    const engine = createEngine(
      {
        clock: mortal.clock,
        store,
        logger: SILENT,
        gateways: [this.exchange(gateway)],
        feeds: new Map([[venueOf(this.product), feed]]),
        inference: null,
      },
      {
        config: CONFIG,
        accounts: [{ accountId: ACCOUNT, venue: venueOf(this.product), mode: 'paper' }],
        installation: '0c4a0501',
        engineEpoch: this.lives,
        seed: '1',
        instruments: [this.bitcoin],
        interval: '1m',
        warmUpBars: 1,
        failpoints: (name) => this.pass(name),
      },
    );
    const started = engine.start();
    started.catch(() => undefined);
    this.life = { engine, library, started, kill };
  }

  /** The life dies at that passage of the failpoint. */
  doom(at: Failpoint, hit: number): void {
    this.doomed = { at, hit };
  }

  private pass(name: Failpoint): void {
    if (this.doomed?.at !== name) return;
    this.doomed.hit -= 1;
    if (this.doomed.hit > 0) return;
    this.kill();
  }

  kill(): void {
    this.doomed = undefined;
    this.life?.kill();
  }

  /** Lets time pass from one timer to the next, with everything that follows from each. */
  async advance(ms: number): Promise<void> {
    const endUs = this.clock.monotonicUs() + ms * 1000;
    for (;;) {
      const leftMs = (endUs - this.clock.monotonicUs()) / 1000;
      const stepMs = Math.min(leftMs, this.clock.nextDueInMs() ?? leftMs);
      if (stepMs >= GROUP_COMMIT_MS) this.store.flush();
      this.clock.advance(stepMs);
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.clock.monotonicUs() >= endUs) return;
    }
  }

  flush(): void {
    this.store.flush();
  }
}
