import { afterEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../adapters/system-clock/system-clock.ts';
import { makeClientOrderId } from '../engine/domain/client-order-id.ts';
import { call } from '../practice-exchange/testing/practice-client.ts';
import type { CaseSetting } from './chaos/case-setting.ts';
import { differencesOf } from './chaos/run-case.ts';
import { ACCOUNT, Stage } from './chaos/stage.ts';

/** Of the machine's time, for each thing that has to come about. */
const PATIENCE_MS = 30_000;
const TEST_MS = 120_000;
const LOGGER = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

/** An engine ready to trade on a practice exchange of its own, over real sockets, journal on disk. */
async function staged(setting: CaseSetting = {}): Promise<Stage> {
  const parts = { clock: createSystemClock(), seed: '1', exchanged: {}, logger: LOGGER, patienceMs: PATIENCE_MS };
  stage = await Stage.open({ ...parts, setting: { startup: 'confirm', ...setting } });
  await stage.ready();
  return stage;
}

async function resting(on: Stage): Promise<void> {
  await on.taken({ entry: 'resting' });
  await on.until('the entry to rest', () => on.view.orders().some(({ status }) => status === 'accepted'));
}

/** The engine dies, this happens at the venue unheard, and the next life has heard the venue about all of it. */
async function restarted(on: Stage, meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
  await on.kill();
  await meanwhile();
  await on.restart();
  await on.until('the venue to be heard', () => on.isReady() && on.view.comparing().length === 0);
}

const traded = (on: Stage, lots: number) => async (): Promise<void> => {
  const { length } = on.ledger().fills;
  on.market.trade(10_000, lots);
  await on.until('the trade', () => on.ledger().fills.length > length);
};
const stopHit = (on: Stage) => async (): Promise<void> => {
  on.market.moveTo(9_790);
  await on.until('the stop to fill', () => on.ledger().fills.some(({ side }) => side === 'SELL'));
};

/** The trader's own hand at the venue, beside the engine. */
async function byHand(on: Stage, route: string, params: Record<string, string>): Promise<void> {
  const { body, status } = await call(on.exchange, route, { symbol: 'BTCUSDT', ...params }, 0);
  expect([status, body]).toMatchObject([200, {}]);
}
const bid = (over: Record<string, string> = {}): Record<string, string> => {
  return { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '90.00', quantity: '0.500', ...over };
};

const open = (on: Stage) => on.view.differences().filter(({ acceptedBy }) => acceptedBy === null);
const told = (on: Stage): readonly string[] =>
  open(on)
    .map(({ kind, venue: { quantity, status } }) => [kind, status, quantity === null ? null : Number(quantity)])
    .map((parts) => parts.filter((part) => part !== null).join(' '))
    .toSorted();
const rearm = async (on: Stage, to: 'active' | 'reducing' = 'active') =>
  on.send({ kind: 'rearm', to, reason: 'books compared' });
const confirmAll = async (on: Stage) => on.send({ kind: 'confirmDifferences', ids: open(on).map(({ id }) => id) });
const sold = (on: Stage): number => on.ledger().fills.filter(({ side }) => side === 'SELL').length;
const statusAtVenue = (on: Stage, has: { readonly side: string; readonly price?: string }) =>
  on
    .ledger()
    .orders.filter(({ side, price }) => side === has.side && Number(price) === Number(has.price ?? price))
    .map(({ status }) => status);

/** What holds after every restart: halted, protected, nothing traded by the restart itself, both books the same. */
async function unharmed(on: Stage, sales = 0): Promise<void> {
  expect(on.view.tradingState().state).toBe('halted');
  await on.until('protection', () => on.isProtected());
  await on.until('both books to agree', () => differencesOf(on).length === 0);
  expect(on.ordersOf('exit').length + on.ordersOf('escalation').length).toBe(0);
  expect(sold(on)).toBe(sales);
  expect(on.shadow.problems).toEqual([]);
}

/** Each difference has to be confirmed before the engine trades again. */
async function confirmed(on: Stage): Promise<void> {
  const { length } = open(on);
  expect(await rearm(on)).toEqual({ code: 'DIFFERENCES_OPEN', params: { open: length } });
  expect(await confirmAll(on)).toBeNull();
  expect(await rearm(on)).toBeNull();
}

describe('a restart on which nothing happened at the venue', { timeout: TEST_MS }, () => {
  it('of a flat account shows no difference and may be re-armed', async () => {
    const on = await staged();
    await restarted(on);
    await unharmed(on);
    expect(told(on)).toEqual([]);
    expect(on.ledger().orders).toEqual([]);
    expect(await rearm(on)).toBeNull();
  });

  it('ends an open entry, as a halted engine rests none, and shows no difference', async () => {
    const on = await staged();
    await resting(on);
    await restarted(on);
    await unharmed(on);
    expect(told(on)).toEqual([]);
    expect(statusAtVenue(on, { side: 'BUY' })).toEqual(['CANCELED']);
    expect(await rearm(on)).toBeNull();
  });

  it("leaves the trader's own coins alone beside a protected position", async () => {
    const on = await staged({ balances: { BTC: '25' } });
    await on.position();
    await restarted(on);
    await unharmed(on);
    expect(told(on)).toEqual([]);
    const held = on.view.balances(ACCOUNT).find(({ asset }) => asset === 'BTC');
    expect(Number(held?.free) + Number(held?.locked)).toBeCloseTo(25.999, 9);
    expect(Number(held?.locked)).toBeCloseTo(0.999, 9);
    expect(await rearm(on)).toBeNull();
  });
});

describe('a restart after the venue went on', { timeout: TEST_MS }, () => {
  it('books a part of an entry whose news died with the engine', async () => {
    const on = await staged();
    await resting(on);
    await on.fault({ kind: 'lateFill', ms: 600_000 });
    await traded(on, 300)();
    await restarted(on);
    await unharmed(on);
    // Its rest is canceled at once: the look may come before or after.
    expect(told(on)).toEqual([
      expect.stringMatching(/^orderChanged (canceled|partiallyFilled) 0\.3$/),
      'positionChanged 0.2997',
    ]);
    expect(Number(on.held())).toBeCloseTo(0.2997, 9);
    await confirmed(on);
  });

  it('books an entry that filled meanwhile and protects it before anyone confirms', async () => {
    const on = await staged();
    await resting(on);
    await restarted(on, traded(on, 1_000));
    await unharmed(on);
    expect(told(on)).toEqual(['orderChanged filled 1', 'positionChanged 0.999']);
    await confirmed(on);
  });

  it('books a stop that filled meanwhile and sells nothing more', async () => {
    const on = await staged();
    await on.position();
    await restarted(on, stopHit(on));
    const sales = sold(on);
    await unharmed(on, sales);
    expect(told(on)).toEqual(['orderChanged expired 0', 'orderChanged filled 0.999', 'positionChanged 0']);
    expect(on.isFlat()).toBe(true);
    expect(Number(on.held())).toBe(0);
    await confirmed(on);
  });

  it('shows an entry that was canceled meanwhile', async () => {
    const on = await staged();
    await resting(on);
    await restarted(on, () => byHand(on, 'DELETE /api/v3/openOrders', {}));
    await unharmed(on);
    expect(told(on)).toEqual(['orderChanged canceled 0']);
    await confirmed(on);
  });

  it('rests another stop where it was canceled meanwhile', async () => {
    const on = await staged();
    await on.position();
    await restarted(on, () => byHand(on, 'DELETE /api/v3/openOrders', {}));
    await unharmed(on);
    expect(told(on)).toEqual(['orderChanged canceled 0', 'orderChanged canceled 0']);
    await confirmed(on);
  });

  it('goes by the policy where nobody is at hand', async () => {
    const on = await staged({ startup: 'policy' });
    await on.position();
    await restarted(on, stopHit(on));
    await unharmed(on, sold(on));
    expect(on.view.differences().map(({ acceptedBy }) => acceptedBy)).toEqual(['policy', 'policy', 'policy']);
    expect(await rearm(on)).toBeNull();
  });
});

describe('a restart beside others on the account', { timeout: TEST_MS }, () => {
  it('shows a foreign order and never touches it', async () => {
    const on = await staged();
    await on.position();
    await restarted(on, () => byHand(on, 'POST /api/v3/order', bid()));
    await unharmed(on);
    expect(told(on)).toEqual(['orderForeign accepted 0']);
    expect(on.view.foreignOrders()).toHaveLength(1);
    await confirmed(on);
    expect(statusAtVenue(on, { side: 'BUY', price: '90' })).toEqual(['NEW']);
  });

  it('keeps entries back beside another Leeward until the trader says whose account it is', async () => {
    const on = await staged();
    const newClientOrderId = makeClientOrderId({ installation: 'ffffffff', epoch: 3, counter: 7, role: 'entry' });
    await restarted(on, () => byHand(on, 'POST /api/v3/order', bid({ newClientOrderId })));
    expect(told(on)).toEqual(['orderForeign accepted 0']);
    expect(await rearm(on)).toEqual({ code: 'DIFFERENCES_OPEN', params: { open: 1 } });
    expect(await confirmAll(on)).toBeNull();
    expect(await rearm(on)).toMatchObject({ code: 'ACCOUNT_SHARED', params: { installation: 'ffffffff' } });
    expect(await rearm(on, 'reducing')).toBeNull();
    await on.send({ kind: 'chooseOwner', accountId: ACCOUNT, installation: 'ffffffff', owner: 'this' });
    // Ours now, and so it ends like any entry that may not open exposure.
    await on.until('its entry to end', () => on.view.order(newClientOrderId)?.status === 'canceled');
    expect(statusAtVenue(on, { side: 'BUY' })).toEqual(['CANCELED']);
    expect(on.ledger().fills).toEqual([]);
    expect(await rearm(on)).toBeNull();
  });
});
