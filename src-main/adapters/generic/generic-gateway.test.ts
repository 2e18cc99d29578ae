import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseClientOrderId } from '../../engine/domain/client-order-id.ts';
import { instrumentId } from '../../engine/domain/identifiers.ts';
import type { OrderReport } from '../../engine/domain/order.ts';
import type { VenueEvent } from '../../engine/ports/venue-gateway.ts';
import { control, startTestExchange } from '../../practice-exchange/testing/practice-client.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import { Secret } from '../keychain/secret.ts';
import { createSystemClock } from '../system-clock/system-clock.ts';
import { type CcxtExchange, loadCcxtClass } from './ccxt-exchange.ts';
import { createGenericGateway } from './generic-gateway.ts';
import {
  ACCOUNT,
  orderId,
  SILENT,
  BINANCE_PROTOCOL,
  btcOf,
  KRAKEN_PROTOCOL,
  type Rig,
  rigGeneric,
  single,
} from './testing/generic-rig.ts';

const isReport =
  (id: string, status: OrderReport['venueStatus']) =>
  (event: VenueEvent): boolean =>
    event.kind === 'report' && event.report.clientOrderId === id && event.report.venueStatus === status;
const isFill =
  (id: string) =>
  (event: VenueEvent): boolean =>
    event.kind === 'fill' && event.fill.clientOrderId === id;

describe.each([
  ['Binance', BINANCE_PROTOCOL, { orders: '/api/v3/order', balances: '/api/v3/account', search: '/api/v3/order' }],
  [
    'Kraken',
    KRAKEN_PROTOCOL,
    { orders: '/0/private/AddOrder', balances: '/0/private/BalanceEx', search: '/0/private/OpenOrders' },
  ],
])("the generic adapter on %s's protocol", (_name, protocol, paths) => {
  let exchange: Awaited<ReturnType<typeof startTestExchange>>;
  let rig: Rig;
  const BTC = btcOf(protocol);

  beforeEach(async () => {
    exchange = await startTestExchange({ krakenLimits: { callsMax: 1_000 } });
    rig = rigGeneric(exchange, protocol);
  });
  afterEach(async () => {
    await rig.gateway.close();
    await exchange.close();
  });

  it('lists the wanted market with its rules', async () => {
    const [listed, ...others] = await rig.gateway.connect();
    expect(others).toEqual([]);
    expect(listed).toMatchObject({
      id: BTC,
      tickSize: '0.01',
      lotSize: '0.001',
      maxQuantity: expect.any(String) as string,
    });
    expect(rig.events.some((event) => event.kind === 'state' && event.state === 'ready')).toBe(true);
  });

  it('places, sees it rest, cancels it and agrees with a look', async () => {
    await rig.gateway.connect();
    const submission = single(protocol);
    const { clientOrderId } = submission.order;
    const outcome = await rig.gateway.submit(submission, 'new');
    expect(outcome).toMatchObject({
      kind: 'accepted',
      reports: [{ clientOrderId, venueStatus: 'live', price: '90.00' }],
    });
    const before = await rig.gateway.snapshot([{ clientOrderId, instrumentId: BTC }], [BTC]);
    expect(before).toMatchObject({ ok: true });
    expect(before.ok && before.value.openOrders).toMatchObject([
      { clientOrderId, venueStatus: 'live', quantity: '0.1' },
    ]);
    expect(before.ok && before.value.lookups).toMatchObject([
      { found: true, report: { clientOrderId, venueStatus: 'live' } },
    ]);
    const canceled = await rig.gateway.cancel({ instrumentId: BTC, clientOrderId, listId: null }, 'cancel');
    expect(canceled).toMatchObject({ kind: 'accepted' });
    await rig.heard(isReport(clientOrderId, 'canceled'));
    const after = await rig.gateway.snapshot([], [BTC]);
    expect(after).toMatchObject({ ok: true });
    expect(after.ok && after.value.openOrders).toEqual([]);
  });

  it('tells each fill of an immediate order once, with its fee, and the balances', async () => {
    await rig.gateway.connect();
    const submission = single(protocol, { price: '100.05', timeInForce: 'ioc' });
    const { clientOrderId } = submission.order;
    expect(await rig.gateway.submit(submission, 'new')).toMatchObject({ kind: 'accepted' });
    expect(await rig.heard(isFill(clientOrderId))).toMatchObject({
      fill: { clientOrderId, side: 'buy', price: '100.01', quantity: '0.1', liquidity: 'taker' },
    });
    await rig.heard((event) => event.kind === 'balances');
    const look = await rig.gateway.snapshot([], [BTC]);
    expect(look.ok && look.value.fills).toEqual([]);
    expect(rig.events.filter(isFill(clientOrderId))).toHaveLength(1);
  });

  it('leaves a create whose answer was lost unknown, and finds it at the venue', async () => {
    await rig.gateway.connect();
    await control(exchange, 'POST', 'faults', { kind: 'executeThenLose', path: paths.orders, method: 'POST' });
    const submission = single(protocol);
    const { clientOrderId } = submission.order;
    expect(await rig.gateway.submit(submission, 'new')).toMatchObject({ kind: 'unknown' });
    const look = await rig.gateway.snapshot([{ clientOrderId, instrumentId: BTC }], [BTC]);
    expect(look.ok && look.value.lookups).toMatchObject([
      { found: true, report: { clientOrderId, venueStatus: 'live' } },
    ]);
    expect(look.ok && look.value.openOrders).toHaveLength(1);
  });

  it('finds a filled order again after a restart', async () => {
    await rig.gateway.connect();
    const submission = single(protocol, { price: '100.05', timeInForce: 'ioc' });
    const { clientOrderId } = submission.order;
    await rig.gateway.submit(submission, 'new');
    await rig.heard(isFill(clientOrderId));
    await rig.gateway.close();
    const later = rigGeneric(exchange, protocol);
    await later.gateway.connect();
    const look = await later.gateway.snapshot([{ clientOrderId, instrumentId: BTC }], [BTC]);
    await later.gateway.close();
    expect(look.ok && look.value.fills).toMatchObject([{ clientOrderId, quantity: '0.1' }]);
    expect(look.ok && look.value.lookups).toMatchObject([{ found: true, report: { venueStatus: 'filled' } }]);
  });

  it('sends nothing for an earlier engine life, nor what ccxt would round', async () => {
    await rig.gateway.connect();
    expect(await rig.gateway.submit(single(protocol, { price: '90.005' }), 'new')).toMatchObject({
      kind: 'rejected',
      venueCode: 'UNSUPPORTED',
    });
    expect(await rig.gateway.submit(single(protocol, { type: 'stopLimit', triggerPrice: '91' }), 'new')).toMatchObject({
      kind: 'rejected',
      venueCode: 'UNSUPPORTED',
    });
    rig.fence();
    const fenced = await rig.gateway.submit(single(protocol), 'new');
    expect(fenced).toMatchObject({ kind: 'rejected', venueCode: 'FENCED', unread: true });
    expect(fenced.sentAtUs).toBeUndefined();
    const look = await rig.gateway.snapshot([], [BTC]);
    expect(look.ok && look.value.openOrders).toEqual([]);
  });

  it('says what the venue refused', async () => {
    await rig.gateway.connect();
    const refused = await rig.gateway.submit(single(protocol, { quantity: '5000.000' }), 'new');
    expect(refused).toMatchObject({ kind: 'rejected', venueCode: 'InsufficientFunds' });
  });

  it('tells what strangers do on the account under ids that are none of ours', async () => {
    const type = await loadCcxtClass(protocol.id);
    const [keys] = exchange.accounts;
    const stranger: CcxtExchange = new type({ apiKey: keys?.apiKey, secret: keys?.secret });
    protocol.pointAt(exchange)(stranger);
    await stranger.createOrder('BTC/USDT', 'limit', 'buy', '0.2', '90', {});
    await stranger.createOrder('BTC/USDT', 'market', 'sell', '0.3', undefined, {});
    await stranger.close();
    await rig.gateway.connect();
    const look = await rig.gateway.snapshot([], [BTC]);
    expect(look.ok && look.value.openOrders).toMatchObject([{ clientOrderId: null, quantity: '0.2', price: '90' }]);
    const [fill] = look.ok ? look.value.fills : [];
    expect(fill).toMatchObject({ side: 'sell', quantity: '0.3' });
    expect(parseClientOrderId(fill?.clientOrderId ?? '')).toBeUndefined();
  });

  it('keeps a create unknown whose answer is no JSON, and one that the venue failed at', async () => {
    await rig.gateway.connect();
    for (const fault of [{ kind: 'html200' }, { kind: 'truncated' }, { kind: 'status', status: 502 }]) {
      await control(exchange, 'POST', 'faults', { ...fault, path: paths.orders, method: 'POST' });
      expect(await rig.gateway.submit(single(protocol), 'new')).toMatchObject({ kind: 'unknown' });
    }
    await rig.heard((event) => event.kind === 'state' && event.state === 'degraded');
  });

  it('pauses, and says so, when it asks too much', async () => {
    await rig.gateway.connect();
    const fault = { kind: 'status', status: 429, retryAfterSeconds: 1, path: paths.orders, method: 'POST' };
    await control(exchange, 'POST', 'faults', fault);
    expect(await rig.gateway.submit(single(protocol), 'new')).toMatchObject({
      ...{ kind: 'rejected', venueCode: 'HTTP_429', unread: true },
    });
    await rig.heard((event) => event.kind === 'state' && event.state === 'degraded');
    expect(await rig.gateway.submit(single(protocol), 'new')).toMatchObject({ kind: 'accepted' });
  });

  it('refuses what it cannot do, and knows nothing before it is connected', async () => {
    const cancel = { instrumentId: BTC, clientOrderId: orderId('entry'), listId: null };
    for (const outcome of [
      await rig.gateway.submit(single(protocol), 'new'),
      await rig.gateway.cancel(cancel, 'cancel'),
    ])
      expect(outcome).toMatchObject({ kind: 'rejected', venueCode: 'NOT_CONNECTED', unread: true });
    await rig.gateway.connect();
    const { order } = single(protocol);
    const list = { kind: 'oto', listId: orderId('list'), working: order, stop: order } as const;
    for (const outcome of [
      await rig.gateway.submit(list, 'new'),
      await rig.gateway.submit(single(protocol, { timeInForce: 'gtd' }), 'new'),
      await rig.gateway.submit(single(protocol, { quantity: '0.0001' }), 'new'),
      await rig.gateway.modify({ ...cancel, price: '1', quantity: null, triggerPrice: null }, 'new'),
    ])
      expect(outcome).toMatchObject({ kind: 'rejected', venueCode: 'UNSUPPORTED' });
    expect(await rig.gateway.cancel(cancel, 'cancel')).toMatchObject({ kind: 'rejected', venueCode: 'NOT_FOUND' });
  });

  it('says that it could not ask, when it could not, for the order that is to be canceled', async () => {
    await rig.gateway.connect();
    await control(exchange, 'POST', 'faults', { kind: 'status', status: 503, path: paths.search, times: 1 });
    const cancel = { instrumentId: BTC, clientOrderId: orderId('entry'), listId: null };
    expect(await rig.gateway.cancel(cancel, 'cancel')).toMatchObject({
      ...{ kind: 'rejected', venueCode: 'NOT_FOUND', unread: true },
      message: expect.stringMatching(/^HTTP_503: /) as string,
    });
  });

  it('denies an order only where the venue finds orders by our id', async () => {
    await rig.gateway.connect();
    const look = await rig.gateway.snapshot([{ clientOrderId: orderId('entry'), instrumentId: BTC }], [BTC]);
    expect(look.ok && look.value.lookups.map(({ found }) => found)).toEqual(
      rig.gateway.capabilities.lookupByClientId ? [false] : [],
    );
  });

  it('refuses a key that the venue does not know, and a venue that lists other markets', async () => {
    const secret = Buffer.from('wrong').toString('base64');
    const stranger = rigGeneric(exchange, protocol, {
      credentials: { apiKey: new Secret('nobody'), secret: new Secret(secret) },
    });
    await expect(stranger.gateway.connect()).rejects.toThrow(CredentialsRefused);
    await stranger.gateway.close();
    const elsewhere = instrumentId({ base: 'XYZ', quote: 'USDT', venue: protocol.venue, product: 'SPOT' });
    const other = rigGeneric(exchange, protocol, { instruments: [elsewhere] });
    await expect(other.gateway.connect()).rejects.toThrow(
      `expected markets that ${protocol.venue} lists with their rules, was without ${elsewhere}`,
    );
    await other.gateway.close();
  });

  it('fails a look as a whole when a part of it fails', async () => {
    await rig.gateway.connect();
    await control(exchange, 'POST', 'faults', { kind: 'status', status: 503, path: paths.balances, times: 1 });
    expect(await rig.gateway.snapshot([], [BTC])).toMatchObject({ ok: false });
    expect(await rig.gateway.snapshot([], [BTC])).toMatchObject({ ok: true });
  });
});

it('asks for the passphrase that a venue wants', async () => {
  const type = await loadCcxtClass('kucoin');
  const gateway = createGenericGateway({
    ...{ accountId: ACCOUNT, venue: 'KUCOIN', instruments: [], isCurrentEpoch: () => true, logger: SILENT },
    credentials: { apiKey: new Secret('a'), secret: new Secret('b') },
    clock: createSystemClock(),
    load: () => Promise.resolve(type),
  });
  await expect(gateway.connect()).rejects.toThrow('expected password of kucoin too, was without');
  await gateway.close();
});
