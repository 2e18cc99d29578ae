import { describe, expect, it } from 'vitest';
import type { OrderSpec } from '../../../engine/domain/order.ts';
import { bracket, order } from '../testing/gateway-fixture.ts';
import { usdmRequest } from './usdm-requests.ts';

const write = (fields: Partial<OrderSpec>) => usdmRequest({ kind: 'single', order: order('entry', fields) }, 'BTCUSDT');
const trailing = { type: 'trailingStop', side: 'sell', price: null, timeInForce: null } as const;

describe('what USD-M has no form for', () => {
  it('denies a list', () => {
    expect(usdmRequest(bracket(), 'BTCUSDT')).toEqual({
      ok: false,
      error: 'expected a single order, was otoco: USD-M has no lists',
    });
  });

  it.each([
    ['an iceberg', { displayQuantity: '0.1' }, 'was an iceberg'],
    ['a gtd order without an end', { timeInForce: 'gtd' }, 'expected an end of the gtd order'],
    ['a conditional gtd order', { type: 'stopLimit', triggerPrice: '59000', timeInForce: 'gtd' }, 'was gtd'],
    ['a trailing stop without its distance', trailing, 'was none'],
    ['a trailing stop too near', { ...trailing, trailingRatio: '0.0009' }, 'was 0.0009'],
    ['a trailing stop too far', { ...trailing, trailingRatio: '0.1001' }, 'was 0.1001'],
  ] as const)('denies %s', (_name, fields, reason) => {
    const request = write(fields);
    expect(request.ok ? '' : request.error).toContain(reason);
  });
});

describe('a create', () => {
  it.each([
    ['a limit of no named time', { timeInForce: null }, { type: 'LIMIT', timeInForce: 'GTC', price: '60000.00' }],
    ['a maker', { type: 'limitMaker', timeInForce: null }, { type: 'LIMIT', timeInForce: 'GTX' }],
    [
      'a gtd, its end in whole seconds after it',
      { timeInForce: 'gtd', expiresAtUs: 1_500_001 },
      { goodTillDate: 2_000 },
    ],
    ['a reduce-only', { reduceOnly: true }, { reduceOnly: 'true' }],
    [
      'a stop with a limit of no named time',
      { type: 'stopLimit', triggerPrice: '59000', timeInForce: null },
      { type: 'STOP', triggerPrice: '59000', timeInForce: 'GTC' },
    ],
    ['the nearest trailing stop', { ...trailing, trailingRatio: '0.001' }, { callbackRate: '0.1' }],
    ['the farthest trailing stop', { ...trailing, trailingRatio: '0.100' }, { callbackRate: '10' }],
    [
      'a trailing stop from a price on',
      { ...trailing, trailingRatio: '0.015', triggerPrice: '61000' },
      { callbackRate: '1.5', activatePrice: '61000' },
    ],
  ] as const)('writes %s', (_name, fields, params) => {
    expect(write(fields)).toMatchObject({ ok: true, value: { params } });
  });

  it('of a market order names neither price nor time', () => {
    const request = write({ type: 'market', price: null, timeInForce: null });
    expect(request.ok && Object.keys(request.value.params)).toEqual([
      ...['symbol', 'side', 'quantity', 'type', 'newClientOrderId', 'newOrderRespType'],
    ]);
  });
});
