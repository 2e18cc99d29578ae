import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HandMadeMarket } from '../testing/hand-made-market.ts';
import { PracticeVenue } from '../practice-venue.ts';
import { ApiError } from './api-error.ts';
import { dispatch } from './dispatch.ts';
import { Parameters } from './parameters.ts';

const UNLIMITED = { weightPerMinute: Infinity, ordersPer10s: Infinity, ordersPerDay: Infinity };

const venue = (): PracticeVenue =>
  new PracticeVenue({
    market: new HandMadeMarket(),
    accounts: [{ name: 'main', balances: { USDT: '10000', BTC: '5' } }],
    speed: 1,
    limits: UNLIMITED,
    readWallMs: () => 0,
    intentProbe: null,
    discountPrices: {},
  });

const ROUTES = [
  'GET /api/v3/exchangeInfo',
  'GET /api/v3/depth',
  'GET /api/v3/klines',
  'GET /api/v3/aggTrades',
  'GET /api/v3/ticker/24hr',
  'GET /api/v3/order',
  'GET /api/v3/allOrders',
  'GET /api/v3/myTrades',
  'GET /api/v3/orderList',
  'POST /api/v3/order',
  'POST /api/v3/order/test',
  'POST /api/v3/order/cancelReplace',
  'POST /api/v3/orderList/oco',
  'POST /api/v3/orderList/otoco',
  'POST /api/v3/orderList/opoco',
  'DELETE /api/v3/order',
  'DELETE /api/v3/openOrders',
  'DELETE /api/v3/orderList',
];
const TYPES = ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'];
const number = fc.oneof(
  fc.integer({ min: 0, max: 20_000 }).map((ticks) => (ticks / 100).toFixed(2)),
  fc.constantFrom('0', '-1', 'NaN', 'Infinity', '1e5', '99999999999999999999', '0.00000001', '1.123456789', ''),
);
const side = fc.constantFrom('BUY', 'SELL', 'buy', '');
const type = fc.constantFrom(...TYPES, 'BEST');
const id = fc.constantFrom('a', 'b', 'c', 'ü', ' ');
const fields: Record<string, fc.Arbitrary<string>> = {
  symbol: fc.constantFrom('BTCUSDT', 'BTCUSDT', 'BTCUSDT', 'NOPE', ''),
  ...Object.fromEntries(['side', 'workingSide', 'pendingSide'].map((name) => [name, side])),
  ...Object.fromEntries(
    ['type', 'workingType', 'aboveType', 'belowType', 'pendingAboveType', 'pendingBelowType'].map((name) => [
      name,
      type,
    ]),
  ),
  ...Object.fromEntries(
    [
      'quantity',
      'price',
      'stopPrice',
      'quoteOrderQty',
      'workingPrice',
      'workingQuantity',
      'pendingQuantity',
      'abovePrice',
      'belowStopPrice',
      'belowPrice',
      'pendingAbovePrice',
      'pendingBelowStopPrice',
      'pendingBelowPrice',
      'limit',
      'orderId',
      'orderListId',
      'cancelOrderId',
      'startTime',
      'endTime',
      'fromId',
      'icebergQty',
      'trailingDelta',
    ].map((name) => [name, number]),
  ),
  ...Object.fromEntries(
    ['timeInForce', 'workingTimeInForce', 'belowTimeInForce'].map((name) => [
      name,
      fc.constantFrom('GTC', 'IOC', 'FOK', 'GTD'),
    ]),
  ),
  ...Object.fromEntries(
    ['newClientOrderId', 'origClientOrderId', 'cancelOrigClientOrderId', 'listClientOrderId'].map((name) => [name, id]),
  ),
  interval: fc.constantFrom('1m', '15m', '1d', '7y'),
  symbols: fc.constantFrom('["BTCUSDT"]', '[]', 'BTCUSDT', '["NOPE"]'),
  cancelReplaceMode: fc.constantFrom('STOP_ON_FAILURE', 'ALLOW_FAILURE', 'MAYBE'),
  newOrderRespType: fc.constantFrom('ACK', 'RESULT', 'FULL', 'ALL'),
};
const call = fc.record({ route: fc.constantFrom(...ROUTES), params: fc.record(fields, { requiredKeys: ['symbol'] }) });

it('answers whatever is sent or refuses it as the venue does; balances never turn negative', () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 30 }), (calls) => {
      const played = venue();
      for (const { route, params } of calls) {
        try {
          const parameters = Parameters.fromObject(params);
          dispatch(played, { route, parameters, apiKey: undefined, payload: '', address: '', session: 'main' });
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
        for (const { free, locked } of played.account('main').balances.values()) {
          expect(free >= 0n && locked >= 0n).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});
