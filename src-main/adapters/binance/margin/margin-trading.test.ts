import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseAmount } from '../../../practice-exchange/matching/grid.ts';
import { TEST_START_MS } from '../../../practice-exchange/testing/hand-made-market.ts';
import { control, startMarginExchange } from '../../../practice-exchange/testing/practice-client.ts';
import { capabilitiesOf } from '../../../engine/domain/capabilities.ts';
import type { ClientOrderId } from '../../../engine/domain/identifiers.ts';
import type { OrderReport, OrderSpec, Submission } from '../../../engine/domain/order.ts';
import type { VenueEvent } from '../../../engine/ports/venue-gateway.ts';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import { BTC_MARGIN, order, orderId, type Rig, rigMargin, stopOf, targetOf } from '../testing/gateway-fixture.ts';

let exchange: Awaited<ReturnType<typeof startMarginExchange>>;
let rig: Rig;
const connect = async (kind: Parameters<typeof rigMargin>[2]): Promise<void> => {
  rig = rigMargin(exchange, exchange, kind, createSystemClock());
  await rig.gateway.connect();
};
beforeEach(async () => {
  exchange = await startMarginExchange();
});
afterEach(async () => {
  await rig.gateway.close();
  await exchange.close();
});

const CAPABILITIES = capabilitiesOf('BINANCE', 'MARGIN');
const entryOf = (fields: Partial<OrderSpec> = {}): OrderSpec =>
  order('entry', { instrumentId: BTC_MARGIN, quantity: '15.000', price: '100.20', timeInForce: 'fok', ...fields });
const stop = (fields: Partial<OrderSpec> = {}): OrderSpec =>
  stopOf({ instrumentId: BTC_MARGIN, quantity: '14.985', triggerPrice: '95.00', price: '94.00', ...fields });
const target = (fields: Partial<OrderSpec> = {}): OrderSpec =>
  targetOf({ instrumentId: BTC_MARGIN, quantity: '14.985', price: '110.00', ...fields });
const send = (submission: Submission) => rig.gateway.submit(submission, 'new');
const single = (spec: OrderSpec) => send({ kind: 'single', order: spec });
const look = async (lookups: readonly ClientOrderId[] = []) => {
  const result = await rig.gateway.snapshot(
    lookups.map((clientOrderId) => ({ clientOrderId, instrumentId: BTC_MARGIN })),
    [BTC_MARGIN],
  );
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};
const isReport =
  (id: string, status: OrderReport['venueStatus']) =>
  (event: VenueEvent): boolean =>
    event.kind === 'report' && event.report.clientOrderId === id && event.report.venueStatus === status;
const marketAt = (ticks: number): void =>
  exchange.handMade.push(
    {
      kind: 'book',
      symbol: 'BTCUSDT',
      marketTimeMs: TEST_START_MS,
      snapshot: true,
      bids: [[ticks - 1, 500_000]],
      asks: [[ticks + 1, 500_000]],
    },
    { kind: 'trade', symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS, ticks, lots: 1, aggressor: 'sell' },
  );

describe('a cross margin account', () => {
  beforeEach(() => connect('cross'));

  it('fills a borrowed bracket whose legs rest, and shows debt, position and liquidation price', async () => {
    const list: Submission = {
      kind: 'otoco',
      listId: orderId('list'),
      working: entryOf(),
      target: target({ quantity: '14.980' }),
      stop: stop({ quantity: '14.980' }),
    };
    expect(await send(list)).toMatchObject({ kind: 'accepted' });
    await rig.heard((event) => event.kind === 'fill' && event.fill.clientOrderId === list.working.clientOrderId);
    await rig.heard(isReport(list.stop.clientOrderId, 'live'));
    const { balances, positions, openOrders, lookups } = await look([list.working.clientOrderId]);
    expect(openOrders.map(({ clientOrderId }) => clientOrderId).sort()).toEqual(
      [list.stop.clientOrderId, list.target.clientOrderId].sort(),
    );
    expect(lookups).toMatchObject([{ found: true, report: { venueStatus: 'filled' } }]);
    // A limit order borrows what its price asks: 15 x 100.20 less the 1000 that were there.
    expect(balances).toContainEqual(
      expect.objectContaining({ asset: 'USDT', borrowed: '503.00000000', interest: '0.00503000' }),
    );
    expect(positions).toMatchObject([{ instrumentId: BTC_MARGIN, quantity: '14.98500000', entryPrice: null }]);
    expect(Number(positions?.[0]?.liquidationPrice)).toBeCloseTo((1.1 * 503.00503 - 1.8) / 14.985, 1);
    const { listId } = list;
    const canceled = await rig.gateway.cancel(
      { instrumentId: BTC_MARGIN, clientOrderId: list.stop.clientOrderId, listId },
      'cancel',
    );
    expect(canceled).toMatchObject({ kind: 'accepted' });
    await rig.heard(isReport(list.stop.clientOrderId, 'canceled'));
  });

  it('sells short, protects it by an OCO that buys back, and pays the coins back when the stop fills', async () => {
    await single(entryOf({ side: 'sell', type: 'market', price: null, timeInForce: null, quantity: '2.000' }));
    expect((await look()).positions).toMatchObject([{ quantity: '-2.00000000' }]);
    const legs = {
      target: target({ side: 'buy', quantity: '2.003', price: '90.00' }),
      stop: stop({ side: 'buy', quantity: '2.003', triggerPrice: '105.00', price: '107.00' }),
    };
    expect(await rig.gateway.submit({ kind: 'oco', listId: orderId('list'), ...legs }, 'reduce')).toMatchObject({
      kind: 'accepted',
    });
    expect(await control(exchange, 'GET', 'ledger?account=main%40margin')).toMatchObject({
      positions: [{ isProtected: true }],
    });
    marketAt(10_600);
    await rig.heard(isReport(legs.stop.clientOrderId, 'filled'));
    const { balances } = await look();
    expect(balances.find(({ asset }) => asset === 'BTC')).toMatchObject({ borrowed: '0.00000000' });
  });

  it('pays the debt of a bracket back when one of its legs has filled', async () => {
    const legs = { target: target({ quantity: '14.980' }), stop: stop({ quantity: '14.980' }) };
    await send({ kind: 'otoco', listId: orderId('list'), working: entryOf(), ...legs });
    await rig.heard(isReport(legs.stop.clientOrderId, 'live'));
    marketAt(11_100);
    await rig.heard(isReport(legs.target.clientOrderId, 'filled'));
    await vi.waitFor(async () => {
      const { balances } = await look();
      expect(balances.find(({ asset }) => asset === 'USDT')).toMatchObject({
        borrowed: '0.00000000',
        interest: '0.00000000',
      });
    }, 15_000);
  });

  it('closes a borrowed long by an exit that pays the debt back', async () => {
    await single(entryOf());
    const exit = order('exit', {
      ...{ instrumentId: BTC_MARGIN, side: 'sell', type: 'market', quantity: '14.985', price: null, timeInForce: null },
    });
    expect(await rig.gateway.submit({ kind: 'single', order: exit }, 'reduce')).toMatchObject({ kind: 'accepted' });
    const { balances, positions } = await look();
    expect(balances.find(({ asset }) => asset === 'USDT')).toMatchObject({ borrowed: '0.00000000' });
    expect(positions).toEqual([]);
  });

  it('is told when it may not borrow so much', async () => {
    const outcome = await single(entryOf({ quantity: '60.000', type: 'market', price: null, timeInForce: null }));
    expect(outcome).toMatchObject({ kind: 'rejected', venueCode: '-3006' });
  });

  it('lists margin instruments and has no orders of spot in its look', async () => {
    const spot = rigMargin(exchange, exchange, { isolated: 'BTCUSDT' }, createSystemClock());
    await spot.gateway.connect();
    await spot.gateway.submit({ kind: 'single', order: entryOf({ price: '50.00', timeInForce: 'gtc' }) }, 'new');
    expect((await look()).openOrders).toEqual([]);
    await spot.gateway.close();
  });

  it.each([
    ['executeThenLose', true],
    ['reset', false],
  ])('%s leaves a create unknown until a lookup: executed %s', async (kind, executed) => {
    await control(exchange, 'POST', 'faults', { kind, method: 'POST', path: '/sapi/v1/margin/order' });
    const spec = entryOf();
    expect(await single(spec)).toMatchObject({ kind: 'unknown' });
    expect((await look([spec.clientOrderId])).lookups).toMatchObject([{ found: executed }]);
  });

  it('comes back after its socket closed', async () => {
    rig.events.length = 0;
    await control(exchange, 'POST', 'faults', { kind: 'close', stream: 'ws-api', code: 1006 });
    await rig.heard((event) => event.kind === 'state' && event.state === 'ready');
    const spec = entryOf();
    await single(spec);
    await rig.heard(isReport(spec.clientOrderId, 'filled'));
  });

  it('is closed by the venue when its level falls to 1.1, and sees that', async () => {
    await single(entryOf({ type: 'market', price: null, timeInForce: null, quantity: '29.000' }));
    const [position] = (await look()).positions ?? [];
    const ticks = Math.floor(Number(position?.liquidationPrice) * 100);
    marketAt(ticks + 30);
    await vi.waitFor(() => expect(exchange.venue.engine.state.market('BTCUSDT').lastTicks).toBe(ticks + 30), 15_000);
    expect((await look()).positions).toHaveLength(1);
    marketAt(ticks - 30);
    await rig.heard((event) => event.kind === 'fill' && event.fill.clientOrderId.startsWith('autoclose-'));
    await vi.waitFor(async () => expect((await look()).positions).toEqual([]), 15_000);
  });
});

describe('an isolated margin account', () => {
  beforeEach(() => connect({ isolated: 'BTCUSDT' }));

  it('trades its own pair only, with its own liquidation price', async () => {
    const entry = entryOf({ quantity: '9.000' });
    expect(await single(entry)).toMatchObject({ kind: 'accepted' });
    await rig.heard(isReport(entry.clientOrderId, 'filled'));
    const { positions, balances } = await look();
    expect(positions).toMatchObject([{ quantity: '8.99100000', entryPrice: null }]);
    const price = Number(positions?.[0]?.liquidationPrice);
    expect([price > 93, price < 94]).toEqual([true, true]);
    expect(balances.map(({ asset }) => asset).sort()).toEqual(['BTC', 'USDT']);
    const protectedBy = { target: target({ quantity: '8.991' }), stop: stop({ quantity: '8.991' }) };
    const outcome = await rig.gateway.submit({ kind: 'oco', listId: orderId('list'), ...protectedBy }, 'reduce');
    expect(outcome).toMatchObject({ kind: 'accepted' });
    const canceled = await rig.gateway.cancel(
      { instrumentId: BTC_MARGIN, clientOrderId: protectedBy.stop.clientOrderId, listId: null },
      'cancel',
    );
    expect(canceled).toMatchObject({ kind: 'accepted' });
    await vi.waitFor(async () => expect((await look()).openOrders).toEqual([]), 15_000);
    expect(exchange.venue.account('main@margin').balance('USDT').free).toBe(parseAmount('1000'));
  });
});

describe('each line of the capability table of Binance margin', () => {
  beforeEach(() => connect('cross'));

  it('is the one the gateway shows', () => {
    expect(rig.gateway.capabilities).toBe(CAPABILITIES);
  });

  it('sells more than it holds', async () => {
    expect(CAPABILITIES.sellsOnlyHoldings).toBe(false);
    const short = entryOf({ side: 'sell', type: 'market', price: null, timeInForce: null, quantity: '1.000' });
    expect(await single(short)).toMatchObject({ kind: 'accepted' });
  });

  it('locks the funds of resting orders, has no reduce-only and no room for two stops', async () => {
    expect([CAPABILITIES.locksFunds, CAPABILITIES.reduceOnly, CAPABILITIES.twoStops]).toEqual([true, false, false]);
    await single(entryOf());
    expect(await single(stop())).toMatchObject({ kind: 'accepted' });
    expect(await single(stop())).toMatchObject({ kind: 'rejected', venueCode: '-2010' });
    expect(await single(stop({ reduceOnly: true }))).toMatchObject({ kind: 'rejected', venueCode: 'UNSUPPORTED' });
  });

  it('takes fees out of what is bought', async () => {
    expect(CAPABILITIES.feesReduceHolding).toBe(true);
    await single(entryOf());
    expect((await look()).positions).toMatchObject([{ quantity: '14.98500000' }]);
  });

  it.each(CAPABILITIES.timesInForce)('knows the time in force %s', async (timeInForce) => {
    expect(await single(entryOf({ timeInForce }))).toMatchObject({ kind: 'accepted' });
  });

  it.each([
    ['limit', { price: '99.00', timeInForce: 'gtc' }],
    ['limitMaker', { price: '99.00', timeInForce: null }],
    ['market', { price: null, timeInForce: null }],
    ['stopLimit', { price: '106.00', triggerPrice: '105.00', timeInForce: 'gtc' }],
    ['stopMarket', { price: null, triggerPrice: '105.00', timeInForce: null }],
    ['takeProfitLimit', { price: '94.00', triggerPrice: '95.00', timeInForce: 'gtc' }],
    ['takeProfitMarket', { price: null, triggerPrice: '95.00', timeInForce: null }],
  ] as const)('takes the order type %s', async (type, fields) => {
    expect(CAPABILITIES.orderTypes).toContain(type);
    expect(await single(entryOf({ type, ...fields }))).toMatchObject({ kind: 'accepted' });
  });

  it('rests an OTO of a stop behind its entry', async () => {
    expect(CAPABILITIES.lists).toEqual({ oco: true, oto: true, otoco: true });
    const list = { working: entryOf(), stop: stop({ quantity: '14.980' }) };
    expect(await send({ kind: 'oto', listId: orderId('list'), ...list })).toMatchObject({ kind: 'accepted' });
    await rig.heard(isReport(list.stop.clientOrderId, 'live'));
  });

  it('changes nothing in place', async () => {
    expect(CAPABILITIES.modify).toBe('cancelReplace');
    const request = { instrumentId: BTC_MARGIN, clientOrderId: orderId('entry'), price: '1', quantity: null };
    expect(await rig.gateway.modify({ ...request, triggerPrice: null }, 'new')).toMatchObject({ kind: 'rejected' });
  });
});
