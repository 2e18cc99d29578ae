import { describe, expect, it } from 'vitest';
import { makeClientOrderId, parseClientOrderId, type OrderRole } from '../engine/domain/client-order-id.ts';
import { capabilitiesOf } from '../engine/domain/capabilities.ts';
import { decimal } from '../engine/domain/decimal.ts';
import type { VenuePosition } from '../engine/domain/events.ts';
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

  it('is not flat while the venue does not tell what is left after the cancel', async () => {
    const { run, gateway, venue, exits } = setUp();
    const snapshot = gateway.snapshot.bind(gateway);
    let looks = 0;
    gateway.snapshot = async (...args) =>
      looks++ === 0 ? snapshot(...args) : err({ detail: 'HTTP 502', retryAfterMs: null });
    const report = await run();
    expect(report.verifiedFlat).toBe(false);
    expect(report.actions).toContainEqual(expect.objectContaining({ action: 'query', outcome: 'HTTP 502' }));
    expect(exits()).toEqual([]);
    expect(venue.openIds()).toEqual([]);
  });

  it('is not flat where the venue no longer lists what is held', async () => {
    const { run, gateway, exits } = setUp();
    gateway.connect = async () => [];
    expect((await run()).verifiedFlat).toBe(false);
    expect(exits()).toEqual([]);
  });

  it('leaves the rest alone that the venue finds too little to sell', async () => {
    const { run, gateway, venue } = setUp();
    let asked = 0;
    gateway.submit = async () => {
      asked += 1;
      return { kind: 'rejected', venueCode: '-1013', message: 'Filter failure: NOTIONAL' };
    };
    const report = await run();
    expect(report.verifiedFlat).toBe(true);
    expect(report.actions.at(-1)).toMatchObject({ action: 'exit', outcome: 'rejected -1013' });
    expect(asked).toBe(1);
    expect(venue.base.toString()).toBe('1.000');
  });

  it('asks again where an exit is refused for another reason, or its gateway throws', async () => {
    const { run, gateway, venue } = setUp();
    const submit = gateway.submit.bind(gateway);
    let asked = 0;
    gateway.submit = async (...args) => {
      asked += 1;
      if (asked === 1) return { kind: 'rejected', venueCode: '-1003', message: 'Too many requests.' };
      if (asked === 2) throw new Error('socket hang up');
      return submit(...args);
    };
    const report = await run();
    const outcomes = report.actions.flatMap(({ action, outcome }) => (action === 'exit' ? [outcome] : []));
    expect(outcomes).toEqual(['rejected -1003', 'unknown', 'accepted']);
    expect(report.verifiedFlat).toBe(true);
    expect(venue.base.isZero).toBe(true);
  });

  it('sells nothing out of a balance it is not told', async () => {
    const { run, gateway, exits } = setUp();
    const snapshot = gateway.snapshot.bind(gateway);
    gateway.snapshot = async (...args) => {
      const told = await snapshot(...args);
      return told.ok ? { ...told, value: { ...told.value, balances: [] } } : told;
    };
    expect((await run()).verifiedFlat).toBe(false);
    expect(exits()).toEqual([]);
  });

  describe('where positions are the venue’s own', () => {
    function onPositions(positions: readonly VenuePosition[] | undefined) {
      const rig = setUp();
      const { gateway } = rig;
      Object.assign(gateway, { capabilities: capabilitiesOf('BINANCE', 'USDM') });
      const snapshot = gateway.snapshot.bind(gateway);
      let failing = 0;
      gateway.snapshot = async (...args) => {
        if (failing-- > 0) return err({ detail: 'HTTP 503', retryAfterMs: null });
        const told = await snapshot(...args);
        return told.ok && positions !== undefined ? { ...told, value: { ...told.value, positions } } : told;
      };
      return { ...rig, failFirst: (times: number) => void (failing = times) };
    }

    it('cancels what rests once there is no position, also where none are told', async () => {
      for (const positions of [undefined, []]) {
        const { run, venue, failFirst } = onPositions(positions);
        failFirst(3);
        const report = await run();
        expect(report.verifiedFlat).toBe(true);
        expect(report.actions.filter(({ outcome }) => outcome === 'HTTP 503')).toHaveLength(3);
        expect(venue.openIds()).toEqual([]);
      }
    });

    it('closes in reduce-only parts no larger than the venue takes, whole where it lists nothing', async () => {
      for (const [listed, part] of [
        [undefined, '1000'],
        [[], '5000'],
      ] as const) {
        const { run, gateway } = onPositions([
          { instrumentId: BTC, quantity: '5000', entryPrice: null, liquidationPrice: null },
        ]);
        if (listed !== undefined) gateway.connect = async () => listed;
        const sent: unknown[] = [];
        gateway.submit = async (submission) => {
          sent.push(submission);
          return { kind: 'unknown', reason: 'connection reset' };
        };
        expect((await run()).verifiedFlat).toBe(false);
        expect(sent[0]).toMatchObject({ kind: 'single', order: { side: 'sell', quantity: part, reduceOnly: true } });
      }
    });
  });

  it('takes ids that no engine of the same epoch can make', async () => {
    const { run, exits } = setUp();
    await run();
    const [exit] = exits();
    expect(parseClientOrderId(exit!.spec.clientOrderId)?.counter).toBeGreaterThanOrEqual(2 ** 39);
  });
});
