import { beforeEach, describe, expect, it } from 'vitest';
import { decimal } from '../../engine/domain/decimal.ts';
import { FaultBoard } from '../faults.ts';
import { MarketClock } from '../market-clock.ts';
import { formatAmount } from '../matching/grid.ts';
import type { OrderRequest } from '../matching/order-request.ts';
import type { Side, VenueOrder } from '../matching/venue-order.ts';
import { TRUE_LIMITS } from '../protocol/rate-limits.ts';
import { HandMadeMarket, TEST_START_MS } from '../testing/hand-made-market.ts';
import type { AlgoRequest } from './algo-orders.ts';
import { liquidationPrice } from './liquidation.ts';
import { doubleMarkTicks } from './margin-figures.ts';
import { PLAIN, type Terms, UsdmVenue } from './usdm-venue.ts';

const SYMBOL = 'BTCUSDT';
let wallMs: number;
let venue: UsdmVenue;
let ids: number;

beforeEach(() => {
  wallMs = 1_000_000;
  ids = 0;
  const market = new HandMadeMarket();
  const readWallMs = (): number => wallMs;
  const clock = new MarketClock({ startTimeMs: TEST_START_MS, speed: 1, readWallMs });
  venue = new UsdmVenue({ market, clock, faults: new FaultBoard(readWallMs), limits: TRUE_LIMITS });
  venue.openAccount('main', '100');
  bookAt(9_999, 10_001);
});

/** The whole book: plenty at one bid and one ask. */
function bookAt(bid: number, ask: number): void {
  const event = { kind: 'book', symbol: SYMBOL, marketTimeMs: TEST_START_MS, snapshot: true } as const;
  venue.apply({ ...event, bids: [[bid, 50_000]], asks: [[ask, 50_000]] }, venue.clock.now());
  venue.tick();
}

function printAt(ticks: number, aggressor: 'buy' | 'sell' = 'sell', lots = 1): void {
  venue.apply(
    { kind: 'trade', symbol: SYMBOL, marketTimeMs: TEST_START_MS, ticks, lots, aggressor },
    venue.clock.now(),
  );
}

const request = (side: Side, quantity: string, fields: Partial<OrderRequest> = {}): OrderRequest => ({
  symbol: SYMBOL,
  side,
  type: 'MARKET',
  timeInForce: 'GTC',
  quantity: decimal(quantity),
  quoteOrderQty: null,
  price: null,
  stopPrice: null,
  clientOrderId: `order-${++ids}`,
  strategyId: null,
  strategyType: null,
  ...fields,
});
const limit = (price: string, fields: Partial<OrderRequest> = {}): Partial<OrderRequest> => ({
  type: 'LIMIT',
  price: decimal(price),
  ...fields,
});

function place(side: Side, quantity: string, fields: Partial<OrderRequest> = {}, terms: Terms = PLAIN): VenueOrder {
  const placed = venue.place(venue.engine.state.account('main'), request(side, quantity, fields), terms);
  if (!placed.ok) throw new Error(`${placed.error.code} ${placed.error.msg}`);
  const order = venue.engine.state.orders.get(placed.value.id);
  if (order === undefined) throw new Error('expected an order, was none');
  return order;
}

function wait(fields: Partial<AlgoRequest>): void {
  const created = venue.algos.create('main', {
    symbol: SYMBOL,
    side: 'SELL',
    type: 'STOP_MARKET',
    clientAlgoId: `algo-${++ids}`,
    timeInForce: 'GTC',
    quantity: decimal('1'),
    price: null,
    triggerTicks: 9_000,
    workingType: 'CONTRACT_PRICE',
    reduceOnly: true,
    closePosition: false,
    callbackBps: 0,
    activateTicks: null,
    ...fields,
  });
  if (!created.ok) throw new Error(created.error.msg);
}

const held = (): number => venue.clearing.of('main').lotsOf(SYMBOL);
const wallet = (): string => formatAmount(venue.clearing.of('main').wallet.free);

describe('money on USD-M', () => {
  it.each([
    // Bought at 100.01, sold at 101.99; fees of 0.05 % of each.
    ['BUY', 'SELL', 10_199, 10_201, '101.87900000'],
    // Sold at 99.99, bought at 98.01.
    ['SELL', 'BUY', 9_799, 9_801, '101.88100000'],
  ] as const)('books what a %s that a %s closes earned, less both fees', (open, close, bid, ask, expected) => {
    place(open, '1');
    bookAt(bid, ask);
    place(close, '1', { reduceOnly: true });
    expect([held(), wallet()]).toEqual([0, expected]);
  });

  it.each(['BUY', 'SELL'] as const)('liquidates a %s exactly where the liquidation price says', (side) => {
    place(side, '10');
    const market = venue.engine.state.market(SYMBOL);
    const futures = venue.clearing.of('main');
    const ticks = Number(liquidationPrice(venue.engine.state, futures, market) / 10n ** 14n);
    const [kept, lost] = side === 'BUY' ? [ticks + 2, ticks - 2] : [ticks - 2, ticks + 2];
    bookAt(kept - 1, kept + 1);
    expect(Math.abs(held())).toBe(10_000);
    bookAt(lost - 1, lost + 1);
    expect(held()).toBe(0);
    const closing = [...venue.engine.state.orders.values()].at(-1);
    expect(closing?.clientOrderId).toMatch(/^autoclose-/);
    expect(venue.termsOf(closing?.id ?? 0).isLiquidation).toBe(true);
  });

  it('refuses what the margin does not carry, counting open orders, and lets what reduces pass', () => {
    place('BUY', '15');
    expect(() => place('BUY', '10', limit('99.00'))).toThrow('-2019');
    place('SELL', '15', limit('101.00'));
    venue.setLeverage('main', SYMBOL, 1);
    expect(() => place('BUY', '0.1', limit('99.00'))).toThrow('-2019');
    expect(place('SELL', '15', { reduceOnly: true }).status).toBe('FILLED');
  });
});

describe('reduce-only orders', () => {
  it('are cut to the position, shrink with it and end with it', () => {
    place('BUY', '2');
    const target = place('SELL', '5', limit('101.00', { reduceOnly: true }));
    expect(target.lots).toBe(2_000);
    place('SELL', '0.5');
    expect([target.lots, target.status]).toEqual([1_500, 'NEW']);
    place('SELL', '1.5');
    expect([target.status, held()]).toEqual(['EXPIRED', 0]);
  });

  it('that one trade meets together do not turn the position', () => {
    place('BUY', '1');
    place('SELL', '1', limit('101.00', { reduceOnly: true }));
    place('SELL', '1', limit('101.01', { reduceOnly: true }));
    printAt(10_200, 'buy', 5_000);
    expect(held()).toBe(0);
  });
});

describe('conditional orders', () => {
  it('follow the price and fire a callback away from the best of it', () => {
    place('BUY', '1');
    wait({ type: 'TRAILING_STOP_MARKET', triggerTicks: 0, callbackBps: 100 });
    printAt(10_300, 'buy');
    printAt(10_198);
    expect(held()).toBe(1_000);
    printAt(10_197);
    expect(held()).toBe(0);
  });

  it('watch the mark price when told so, not the last one', () => {
    place('BUY', '1');
    wait({ workingType: 'MARK_PRICE', triggerTicks: 9_900 });
    printAt(9_800);
    expect(held()).toBe(1_000);
    bookAt(9_899, 9_901);
    expect(held()).toBe(0);
  });

  it('that close a position end with it, and need one', () => {
    expect(() => wait({ closePosition: true, quantity: null })).toThrow('open positions');
    place('BUY', '1');
    wait({ closePosition: true, quantity: null });
    place('SELL', '1');
    expect(venue.algos.of('main').map(({ status }) => status)).toEqual(['EXPIRED']);
  });

  it('are rejected at their price when nothing is left to reduce', () => {
    wait({});
    printAt(9_000);
    expect(venue.algos.of('main')).toMatchObject([{ status: 'REJECTED', failure: 'ReduceOnly Order is rejected.' }]);
  });
});

describe('conditional orders of every kind', () => {
  const waiting = (): number => venue.algos.waiting('main').length;

  it.each([
    ['SELL', 10_100, [10_000, 10_099], 10_200, 10_098],
    ['BUY', 9_900, [10_000, 9_901], 9_800, 9_898],
  ] as const)('a trailing %s follows the price only from %i on', (side, activateTicks, before, best, due) => {
    place(side === 'SELL' ? 'BUY' : 'SELL', '1');
    wait({ side, type: 'TRAILING_STOP_MARKET', triggerTicks: 0, callbackBps: 100, activateTicks });
    for (const ticks of before) printAt(ticks);
    // Far enough from the best price so far, had it been followed already.
    printAt(side === 'SELL' ? 9_900 : 10_100);
    expect(waiting()).toBe(1);
    printAt(best);
    expect(waiting()).toBe(1);
    printAt(due);
    expect([waiting(), held()]).toEqual([0, 0]);
  });

  it.each(['SELL', 'BUY'] as const)('a %s for the whole position closes what is held by then', (side) => {
    const open = side === 'SELL' ? 'BUY' : 'SELL';
    place(open, '1');
    wait({
      side,
      closePosition: true,
      reduceOnly: false,
      quantity: null,
      triggerTicks: side === 'SELL' ? 9_900 : 10_100,
    });
    expect(venue.algos.stops('main', SYMBOL)).toEqual([{ side, lots: null }]);
    place(open, '2');
    printAt(side === 'SELL' ? 9_900 : 10_100);
    expect(held()).toBe(0);
    expect(venue.algos.of('main')).toMatchObject([{ status: 'FINISHED' }]);
  });

  it('take a profit where the price comes from the other side', () => {
    place('BUY', '1');
    wait({ type: 'TAKE_PROFIT_MARKET', triggerTicks: 10_100 });
    expect(venue.algos.stops('main', SYMBOL)).toEqual([]);
    printAt(10_099, 'buy');
    expect([waiting(), held()]).toEqual([1, 1_000]);
    printAt(10_100, 'buy');
    expect([waiting(), held()]).toEqual([0, 0]);
  });

  it('with a price become limit orders, and end with these', () => {
    place('BUY', '1');
    wait({ type: 'STOP', timeInForce: 'GTC', price: decimal('101.00'), triggerTicks: 9_900 });
    printAt(9_900);
    const [algo] = venue.algos.of('main');
    const order = venue.engine.state.orders.get(algo?.actualOrderId ?? 0);
    expect([algo?.status, order?.type, order?.priceTicks]).toEqual(['TRIGGERED', 'LIMIT', 10_100]);
    expect(venue.cancel(order).ok).toBe(true);
    expect(algo?.status).toBe('FINISHED');
  });

  it('wait at most 200 at a time, each under an id of its own', () => {
    wait({ clientAlgoId: 'first' });
    expect(() => wait({ clientAlgoId: 'first' })).toThrow('ClientOrderId is duplicated.');
    for (let count = 1; count < 200; count++) wait({});
    expect(() => wait({})).toThrow('Reach max stop order limit.');
    const [first] = venue.algos.waiting('main');
    expect(venue.algos.cancel(first).ok).toBe(true);
    expect(venue.algos.cancel(first)).toMatchObject({ ok: false, error: { code: -2011 } });
    wait({ clientAlgoId: 'first' });
    expect(waiting()).toBe(200);
  });
});

describe('odd states', () => {
  it('refuses to change an order that is unknown or ended', () => {
    const order = place('BUY', '1', limit('99.00'));
    const change = request('BUY', '1', limit('98.00'));
    expect(venue.modify(undefined, change)).toMatchObject({ ok: false, error: { code: -2011 } });
    venue.cancel(order);
    expect(venue.modify(order, change)).toMatchObject({ ok: false, error: { code: -2011 } });
  });

  it('changes the size alone, and refuses a change to what the order is already', () => {
    const order = place('BUY', '1', limit('99.00'));
    const same = venue.modify(order, request('BUY', '1', limit('99.00')));
    expect(same).toMatchObject({ ok: false, error: { code: -5027 } });
    expect(venue.modify(order, request('BUY', '0.5', limit('99.00'))).ok).toBe(true);
    expect([order.lots, order.priceTicks, order.status]).toEqual([500, 9_900, 'NEW']);
  });

  it('refuses orders while the symbol halts', () => {
    venue.engine.state.market(SYMBOL).rules.status = 'HALT';
    expect(() => place('BUY', '1')).toThrow('-4140');
    expect(held()).toBe(0);
  });

  it('marks at the last trade while a side of the book is empty', () => {
    place('BUY', '1');
    const event = { kind: 'book', symbol: SYMBOL, marketTimeMs: TEST_START_MS, snapshot: true } as const;
    printAt(10_050, 'buy');
    venue.apply({ ...event, bids: [[9_999, 1_000]], asks: [] }, venue.clock.now());
    expect(doubleMarkTicks(venue.engine.state.market(SYMBOL))).toBe(20_100);
    venue.apply({ ...event, bids: [], asks: [[10_001, 1_000]] }, venue.clock.now());
    expect(doubleMarkTicks(venue.engine.state.market(SYMBOL))).toBe(20_100);
  });

  it('passes on where a recording jumps, and plays nothing of symbols it does not have', () => {
    const jumps: string[] = [];
    venue.listenJumps((symbol) => jumps.push(symbol));
    for (const symbol of [SYMBOL, 'BTCEUR']) {
      venue.apply({ kind: 'discontinuity', symbol, marketTimeMs: TEST_START_MS }, venue.clock.now());
    }
    expect(jumps).toEqual([SYMBOL]);
  });

  it.each([
    ['long', 'BUY', 'SELL', '101.00', 1],
    ['short', 'SELL', 'BUY', '99.00', -1],
  ] as const)(
    'leaves a reduce-only order alone that still fits a %s, and then cuts it',
    (_name, open, close, price, sign) => {
      place(open, '3');
      const target = place(close, '1', limit(price, { reduceOnly: true }));
      place(close, '1');
      expect([target.lots, target.status, held()]).toEqual([1_000, 'NEW', sign * 2_000]);
      place(close, '1.5');
      expect([target.lots, target.status, held()]).toEqual([500, 'NEW', sign * 500]);
    },
  );

  it('refuses fill-or-kill for more than the book holds, and between two lots', () => {
    const whole = limit('100.01', { timeInForce: 'FOK' });
    expect(() => place('BUY', '51', whole)).toThrow('-5021');
    expect(() => place('BUY', '0.1005', whole)).toThrow('-1111');
    expect(place('BUY', '0.1', whole).status).toBe('FILLED');
  });

  it('knows no end of a listen key that it did not issue', () => {
    expect(venue.listenKeys.validUntil('unknown')).toBe(0);
    const key = venue.listenKeys.issue('main');
    expect(venue.listenKeys.validUntil(key)).toBe(venue.clock.now().wallMs + 3_600_000);
  });
});

describe('time', () => {
  it('asks no funding of a position that is closed', () => {
    place('BUY', '1');
    place('SELL', '1');
    const before = wallet();
    wallMs += 8 * 3_600_000;
    venue.tick();
    expect(wallet()).toBe(before);
    expect(venue.clearing.of('main').incomes.some(({ incomeType }) => incomeType === 'FUNDING_FEE')).toBe(false);
  });

  it('forgets a countdown that was stopped and a dated order that ended before its date', () => {
    const dated = place('BUY', '1', limit('99.00'), { ...PLAIN, timeInForce: 'GTD', goodTillMs: wallMs + 50 });
    const plain = place('BUY', '1', limit('98.00'));
    venue.cancel(dated);
    venue.countdowns.set('main', SYMBOL, wallMs + 10);
    venue.countdowns.set('main', SYMBOL, null);
    wallMs += 60;
    venue.tick();
    expect([dated.status, plain.status]).toEqual(['CANCELED', 'NEW']);
  });

  it('cancels nothing for an account without a wallet here', () => {
    const plain = place('BUY', '1', limit('98.00'));
    venue.cancelAll('spot-only', SYMBOL);
    expect(plain.status).toBe('NEW');
  });

  it('ends good-till-date orders and counts down on ordinary orders alone', () => {
    const dated = place('BUY', '1', limit('99.00'), { ...PLAIN, timeInForce: 'GTD', goodTillMs: wallMs + 50 });
    const plain = place('BUY', '1', limit('98.00'));
    wait({ triggerTicks: 9_500 });
    venue.countdowns.set('main', SYMBOL, wallMs + 100);
    wallMs += 40;
    venue.tick();
    expect(dated.status).toBe('NEW');
    wallMs += 20;
    venue.tick();
    expect([dated.status, plain.status]).toEqual(['EXPIRED', 'NEW']);
    wallMs += 60;
    venue.tick();
    expect(plain.status).toBe('CANCELED');
    expect(venue.algos.waiting('main')).toHaveLength(1);
  });

  it('has longs pay shorts at 0, 8 and 16 hours of market time', () => {
    place('BUY', '1');
    const before = venue.clearing.of('main').wallet.free;
    wallMs += 8 * 3_600_000;
    venue.tick();
    expect(formatAmount(before - venue.clearing.of('main').wallet.free)).toBe('0.01000000');
  });
});
