import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderReport } from '../../engine/domain/order.ts';
import type { VenueEvent } from '../../engine/ports/venue-gateway.ts';
import { TEST_START_MS } from '../../practice-exchange/testing/hand-made-market.ts';
import { control, startTestExchange } from '../../practice-exchange/testing/practice-client.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import { createSystemClock } from '../system-clock/system-clock.ts';
import { bracket, BTC, order, orderId, type Rig, rigGateway, stopOf, targetOf } from './testing/gateway-fixture.ts';

let exchange: Awaited<ReturnType<typeof startTestExchange>>;
let rig: Rig;

beforeEach(async () => {
  exchange = await startTestExchange();
  rig = rigGateway(exchange, exchange, createSystemClock());
  await rig.gateway.connect();
});
afterEach(async () => {
  await rig.gateway.close();
  await exchange.close();
});

const drill = (fault: object): Promise<unknown> => control(exchange, 'POST', 'faults', fault);
const isReport =
  (id: string, status: OrderReport['venueStatus']) =>
  (event: VenueEvent): boolean =>
    event.kind === 'report' && event.report.clientOrderId === id && event.report.venueStatus === status;
const isState =
  (state: string) =>
  (event: VenueEvent): boolean =>
    event.kind === 'state' && event.state === state;
const entry = (): ReturnType<typeof order> =>
  order('entry', { quantity: '0.100', price: '100.05', timeInForce: 'fok' });
const smallBracket = (): ReturnType<typeof bracket> => ({
  ...bracket(),
  working: entry(),
  target: targetOf({ quantity: '0.099', price: '110.00' }),
  stop: stopOf({ quantity: '0.099', triggerPrice: '95.00', price: '94.00' }),
});
/** A last trade at this price, and bids enough to sell into below it. */
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

describe('trading on the practice exchange', () => {
  it('fills a bracket, sees its legs rest, cancels the list and agrees with a look', async () => {
    const list = smallBracket();
    const outcome = await rig.gateway.submit(list, 'new');
    expect(outcome).toMatchObject({ kind: 'accepted' });
    const fill = await rig.heard((event) => event.kind === 'fill');
    expect(fill).toMatchObject({
      fill: {
        clientOrderId: list.working.clientOrderId,
        price: '100.01000000',
        quantity: '0.10000000',
        liquidity: 'taker',
        fee: { amount: '0.00010000', asset: 'BTC' },
      },
    });
    await rig.heard(isReport(list.stop.clientOrderId, 'pendingNew'));
    await rig.heard(isReport(list.stop.clientOrderId, 'live'));
    await rig.heard(isReport(list.target.clientOrderId, 'live'));

    const before = await rig.gateway.snapshot(
      [{ clientOrderId: list.working.clientOrderId, instrumentId: BTC }],
      [BTC],
    );
    expect(before.ok && before.value.openOrders.map((report) => report.clientOrderId).sort()).toEqual(
      [list.stop.clientOrderId, list.target.clientOrderId].sort(),
    );
    expect(before.ok && before.value.fills).toMatchObject([{ clientOrderId: list.working.clientOrderId }]);
    expect(before.ok && before.value.lookups).toMatchObject([
      { found: true, report: { venueStatus: 'filled' }, fills: [{ quantity: '0.10000000' }] },
    ]);

    const canceled = await rig.gateway.cancel(
      { instrumentId: BTC, clientOrderId: list.stop.clientOrderId, listId: list.listId },
      'cancel',
    );
    expect(canceled).toMatchObject({ kind: 'accepted' });
    await rig.heard(isReport(list.stop.clientOrderId, 'canceled'));
    const after = await rig.gateway.snapshot([], [BTC]);
    expect(after.ok && after.value.openOrders).toEqual([]);
    expect(after.ok && after.value.fills).toEqual([]);
    expect(after.ok && after.value.balances).toContainEqual({ asset: 'BTC', free: '2.09990000', locked: '0.00000000' });
  });

  it('reports an entry that could not fill and legs that never lived', async () => {
    const list = { ...smallBracket(), working: { ...entry(), price: '90.00' } };
    const outcome = await rig.gateway.submit(list, 'new');
    expect(outcome).toMatchObject({ kind: 'accepted' });
    await rig.heard(isReport(list.working.clientOrderId, 'expired'));
    const look = await rig.gateway.snapshot([], [BTC]);
    expect(look.ok && [look.value.openOrders, look.value.fills]).toEqual([[], []]);
  });

  it('protects a position with an OCO whose stop triggers, rests and sells', async () => {
    const [target, stop] = [
      targetOf({ quantity: '0.500', price: '110.00' }),
      stopOf({ quantity: '0.500', triggerPrice: '95.00', price: '94.99' }),
    ];
    const outcome = await rig.gateway.submit({ kind: 'oco', listId: orderId('list'), target, stop }, 'reduce');
    expect(outcome).toMatchObject({ kind: 'accepted' });
    expect(
      outcome.kind === 'accepted' && outcome.reports.find((report) => report.clientOrderId === stop.clientOrderId),
    ).toMatchObject({ venueStatus: 'live', triggered: false, triggerPrice: '95.00000000' });
    tradeAt(9_500);
    await rig.heard(
      (event) => event.kind === 'report' && event.report.clientOrderId === stop.clientOrderId && event.report.triggered,
    );
    await rig.heard(isReport(target.clientOrderId, 'expired'));
    tradeAt(9_600);
    await rig.heard(isReport(stop.clientOrderId, 'filled'));
  });

  it('lists instruments anew when an order breaks a rule that has changed', async () => {
    const filters = [{ filterType: 'LOT_SIZE', minQty: '0.01', maxQty: '9000', stepSize: '0.01' }];
    await drill({ kind: 'filterChange', symbol: 'BTCUSDT', filters });
    const outcome = await rig.gateway.submit({ kind: 'single', order: { ...entry(), quantity: '0.105' } }, 'new');
    expect(outcome).toMatchObject({ kind: 'rejected', venueCode: '-1013' });
    const told = await rig.heard(({ kind }) => kind === 'listed');
    const listed = told.kind === 'listed' ? told.instruments.find(({ id }) => id === BTC) : undefined;
    expect(listed).toMatchObject({ version: 2, lotSize: '0.01' });
  });

  it('reports a leg the venue refuses at activation', async () => {
    await drill({ kind: 'refusePendingLeg', times: 1 });
    const list = smallBracket();
    await rig.gateway.submit(list, 'new');
    // The venue ends a leg it cannot place as expired and says why.
    const refused = await rig.heard(isReport(list.stop.clientOrderId, 'expired'));
    expect(refused).toMatchObject({ report: { rejectReason: expect.stringMatching(/\w+/) as string } });
    await rig.heard(isReport(list.target.clientOrderId, 'expired'));
  });

  it.each([
    ['a price off tick', { price: '100.051' }, '-1013'],
    ['more than we hold', { quantity: '500.000', price: '100.00', timeInForce: 'gtc' as const }, '-2010'],
    ['less than the smallest notional', { quantity: '0.001', timeInForce: 'gtc' as const }, '-1013'],
  ])('is told the true reason for %s', async (_name, fields, venueCode) => {
    const outcome = await rig.gateway.submit({ kind: 'single', order: { ...entry(), ...fields } }, 'new');
    expect(outcome).toMatchObject({ kind: 'rejected', venueCode });
  });
});

describe('drills of the practice exchange', () => {
  const submitEntry = async (): Promise<{ id: ReturnType<typeof orderId>; kind: string; detail: string }> => {
    const spec = entry();
    const outcome = await rig.gateway.submit({ kind: 'single', order: spec }, 'new');
    return { id: spec.clientOrderId, kind: outcome.kind, detail: JSON.stringify(outcome) };
  };
  const lookUp = async (clientOrderId: ReturnType<typeof orderId>): Promise<unknown> => {
    const look = await rig.gateway.snapshot([{ clientOrderId, instrumentId: BTC }], [BTC]);
    return look.ok ? look.value.lookups[0] : look;
  };
  const onOrder = { method: 'POST', path: '/api/v3/order' };

  it.each([
    [{ kind: 'executeThenLose' }, true],
    [{ kind: 'reset' }, false],
    [{ kind: 'html200' }, false],
    [{ kind: 'html200', apply: true }, true],
    [{ kind: 'truncated', apply: true }, true],
    [{ kind: 'empty', apply: true }, true],
    [{ kind: 'status', status: 503, code: -1000, msg: 'An unknown error occurred.', apply: true }, true],
    [{ kind: 'status', status: 502, apply: false }, false],
  ])('%j is unknown, and a lookup tells that it was executed: %s', async (fault, executed) => {
    await drill({ ...onOrder, ...fault });
    const { id, kind } = await submitEntry();
    expect(kind).toBe('unknown');
    expect(await lookUp(id)).toMatchObject({ clientOrderId: id, found: executed });
  });

  it('a hang is unknown after the timeout and was executed once', async () => {
    await drill({ ...onOrder, kind: 'hang', apply: true });
    const { id, detail } = await submitEntry();
    expect(detail).toContain('TIMEOUT');
    expect(await lookUp(id)).toMatchObject({ found: true, fills: [{ quantity: '0.10000000' }] });
  });

  it.each([429, 418])('%i is rejected and holds the next entry back', async (status) => {
    await drill({
      ...onOrder,
      kind: 'status',
      status,
      code: -1003,
      msg: 'Too much request weight used.',
      retryAfterSeconds: 1,
    });
    expect(await submitEntry()).toMatchObject({ kind: 'rejected', detail: expect.stringContaining('-1003') as string });
    expect(await submitEntry()).toMatchObject({
      kind: 'rejected',
      detail: expect.stringContaining('PAUSED') as string,
    });
    expect(rig.events.findLast((event) => event.kind === 'state')).toMatchObject({ state: 'degraded' });
    rig.events.length = 0;
    await rig.heard(isState('ready'));
    expect(await submitEntry()).toMatchObject({ kind: 'accepted' });
  });

  it('a wrong clock is rejected, measured anew, and the next order passes', async () => {
    await control(exchange, 'POST', 'clock', { skewMs: 60_000 });
    expect(await submitEntry()).toMatchObject({ kind: 'rejected', detail: expect.stringContaining('-1021') as string });
    await rig.heard((event) => event.kind === 'clock' && event.offsetMs > 50_000);
    expect(await submitEntry()).toMatchObject({ kind: 'accepted' });
  });

  it('a private event lost on the way is found by a look', async () => {
    await drill({ kind: 'dropPrivate', times: 9 });
    const list = smallBracket();
    await rig.gateway.submit(list, 'new');
    const look = await rig.gateway.snapshot([], []);
    expect(look.ok && look.value.fills).toMatchObject([{ clientOrderId: list.working.clientOrderId }]);
  });

  it('a fill told twice comes twice with one trade id', async () => {
    await drill({ kind: 'duplicateFill' });
    await submitEntry();
    const fills = (): readonly string[] => rig.events.flatMap((e) => (e.kind === 'fill' ? [e.fill.tradeId] : []));
    await rig.heard((event) => event.kind === 'fill' && fills().length === 2);
    expect(new Set(fills()).size).toBe(1);
  });

  it.each([1006, 1001])(
    'a socket closed with %i is down, then ready, and what filled meanwhile is found',
    async (code) => {
      const resting = order('entry', { quantity: '0.100', price: '99.00' });
      await rig.gateway.submit({ kind: 'single', order: resting }, 'new');
      await rig.gateway.snapshot([], []);
      rig.events.length = 0;
      await drill({ kind: 'close', stream: 'ws-api', code });
      await rig.heard(isState('down'));
      tradeAt(9_800);
      await rig.heard(isState('ready'));
      let look = await rig.gateway.snapshot([], []);
      while (look.ok && look.value.openOrders.length > 0) look = await rig.gateway.snapshot([], []);
      const known = rig.events.some(
        (event) => event.kind === 'fill' && event.fill.clientOrderId === resting.clientOrderId,
      );
      expect(known || (look.ok && look.value.fills.length > 0)).toBe(true);
    },
  );

  it('a wrong secret is refused at connect', async () => {
    const other = rigGateway(exchange, { apiKey: exchange.apiKey, secret: 'x'.repeat(64) }, createSystemClock());
    await expect(other.gateway.connect()).rejects.toThrow(CredentialsRefused);
    await other.gateway.close();
  });
});
