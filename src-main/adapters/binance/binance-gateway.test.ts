import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import type { OrderSpec } from '../../engine/domain/order.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import {
  ACCOUNT,
  bracket,
  BTC,
  exchangeInfo,
  listOneMarket,
  order,
  type Rig,
  rigGateway,
  stopOf,
  targetOf,
} from './testing/gateway-fixture.ts';
import { json, type LoopbackVenue, type Seen, startLoopbackVenue, venueError } from './testing/loopback-venue.ts';

let venue: LoopbackVenue;
let rig: Rig;
let clock: VirtualClock;

beforeEach(async () => {
  venue = await startLoopbackVenue();
  listOneMarket(venue);
  clock = new VirtualClock(Date.now() * 1000);
  rig = rigGateway(venue, undefined, clock);
});
afterEach(async () => {
  await rig.gateway.close();
  await venue.close();
});

/** The venue's words for an order it took. */
const taken = (spec: Pick<OrderSpec, 'clientOrderId'>, fields: object = {}): object => ({
  symbol: 'BTCUSDT',
  orderId: 28,
  orderListId: -1,
  clientOrderId: spec.clientOrderId,
  transactTime: 1_700_000_000_000,
  price: '60000.00',
  origQty: '0.00100',
  executedQty: '0.00000',
  cummulativeQuoteQty: '0',
  status: 'NEW',
  timeInForce: 'GTC',
  type: 'LIMIT',
  side: 'BUY',
  workingTime: 1_700_000_000_000,
  fills: [],
  ...fields,
});
const sentTo = (path: string): readonly Seen[] => venue.seen.filter((seen) => seen.path === path);

describe('connecting', () => {
  it('lists what trades, with the digits of the venue trimmed', async () => {
    expect(await rig.gateway.connect()).toEqual([
      {
        id: BTC,
        version: 1,
        venueSymbol: 'BTCUSDT',
        tickSize: '0.01',
        lotSize: '0.00001',
        minQuantity: '0.00001',
        maxQuantity: '9000',
        minNotional: '5',
        priceBand: null,
        maxOrders: 200,
        maxStopOrders: 5,
        makerFee: '0.00100000',
        takerFee: '0.00100000',
      },
    ]);
    expect(rig.events.filter((event) => event.kind === 'state').map((event) => event.state)).toEqual([
      'connecting',
      'ready',
    ]);
    expect(rig.limiter.used('weight', 60_000)).toBeGreaterThanOrEqual(40);
  });

  it('throws CredentialsRefused on a refused key and leaves the venue alone', async () => {
    venue.on('GET /api/v3/account', () => venueError(401, -2015, 'Invalid API-key, IP, or permissions for action.'));
    await expect(rig.gateway.connect()).rejects.toThrow(CredentialsRefused);
    expect(rig.events.at(-1)).toMatchObject({ kind: 'state', state: 'down' });
  });

  it('refuses an account that may not trade', async () => {
    venue.on('GET /api/v3/account', () => json({ canTrade: false, balances: [] }));
    await expect(rig.gateway.connect()).rejects.toThrow('may trade');
  });

  it.each([
    ['HTML', { headers: { 'Content-Type': 'text/html' }, body: '<html></html>' }],
    ['no symbols', json({ ...exchangeInfo, symbols: [] })],
    ['symbols that are text', json({ ...exchangeInfo, symbols: 'BTCUSDT' })],
  ])('throws on an exchangeInfo of %s instead of listing nothing', async (_name, answer) => {
    venue.on('GET /api/v3/exchangeInfo', () => answer);
    await expect(rig.gateway.connect()).rejects.toThrow('UNREADABLE_REPLY');
  });

  it('tells how far our clock is from the venue and signs with its time', async () => {
    venue.on('GET /api/v3/time', () => json({ serverTime: Date.now() + 90_000 }));
    await rig.gateway.connect();
    const told = rig.events.find((event) => event.kind === 'clock');
    expect(Math.abs((told?.offsetMs ?? 0) - 90_000)).toBeLessThan(5_000);
    const stamp = Number(sentTo('/api/v3/account')[0]?.params['timestamp']);
    expect(Math.abs(stamp - Date.now() - 90_000)).toBeLessThan(5_000);
  });
});

describe('connected', () => {
  beforeEach(async () => {
    await rig.gateway.connect();
  });

  it('sends a single order as specified and reports it with its fills', async () => {
    const spec = order('entry', { timeInForce: 'fok' });
    venue.on('POST /api/v3/order', () =>
      json(
        taken(spec, {
          status: 'FILLED',
          executedQty: '0.00100',
          fills: [{ price: '59999.99', qty: '0.00100', commission: '0.00000100', commissionAsset: 'BTC', tradeId: 77 }],
        }),
      ),
    );
    const outcome = await rig.gateway.submit({ kind: 'single', order: spec }, 'new');
    expect(sentTo('/api/v3/order')[0]?.params).toMatchObject({
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'FOK',
      quantity: '0.00100',
      price: '60000.00',
      newClientOrderId: spec.clientOrderId,
      // Its deadline: what the venue denies after it can no longer come to exist.
      recvWindow: '2000',
    });
    expect(outcome).toMatchObject({
      kind: 'accepted',
      reports: [
        {
          clientOrderId: spec.clientOrderId,
          venueOrderId: '28',
          venueStatus: 'filled',
          filledQuantity: '0.00100',
          accountId: ACCOUNT,
          instrumentId: BTC,
          reportedAtUs: 1_700_000_000_000_000,
        },
      ],
      fills: [
        {
          tradeId: '77',
          price: '59999.99',
          quantity: '0.00100',
          fee: { amount: '0.00000100', asset: 'BTC' },
          liquidity: 'taker',
        },
      ],
    });
  });

  it('sends a bracket with every id of ours and reports pending legs as pending', async () => {
    const list = bracket();
    venue.on('POST /api/v3/orderList/otoco', () =>
      json({
        orderListId: 3,
        contingencyType: 'OTO',
        listStatusType: 'EXEC_STARTED',
        listOrderStatus: 'EXECUTING',
        listClientOrderId: list.listId,
        transactionTime: 1,
        symbol: 'BTCUSDT',
        orders: [],
        orderReports: [
          taken(list.working),
          taken(list.stop, {
            orderId: 29,
            status: 'PENDING_NEW',
            type: 'STOP_LOSS_LIMIT',
            side: 'SELL',
            stopPrice: '59000.00',
            workingTime: -1,
          }),
          taken(list.target, {
            orderId: 30,
            status: 'PENDING_NEW',
            type: 'LIMIT_MAKER',
            side: 'SELL',
            workingTime: -1,
          }),
        ],
      }),
    );
    const outcome = await rig.gateway.submit(list, 'new');
    expect(sentTo('/api/v3/orderList/otoco')[0]?.params).toMatchObject({
      listClientOrderId: list.listId,
      workingType: 'LIMIT',
      workingSide: 'BUY',
      workingClientOrderId: list.working.clientOrderId,
      workingPrice: '60000.00',
      workingQuantity: '0.00100',
      workingTimeInForce: 'FOK',
      pendingSide: 'SELL',
      pendingQuantity: '0.00100',
      pendingAboveType: 'LIMIT_MAKER',
      pendingAboveClientOrderId: list.target.clientOrderId,
      pendingAbovePrice: '61000.00',
      pendingBelowType: 'STOP_LOSS_LIMIT',
      pendingBelowClientOrderId: list.stop.clientOrderId,
      pendingBelowPrice: '58900.00',
      pendingBelowStopPrice: '59000.00',
      pendingBelowTimeInForce: 'GTC',
    });
    expect(outcome).toMatchObject({
      kind: 'accepted',
      reports: [
        { venueStatus: 'live', triggered: false },
        { venueStatus: 'pendingNew', triggered: false, triggerPrice: '59000.00' },
        { venueStatus: 'pendingNew' },
      ],
    });
    expect(rig.limiter.used('orders', 10_000, ACCOUNT)).toBe(3);
  });

  it.each([
    ['an empty object', {}],
    ['an array', []],
    ['an order without status', { ...taken(order('entry')), status: undefined }],
    ['a price as number', { ...taken(order('entry')), price: 60000 }],
    ['another order', taken(order('entry'))],
  ])('takes a reply of %s for an unknown outcome', async (_name, reply) => {
    venue.on('POST /api/v3/order', () => json(reply));
    expect(await rig.gateway.submit({ kind: 'single', order: order('entry') }, 'new')).toMatchObject({
      kind: 'unknown',
    });
    expect(sentTo('/api/v3/order')).toHaveLength(1);
  });

  it('refuses to send once fenced, and says so', async () => {
    rig.fence();
    const spec = order('entry');
    expect(await rig.gateway.submit({ kind: 'single', order: spec }, 'new')).toMatchObject({
      kind: 'rejected',
      venueCode: 'FENCED',
    });
    expect(
      await rig.gateway.cancel({ instrumentId: BTC, clientOrderId: spec.clientOrderId, listId: null }, 'cancel'),
    ).toMatchObject({ kind: 'rejected', venueCode: 'FENCED' });
    expect(sentTo('/api/v3/order')).toHaveLength(0);
  });

  it('refuses what the venue has no form for before sending it', async () => {
    const outcome = await rig.gateway.submit({ ...bracket(), target: targetOf({ quantity: '0.00200' }) }, 'new');
    expect(outcome).toMatchObject({ kind: 'rejected', venueCode: 'UNSUPPORTED' });
  });

  it('cancels an order by our id, and a whole list when it is named', async () => {
    const spec = stopOf();
    venue.on('DELETE /api/v3/order', () =>
      json(
        taken(
          { clientOrderId: 'cancel-request' as never },
          { origClientOrderId: spec.clientOrderId, status: 'CANCELED' },
        ),
      ),
    );
    expect(
      await rig.gateway.cancel({ instrumentId: BTC, clientOrderId: spec.clientOrderId, listId: null }, 'cancel'),
    ).toMatchObject({ kind: 'accepted', reports: [{ clientOrderId: spec.clientOrderId, venueStatus: 'canceled' }] });
    venue.on('DELETE /api/v3/orderList', () => venueError(400, -2011, 'Unknown order sent.'));
    const listId = bracket().listId;
    expect(
      await rig.gateway.cancel({ instrumentId: BTC, clientOrderId: spec.clientOrderId, listId }, 'cancel'),
    ).toMatchObject({ kind: 'rejected', venueCode: '-2011' });
    expect(sentTo('/api/v3/orderList')[0]?.params).toMatchObject({ symbol: 'BTCUSDT', listClientOrderId: listId });
  });

  it('holds entries back for as long as the venue said, and cancels go on', async () => {
    venue.on('POST /api/v3/order', () =>
      venueError(429, -1003, 'Too much request weight used.', { 'Retry-After': '30' }),
    );
    await rig.gateway.submit({ kind: 'single', order: order('entry') }, 'new');
    expect(rig.events.at(-1)).toMatchObject({ kind: 'state', state: 'degraded' });
    expect(await rig.gateway.submit({ kind: 'single', order: order('entry') }, 'new')).toMatchObject({
      kind: 'rejected',
      venueCode: 'PAUSED',
    });
    expect(sentTo('/api/v3/order')).toHaveLength(1);
    await rig.gateway.cancel(
      { instrumentId: BTC, clientOrderId: order('entry').clientOrderId, listId: null },
      'cancel',
    );
    expect(sentTo('/api/v3/order')).toHaveLength(2);
    clock.advance(30_000);
    expect(rig.events.at(-1)).toMatchObject({ kind: 'state', state: 'ready' });
  });

  it('measures the clock anew after a timestamp refusal', async () => {
    const before = sentTo('/api/v3/time').length;
    venue.on('POST /api/v3/order', () =>
      venueError(400, -1021, 'Timestamp for this request is outside of the recvWindow.'),
    );
    expect(await rig.gateway.submit({ kind: 'single', order: order('entry') }, 'new')).toMatchObject({
      kind: 'rejected',
      venueCode: '-1021',
    });
    while (sentTo('/api/v3/time').length < before + 3) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  it('is down for good when the key is revoked', async () => {
    venue.on('POST /api/v3/order', () => venueError(401, -2015, 'Invalid API-key, IP, or permissions for action.'));
    await rig.gateway.submit({ kind: 'single', order: order('entry') }, 'new');
    expect(rig.events.at(-1)).toMatchObject({
      kind: 'state',
      state: 'down',
      detail: expect.stringContaining('-2015') as string,
    });
  });

  it('tells of a drop and of being ready again, so that what was missed is asked for', async () => {
    venue.dropSockets(1006);
    await rig.heard((event) => event.kind === 'state' && event.state === 'down');
    rig.events.length = 0;
    await rig.heard((event) => event.kind === 'state' && event.state === 'ready');
  });

  it('asks for a look at the account when an event cannot be read', async () => {
    rig.events.length = 0;
    venue.push({ e: 'executionReport', s: 'BTCUSDT', c: 'half an event' });
    await rig.heard((event) => event.kind === 'state' && event.state === 'ready');
    expect(rig.events.map((event) => event.kind === 'state' && event.state)).toEqual(['degraded', 'ready']);
  });

  it('leaves a stream that echoes its commands alone and replaces a mute one', async () => {
    const spec = order('entry');
    venue.on('POST /api/v3/order', () => json(taken(spec)));
    await rig.gateway.submit({ kind: 'single', order: spec }, 'new');
    venue.push({ e: 'outboundAccountPosition', E: 1, u: 1, B: [{ a: 'USDT', f: '940.00', l: '60.00' }] });
    await rig.heard((event) => event.kind === 'balances');
    clock.advance(3_000);
    expect(venue.subscriptionCount()).toBe(1);
    clock.advance(1);
    await rig.gateway.submit({ kind: 'single', order: spec }, 'new');
    clock.advance(3_000);
    expect(rig.events.at(-1)).toMatchObject({ kind: 'state', state: 'down', detail: 'the private stream is mute' });
    rig.events.length = 0;
    await rig.heard((event) => event.kind === 'state' && event.state === 'ready');
    expect(venue.subscriptionCount()).toBe(2);
  });
});
