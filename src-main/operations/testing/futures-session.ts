import { vi } from 'vitest';
import { createBinancePublicFeed } from '../../adapters/binance/public/binance-public-feed.ts';
import { BINANCE_USDM } from '../../adapters/binance/public/public-product.ts';
import { createUsdmGateway } from '../../adapters/binance/usdm/usdm-gateway.ts';
import { createWeightLimiter } from '../../adapters/binance/weight-limiter.ts';
import { Secret } from '../../adapters/keychain/secret.ts';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../../adapters/system-random/system-random.ts';
import type { Command } from '../../engine/domain/command.ts';
import { accountId, commandId, instrumentId } from '../../engine/domain/identifiers.ts';
import { createEngine, type Engine } from '../../engine/engine.ts';
import { CONFIG } from '../../engine/testing/core-session.ts';
import { MemoryStore } from '../../engine/testing/memory-store.ts';
import { TEST_START_MS } from '../../practice-exchange/testing/hand-made-market.ts';
import { startFuturesExchange } from '../../practice-exchange/testing/practice-client.ts';

export const FUTURES_ACCOUNT = accountId('futures-1');
export const FUTURES_BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'USDM' });
export const WAIT = { timeout: 15_000 };

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
type Exchange = Awaited<ReturnType<typeof startFuturesExchange>>;

/** The whole engine over sockets to a futures practice exchange whose market a test makes by hand. */
export class FuturesSession {
  readonly exchange: Exchange;
  readonly engine: Engine;
  private readonly clock = createSystemClock();
  private commands = 0;

  private constructor(exchange: Exchange) {
    this.exchange = exchange;
    this.engine = this.engineOver(exchange);
  }

  static async start(): Promise<FuturesSession> {
    const session = new FuturesSession(await startFuturesExchange());
    await session.engine.start();
    return session;
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.exchange.close();
  }

  async send(command: Command): ReturnType<Engine['command']> {
    const issuedAtUs = this.clock.nowUs();
    return this.engine.command({
      commandId: commandId(`usdm-${++this.commands}`),
      actor: 'trader',
      roles: ['trader'],
      origin: 'button',
      issuedAtUs,
      expiresAtUs: issuedAtUs + 5_000_000,
      command,
    });
  }

  /** Sent until it is taken, while the market moves a little: every price the gate asks for has to be fresh. */
  async sendOnLiveMarket(command: Command): Promise<void> {
    let step = 0;
    const attempt = async (): Promise<void> => {
      this.tradeAt(10_000 + (step++ % 2));
      const denial = await this.send(command);
      if (denial !== null) throw new Error(`expected no denial, was ${denial.code}`);
    };
    await vi.waitFor(attempt, { ...WAIT, interval: 100 });
  }

  /** A last trade at this price with a book around it. */
  tradeAt(ticks: number): void {
    this.exchange.handMade.push(
      {
        kind: 'book',
        symbol: 'BTCUSDT',
        marketTimeMs: TEST_START_MS,
        snapshot: true,
        bids: [[ticks - 1, 5_000]],
        asks: [[ticks + 1, 5_000]],
      },
      { kind: 'trade', symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS, ticks, lots: 1, aggressor: 'sell' },
    );
  }

  /** The venue's own account of what it holds for us. */
  ledger() {
    const { usdm } = this.exchange.venue;
    const account = usdm?.account('main')?.orders;
    if (usdm === null || account === undefined) throw new Error('expected a futures account, was none');
    return usdm.ledger.report(account, Date.now());
  }

  private engineOver(exchange: Exchange): Engine {
    const { clock } = this;
    const limiter = createWeightLimiter(clock);
    const shared = { clock, random: createSystemRandom(), logger: silent, limiter };
    const gateway = createUsdmGateway({
      ...shared,
      accountId: FUTURES_ACCOUNT,
      apiKey: new Secret(exchange.apiKey),
      secret: new Secret(exchange.secret),
      endpoints: exchange,
      leverage: { ratio: 5, instruments: [FUTURES_BTC] },
      isCurrentEpoch: () => true,
    });
    const feed = createBinancePublicFeed({
      ...shared,
      restUrl: exchange.rest,
      streamUrl: exchange.futures,
      origin: 'synthetic',
      product: BINANCE_USDM,
    });
    const feeds = new Map([['BINANCE', feed] as const]);
    return createEngine(
      { clock, store: new MemoryStore(), logger: silent, gateways: [gateway], feeds, inference: null },
      {
        config: { ...CONFIG, strategies: [] },
        accounts: [{ accountId: FUTURES_ACCOUNT, venue: 'BINANCE', mode: 'paper' }],
        installation: '0a1b2c3d',
        engineEpoch: 1,
        seed: '1',
        instruments: [FUTURES_BTC],
        interval: '1m',
        warmUpBars: 5,
      },
    );
  }
}
