import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeClientOrderId, type OrderRole } from '../../engine/domain/client-order-id.ts';
import { accountId, type ClientOrderId, instrumentId } from '../../engine/domain/identifiers.ts';
import type { OrderReport, OrderSpec } from '../../engine/domain/order.ts';
import type { VenueEvent, VenueGateway } from '../../engine/ports/venue-gateway.ts';
import { TEST_START_MS } from '../../practice-exchange/testing/hand-made-market.ts';
import { krakenCall } from '../../practice-exchange/testing/kraken-client.ts';
import { control, startTestExchange } from '../../practice-exchange/testing/practice-client.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import { Secret } from '../keychain/secret.ts';
import { createSystemClock } from '../system-clock/system-clock.ts';
import { type KeyState, keyStateInMemory } from './key-state.ts';
import { createKrakenGateway } from './kraken-gateway.ts';

const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const SILENT = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const WAIT = { timeout: 15_000 };

let exchange: Awaited<ReturnType<typeof startTestExchange>>;
let keyState: KeyState;
let gateway: VenueGateway;
let events: VenueEvent[];
let isCurrent: boolean;
let counter = 0;

const idOf = (role: OrderRole): ClientOrderId =>
  makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter: ++counter, role });
const spec = (more: Partial<OrderSpec> = {}): OrderSpec => ({
  clientOrderId: idOf('entry'),
  accountId: accountId('paper-1'),
  strategyId: null,
  instrumentId: BTC,
  role: 'entry',
  side: 'buy',
  type: 'limit',
  timeInForce: 'gtc',
  quantity: '1.000',
  price: '99.50',
  triggerPrice: null,
  ...more,
});
const stopSpec = (more: Partial<OrderSpec> = {}): OrderSpec =>
  spec({
    clientOrderId: idOf('stop'),
    role: 'stop',
    side: 'sell',
    type: 'stopMarket',
    timeInForce: null,
    price: null,
    triggerPrice: '95.00',
    ...more,
  });
const single = (order: OrderSpec) => gateway.submit({ kind: 'single', order }, 'new');
const drill = (fault: object): Promise<unknown> => control(exchange, 'POST', 'faults', fault);
const print = (ticks: number, lots = 2_000) =>
  exchange.handMade.push({
    kind: 'trade',
    symbol: 'BTCUSDT',
    marketTimeMs: TEST_START_MS,
    ticks,
    lots,
    aggressor: 'sell',
  });
const report = (id: string, status: OrderReport['venueStatus']) =>
  events.some(
    (event) => event.kind === 'report' && event.report.clientOrderId === id && event.report.venueStatus === status,
  );
const heard = (id: string, status: OrderReport['venueStatus']) =>
  vi.waitFor(() => expect(report(id, status)).toBe(true), WAIT);
const look = async (...ids: ClientOrderId[]) => {
  const result = await gateway.snapshot(
    ids.map((clientOrderId) => ({ clientOrderId, instrumentId: BTC })),
    [BTC],
  );
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};

function open(
  keys = { apiKey: exchange.apiKey, secret: exchange.secret },
  leverage: number | null = null,
): VenueGateway {
  const made = createKrakenGateway({
    accountId: accountId('paper-1'),
    apiKey: new Secret(keys.apiKey),
    secret: new Secret(keys.secret),
    endpoints: { rest: exchange.rest, privateStream: exchange.krakenPrivate },
    keyState,
    tier: 'pro',
    leverage,
    isCurrentEpoch: () => isCurrent,
    clock: createSystemClock(),
    random: { next: () => 0.5, hex: (bytes) => '0'.repeat(bytes * 2) },
    logger: SILENT,
  });
  made.onEvent((event) => events.push(event));
  return made;
}

beforeEach(async () => {
  exchange = await startTestExchange({ krakenLimits: { callsMax: 10_000, ordersMax: 10_000 } });
  keyState = keyStateInMemory();
  events = [];
  isCurrent = true;
  gateway = open();
});
afterEach(async () => {
  await gateway.close();
  await exchange.close();
});

describe('connecting', () => {
  it('lists instruments with their rules, hears its stream and knows its balances', async () => {
    const [btc] = await gateway.connect();
    expect(btc).toMatchObject({
      ...{
        id: BTC,
        venueSymbol: 'XBTUSDT',
        tickSize: '0.01',
        lotSize: '0.001',
        minQuantity: '0.001',
        minNotional: '5',
      },
      ...{ makerFee: '0.001', takerFee: '0.001', maxStopOrders: 225 },
    });
    expect(events).toContainEqual(expect.objectContaining({ kind: 'state', state: 'ready' }));
    expect((await look()).balances).toEqual([
      { asset: 'USDT', free: '10000.00000000', locked: '0.00000000' },
      { asset: 'BTC', free: '2.00000000', locked: '0.00000000' },
    ]);
  });

  it('says that a key is refused', async () => {
    const stranger = open({ apiKey: 'x'.repeat(64), secret: exchange.secret });
    await expect(stranger.connect()).rejects.toThrow(CredentialsRefused);
    await stranger.close();
  });
});

describe('orders', () => {
  beforeEach(async () => {
    await gateway.connect();
  });

  it('rests, is found by its own id, and ends by a cancel', async () => {
    const order = spec();
    expect(await single(order)).toMatchObject({ kind: 'accepted', reports: [{ venueStatus: 'live' }] });
    await heard(order.clientOrderId, 'live');
    const { openOrders, lookups } = await look(order.clientOrderId, idOf('entry'));
    expect(openOrders).toMatchObject([{ clientOrderId: order.clientOrderId, quantity: '1.000', price: '99.50' }]);
    expect(lookups).toMatchObject([{ found: true, report: { venueStatus: 'live' } }, { found: false }]);
    const request = { instrumentId: BTC, clientOrderId: order.clientOrderId, listId: null };
    expect(await gateway.cancel(request, 'cancel')).toMatchObject({ kind: 'accepted' });
    await heard(order.clientOrderId, 'canceled');
    expect((await look(order.clientOrderId)).lookups).toMatchObject([
      { found: true, report: { venueStatus: 'canceled' } },
    ]);
    expect(await gateway.cancel(request, 'cancel')).toMatchObject({
      kind: 'rejected',
      venueCode: 'EOrder:Unknown order',
    });
  });

  it('tells each fill once with its fee in quote, by stream and by look alike', async () => {
    const order = spec({ type: 'market', timeInForce: null, price: null, quantity: '1.500' });
    await single(order);
    await heard(order.clientOrderId, 'filled');
    const told = events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
    expect(told).toMatchObject([
      { price: '100.01', quantity: '1.000', fee: { amount: '0.10001000', asset: 'USDT' }, liquidity: 'taker' },
      { price: '100.02', quantity: '0.500' },
    ]);
    const { fills, lookups } = await look(order.clientOrderId);
    expect(fills.map((fill) => [fill.tradeId, fill.clientOrderId]).sort()).toEqual(
      told.map((fill) => [fill.tradeId, order.clientOrderId]).sort(),
    );
    expect(lookups).toMatchObject([{ report: { venueStatus: 'filled', filledQuantity: '1.500' }, fills: [{}, {}] }]);
  });

  it.each([
    ['limitMaker', { type: 'limitMaker' }, 'limit', { price: '99.50' }],
    [
      'stopLimit',
      { side: 'sell', type: 'stopLimit', triggerPrice: '95.00', price: '94.00' },
      'stop-loss-limit',
      { price: '95.00', price2: '94.00' },
    ],
    [
      'takeProfitMarket',
      { side: 'sell', type: 'takeProfitMarket', triggerPrice: '110.00', price: null },
      'take-profit',
      { price: '110.00' },
    ],
    [
      'takeProfitLimit',
      { side: 'sell', type: 'takeProfitLimit', triggerPrice: '110.00', price: '109.00' },
      'take-profit-limit',
      { price: '110.00', price2: '109.00' },
    ],
    [
      'trailingStop',
      { side: 'sell', type: 'trailingStop', trailingRatio: '0.025', price: null },
      'trailing-stop',
      { price: '97.50' },
    ],
    [
      'stopMarket',
      { side: 'sell', type: 'stopMarket', triggerPrice: '95.00', price: null },
      'stop-loss',
      { price: '95.00' },
    ],
  ] as const)('rests a %s', async (type, more, ordertype, prices) => {
    const order = spec(more);
    expect(await single(order)).toMatchObject({ kind: 'accepted' });
    const [found] = (await look()).openOrders;
    expect(found).toMatchObject({ clientOrderId: order.clientOrderId, type, venueStatus: 'live' });
    const { result } = await krakenCall(exchange, 'OpenOrders', {}, { nonce: Date.now() * 1000 + 200_000_000 });
    expect(Object.values((result as { open: Record<string, object> }).open)).toMatchObject([
      { descr: { ordertype, ...prices } },
    ]);
  });

  it('ends a GTD order in time and drops what an IOC order leaves', async () => {
    const gtd = spec({ timeInForce: 'gtd', expiresAtUs: Date.now() * 1000 + 1_500_000 });
    const ioc = spec({ timeInForce: 'ioc', price: '100.01', quantity: '1.500' });
    await single(gtd);
    await single(ioc);
    await heard(ioc.clientOrderId, 'canceled');
    await heard(gtd.clientOrderId, 'expired');
  });

  it('changes price, quantity and trigger in place', async () => {
    const [entry, stop] = [spec(), stopSpec()];
    await single(entry);
    await single(stop);
    const keep = { instrumentId: BTC, price: null, quantity: null, triggerPrice: null };
    const changed = { ...keep, clientOrderId: entry.clientOrderId, price: '99.00', quantity: '0.500' };
    expect(await gateway.modify(changed, 'new')).toMatchObject({ kind: 'accepted' });
    expect(
      await gateway.modify({ ...keep, clientOrderId: stop.clientOrderId, triggerPrice: '96.00' }, 'reduce'),
    ).toMatchObject({ kind: 'accepted' });
    const { openOrders, balances } = await look();
    expect(openOrders).toMatchObject([
      { clientOrderId: entry.clientOrderId, price: '99.00', quantity: '0.500' },
      { clientOrderId: stop.clientOrderId, triggerPrice: '96.00' },
    ]);
    expect(balances.find(({ asset }) => asset === 'USDT')).toMatchObject({ locked: '49.54950000' });
    expect(await gateway.modify({ ...changed, price: '99.555' }, 'new')).toMatchObject({
      kind: 'rejected',
      venueCode: 'EOrder:Tick size check failed',
    });
  });

  it('cancels everything when its dead man is not told to wait', async () => {
    const order = spec();
    await single(order);
    expect(await gateway.armDeadMan?.(1_000)).toMatchObject({ kind: 'accepted' });
    await heard(order.clientOrderId, 'canceled');
  });
});

describe('an entry with its stop', () => {
  beforeEach(async () => {
    await gateway.connect();
  });
  const list = (working: Partial<OrderSpec> = {}) => ({
    kind: 'oto' as const,
    listId: idOf('list'),
    working: spec(working),
    stop: stopSpec({ quantity: '1.000' }),
  });

  it('waits for the entry, then rests under our id and exits', async () => {
    const oto = list({ price: '99.50' });
    expect(await gateway.submit(oto, 'new')).toMatchObject({
      kind: 'accepted',
      reports: [
        { venueStatus: 'live' },
        { clientOrderId: oto.stop.clientOrderId, venueStatus: 'pendingNew', triggerPrice: '95.00' },
      ],
    });
    expect((await look(oto.stop.clientOrderId)).lookups).toMatchObject([
      { found: true, report: { venueStatus: 'pendingNew' } },
    ]);
    print(9_940);
    await heard(oto.stop.clientOrderId, 'live');
    print(9_490);
    await heard(oto.stop.clientOrderId, 'filled');
    const sold = events.flatMap((event) =>
      event.kind === 'fill' && event.fill.side === 'sell' ? [event.fill.clientOrderId] : [],
    );
    expect(new Set(sold)).toEqual(new Set([oto.stop.clientOrderId]));
  });

  it('is one stop although the entry fills in parts, and goes as a list', async () => {
    const oto = list({ type: 'market', timeInForce: null, price: null });
    oto.stop = stopSpec({ quantity: '1.500' });
    oto.working = { ...oto.working, quantity: '1.500' };
    await gateway.submit(oto, 'new');
    await heard(oto.stop.clientOrderId, 'live');
    expect((await look(oto.stop.clientOrderId)).lookups).toMatchObject([
      { report: { quantity: '1.500', venueStatus: 'live' } },
    ]);
    const request = { instrumentId: BTC, clientOrderId: oto.working.clientOrderId, listId: oto.listId };
    expect(await gateway.cancel(request, 'cancel')).toMatchObject({ kind: 'accepted' });
    await heard(oto.stop.clientOrderId, 'canceled');
    expect((await look()).openOrders).toEqual([]);
  });

  it('goes with an entry that never traded', async () => {
    const oto = list();
    await gateway.submit(oto, 'new');
    await gateway.cancel({ instrumentId: BTC, clientOrderId: oto.working.clientOrderId, listId: null }, 'cancel');
    await heard(oto.stop.clientOrderId, 'canceled');
    expect((await look(oto.stop.clientOrderId)).lookups).toMatchObject([{ report: { venueStatus: 'canceled' } }]);
  });

  it('is still ours in the next life', async () => {
    const oto = list({ type: 'market', timeInForce: null, price: null });
    await gateway.submit(oto, 'new');
    await heard(oto.stop.clientOrderId, 'live');
    await gateway.close();
    gateway = open();
    await gateway.connect();
    const { openOrders, lookups } = await look(oto.stop.clientOrderId);
    expect(openOrders).toMatchObject([{ clientOrderId: oto.stop.clientOrderId, triggerPrice: '95.00' }]);
    expect(lookups).toMatchObject([{ found: true, report: { venueStatus: 'live' } }]);
  });
});

describe('what goes wrong', () => {
  beforeEach(async () => {
    await gateway.connect();
  });
  const ADD = '/0/private/AddOrder';

  it.each([
    [{ kind: 'executeThenLose', path: ADD }, true],
    [{ kind: 'html200', path: ADD, apply: true }, true],
    [{ kind: 'truncated', path: ADD }, true],
    [{ kind: 'empty', path: ADD }, false],
    [{ kind: 'status', path: ADD, status: 502 }, false],
    [{ kind: 'status', path: ADD, status: 503, msg: 'EService:Unavailable' }, false],
  ])('%j leaves a create unknown until a look settles it', async (fault, exists) => {
    await drill(fault);
    const order = spec();
    expect(await single(order)).toMatchObject({ kind: 'unknown' });
    expect((await look(order.clientOrderId)).lookups).toMatchObject([{ found: exists }]);
    expect(exchange.venue.ledger.creates).toBe(exists ? 1 : 0);
  });

  it.each([
    [spec({ price: '99.555' }), 'EOrder:Tick size check failed'],
    [spec({ quantity: '1000.000' }), 'EOrder:Insufficient funds'],
    [spec({ quantity: '0.001' }), 'EOrder:Cost minimum not met'],
    [spec({ type: 'limitMaker', price: '101.00' }), 'EOrder:Post only order'],
    [spec({ displayQuantity: '0.1' }), 'UNSUPPORTED'],
  ])('is refused in the words of the venue', async (order, code) => {
    expect(await single(order)).toMatchObject({ kind: 'rejected', venueCode: code });
  });

  it('sends nothing for a life that was replaced', async () => {
    isCurrent = false;
    expect(await single(spec())).toMatchObject({ kind: 'rejected', venueCode: 'FENCED', unread: true });
    expect(exchange.venue.ledger.creates).toBe(0);
  });

  it('never reuses a nonce: many at once, another user of the key, and the next life', async () => {
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => single(spec({ quantity: '0.100' }))));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    await krakenCall(exchange, 'Balance', {}, { nonce: Date.now() * 1000 + 30_000_000 });
    expect(await single(spec())).toMatchObject({ kind: 'rejected', venueCode: 'EAPI:Invalid nonce', unread: true });
    expect(await single(spec())).toMatchObject({ kind: 'accepted' });
    await gateway.close();
    gateway = open();
    await gateway.connect();
    expect(await single(spec())).toMatchObject({ kind: 'accepted' });
  });

  it('lets a cancel overtake a query that hangs', async () => {
    const order = spec();
    await single(order);
    await drill({ kind: 'hang', path: '/0/private/OpenOrders' });
    const looked = gateway.snapshot([], []);
    const request = { instrumentId: BTC, clientOrderId: order.clientOrderId, listId: null };
    expect(await gateway.cancel(request, 'cancel')).toMatchObject({ kind: 'accepted' });
    expect(await looked).toMatchObject({ ok: false });
  });

  it('says when its stream drops or goes mute, and comes back', async () => {
    events.length = 0;
    await drill({ kind: 'close', stream: 'auth', code: 1006 });
    const states = () => events.flatMap((event) => (event.kind === 'state' ? [event.state] : []));
    await vi.waitFor(() => expect(states()).toEqual(['down', 'ready']), WAIT);
    await drill({ kind: 'silent', stream: 'kraken executions', times: 1 });
    await drill({ kind: 'silent', stream: 'kraken balances', times: 1 });
    await single(spec());
    await vi.waitFor(() => expect(states()).toEqual(['down', 'ready', 'down', 'ready']), WAIT);
  });

  it('counts a fill once that is told twice, late or out of order', async () => {
    await drill({ kind: 'duplicateFill' });
    const order = spec({ type: 'market', timeInForce: null, price: null, quantity: '0.500' });
    await single(order);
    await heard(order.clientOrderId, 'filled');
    const last = events.flatMap((event) => (event.kind === 'report' ? [event.report] : [])).at(-1);
    expect(last).toMatchObject({ filledQuantity: '0.500', venueStatus: 'filled' });
  });
});

describe('on margin', () => {
  const XBT = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'MARGIN' });
  const market = { instrumentId: XBT, type: 'market', timeInForce: null, price: null } as const;
  const positions = async () => {
    const looked = await gateway.snapshot([], [XBT]);
    if (!looked.ok) throw new Error(looked.error.detail);
    return looked.value.positions;
  };
  const reopen = async (leverage: number): Promise<unknown> => {
    await gateway.close();
    gateway = open({ apiKey: exchange.apiKey, secret: exchange.secret }, leverage);
    return gateway.connect();
  };

  it('lists pairs that offer its leverage, and says when none does', async () => {
    expect(await reopen(5)).toMatchObject([{ id: XBT }, {}]);
    expect(gateway.capabilities).toMatchObject({ reduceOnly: true, positions: true, leverage: true });
    await expect(reopen(7)).rejects.toThrow('expected pairs that offer a leverage of 7, was none');
  });

  it('goes short, is stopped out by a reduce-only stop and holds no more', async () => {
    await reopen(5);
    expect(await positions()).toEqual([]);
    const entry = spec({ ...market, side: 'sell' });
    expect(await single(entry)).toMatchObject({ kind: 'accepted' });
    await heard(entry.clientOrderId, 'filled');
    expect(await positions()).toEqual([
      { instrumentId: XBT, quantity: '-1.000', entryPrice: '99.99000000', liquidationPrice: null },
    ]);
    const stop = stopSpec({
      instrumentId: XBT,
      side: 'buy',
      triggerPrice: '105.00',
      quantity: '1.500',
      reduceOnly: true,
    });
    expect(await single(stop)).toMatchObject({ kind: 'accepted', reports: [{ venueStatus: 'live' }] });
    print(10_500);
    await heard(stop.clientOrderId, 'filled');
    expect(await positions()).toEqual([]);
  });

  it('takes a reduce-only stop before its position, and opens nothing by one that outlived it', async () => {
    await reopen(2);
    const stop = stopSpec({ instrumentId: XBT, quantity: '1.000', reduceOnly: true });
    expect(await single({ ...spec(market), side: 'sell', reduceOnly: true })).toMatchObject({
      kind: 'rejected',
      venueCode: 'EOrder:Reduce only:No position exists',
    });
    expect(await single(stop)).toMatchObject({ kind: 'accepted', reports: [{ venueStatus: 'live' }] });
    const late = { ...stop, clientOrderId: idOf('stop'), triggerPrice: '94.00' };
    expect(await single(late)).toMatchObject({ kind: 'accepted' });
    await single(spec(market));
    expect(await positions()).toMatchObject([{ quantity: '1.000', entryPrice: '100.01000000' }]);
    print(9_490);
    await heard(stop.clientOrderId, 'filled');
    print(9_390);
    await heard(late.clientOrderId, 'canceled');
    expect(await positions()).toEqual([]);
  });
});
