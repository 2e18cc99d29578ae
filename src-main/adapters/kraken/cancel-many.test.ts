import { expect, it } from 'vitest';
import { makeClientOrderId } from '../../engine/domain/client-order-id.ts';
import { accountId, instrumentId } from '../../engine/domain/identifiers.ts';
import type { OrderSpec } from '../../engine/domain/order.ts';
import { krakenCall } from '../../practice-exchange/testing/kraken-client.ts';
import { startTestExchange } from '../../practice-exchange/testing/practice-client.ts';
import { Secret } from '../keychain/secret.ts';
import { createSystemClock } from '../system-clock/system-clock.ts';
import { keyStateInMemory } from './key-state.ts';
import { createKrakenGateway } from './kraken-gateway.ts';

const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const ORDERS = 8;

const spec = (counter: number): OrderSpec => ({
  clientOrderId: makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter, role: 'entry' }),
  ...{ accountId: accountId('kraken-1'), strategyId: null, instrumentId: BTC, role: 'entry', side: 'buy' },
  ...{ type: 'limit', timeInForce: 'gtc', quantity: '0.100', price: '90.00', triggerPrice: null },
});

it('ends our orders in few requests, none of a stranger, and says when each cancel left', async () => {
  const exchange = await startTestExchange({ krakenLimits: { callsMax: 10_000, ordersMax: 10_000 } });
  const { apiKey, secret, rest, krakenPrivate } = exchange;
  // Of somebody who uses the key before us.
  const limit = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', price: '80', volume: '1' };
  const foreign = (await krakenCall(exchange, 'AddOrder', limit, { nonce: 1 })).result as { txid: string[] };
  const clock = createSystemClock();
  const gateway = createKrakenGateway({
    ...{ accountId: accountId('kraken-1'), apiKey: new Secret(apiKey), secret: new Secret(secret) },
    ...{ endpoints: { rest, privateStream: krakenPrivate }, keyState: keyStateInMemory(), tier: 'pro' },
    ...{ isCurrentEpoch: () => true, privateStream: false, clock },
    random: { next: () => 0.5, hex: (bytes) => '0'.repeat(bytes * 2) },
    logger: { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 },
  });
  await gateway.connect();
  const own = Array.from({ length: ORDERS }, (_, at) => spec(at));
  for (const order of own)
    expect(await gateway.submit({ kind: 'single', order }, 'new')).toMatchObject({ kind: 'accepted' });
  const outcomes = await Promise.all(
    own.map(async ({ clientOrderId }) => gateway.cancel({ instrumentId: BTC, clientOrderId, listId: null }, 'cancel')),
  );
  expect(outcomes.every(({ kind, sentAtUs }) => kind === 'accepted' && sentAtUs !== undefined)).toBe(true);
  expect(new Set(outcomes.map(({ sentAtUs }) => sentAtUs)).size).toBeLessThanOrEqual(2);
  const left = await gateway.snapshot([], []);
  expect(left.ok && left.value.openOrders.map(({ venueOrderId }) => venueOrderId)).toEqual(foreign.txid);
  await gateway.close();
  await exchange.close();
});
