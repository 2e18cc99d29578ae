import { openJournal } from '../../adapters/sqlite/open-journal.ts';
import { createBinanceGateway } from '../../adapters/binance/binance-gateway.ts';
import { createWeightLimiter } from '../../adapters/binance/weight-limiter.ts';
import { Secret } from '../../adapters/keychain/secret.ts';
import { createLogger } from '../../adapters/logger/pino-logger.ts';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../../adapters/system-random/system-random.ts';
import { DEFAULT_CONFIG, DEFAULT_STRATEGY } from '../../engine/domain/config-defaults.ts';
import { decimal } from '../../engine/domain/decimal.ts';
import type { CommandOutcome } from '../../engine/domain/events.ts';
import { accountId, instrumentId, strategyId, type Venue } from '../../engine/domain/identifiers.ts';
import type { Price } from '../../engine/domain/quantities.ts';
import { createEngine, type Engine, type Failpoint } from '../../engine/engine.ts';
import type { MarketDataFeed } from '../../engine/ports/market-data-feed.ts';
import { CommandFailure } from '../command.ts';
import { OTOCO_PATH } from './order-contestants.ts';
import type { PracticeVenueAddress } from './practice-process.ts';
import { ScriptedFeed } from './scripted-feed.ts';
import { SentBytes } from './sent-bytes.ts';

/** Milliseconds from the bar that signals to the last byte of its bracket, and where they went. */
export type PathTimes = {
  readonly total: number;
  /** Bar, features, signal, sizing, gate, intent. */
  readonly verdict: number;
  /** The one FULL-sync transaction. */
  readonly commit: number;
  /** Limiter, fence, ccxt, signature, socket. */
  readonly send: number;
};

const ACCOUNT = accountId('paper-01');
const PATIENCE_MS = 5_000;
const WARM_UP_BARS = 60;

/** A whole engine with its real journal, gateway and limiter, told by a scripted feed when to signal. */
export class EngineContestant {
  readonly outcomes: Record<CommandOutcome['kind'], number> = { accepted: 0, rejected: 0, unknown: 0 };
  private readonly engine: Engine;
  private readonly feed: ScriptedFeed;
  private readonly sent = new SentBytes(OTOCO_PATH);
  private readonly stampsMs = new Map<Failpoint, number>();
  private readonly closeStore: () => void;
  private lastMessage = '';
  private answered: () => void = () => undefined;

  constructor(venue: PracticeVenueAddress, directory: string, market: { base: string; quote: string }) {
    const clock = createSystemClock();
    const journal = openJournal({ directory, engineEpoch: 1, clock });
    if (!journal.ok) throw new CommandFailure(`expected a journal in ${directory}, was ${journal.error.detail}`);
    this.closeStore = () => journal.value.close();
    this.feed = new ScriptedFeed(clock);
    const logger = createLogger({ name: 'bench', level: 'error' });
    const random = createSystemRandom();
    const gateway = createBinanceGateway({
      accountId: ACCOUNT,
      apiKey: new Secret(venue.apiKey),
      secret: new Secret(venue.secret),
      endpoints: venue,
      limiter: createWeightLimiter(clock),
      isCurrentEpoch: () => true,
      clock,
      random,
      logger,
    });
    const instrument = instrumentId({ ...market, venue: 'BINANCE', product: 'SPOT' });
    const feeds = new Map<Venue, MarketDataFeed>([['BINANCE', this.feed]]);
    this.engine = createEngine(
      { clock, store: journal.value, logger, gateways: [gateway], feeds, inference: null },
      {
        config: { ...DEFAULT_CONFIG, strategies: [FAST_CROSS] },
        accounts: [{ accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper' }],
        installation: random.hex(4),
        engineEpoch: 1,
        seed: random.hex(8),
        instruments: [instrument],
        interval: FAST_CROSS.interval,
        warmUpBars: 1,
        failpoints: (name) => void this.stampsMs.set(name, performance.now()),
      },
    );
    this.engine.onEvent(({ event }) => {
      if (event.kind === 'order.judged' && !event.verdict.allowed) this.lastMessage = JSON.stringify(event);
      if (event.kind !== 'submit.answered') return;
      this.outcomes[event.outcome.kind] += 1;
      if (event.outcome.kind !== 'accepted') this.lastMessage = JSON.stringify(event.outcome);
      this.answered();
    });
  }

  /** Resolves once the account is known and the averages are warm. Falling bars warm them without a signal. */
  async start(price: Price): Promise<void> {
    const reconciled = new Promise<void>((resolve) => {
      this.engine.onEvent(({ event }) => {
        if (event.kind === 'venue.reconciled') resolve();
      });
    });
    await this.engine.start();
    await this.within(reconciled);
    for (let bar = 0; bar < WARM_UP_BARS; bar++) this.feed.closeBarAt(price.scaledBy(decimal(`0.99${99 - bar}`), 'up'));
  }

  /** Falls, then rises above the average: the rise signals. Throws CommandFailure when no order follows. */
  async send(price: Price): Promise<PathTimes> {
    this.feed.closeBarAt(price.scaledBy(decimal('0.999'), 'down'));
    const bytes = this.sent.next();
    const answer = new Promise<void>((resolve) => (this.answered = resolve));
    const startMs = performance.now();
    this.feed.closeBarAt(price);
    const [commitMs, committedMs] = [this.at('commit.before'), this.at('commit.after')];
    const sentMs = await this.within(bytes);
    await this.within(answer);
    return {
      total: sentMs - startMs,
      verdict: commitMs - startMs,
      commit: committedMs - commitMs,
      send: sentMs - committedMs,
    };
  }

  async close(): Promise<void> {
    this.sent.close();
    await this.engine.close();
    this.closeStore();
  }

  private at(name: Failpoint): number {
    return this.stampsMs.get(name) ?? Number.NaN;
  }

  private async within<T>(promise: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new CommandFailure(`expected a signal to become an order, was none; last word: ${this.lastMessage}`));
      }, PATIENCE_MS);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }
}

/** Signals on every rise after a fall. */
const FAST_CROSS = {
  ...DEFAULT_STRATEGY,
  strategyId: strategyId('bench-cross'),
  enabled: true,
  interval: '1m' as const,
  fastPeriod: 1,
  slowPeriod: 2,
  atrPeriod: 2,
};
