import { describe, expect, it } from 'vitest';
import { makeClientOrderId, parseClientOrderId, type OrderRole } from '../engine/domain/client-order-id.ts';
import { decimal } from '../engine/domain/decimal.ts';
import type { OrderSpec } from '../engine/domain/order.ts';
import { Quantity } from '../engine/domain/quantities.ts';
import { err } from '../engine/domain/result.ts';
import { ACCOUNT, BTC } from '../engine/testing/core-session.ts';
import { gatewayOver } from '../engine/testing/engine-bench.ts';
import { VenueDouble } from '../engine/testing/venue-double.ts';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import { flattenAll, type KillReport } from './kill-path.ts';
import type { HeldPosition } from './protocol.ts';

const INSTALLATION = '0a1b2c3d';
let counter = 0;

const spec = (role: OrderRole, over: Partial<OrderSpec> = {}): OrderSpec => ({
  clientOrderId: makeClientOrderId({ installation: INSTALLATION, epoch: 1, counter: counter++, role }),
  accountId: ACCOUNT,
  strategyId: null,
  instrumentId: BTC,
  role,
  side: 'sell',
  type: 'stopLimit',
  timeInForce: 'gtc',
  quantity: '1.000',
  price: '97.50',
  triggerPrice: '98.00',
  ...over,
});

/** A venue that holds `balance`, of which `held` is ours under a resting stop; the rest is the user's own. */
function setUp(balance = '1.000') {
  const clock = new VirtualClock();
  const venue = new VenueDouble(ACCOUNT);
  venue.base = Quantity.of(decimal(balance));
  const gateway = gatewayOver(venue);
  const stop = spec('stop');
  venue.submit({ kind: 'single', order: stop });
  const held: HeldPosition = {
    accountId: ACCOUNT,
    instrumentId: BTC,
    quantity: '1.000',
    orders: [{ clientOrderId: stop.clientOrderId, filled: '0' }],
  };
  const run = async (positions: readonly HeldPosition[] = [held], write = () => undefined): Promise<KillReport> => {
    const intents = { write, close: () => undefined };
    const options = { gateways: [gateway], clock, intents, log: () => undefined, installation: INSTALLATION };
    const report = flattenAll({ ...options, epoch: 2, held: positions });
    await clock.advanceAsync(40_000, 100);
    return report;
  };
  const exits = () => [...venue.orders.values()].filter(({ spec: { role } }) => role === 'exit');
  return { clock, venue, gateway, stop, run, exits };
}

describe('the kill path', () => {
  it('cancels the stop and sells our position only', async () => {
    const { run, venue, exits } = setUp('5.000');
    expect((await run()).verifiedFlat).toBe(true);
    expect(venue.base.toString()).toBe('4.000');
    expect(exits()).toHaveLength(1);
  });

  it('sells no balance of the user when the stop filled after the last beat', async () => {
    const { run, venue, stop, exits } = setUp('5.000');
    venue.fill(stop.clientOrderId);
    expect((await run()).verifiedFlat).toBe(true);
    expect(exits()).toEqual([]);
    expect(venue.base.toString()).toBe('4.000');
  });

  it('sells what an entry bought after the last beat', async () => {
    const { run, venue } = setUp('0.000');
    const entry = spec('entry', {
      side: 'buy',
      type: 'limit',
      timeInForce: 'fok',
      price: '100.05',
      triggerPrice: null,
    });
    venue.submit({ kind: 'single', order: entry });
    const orders = [{ clientOrderId: entry.clientOrderId, filled: '0' }];
    expect((await run([{ accountId: ACCOUNT, instrumentId: BTC, quantity: '0', orders }])).verifiedFlat).toBe(true);
    expect(venue.base.floorToLot(Quantity.of(decimal('0.001'))).isZero).toBe(true);
  });

  it('does not call flat what an exit without an answer may have left', async () => {
    const { run, gateway, venue, exits } = setUp();
    const submit = gateway.submit.bind(gateway);
    let lost = 0;
    gateway.submit = async (...args) => {
      if (lost++ > 0) return submit(...args);
      return { kind: 'unknown', reason: 'connection reset' };
    };
    expect((await run()).verifiedFlat).toBe(true);
    expect(exits()).toHaveLength(1);
    expect(venue.base.isZero).toBe(true);
  });

  it('sends no second exit when the answer to the first was lost', async () => {
    const { run, gateway, venue, exits } = setUp('5.000');
    gateway.losesAnswers = true;
    expect((await run()).verifiedFlat).toBe(true);
    expect(exits()).toHaveLength(1);
    expect(venue.base.toString()).toBe('4.000');
  });

  it('is not flat when the market order found nobody to buy', async () => {
    const { run, venue } = setUp();
    venue.options.market = 'expire';
    expect((await run()).verifiedFlat).toBe(false);
  });

  it('counts a resting stop as proof although the first look failed and nothing is remembered', async () => {
    const { run, gateway, venue } = setUp();
    const snapshot = gateway.snapshot.bind(gateway);
    let looks = 0;
    gateway.snapshot = async (...args) =>
      looks++ === 0 ? err({ detail: 'HTTP 502', retryAfterMs: null }) : snapshot(...args);
    expect((await run([])).verifiedFlat).toBe(true);
    expect(venue.base.isZero).toBe(true);
  });

  it('goes on when the venue is away at first', async () => {
    const { run, gateway, venue } = setUp();
    const connect = gateway.connect.bind(gateway);
    let tries = 0;
    gateway.connect = async () => {
      if (tries++ < 10) throw new Error('connect ECONNREFUSED');
      return connect();
    };
    expect((await run()).verifiedFlat).toBe(true);
    expect(venue.base.isZero).toBe(true);
  });

  it('reports instead of throwing when the venue stays away', async () => {
    const { run, gateway } = setUp();
    gateway.connect = async () => Promise.reject(new Error('connect ECONNREFUSED'));
    expect((await run()).verifiedFlat).toBe(false);
  });

  it('is not held up by a full disk', async () => {
    const { run, venue } = setUp();
    const full = () => {
      throw new Error('ENOSPC: no space left on device, write');
    };
    expect((await run(undefined, full)).verifiedFlat).toBe(true);
    expect(venue.base.isZero).toBe(true);
  });

  it('leaves orders of others alone', async () => {
    const { run, venue } = setUp('5.000');
    const foreign = makeClientOrderId({ installation: 'ffffffff', epoch: 1, counter: 1, role: 'stop' });
    venue.submit({ kind: 'single', order: spec('stop', { clientOrderId: foreign, quantity: '2.000' }) });
    expect((await run()).verifiedFlat).toBe(true);
    expect(venue.openIds()).toEqual([foreign]);
  });

  it('takes ids that no engine of the same epoch can make', async () => {
    const { run, exits } = setUp();
    await run();
    const [exit] = exits();
    expect(parseClientOrderId(exit!.spec.clientOrderId)?.counter).toBeGreaterThanOrEqual(2 ** 39);
  });
});
