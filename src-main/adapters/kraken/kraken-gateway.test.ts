import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderSpec } from '../../engine/domain/order.ts';
import { krakenCall } from '../../practice-exchange/testing/kraken-client.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import { BTC, idOf, KrakenRig, spec, stopSpec } from './testing/gateway-rig.ts';

let rig: KrakenRig;
beforeEach(async () => {
  rig = await KrakenRig.start();
});
afterEach(() => rig.close());

describe('connecting', () => {
  it('lists instruments with their rules, hears its stream and knows its balances', async () => {
    const [btc] = await rig.gateway.connect();
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
    expect(rig.events).toContainEqual(expect.objectContaining({ kind: 'state', state: 'ready' }));
    expect((await rig.look()).balances).toEqual([
      { asset: 'USDT', free: '10000.00000000', locked: '0.00000000' },
      { asset: 'BTC', free: '2.00000000', locked: '0.00000000' },
    ]);
  });

  it('says that a key is refused', async () => {
    const stranger = rig.open({ apiKey: 'x'.repeat(64), secret: rig.exchange.secret });
    await expect(stranger.connect()).rejects.toThrow(CredentialsRefused);
    await stranger.close();
  });
});

describe('orders', () => {
  beforeEach(async () => {
    await rig.gateway.connect();
  });

  it('rests, is found by its own id, and ends by a cancel', async () => {
    const order = spec();
    expect(await rig.single(order)).toMatchObject({ kind: 'accepted', reports: [{ venueStatus: 'live' }] });
    await rig.heard(order.clientOrderId, 'live');
    const { openOrders, lookups } = await rig.look(order.clientOrderId, idOf('entry'));
    expect(openOrders).toMatchObject([{ clientOrderId: order.clientOrderId, quantity: '1.000', price: '99.50' }]);
    expect(lookups).toMatchObject([{ found: true, report: { venueStatus: 'live' } }, { found: false }]);
    const request = { instrumentId: BTC, clientOrderId: order.clientOrderId, listId: null };
    expect(await rig.gateway.cancel(request, 'cancel')).toMatchObject({ kind: 'accepted' });
    await rig.heard(order.clientOrderId, 'canceled');
    expect((await rig.look(order.clientOrderId)).lookups).toMatchObject([
      { found: true, report: { venueStatus: 'canceled' } },
    ]);
    expect(await rig.gateway.cancel(request, 'cancel')).toMatchObject({
      kind: 'rejected',
      venueCode: 'EOrder:Unknown order',
    });
  });

  it('tells each fill once with its fee in quote, by stream and by look alike', async () => {
    const order = spec({ type: 'market', timeInForce: null, price: null, quantity: '1.500' });
    await rig.single(order);
    await rig.heard(order.clientOrderId, 'filled');
    const told = rig.events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
    expect(told).toMatchObject([
      { price: '100.01', quantity: '1.000', fee: { amount: '0.10001000', asset: 'USDT' }, liquidity: 'taker' },
      { price: '100.02', quantity: '0.500' },
    ]);
    const { fills, lookups } = await rig.look(order.clientOrderId);
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
    expect(await rig.single(order)).toMatchObject({ kind: 'accepted' });
    const [found] = (await rig.look()).openOrders;
    expect(found).toMatchObject({ clientOrderId: order.clientOrderId, type, venueStatus: 'live' });
    const { result } = await krakenCall(rig.exchange, 'OpenOrders', {}, { nonce: Date.now() * 1000 + 200_000_000 });
    expect(Object.values((result as { open: Record<string, object> }).open)).toMatchObject([
      { descr: { ordertype, ...prices } },
    ]);
  });

  it('ends a GTD order in time and drops what an IOC order leaves', async () => {
    const gtd = spec({ timeInForce: 'gtd', expiresAtUs: Date.now() * 1000 + 1_500_000 });
    const ioc = spec({ timeInForce: 'ioc', price: '100.01', quantity: '1.500' });
    await rig.single(gtd);
    await rig.single(ioc);
    await rig.heard(ioc.clientOrderId, 'canceled');
    await rig.heard(gtd.clientOrderId, 'expired');
  });

  it('changes price, quantity and trigger in place', async () => {
    const [entry, stop] = [spec(), stopSpec()];
    await rig.single(entry);
    await rig.single(stop);
    const keep = { instrumentId: BTC, price: null, quantity: null, triggerPrice: null };
    const changed = { ...keep, clientOrderId: entry.clientOrderId, price: '99.00', quantity: '0.500' };
    expect(await rig.gateway.modify(changed, 'new')).toMatchObject({ kind: 'accepted' });
    expect(
      await rig.gateway.modify({ ...keep, clientOrderId: stop.clientOrderId, triggerPrice: '96.00' }, 'reduce'),
    ).toMatchObject({ kind: 'accepted' });
    const { openOrders, balances } = await rig.look();
    expect(openOrders).toMatchObject([
      { clientOrderId: entry.clientOrderId, price: '99.00', quantity: '0.500' },
      { clientOrderId: stop.clientOrderId, triggerPrice: '96.00' },
    ]);
    expect(balances.find(({ asset }) => asset === 'USDT')).toMatchObject({ locked: '49.54950000' });
    expect(await rig.gateway.modify({ ...changed, price: '99.555' }, 'new')).toMatchObject({
      kind: 'rejected',
      venueCode: 'EOrder:Tick size check failed',
    });
  });

  it('cancels everything when its dead man is not told to wait', async () => {
    const order = spec();
    await rig.single(order);
    expect(await rig.gateway.armDeadMan?.(1_000)).toMatchObject({ kind: 'accepted' });
    await rig.heard(order.clientOrderId, 'canceled');
  });
});

describe('an entry with its stop', () => {
  beforeEach(async () => {
    await rig.gateway.connect();
  });
  const list = (working: Partial<OrderSpec> = {}) => ({
    kind: 'oto' as const,
    listId: idOf('list'),
    working: spec(working),
    stop: stopSpec({ quantity: '1.000' }),
  });

  it('waits for the entry, then rests under our id and exits', async () => {
    const oto = list({ price: '99.50' });
    expect(await rig.gateway.submit(oto, 'new')).toMatchObject({
      kind: 'accepted',
      reports: [
        { venueStatus: 'live' },
        { clientOrderId: oto.stop.clientOrderId, venueStatus: 'pendingNew', triggerPrice: '95.00' },
      ],
    });
    expect((await rig.look(oto.stop.clientOrderId)).lookups).toMatchObject([
      { found: true, report: { venueStatus: 'pendingNew' } },
    ]);
    rig.print(9_940);
    await rig.heard(oto.stop.clientOrderId, 'live');
    rig.print(9_490);
    await rig.heard(oto.stop.clientOrderId, 'filled');
    const sold = rig.events.flatMap((event) =>
      event.kind === 'fill' && event.fill.side === 'sell' ? [event.fill.clientOrderId] : [],
    );
    expect(new Set(sold)).toEqual(new Set([oto.stop.clientOrderId]));
  });

  it('is one stop although the entry fills in parts, and goes as a list', async () => {
    const oto = list({ type: 'market', timeInForce: null, price: null });
    oto.stop = stopSpec({ quantity: '1.500' });
    oto.working = { ...oto.working, quantity: '1.500' };
    await rig.gateway.submit(oto, 'new');
    await rig.heard(oto.stop.clientOrderId, 'live');
    expect((await rig.look(oto.stop.clientOrderId)).lookups).toMatchObject([
      { report: { quantity: '1.500', venueStatus: 'live' } },
    ]);
    const request = { instrumentId: BTC, clientOrderId: oto.working.clientOrderId, listId: oto.listId };
    expect(await rig.gateway.cancel(request, 'cancel')).toMatchObject({ kind: 'accepted' });
    await rig.heard(oto.stop.clientOrderId, 'canceled');
    expect((await rig.look()).openOrders).toEqual([]);
  });

  it('goes with an entry that never traded', async () => {
    const oto = list();
    await rig.gateway.submit(oto, 'new');
    await rig.gateway.cancel({ instrumentId: BTC, clientOrderId: oto.working.clientOrderId, listId: null }, 'cancel');
    await rig.heard(oto.stop.clientOrderId, 'canceled');
    expect((await rig.look(oto.stop.clientOrderId)).lookups).toMatchObject([{ report: { venueStatus: 'canceled' } }]);
  });

  it('is still ours in the next life', async () => {
    const oto = list({ type: 'market', timeInForce: null, price: null });
    await rig.gateway.submit(oto, 'new');
    await rig.heard(oto.stop.clientOrderId, 'live');
    await rig.gateway.close();
    rig.gateway = rig.open();
    await rig.gateway.connect();
    const { openOrders, lookups } = await rig.look(oto.stop.clientOrderId);
    expect(openOrders).toMatchObject([{ clientOrderId: oto.stop.clientOrderId, triggerPrice: '95.00' }]);
    expect(lookups).toMatchObject([{ found: true, report: { venueStatus: 'live' } }]);
  });
});
