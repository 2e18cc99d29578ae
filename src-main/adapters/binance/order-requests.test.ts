import { describe, expect, it } from 'vitest';
import type { OrderSpec } from '../../engine/domain/order.ts';
import { orderRequest } from './order-requests.ts';
import { bracket, order, orderId, stopOf, targetOf } from './testing/gateway-fixture.ts';

const single = (fields: Partial<OrderSpec>): unknown => {
  const request = orderRequest({ kind: 'single', order: order('exit', fields) }, 'BTCUSDT');
  if (!request.ok) return request.error;
  const { newClientOrderId, newOrderRespType, symbol, side, quantity, ...rest } = request.value.params;
  expect({ newOrderRespType, symbol, side, quantity }).toEqual({
    newOrderRespType: 'FULL',
    symbol: 'BTCUSDT',
    side: 'BUY',
    quantity: '0.00100',
  });
  expect(newClientOrderId).toMatch(/^[0-9a-f]{32}$/);
  return rest;
};

describe('a single order in the venue’s words', () => {
  it.each<[Partial<OrderSpec>, object]>([
    [{ timeInForce: 'gtc' }, { type: 'LIMIT', price: '60000.00', timeInForce: 'GTC' }],
    [{ timeInForce: 'ioc' }, { type: 'LIMIT', price: '60000.00', timeInForce: 'IOC' }],
    [{ timeInForce: 'fok' }, { type: 'LIMIT', price: '60000.00', timeInForce: 'FOK' }],
    [
      { type: 'limitMaker', timeInForce: null },
      { type: 'LIMIT_MAKER', price: '60000.00' },
    ],
    [
      { type: 'limitMaker', timeInForce: 'gtc' },
      { type: 'LIMIT_MAKER', price: '60000.00' },
    ],
    [{ type: 'market', timeInForce: null, price: null }, { type: 'MARKET' }],
    [
      { type: 'stopLimit', triggerPrice: '61000.00' },
      { type: 'STOP_LOSS_LIMIT', price: '60000.00', stopPrice: '61000.00', timeInForce: 'GTC' },
    ],
    [
      { type: 'stopMarket', price: null, triggerPrice: '61000.00' },
      { type: 'STOP_LOSS', stopPrice: '61000.00' },
    ],
    [
      { type: 'takeProfitLimit', triggerPrice: '59000.00' },
      { type: 'TAKE_PROFIT_LIMIT', price: '60000.00', stopPrice: '59000.00', timeInForce: 'GTC' },
    ],
  ])('%j', (fields, expected) => {
    expect(single(fields)).toEqual(expected);
  });
});

describe('lists', () => {
  it.each<[string, Partial<OrderSpec>, string]>([
    ['reduce-only', { reduceOnly: true }, 'expected an order without reduceOnly, was one with it'],
    ['good till a date', { timeInForce: 'gtd' }, 'expected gtc, ioc or fok, was gtd'],
  ])('refuse an order of theirs that is %s rather than drop the word', (_name, odd, error) => {
    const [listId, working, target, stop] = [orderId('list'), order('entry'), targetOf(), stopOf()];
    const lists = [
      { kind: 'oto', listId, working: { ...working, ...odd }, stop },
      { kind: 'otoco', listId, working: { ...working, ...odd }, target, stop },
      { kind: 'otoco', listId, working, target, stop: { ...stop, ...odd } },
      { kind: 'oco', listId, target: { ...target, ...odd }, stop },
    ] as const;
    for (const list of lists) expect(orderRequest(list, 'BTCUSDT')).toEqual({ ok: false, error });
  });

  it('puts the target of a sale above and its stop below', () => {
    const [target, stop, listId] = [targetOf(), stopOf(), orderId('list')];
    const request = orderRequest({ kind: 'oco', listId, target, stop }, 'BTCUSDT');
    expect(request.ok && request.value).toEqual({
      call: 'privatePostOrderListOco',
      orders: 2,
      params: {
        symbol: 'BTCUSDT',
        listClientOrderId: listId,
        side: 'SELL',
        quantity: '0.00100',
        newOrderRespType: 'FULL',
        aboveType: 'LIMIT_MAKER',
        aboveClientOrderId: target.clientOrderId,
        abovePrice: '61000.00',
        belowType: 'STOP_LOSS_LIMIT',
        belowClientOrderId: stop.clientOrderId,
        belowPrice: '58900.00',
        belowStopPrice: '59000.00',
        belowTimeInForce: 'GTC',
      },
    });
  });

  it('puts the stop of a purchase above and its target below', () => {
    const list = {
      kind: 'oco',
      listId: orderId('list'),
      target: targetOf({ side: 'buy' }),
      stop: stopOf({ side: 'buy' }),
    } as const;
    const request = orderRequest(list, 'BTCUSDT');
    expect(request.ok && request.value.params).toMatchObject({
      side: 'BUY',
      aboveType: 'STOP_LOSS_LIMIT',
      belowType: 'LIMIT_MAKER',
    });
  });

  it.each([
    ['a market order as working leg', { ...bracket({ type: 'market' }) }, 'working order'],
    ['legs of different sizes', { ...bracket(), target: targetOf({ quantity: '0.00200' }) }, 'one quantity'],
    ['legs of different sides', { ...bracket(), target: targetOf({ side: 'buy' }) }, 'both legs to sell'],
  ])('denies %s', (_name, list, expected) => {
    const request = orderRequest(list, 'BTCUSDT');
    expect(!request.ok && request.error).toContain(expected);
  });
});
