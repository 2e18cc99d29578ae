import { describe, expect, it } from 'vitest';
import { accountId, type ClientOrderId, instrumentId } from '../../engine/domain/identifiers.ts';
import type { OrderSpec, Submission } from '../../engine/domain/order.ts';
import { err } from '../../engine/domain/result.ts';
import { addOrderParams } from './order-requests.ts';
import { listedPairs, PairMap } from './pair-map.ts';
import type { PairInfo } from './wire-schemas.ts';

const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const SCOPE = { pair: 'XBTUSDT', deadlineMs: 0, leverage: null };
const spec = (more: Partial<OrderSpec> = {}): OrderSpec => ({
  ...{ clientOrderId: 'entry-1' as ClientOrderId, accountId: accountId('paper-1'), strategyId: null },
  ...{ instrumentId: BTC, role: 'entry', side: 'buy', type: 'limit', timeInForce: 'gtc', quantity: '1.000' },
  ...{ price: '99.50', triggerPrice: null },
  ...more,
});
const stop = (more: Partial<OrderSpec> = {}): OrderSpec =>
  spec({
    ...{ clientOrderId: 'stop-1' as ClientOrderId, role: 'stop', side: 'sell', type: 'stopMarket', timeInForce: null },
    ...{ price: null, triggerPrice: '95.00' },
    ...more,
  });
const single = (more: Partial<OrderSpec>): Submission => ({ kind: 'single', order: spec(more) });
const listId = 'list-1' as ClientOrderId;
const oto = (working: Partial<OrderSpec>, close: Partial<OrderSpec>): Submission => ({
  ...{ kind: 'oto', listId, working: spec(working), stop: stop(close) },
});

describe('orders in the form of the venue', () => {
  it.each<[string, Submission, string]>([
    [
      'a pair of exits',
      { kind: 'oco', listId, target: spec(), stop: stop() },
      'expected a single order or one with its stop, was oco',
    ],
    [
      'an entry with both exits',
      { kind: 'otoco', listId, working: spec(), target: spec(), stop: stop() },
      'expected a single order or one with its stop, was otoco',
    ],
    ['a stop on the side of its entry', oto({}, { side: 'buy' }), 'expected a stop on the other side, was buy on both'],
    [
      'a stop without a trigger',
      oto({}, { type: 'stopLimit', triggerPrice: null }),
      'expected a price of stop-1, was none',
    ],
    [
      'an iceberg with a stop',
      oto({ displayQuantity: '0.1' }, {}),
      'expected an order without a displayed part, was an iceberg',
    ],
    [
      'an iceberg whose stop has no trigger',
      oto({ displayQuantity: '0.1' }, { triggerPrice: null }),
      'expected an order without a displayed part, was an iceberg',
    ],
    ['a limit without a price', single({ price: null }), 'expected a price of entry-1, was none'],
    ['a trail without a distance', single({ type: 'trailingStop' }), 'expected a trailing distance, was none'],
  ])('deny %s', (_what, submission, problem) => {
    expect(addOrderParams(submission, SCOPE)).toEqual(err(problem));
  });

  it.each([
    ['0.025', '+2.5%'],
    ['0.05', '+5%'],
    ['1', '+100%'],
  ])('trail by %s as %s', (trailingRatio, price) => {
    expect(addOrderParams(single({ type: 'trailingStop', trailingRatio }), SCOPE)).toMatchObject({
      ok: true,
      value: { ordertype: 'trailing-stop', price },
    });
  });

  it('write a stop as the close of its entry', () => {
    const close = { type: 'stopLimit', price: '94.00' } as const;
    expect(addOrderParams(oto({}, close), { ...SCOPE, leverage: 3 })).toMatchObject({
      value: {
        price: '99.50',
        leverage: '3',
        close: { ordertype: 'stop-loss-limit', price: '95.00', price2: '94.00' },
      },
    });
  });
});

describe('pairs', () => {
  const info = (more: Partial<PairInfo> = {}): PairInfo => ({
    ...{ altname: 'XBTUSDT', base: 'XXBT', quote: 'USDT', pair_decimals: 2, lot_decimals: 0, status: 'online' },
    ...{ ordermin: '5.0', fees: undefined, fees_maker: undefined },
    ...more,
  });
  const pairs = (more: Partial<PairInfo> = {}) =>
    new PairMap({ XXBTUSDT: info(more) }, new Map([['XXBT', 'XBT']]), 'SPOT');
  const listed = (more: Partial<PairInfo> = {}, leverage: number | null = null) =>
    listedPairs(pairs(more), { tier: 'starter', version: 1, leverage });

  it('assume the digits and the highest fees where the venue states neither', () => {
    expect(listed()).toMatchObject([
      {
        ...{ id: BTC, venueSymbol: 'XXBTUSDT', tickSize: '0.01', lotSize: '1', minQuantity: '5', minNotional: '0' },
        ...{ makerFee: '0.0025', takerFee: '0.004', maxOrders: 60 },
      },
    ]);
    expect(listed({ tick_size: '0.50', costmin: '0.5', fees: [['0', '0.26']], fees_maker: [] })).toMatchObject([
      { tickSize: '0.5', minNotional: '0.5', makerFee: '0.0025', takerFee: '0.0026' },
    ]);
  });

  it.each<[string, Partial<PairInfo>, number | null]>([
    ['without a smallest order', { ordermin: undefined }, null],
    ['that is not online', { status: 'cancel_only' }, null],
    ['without a status', { status: undefined }, null],
    ['whose name can be no instrument', { base: 'A B' }, null],
    ['without leverage', {}, 3],
    ['with leverage for longs alone', { leverage_buy: [2, 3] }, 3],
  ])('leave out one %s', (_what, more, leverage) => {
    expect(listed(more, leverage)).toEqual([]);
  });

  it('are found under each of their names and no other', () => {
    const map = pairs();
    expect(['XXBTUSDT', 'XBTUSDT', 'BTC/USDT', 'XBT/USDT'].map((name) => map.named(name)?.id)).toEqual([
      ...[BTC, BTC, BTC, undefined],
    ]);
    expect([map.asset('XXBT'), map.asset('XDG'), map.asset('SOL')]).toEqual(['BTC', 'DOGE', 'SOL']);
    const far = instrumentId({ base: 'SOL', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
    expect(() => map.of(far)).toThrow(`expected an instrument listed by the venue, was ${far}`);
  });
});
