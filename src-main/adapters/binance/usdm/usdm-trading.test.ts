import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientOrderId } from '../../../engine/domain/identifiers.ts';
import type { OrderReport, OrderSpec, Submission } from '../../../engine/domain/order.ts';
import type { VenueEvent, VenueSnapshot } from '../../../engine/ports/venue-gateway.ts';
import { TEST_START_MS } from '../../../practice-exchange/testing/hand-made-market.ts';
import { control, startFuturesExchange } from '../../../practice-exchange/testing/practice-client.ts';
import { CredentialsRefused } from '../../ccxt/ccxt-binance.ts';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import { BTC_PERPETUAL, order, orderId, type Rig, rigUsdm } from '../testing/gateway-fixture.ts';

let exchange: Awaited<ReturnType<typeof startFuturesExchange>>;
let rig: Rig;

beforeEach(async () => {
  exchange = await startFuturesExchange();
  rig = rigUsdm(exchange, exchange, createSystemClock());
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

const perpetual = (role: 'entry' | 'stop' | 'exit' | 'target', fields: Partial<OrderSpec> = {}): OrderSpec =>
  order(role, { instrumentId: BTC_PERPETUAL, quantity: '1.000', price: '100.05', ...fields });
const entryOf = (fields: Partial<OrderSpec> = {}): OrderSpec => perpetual('entry', { timeInForce: 'fok', ...fields });
const stopOf = (fields: Partial<OrderSpec> = {}): OrderSpec =>
  perpetual('stop', {
    side: 'sell',
    type: 'stopMarket',
    price: null,
    triggerPrice: '95.00',
    timeInForce: null,
    reduceOnly: true,
    ...fields,
  });
const single = (spec: OrderSpec): Submission => ({ kind: 'single', order: spec });
const cancel = (clientOrderId: ClientOrderId) =>
  rig.gateway.cancel({ instrumentId: BTC_PERPETUAL, clientOrderId, listId: null }, 'cancel');

async function look(...ids: ClientOrderId[]): Promise<VenueSnapshot> {
  const lookups = ids.map((clientOrderId) => ({ clientOrderId, instrumentId: BTC_PERPETUAL }));
  const result = await rig.gateway.snapshot(lookups, [BTC_PERPETUAL]);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

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

describe('trading USD-M on the practice exchange', () => {
  beforeEach(async () => {
    await rig.gateway.connect();
  });

  it('lists perpetuals and sets the leverage of the configuration', async () => {
    const again = await rig.gateway.connect();
    expect(again.map(({ id }) => id)).toEqual([BTC_PERPETUAL, 'ETH/USDT.BINANCE.USDM']);
    expect(again[0]).toMatchObject({ tickSize: '0.01', lotSize: '0.001', minNotional: '5', takerFee: '0.00050000' });
    expect(exchange.venue.usdm?.clearing.of('main').leverage('BTCUSDT')).toBe(5);
  });

  it.each([
    { side: 'buy', exitSide: 'sell', price: '100.05', triggerPrice: '95.00', ticks: 9_490, quantity: '1.00000000' },
    { side: 'sell', exitSide: 'buy', price: '99.95', triggerPrice: '105.00', ticks: 10_510, quantity: '-1.00000000' },
  ] as const)('rests the stop first, fills a $side entry, and the stop closes it', async (wanted) => {
    const { side, exitSide, price, triggerPrice, ticks, quantity } = wanted;
    const stop = stopOf({ side: exitSide, triggerPrice });
    expect(await rig.gateway.submit(single(stop), 'reduce')).toMatchObject({
      kind: 'accepted',
      reports: [{ clientOrderId: stop.clientOrderId, type: 'stopMarket', venueStatus: 'live', triggered: false }],
    });
    const entry = entryOf({ side, price });
    expect(await rig.gateway.submit(single(entry), 'new')).toMatchObject({
      kind: 'accepted',
      reports: [{ clientOrderId: entry.clientOrderId, venueStatus: 'filled', filledQuantity: '1.00000000' }],
    });
    await rig.heard((event) => event.kind === 'fill' && event.fill.clientOrderId === entry.clientOrderId);
    const held = await look();
    expect(held.positions).toMatchObject([{ instrumentId: BTC_PERPETUAL, quantity }]);
    expect(held.openOrders).toMatchObject([
      { clientOrderId: stop.clientOrderId, triggerPrice: `${triggerPrice}000000` },
    ]);
    expect(held.fills).toMatchObject([{ clientOrderId: entry.clientOrderId, fee: { asset: 'USDT' } }]);

    tradeAt(ticks);
    await rig.heard(isReport(stop.clientOrderId, 'filled'));
    const flat = await look(stop.clientOrderId);
    expect([flat.positions, flat.openOrders]).toEqual([[], []]);
    expect(flat.fills).toMatchObject([{ clientOrderId: stop.clientOrderId, side: exitSide }]);
    expect(flat.lookups).toMatchObject([
      { found: true, report: { venueStatus: 'filled', triggered: true, type: 'stopMarket' }, fills: [{}] },
    ]);
    const ledger = exchange.venue.usdm?.ledger;
    const account = exchange.venue.usdm?.account('main')?.orders;
    const report = account === undefined ? undefined : ledger?.report(account, Date.now());
    expect(report).toMatchObject({ unprotectedMs: 0, positions: [{ held: '0.00000000', unprotectedEpisodes: 0 }] });
  });

  it('cancels in both spaces and finds each order by its id', async () => {
    const [resting, stop] = [perpetual('entry', { price: '99.00' }), stopOf()];
    await rig.gateway.submit(single(resting), 'new');
    await rig.gateway.submit(single(stop), 'reduce');
    const open = await look(resting.clientOrderId, stop.clientOrderId);
    expect(open.openOrders.map((report) => report.clientOrderId).sort()).toEqual(
      [resting.clientOrderId, stop.clientOrderId].sort(),
    );
    expect(open.lookups).toMatchObject([{ found: true }, { found: true, report: { venueStatus: 'live' } }]);
    expect(await cancel(resting.clientOrderId)).toMatchObject({
      kind: 'accepted',
      reports: [{ venueStatus: 'canceled' }],
    });
    expect(await cancel(stop.clientOrderId)).toMatchObject({ kind: 'accepted' });
    await rig.heard(isReport(stop.clientOrderId, 'canceled'));
    const after = await look(stop.clientOrderId, orderId('stop'));
    expect(after.openOrders).toEqual([]);
    expect(after.lookups).toMatchObject([{ found: true, report: { venueStatus: 'canceled' } }, { found: false }]);
    expect(await cancel(stop.clientOrderId)).toMatchObject({ kind: 'rejected', venueCode: '-2011' });
  });

  it('lists contracts anew when an order breaks a rule that has changed', async () => {
    const filters = [{ filterType: 'LOT_SIZE', minQty: '0.01', maxQty: '9000', stepSize: '0.01' }];
    exchange.venue.usdm?.engine.state.market('BTCUSDT').rules.changeFilters(filters);
    const broken = single(entryOf({ quantity: '0.105' }));
    // One listing is enough for all that were refused before it came.
    const outcomes = await Promise.all([rig.gateway.submit(broken, 'new'), rig.gateway.submit(broken, 'new')]);
    expect(outcomes).toMatchObject([
      { kind: 'rejected', venueCode: '-1111' },
      { kind: 'rejected', venueCode: '-1111' },
    ]);
    const told = await rig.heard(({ kind }) => kind === 'listed');
    const listed = told.kind === 'listed' ? told.instruments.find(({ id }) => id === BTC_PERPETUAL) : undefined;
    expect(listed).toMatchObject({ version: 2, lotSize: '0.01' });
  });

  it('rests two stops side by side', async () => {
    const [old, tighter] = [stopOf(), stopOf({ triggerPrice: '97.00' })];
    await rig.gateway.submit(single(old), 'reduce');
    expect(await rig.gateway.submit(single(tighter), 'reduce')).toMatchObject({ kind: 'accepted' });
    expect((await look()).openOrders).toHaveLength(2);
  });

  it('modifies a limit order in place and refuses to modify a stop', async () => {
    const resting = perpetual('entry', { price: '99.00' });
    await rig.gateway.submit(single(resting), 'new');
    const change = { instrumentId: BTC_PERPETUAL, clientOrderId: resting.clientOrderId, triggerPrice: null };
    const modified = await rig.gateway.modify({ ...change, price: '98.50', quantity: null }, 'new');
    expect(modified).toMatchObject({ kind: 'accepted', reports: [{ price: '98.50000000', quantity: '1.00000000' }] });
    const stop = stopOf();
    await rig.gateway.submit(single(stop), 'reduce');
    const refused = await rig.gateway.modify(
      { ...change, clientOrderId: stop.clientOrderId, price: null, quantity: '0.500' },
      'reduce',
    );
    expect(refused).toMatchObject({ kind: 'rejected', venueCode: 'UNSUPPORTED' });
  });

  it('arms a countdown that cancels ordinary orders and leaves the stop', async () => {
    const [resting, stop] = [perpetual('entry', { price: '99.00' }), stopOf()];
    await rig.gateway.submit(single(resting), 'new');
    await rig.gateway.submit(single(stop), 'reduce');
    expect(await rig.gateway.armDeadMan?.(50)).toMatchObject({ kind: 'accepted' });
    await rig.heard(isReport(resting.clientOrderId, 'canceled'));
    expect((await look()).openOrders).toMatchObject([{ clientOrderId: stop.clientOrderId }]);
  });

  it.each([
    ['limit', { price: '99.00', timeInForce: 'gtc' }],
    ['limitMaker', { type: 'limitMaker', price: '99.00', timeInForce: null }],
    ['limit ioc', { timeInForce: 'ioc' }],
    ['limit gtd', { price: '99.00', timeInForce: 'gtd', expiresAtUs: (Date.now() + 3_600_000) * 1000 }],
    ['market', { type: 'market', price: null, timeInForce: null }],
    ['stopLimit', { type: 'stopLimit', price: '106.00', triggerPrice: '105.00', timeInForce: 'gtc' }],
    ['stopMarket', { type: 'stopMarket', price: null, triggerPrice: '105.00', timeInForce: null }],
    ['takeProfitLimit', { type: 'takeProfitLimit', price: '95.00', triggerPrice: '95.00', timeInForce: 'gtc' }],
    ['takeProfitMarket', { type: 'takeProfitMarket', price: null, triggerPrice: '95.00', timeInForce: null }],
    ['trailingStop', { type: 'trailingStop', price: null, trailingRatio: '0.01', timeInForce: null }],
  ] as const)('takes every order type and time in force of the table: %s', async (_name, fields) => {
    const spec = perpetual('entry', fields);
    const outcome = await rig.gateway.submit(single(spec), 'new');
    expect(outcome).toMatchObject({
      kind: 'accepted',
      reports: [{ clientOrderId: spec.clientOrderId, type: spec.type }],
    });
  });

  it.each([
    ['a price off tick', { price: '100.051' }, '-4014'],
    ['more than the margin carries', { quantity: '5000.000', price: '99.00', timeInForce: 'gtc' }, '-2019'],
    ['less than the smallest notional', { quantity: '0.010', timeInForce: 'gtc' }, '-4164'],
    ['a reduce-only order without a position', { reduceOnly: true, side: 'sell', price: '99.95' }, '-2022'],
    ['an iceberg', { displayQuantity: '0.100' }, 'UNSUPPORTED'],
  ] as const)('is told the true reason for %s', async (_name, fields, venueCode) => {
    const outcome = await rig.gateway.submit(single(entryOf(fields)), 'new');
    expect(outcome).toMatchObject({ kind: 'rejected', venueCode });
  });

  it.each([
    ['/fapi/v1/order', { kind: 'executeThenLose' }, true],
    ['/fapi/v1/order', { kind: 'reset' }, false],
    ['/fapi/v1/order', { kind: 'truncated', apply: true }, true],
    ['/fapi/v1/order', { kind: 'status', status: 503, code: -1000, msg: 'Unknown error', apply: true }, true],
    ['/fapi/v1/algoOrder', { kind: 'executeThenLose' }, true],
    ['/fapi/v1/algoOrder', { kind: 'html200' }, false],
  ])('%s %j is unknown, and a lookup tells that it was executed: %s', async (path, fault, executed) => {
    await drill({ method: 'POST', path, ...fault });
    const spec = path.endsWith('algoOrder') ? stopOf() : entryOf();
    expect(await rig.gateway.submit(single(spec), 'new')).toMatchObject({ kind: 'unknown' });
    expect((await look(spec.clientOrderId)).lookups).toMatchObject([{ found: executed }]);
    expect(exchange.venue.usdm?.engine.state.orders.size).toBeLessThanOrEqual(1);
  });

  it('does not take the lost answer of a cancel for an order that is gone', async () => {
    const stop = stopOf();
    await rig.gateway.submit(single(stop), 'reduce');
    await drill({ method: 'DELETE', path: '/fapi/v1/algoOrder', kind: 'reset' });
    expect(await cancel(stop.clientOrderId)).toMatchObject({ kind: 'unknown' });
    expect((await look()).openOrders).toMatchObject([{ clientOrderId: stop.clientOrderId, venueStatus: 'live' }]);
  });

  it('changes the quantity alone at the price it asked for, and nothing when it cannot ask', async () => {
    const entry = entryOf({ price: '98.00', timeInForce: 'gtc' });
    await rig.gateway.submit(single(entry), 'new');
    const names = { instrumentId: BTC_PERPETUAL, clientOrderId: entry.clientOrderId };
    const change = { ...names, price: null, quantity: '0.500', triggerPrice: null };
    await drill({ method: 'GET', path: '/fapi/v1/order', kind: 'reset' });
    expect(await rig.gateway.modify(change, 'new')).toMatchObject({ kind: 'rejected', unread: true });
    expect(await rig.gateway.modify(change, 'new')).toMatchObject({
      kind: 'accepted',
      reports: [{ price: '98.00000000', quantity: '0.50000000' }],
    });
  });

  it('does not call the countdown armed when its answer is lost', async () => {
    await rig.gateway.submit(single(entryOf()), 'new');
    await drill({ method: 'POST', path: '/fapi/v1/countdownCancelAll', kind: 'reset' });
    expect(await rig.gateway.armDeadMan?.(60_000)).toMatchObject({ kind: 'unknown' });
  });

  it('goes down and up again with a new listen key when the old one has run out', async () => {
    rig.events.length = 0;
    exchange.venue.usdm?.listenKeys.expireAll();
    await rig.heard(isState('down'));
    await rig.heard(isState('ready'));
    const entry = entryOf();
    await rig.gateway.submit(single(entry), 'new');
    await rig.heard((event) => event.kind === 'fill' && event.fill.clientOrderId === entry.clientOrderId);
  });

  it('pays funding into the wallet the next look shows', async () => {
    await rig.gateway.submit(single(entryOf()), 'new');
    const before = await look();
    await control(exchange, 'POST', 'clock', { speed: 10_000 });
    await vi.waitFor(
      () => {
        const incomes = exchange.venue.usdm?.clearing.of('main').incomes ?? [];
        expect(incomes.some(({ incomeType }) => incomeType === 'FUNDING_FEE')).toBe(true);
      },
      { timeout: 15_000 },
    );
    expect((await look()).balances).not.toEqual(before.balances);
  });
});

it('sends nothing before it has reached its venue', async () => {
  const entry = entryOf();
  const names = { instrumentId: BTC_PERPETUAL, clientOrderId: entry.clientOrderId };
  const unsent = { kind: 'rejected', venueCode: 'NOT_CONNECTED', unread: true };
  expect(await rig.gateway.submit(single(entry), 'new')).toMatchObject(unsent);
  expect(await cancel(entry.clientOrderId)).toMatchObject(unsent);
  const change = { ...names, price: '98.00', quantity: null, triggerPrice: null };
  expect(await rig.gateway.modify(change, 'new')).toMatchObject(unsent);
  await expect(rig.gateway.snapshot([], [])).rejects.toThrow('a connected gateway');
});

it('refuses an account without a futures wallet', async () => {
  const keys = exchange.accounts[2];
  const other = rigUsdm(exchange, keys ?? exchange, createSystemClock());
  await expect(other.gateway.connect()).rejects.toThrow(CredentialsRefused);
  await other.gateway.close();
});

it('is liquidated when the price runs away, and hears of it', async () => {
  const keys = exchange.accounts[1];
  const small = rigUsdm(exchange, keys ?? exchange, createSystemClock());
  await small.gateway.connect();
  await small.gateway.submit(single(entryOf({ quantity: '0.400' })), 'new');
  tradeAt(7_000);
  const fill = await small.heard((event) => event.kind === 'fill' && event.fill.side === 'sell');
  expect(fill).toMatchObject({ fill: { clientOrderId: expect.stringMatching(/^autoclose-/) as string } });
  const after = await small.gateway.snapshot([], [BTC_PERPETUAL]);
  expect(after.ok && after.value.positions).toEqual([]);
  await small.gateway.close();
});
