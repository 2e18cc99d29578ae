import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBinancePublicFeed } from '../adapters/binance/public/binance-public-feed.ts';
import { createBinanceGateway } from '../adapters/binance/binance-gateway.ts';
import { createWeightLimiter } from '../adapters/binance/weight-limiter.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { createSystemClock } from '../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../adapters/system-random/system-random.ts';
import type { BracketRequest, Command } from '../engine/domain/command.ts';
import { accountId, commandId, instrumentId } from '../engine/domain/identifiers.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import type { AccountMargin } from '../engine/core/account-margin.ts';
import { addDecimals, decimal, formatDecimal } from '../engine/domain/decimal.ts';
import { ensure } from '../engine/domain/result.ts';
import { CONFIG } from '../engine/testing/core-session.ts';
import { MemoryStore } from '../engine/testing/memory-store.ts';
import { standingOf } from '../practice-exchange/margin/risk.ts';
import { formatAmount, parseAmount } from '../practice-exchange/matching/grid.ts';
import { TEST_START_MS } from '../practice-exchange/testing/hand-made-market.ts';
import { startMarginExchange } from '../practice-exchange/testing/practice-client.ts';

const ACCOUNT = accountId('margin-1');
const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'MARGIN' });
const WAIT = { timeout: 15_000 };
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let exchange: Awaited<ReturnType<typeof startMarginExchange>>;
let engine: Engine;
const clock = createSystemClock();

beforeEach(async () => {
  exchange = await startMarginExchange();
  const limiter = createWeightLimiter(clock);
  const random = createSystemRandom();
  const shared = { clock, random, logger: silent, limiter };
  const gateway = createBinanceGateway({
    ...shared,
    accountId: ACCOUNT,
    apiKey: new Secret(exchange.apiKey),
    secret: new Secret(exchange.secret),
    endpoints: exchange,
    margin: 'cross',
    isCurrentEpoch: () => true,
  });
  const feed = createBinancePublicFeed({
    ...shared,
    restUrl: exchange.rest,
    streamUrl: exchange.stream,
    origin: 'synthetic',
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
      config: { ...CONFIG, execution: { ...CONFIG.execution, reconcileIntervalMs: 1_000 }, strategies: [] },
      accounts: [{ accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper', product: 'MARGIN' }],
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
    commandId: commandId(`margin-${++commands}`),
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
  quantity: '0.500',
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

const ledger = () => exchange.venue.ledger.report(exchange.venue.account('main@margin'), Date.now());
const borrowed = (asset: string) => exchange.venue.margin.byName('main@margin')?.debts.get(asset)?.borrowed ?? 0n;

/** The market moves a little until every price the gate asks for is fresh. */
async function enter(request: BracketRequest): Promise<void> {
  let step = 0;
  const attempt = async (): Promise<void> => {
    tradeAt(10_000 + (step++ % 2));
    expect(await send({ kind: 'enterBracket', request })).toBeNull();
  };
  await vi.waitFor(attempt, { ...WAIT, interval: 100 });
}

describe('the whole engine on cross margin', () => {
  it('buys with its own funds, protects the position, and its stop exits', async () => {
    await enter(bracket({}));
    await vi.waitFor(() => expect(engine.view.exposures()).toMatchObject([{ quantity: '0.49950000' }]), WAIT);
    expect(borrowed('USDT')).toBe(0n);
    await vi.waitFor(() => expect(ledger()).toMatchObject({ positions: [{ isProtected: true }] }), WAIT);
    tradeAt(9_890);
    await vi.waitFor(() => expect(engine.view.exposures()).toMatchObject([{ isFlat: true, openOrders: [] }]), WAIT);
    expect(exchange.venue.account('main@margin').openOrders()).toEqual([]);
  });

  it('sells short with borrowed coins, and its stop buys back', async () => {
    await enter(
      bracket({ side: 'sell', limitPrice: '99.95', stopTrigger: '101.00', stopLimit: '102.00', target: '90.00' }),
    );
    await vi.waitFor(() => expect(engine.view.exposures()).toMatchObject([{ quantity: '-0.50000000' }]), WAIT);
    expect(borrowed('BTC')).toBe(parseAmount('0.5'));
    await vi.waitFor(() => expect(ledger()).toMatchObject({ positions: [{ isProtected: true }] }), WAIT);
    tradeAt(10_110);
    await vi.waitFor(() => expect(engine.view.exposures()).toMatchObject([{ isFlat: true, openOrders: [] }]), WAIT);
  });

  it('counts what it owes and the interest on it as the venue does, to the last digit', async () => {
    const short = {
      side: 'sell',
      limitPrice: '99.95',
      stopTrigger: '101.00',
      stopLimit: '102.00',
      target: '90.00',
    } as const;
    await enter(bracket(short));
    await vi.waitFor(() => expect(engine.view.exposures()).toMatchObject([{ quantity: '-0.50000000' }]), WAIT);
    const { clock: market, margin: lender, engine: matching } = exchange.venue;
    const account = ensure(lender.byName('main@margin'), 'a margin account');
    market.setSpeed(10_000);
    await vi.waitFor(() => expect(account.interests.length).toBeGreaterThan(2), WAIT);
    market.setSpeed(0);
    const interest = account.interests.reduce((sum, row) => sum + row.interest, 0n);
    await vi.waitFor(() => {
      const [position] = engine.view.positions();
      expect(position?.carry.get('BTC')?.toString()).toBe(formatAmount(-interest));
      const { assets, debts } = standingOf(matching.state, account);
      expect(engine.view.equity(ACCOUNT)?.toString()).toBe(formatAmount(assets - debts));
    }, WAIT);
    // What it has now is what it began with and what our own books say it made.
    const { level } = standingOf(matching.state, account);
    await vi.waitFor(
      () => expect(engine.view.margins()).toMatchObject([{ told: { standing: { level: formatAmount(level) } } }]),
      WAIT,
    );
    const [{ told }] = engine.view.margins() as [AccountMargin];
    expect(Number(told?.positions[0]?.liquidationPrice)).toBeGreaterThan(100);
    const pnl = ensure(engine.view.pnl(ACCOUNT) ?? undefined, 'a PnL');
    const equity = ensure(engine.view.equity(ACCOUNT) ?? undefined, 'an equity');
    expect(formatDecimal(addDecimals(decimal('1000'), pnl))).toBe(equity.toString());
  });

  it('stops everything and proves that it is flat', async () => {
    await enter(bracket({}));
    await vi.waitFor(() => expect(ledger()).toMatchObject({ positions: [{ isProtected: true }] }), WAIT);
    await send({ kind: 'emergencyStop' });
    await vi.waitFor(() => expect(engine.view.stop()).toMatchObject({ verifiedFlat: true }), WAIT);
    expect(exchange.venue.account('main@margin').openOrders()).toEqual([]);
  });
});
