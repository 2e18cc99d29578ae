import { openJournal } from '../../adapters/sqlite/open-journal.ts';
import { createBinanceGateway } from '../../adapters/binance/binance-gateway.ts';
import { createWeightLimiter } from '../../adapters/binance/weight-limiter.ts';
import { Secret } from '../../adapters/keychain/secret.ts';
import { createLogger } from '../../adapters/logger/pino-logger.ts';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../../adapters/system-random/system-random.ts';
import { DEFAULT_CONFIG, DEFAULT_STRATEGY } from '../../engine/domain/config-defaults.ts';
import { decimal } from '../../engine/domain/decimal.ts';
import { accountId, type InstrumentId, strategyId, type Venue } from '../../engine/domain/identifiers.ts';
import type { Price } from '../../engine/domain/quantities.ts';
import { createEngine, type Engine, type Failpoints } from '../../engine/engine.ts';
import type { MarketDataFeed } from '../../engine/ports/market-data-feed.ts';
import { CommandFailure } from '../command.ts';
import type { PracticeVenueAddress } from './practice-process.ts';
import { ScriptedFeed } from './scripted-feed.ts';

const ACCOUNT = accountId('paper-01');
const PATIENCE_MS = 5_000;
const WARM_UP_BARS = 60;
/** Falls, then rises above the average: the rise signals. */
const FALL = decimal('0.999');
/** Out of the way of what is measured. */
const ENTRIES_PER_MINUTE = 1_000_000;

/** A whole engine with its real journal, gateway and limiter, told by a scripted feed when to signal. */
export type BenchEngine = {
  readonly engine: Engine;
  /** Connected, with the account known and the averages warm. Throws CommandFailure when the account stays unknown. */
  start(prices: ReadonlyMap<InstrumentId, Price>): Promise<void>;
  /** Lets the strategy signal an entry at the price: what the engine does about it has begun when this returns. */
  signal(id: InstrumentId, price: Price): void;
  /** As `signal`, in two steps. */
  fall(id: InstrumentId, price: Price): void;
  rise(id: InstrumentId, price: Price): void;
  close(): Promise<void>;
};

export type BenchEngineOptions = {
  readonly venue: PracticeVenueAddress;
  readonly directory: string;
  readonly instruments: readonly InstrumentId[];
  readonly failpoints?: Failpoints;
};

export function createBenchEngine(options: BenchEngineOptions): BenchEngine {
  const { directory, instruments, failpoints } = options;
  const clock = createSystemClock();
  const journal = openJournal({ directory, engineEpoch: 1, clock });
  if (!journal.ok) throw new CommandFailure(`expected a journal in ${directory}, was ${journal.error.detail}`);
  const feed = new ScriptedFeed(clock);
  const logger = createLogger({ name: 'bench', level: 'error' });
  const random = createSystemRandom();
  const gateway = createBinanceGateway({
    ...{ accountId: ACCOUNT, endpoints: options.venue, isCurrentEpoch: () => true, clock, random, logger },
    apiKey: new Secret(options.venue.apiKey),
    secret: new Secret(options.venue.secret),
    limiter: createWeightLimiter(clock),
  });
  const feeds = new Map<Venue, MarketDataFeed>([['BINANCE', feed]]);
  const engine = createEngine(
    { clock, store: journal.value, logger, gateways: [gateway], feeds, inference: null },
    {
      config: { ...DEFAULT_CONFIG, risk: RISK, strategies: [FAST_CROSS] },
      accounts: [{ accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper' }],
      installation: random.hex(4),
      engineEpoch: 1,
      seed: random.hex(8),
      instruments,
      interval: FAST_CROSS.interval,
      warmUpBars: 1,
      ...(failpoints === undefined ? {} : { failpoints }),
    },
  );
  const rise = (id: InstrumentId, price: Price): void => feed.closeBarAt(id, price);
  const fall = (id: InstrumentId, price: Price): void => feed.closeBarAt(id, price.scaledBy(FALL, 'down'));
  return {
    ...{ engine, rise, fall },
    start: async (prices) => {
      await reconciled(engine);
      for (const [id, price] of prices) warmUp(feed, id, price);
    },
    signal: (id, price) => {
      fall(id, price);
      rise(id, price);
    },
    close: async () => {
      await engine.close();
      journal.value.close();
    },
  };
}

/** Falling bars warm the averages without a signal. */
function warmUp(feed: ScriptedFeed, id: InstrumentId, price: Price): void {
  for (let bar = 0; bar < WARM_UP_BARS; bar++) feed.closeBarAt(id, price.scaledBy(decimal(`0.99${99 - bar}`), 'up'));
}

async function reconciled(engine: Engine): Promise<void> {
  const done = new Promise<void>((resolve) => {
    engine.onEvent(({ event }) => {
      if (event.kind === 'venue.reconciled') resolve();
    });
  });
  await engine.start();
  await within(done, () => 'expected the venue to tell of the account, was silent');
}

/** Throws CommandFailure with `problem` when the promise has not settled within five seconds. */
export async function within<T>(promise: Promise<T>, problem: () => string, ms = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CommandFailure(problem())), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const RISK = { ...DEFAULT_CONFIG.risk, maxEntriesPerMinute: ENTRIES_PER_MINUTE };

/** Signals on every rise after a fall. */
const FAST_CROSS = {
  ...DEFAULT_STRATEGY,
  strategyId: strategyId('bench-cross'),
  enabled: true,
  interval: '1m' as const,
  fastPeriod: 1,
  slowPeriod: 2,
  atrPeriod: 2,
  // Small: many at once fit one account.
  notionalRatio: '0.001',
};
