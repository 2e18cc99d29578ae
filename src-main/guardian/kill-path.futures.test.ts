import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Rig, BTC_PERPETUAL, order, rigUsdm } from '../adapters/binance/testing/gateway-fixture.ts';
import { createSystemClock } from '../adapters/system-clock/system-clock.ts';
import type { OrderSpec } from '../engine/domain/order.ts';
import { startFuturesExchange } from '../practice-exchange/testing/practice-client.ts';
import { flattenAll } from './kill-path.ts';

const clock = createSystemClock();
let exchange: Awaited<ReturnType<typeof startFuturesExchange>>;
let engine: Rig;
let guardian: Rig;

beforeEach(async () => {
  exchange = await startFuturesExchange();
  engine = rigUsdm(exchange, exchange, clock);
  guardian = rigUsdm(exchange, exchange, clock);
  await engine.gateway.connect();
});
afterEach(async () => {
  await Promise.all([engine.gateway.close(), guardian.gateway.close()]);
  await exchange.close();
});

const perpetual = (role: 'entry' | 'stop' | 'target', fields: Partial<OrderSpec>): OrderSpec =>
  order(role, { instrumentId: BTC_PERPETUAL, quantity: '1.000', ...fields });

it.each([
  { side: 'buy', exit: 'sell', price: '100.05', trigger: '95.00', target: '110.00' },
  { side: 'sell', exit: 'buy', price: '99.95', trigger: '105.00', target: '90.00' },
] as const)('closes a $side position before its stop goes, in both order spaces', async (wanted) => {
  const { side, exit, price, trigger, target } = wanted;
  const stop = { side: exit, type: 'stopMarket', price: null, triggerPrice: trigger, timeInForce: null } as const;
  const orders = [
    perpetual('stop', { ...stop, reduceOnly: true }),
    perpetual('entry', { side, price, timeInForce: 'fok' }),
    perpetual('target', { side: exit, type: 'limitMaker', price: target, timeInForce: null, reduceOnly: true }),
    perpetual('entry', { side, price: side === 'buy' ? '90.00' : '110.00' }),
  ];
  for (const spec of orders) await engine.gateway.submit({ kind: 'single', order: spec }, 'new');

  const report = await flattenAll({
    gateways: [guardian.gateway],
    clock,
    intents: { write: () => undefined, close: () => undefined },
    log: () => undefined,
    installation: '0a1b2c3d',
    epoch: 2,
    held: [],
  });
  expect(report.verifiedFlat).toBe(true);
  const { usdm } = exchange.venue;
  expect(usdm?.clearing.of('main').lotsOf('BTCUSDT')).toBe(0);
  expect(usdm?.algos.waiting('main')).toEqual([]);
  expect(usdm?.account('main')?.orders.openOrders()).toEqual([]);
  const account = usdm?.account('main')?.orders;
  expect(account === undefined ? null : usdm?.ledger.report(account, Date.now())).toMatchObject({
    positions: [{ unprotectedEpisodes: 0 }],
  });
});
