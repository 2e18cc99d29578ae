import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { krakenCall } from '../../practice-exchange/testing/kraken-client.ts';
import { BTC, KrakenRig, spec, WAIT } from './testing/gateway-rig.ts';

let rig: KrakenRig;
beforeEach(async () => {
  rig = await KrakenRig.start();
});
afterEach(() => rig.close());

describe('what goes wrong', () => {
  beforeEach(async () => {
    await rig.gateway.connect();
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
    await rig.drill(fault);
    const order = spec();
    expect(await rig.single(order)).toMatchObject({ kind: 'unknown' });
    expect((await rig.look(order.clientOrderId)).lookups).toMatchObject([{ found: exists }]);
    expect(rig.exchange.venue.ledger.creates).toBe(exists ? 1 : 0);
  });

  it.each([
    [spec({ price: '99.555' }), 'EOrder:Tick size check failed'],
    [spec({ quantity: '1000.000' }), 'EOrder:Insufficient funds'],
    [spec({ quantity: '0.001' }), 'EOrder:Cost minimum not met'],
    [spec({ type: 'limitMaker', price: '101.00' }), 'EOrder:Post only order'],
    [spec({ displayQuantity: '0.1' }), 'UNSUPPORTED'],
  ])('is refused in the words of the venue', async (order, code) => {
    expect(await rig.single(order)).toMatchObject({ kind: 'rejected', venueCode: code });
  });

  it('sends nothing for a life that was replaced', async () => {
    rig.isCurrent = false;
    expect(await rig.single(spec())).toMatchObject({ kind: 'rejected', venueCode: 'FENCED', unread: true });
    expect(rig.exchange.venue.ledger.creates).toBe(0);
  });

  it('never reuses a nonce: many at once, another user of the key, and the next life', async () => {
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => rig.single(spec({ quantity: '0.100' }))));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    await krakenCall(rig.exchange, 'Balance', {}, { nonce: Date.now() * 1000 + 30_000_000 });
    expect(await rig.single(spec())).toMatchObject({ kind: 'rejected', venueCode: 'EAPI:Invalid nonce', unread: true });
    expect(await rig.single(spec())).toMatchObject({ kind: 'accepted' });
    await rig.gateway.close();
    rig.gateway = rig.open();
    await rig.gateway.connect();
    expect(await rig.single(spec())).toMatchObject({ kind: 'accepted' });
  });

  it('lets a cancel overtake a query that hangs', async () => {
    const order = spec();
    await rig.single(order);
    await rig.drill({ kind: 'hang', path: '/0/private/OpenOrders' });
    const looked = rig.gateway.snapshot([], []);
    const request = { instrumentId: BTC, clientOrderId: order.clientOrderId, listId: null };
    expect(await rig.gateway.cancel(request, 'cancel')).toMatchObject({ kind: 'accepted' });
    expect(await looked).toMatchObject({ ok: false });
  });

  it('says when its stream drops or goes mute, and comes back', async () => {
    rig.events.length = 0;
    await rig.drill({ kind: 'close', stream: 'auth', code: 1006 });
    const states = () => rig.events.flatMap((event) => (event.kind === 'state' ? [event.state] : []));
    await vi.waitFor(() => expect(states()).toEqual(['down', 'ready']), WAIT);
    await rig.drill({ kind: 'silent', stream: 'kraken executions', times: 1 });
    await rig.drill({ kind: 'silent', stream: 'kraken balances', times: 1 });
    await rig.single(spec());
    await vi.waitFor(() => expect(states()).toEqual(['down', 'ready', 'down', 'ready']), WAIT);
  });

  it('counts a fill once that is told twice, late or out of order', async () => {
    await rig.drill({ kind: 'duplicateFill' });
    const order = spec({ type: 'market', timeInForce: null, price: null, quantity: '0.500' });
    await rig.single(order);
    await rig.heard(order.clientOrderId, 'filled');
    const last = rig.events.flatMap((event) => (event.kind === 'report' ? [event.report] : [])).at(-1);
    expect(last).toMatchObject({ filledQuantity: '0.500', venueStatus: 'filled' });
  });
});
