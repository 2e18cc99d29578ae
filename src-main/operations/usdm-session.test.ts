import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBinancePublicFeed } from '../adapters/binance/public/binance-public-feed.ts';
import { BINANCE_USDM } from '../adapters/binance/public/public-product.ts';
import { createUsdmGateway } from '../adapters/binance/usdm/usdm-gateway.ts';
import { createWeightLimiter } from '../adapters/binance/weight-limiter.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { createSystemClock } from '../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../adapters/system-random/system-random.ts';
import type { BracketRequest, Command } from '../engine/domain/command.ts';
import { accountId, commandId, instrumentId } from '../engine/domain/identifiers.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { CONFIG } from '../engine/testing/core-session.ts';
import { MemoryStore } from '../engine/testing/memory-store.ts';
import { TEST_START_MS } from '../practice-exchange/testing/hand-made-market.ts';
import { startFuturesExchange } from '../practice-exchange/testing/practice-client.ts';

const ACCOUNT = accountId('futures-1');
const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'USDM' });
const WAIT = { timeout: 15_000 };
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let exchange: Awaited<ReturnType<typeof startFuturesExchange>>;
let engine: Engine;
const clock = createSystemClock();

beforeEach(async () => {
  exchange = await startFuturesExchange();
  const limiter = createWeightLimiter(clock);
  const random = createSystemRandom();
  const shared = { clock, random, logger: silent, limiter };
  const gateway = createUsdmGateway({
    ...shared,
    accountId: ACCOUNT,
    apiKey: new Secret(exchange.apiKey),
    secret: new Secret(exchange.secret),
    endpoints: exchange,
    leverage: { ratio: 5, instruments: [BTC] },
    isCurrentEpoch: () => true,
  });
  const feed = createBinancePublicFeed({
    ...shared,
    restUrl: exchange.rest,
    streamUrl: exchange.futures,
    origin: 'synthetic',
    product: BINANCE_USDM,
  });
  engine = createEngine(
    {
      clock,
      store: new MemoryStore(),
      logger: silent,
      gateways: [gateway],
      feeds: new Map([['BINANCE', feed] as const]),
      inference: null,
    },
    {
      config: { ...CONFIG, strategies: [] },
      accounts: [{ accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper' }],
      installation: '0a1b2c3d',
      engineEpoch: 1,
      seed: '1',
      instruments: [BTC],
      interval: '1m',
      warmUpBars: 5,
    },
  );
  await engine.start();
});
afterEach(async () => {
  await engine.close();
  await exchange.close();
});

let commands = 0;
function send(command: Command): ReturnType<Engine['command']> {
  const issuedAtUs = clock.nowUs();
  return engine.command({
    commandId: commandId(`usdm-${++commands}`),
    actor: 'trader',
    roles: ['trader'],
    origin: 'button',
    issuedAtUs,
    expiresAtUs: issuedAtUs + 5_000_000,
    command,
  });
}

const bracket = (fields: Partial<BracketRequest>): BracketRequest => ({
  accountId: ACCOUNT,
  strategyId: null,
  instrumentId: BTC,
  side: 'buy',
  entry: 'fok',
  quantity: '1.000',
  limitPrice: '100.05',
  stopTrigger: '99.00',
  stopLimit: '98.00',
  target: '110.00',
  ...fields,
});

/** A last trade at this price with a book around it. */
const tradeAt = (ticks: number): void =>
  exchange.handMade.push(
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

const ledger = () => {
  const { usdm } = exchange.venue;
  const account = usdm?.account('main')?.orders;
  if (usdm === null || account === undefined) throw new Error('expected a futures account, was none');
  return usdm.ledger.report(account, Date.now());
};

/** The market moves a little until every price the gate asks for is fresh. */
async function enter(request: BracketRequest): Promise<void> {
  let step = 0;
  const attempt = async (): Promise<void> => {
    tradeAt(10_000 + (step++ % 2));
    expect(await send({ kind: 'enterBracket', request })).toBeNull();
  };
  await vi.waitFor(attempt, { ...WAIT, interval: 100 });
}

describe('the whole engine on USD-M', () => {
  it.each([
    {
      side: 'buy',
      limitPrice: '100.05',
      stopTrigger: '99.00',
      stopLimit: '98.00',
      target: '110.00',
      exit: 9_890,
      sign: '',
    },
    {
      side: 'sell',
      limitPrice: '99.95',
      stopTrigger: '101.00',
      stopLimit: '102.00',
      target: '90.00',
      exit: 10_110,
      sign: '-',
    },
  ] as const)('fills and protects a $side bracket, and its stop exits', async ({ exit, sign, ...prices }) => {
    await enter(bracket(prices));
    await vi.waitFor(
      () => expect(engine.view.exposures()).toMatchObject([{ quantity: `${sign}1.00000000`, covered: '1.00000000' }]),
      WAIT,
    );
    expect(ledger()).toMatchObject({ unprotectedMs: 0, positions: [{ held: `${sign}1.00000000`, isProtected: true }] });
    tradeAt(exit);
    await vi.waitFor(() => expect(ledger().positions).toMatchObject([{ held: '0.00000000' }]), WAIT);
    await vi.waitFor(() => expect(engine.view.exposures()).toMatchObject([{ isFlat: true, openOrders: [] }]), WAIT);
    expect(ledger()).toMatchObject({ unprotectedMs: 0, positions: [{ unprotectedEpisodes: 0 }] });
    expect(exchange.venue.usdm?.algos.waiting('main')).toEqual([]);
  });

  it('stops everything in both order spaces and proves that it is flat', async () => {
    await enter(bracket({}));
    await vi.waitFor(() => expect(engine.view.exposures()).toMatchObject([{ covered: '1.00000000' }]), WAIT);
    await send({ kind: 'emergencyStop' });
    await vi.waitFor(() => expect(engine.view.stop()).toMatchObject({ verifiedFlat: true }), WAIT);
    expect(ledger().positions).toMatchObject([{ held: '0.00000000', unprotectedEpisodes: 0 }]);
    expect(exchange.venue.usdm?.algos.waiting('main')).toEqual([]);
    expect(exchange.venue.usdm?.account('main')?.orders.openOrders()).toEqual([]);
  });
});
