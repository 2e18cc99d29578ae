import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBinanceGateway } from '../adapters/binance/binance-gateway.ts';
import { SILENT } from '../adapters/binance/testing/gateway-fixture.ts';
import { createWeightLimiter } from '../adapters/binance/weight-limiter.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { type KeyState, keyStateInMemory } from '../adapters/kraken/key-state.ts';
import { createKrakenGateway } from '../adapters/kraken/kraken-gateway.ts';
import { createSystemClock } from '../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../adapters/system-random/system-random.ts';
import { makeClientOrderId, type OrderRole } from '../engine/domain/client-order-id.ts';
import { accountId, instrumentId } from '../engine/domain/identifiers.ts';
import type { OrderSpec, Submission } from '../engine/domain/order.ts';
import type { VenueGateway } from '../engine/ports/venue-gateway.ts';
import { formatAmount } from '../practice-exchange/matching/grid.ts';
import { startMarginExchange } from '../practice-exchange/testing/practice-client.ts';
import { flattenAll, type KillReport } from './kill-path.ts';
import type { HeldPosition } from './protocol.ts';

const ACCOUNT = accountId('paper-1');
const WAIT = { timeout: 15_000 };
/** What the user holds beside our positions. */
const ACCOUNTS = [
  {
    ...{ name: 'main', balances: { USDT: '10000', BTC: '2' }, margin: { USDT: '1000' } },
    isolated: { BTCUSDT: { USDT: '100' } },
  },
];
const clock = createSystemClock();
const random = createSystemRandom();

let exchange: Awaited<ReturnType<typeof startMarginExchange>>;
let keyState: KeyState;
const gateways: VenueGateway[] = [];
let counter = 0;

beforeEach(async () => {
  exchange = await startMarginExchange({ accounts: ACCOUNTS });
  keyState = keyStateInMemory();
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map(async (gateway) => gateway.close()));
  await exchange.close();
});

/** As the engine's life has it, and then the guardian's own: keys and nonces are the same, the stream is not. */
function opened(make: (privateStream: boolean) => VenueGateway) {
  const [engine, guardian] = [make(true), make(false)];
  gateways.push(engine, guardian);
  return { engine, guardian };
}

const common = () => ({
  ...{ accountId: ACCOUNT, apiKey: new Secret(exchange.apiKey), secret: new Secret(exchange.secret) },
  ...{ isCurrentEpoch: () => true, clock, random, logger: SILENT },
});

const onKraken = (leverage: number | null) =>
  opened((privateStream) => {
    const endpoints = { rest: exchange.rest, privateStream: exchange.krakenPrivate };
    return createKrakenGateway({ ...common(), endpoints, keyState, tier: 'intermediate', leverage, privateStream });
  });

const onMargin = (margin: 'cross' | { readonly isolated: string }) =>
  opened((privateStream) => {
    const limiter = createWeightLimiter(clock);
    return createBinanceGateway({ ...common(), endpoints: exchange, limiter, margin, privateStream });
  });

const orderOn =
  (venue: 'BINANCE' | 'KRAKEN', product: 'SPOT' | 'MARGIN') =>
  (role: OrderRole, fields: Partial<OrderSpec>): OrderSpec => ({
    clientOrderId: makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter: ++counter, role }),
    ...{ accountId: ACCOUNT, strategyId: null, role, side: 'buy', type: 'limit', timeInForce: 'gtc' },
    instrumentId: instrumentId({ base: 'BTC', quote: 'USDT', venue, product }),
    ...{ quantity: '1.000', price: '100.05', triggerPrice: null, ...fields },
  });

const stopAt = (side: 'buy' | 'sell', triggerPrice: string, price: string | null) =>
  ({ side, type: price === null ? 'stopMarket' : 'stopLimit', price, triggerPrice, timeInForce: null }) as const;

async function place(gateway: VenueGateway, ...orders: readonly OrderSpec[]): Promise<void> {
  for (const order of orders) {
    expect(await gateway.submit({ kind: 'single', order }, 'new')).toMatchObject({ kind: 'accepted' });
  }
}

const flatten = async (gateway: VenueGateway, held: readonly HeldPosition[] = []): Promise<KillReport> =>
  flattenAll({
    ...{ gateways: [gateway], clock, intents: { write: () => undefined, close: () => undefined } },
    ...{ log: () => undefined, installation: '0a1b2c3d', epoch: 2, held },
  });

const held = (order: OrderSpec): HeldPosition => ({
  ...{ accountId: ACCOUNT, instrumentId: order.instrumentId, quantity: '0' },
  orders: [{ clientOrderId: order.clientOrderId, filled: '0' }],
});

const openAt = (account: string) => exchange.venue.account(account).openOrders();
const freeOf = (account: string, asset: string) => formatAmount(exchange.venue.account(account).balance(asset).free);

// With the true limits of the venue: its counter of calls is soon full, and the proof has to wait for it.
describe('on Kraken spot the kill path', { timeout: 60_000 }, () => {
  const spec = orderOn('KRAKEN', 'SPOT');

  it('ends an entry and the stop that its close made, and sells what it bought and nothing else', async () => {
    const { engine, guardian } = onKraken(null);
    await engine.connect();
    const working = spec('entry', { timeInForce: 'ioc' });
    const stop = spec('stop', { ...stopAt('sell', '95.00', null) });
    const listId = makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter: ++counter, role: 'list' });
    const entry: Submission = { kind: 'oto', listId, working, stop };
    expect(await engine.submit(entry, 'new')).toMatchObject({ kind: 'accepted' });
    await place(engine, spec('entry', { price: '90.00' }));
    await vi.waitFor(
      () =>
        expect(
          openAt('main')
            .map(({ type }) => type)
            .sort(),
        ).toEqual(['LIMIT', 'STOP_LOSS']),
      WAIT,
    );
    const report = await flatten(guardian, [held(working), held(stop)]);
    expect(report.verifiedFlat).toBe(true);
    expect(openAt('main')).toEqual([]);
    // The two coins of the user stay.
    expect(freeOf('main', 'BTC')).toBe('2.00000000');
    expect(report.actions.filter(({ action }) => action === 'exit')).toHaveLength(1);
  });
});

describe('on Kraken margin the kill path', () => {
  beforeEach(async () => {
    await exchange.close();
    exchange = await startMarginExchange({ accounts: ACCOUNTS, krakenLimits: { callsMax: 10_000 } });
  });
  const spec = orderOn('KRAKEN', 'MARGIN');

  it.each([
    { side: 'buy', exit: 'sell', price: '100.05', trigger: '95.00', far: '90.00' },
    { side: 'sell', exit: 'buy', price: '99.95', trigger: '105.00', far: '110.00' },
  ] as const)('closes a $side position before its stop goes', async ({ side, exit, price, trigger, far }) => {
    const { engine, guardian } = onKraken(2);
    await engine.connect();
    await place(
      engine,
      spec('entry', { side, price, timeInForce: 'ioc' }),
      spec('stop', { ...stopAt(exit, trigger, null), reduceOnly: true }),
      spec('entry', { side, price: far }),
    );
    expect((await flatten(guardian)).verifiedFlat).toBe(true);
    expect(exchange.venue.krakenMargin.of(exchange.venue.account('main')).book.position('BTCUSDT').lots).toBe(0);
    expect(openAt('main')).toEqual([]);
  });
});

describe('on Binance margin the kill path', () => {
  const spec = orderOn('BINANCE', 'MARGIN');
  const owed = (account: string) =>
    [...(exchange.venue.margin.byName(account)?.debts ?? [])]
      .filter(([, { borrowed, interest }]) => borrowed + interest > 0n)
      .map(([asset]) => asset);

  it.each([
    ['cross', 'main@margin', '15.000', '14.985'],
    [{ isolated: 'BTCUSDT' }, 'main@BTCUSDT', '1.500', '1.498'],
  ] as const)('sells a long that was bought with borrowed funds, and pays them back (%j)', async (...wanted) => {
    const [kind, account, quantity, stopQuantity] = wanted;
    const { engine, guardian } = onMargin(kind);
    await engine.connect();
    const entry = spec('entry', { quantity, timeInForce: 'fok', price: '100.20' });
    await place(
      engine,
      entry,
      spec('stop', { ...stopAt('sell', '95.00', '94.00'), quantity: stopQuantity, timeInForce: 'gtc' }),
    );
    expect(owed(account)).toEqual(['USDT']);
    expect((await flatten(guardian, [held(entry)])).verifiedFlat).toBe(true);
    expect(openAt(account)).toEqual([]);
    expect(owed(account)).toEqual([]);
    expect(Number(freeOf(account, 'BTC'))).toBeLessThan(0.001);
  });

  it.each([
    ['what the engine told of it', true],
    ['its resting stop alone', false],
  ])('buys back a short by %s, with the fee on top, and owes nothing', async (_, isTold) => {
    const { engine, guardian } = onMargin('cross');
    await engine.connect();
    const entry = spec('entry', { side: 'sell', price: '99.95', timeInForce: 'fok' });
    await place(
      engine,
      entry,
      spec('stop', { ...stopAt('buy', '105.00', '106.00'), timeInForce: 'gtc' }),
      // Opens a position if it ever triggers: it proves none.
      spec('entry', { ...stopAt('buy', '110.00', '111.00'), timeInForce: 'gtc', quantity: '0.500' }),
    );
    expect(owed('main@margin')).toEqual(['BTC']);
    const report = await flatten(guardian, isTold ? [held(entry)] : []);
    expect(report.verifiedFlat).toBe(true);
    expect(report.actions.filter(({ action }) => action === 'exit')).toHaveLength(1);
    expect(openAt('main@margin')).toEqual([]);
    expect(owed('main@margin')).toEqual([]);
    expect(Number(freeOf('main@margin', 'BTC'))).toBeLessThan(0.001);
  });
});
