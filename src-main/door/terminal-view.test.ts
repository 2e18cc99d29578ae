import { describe, expect, it } from 'vitest';
import type { Decision } from '../engine/domain/events.ts';
import type { Fill } from '../engine/domain/order.ts';
import type { ForeignOrder } from '../engine/execution/reconciliation-state.ts';
import type { EngineFacts } from './engine-facts.ts';
import { type NumberedUpdate, TerminalView } from './terminal-view.ts';

type Judged = Extract<Decision, { kind: 'order.judged' }>;

/** A view of nothing but what the test says; a fact that it does not say ends the test. */
function viewOf(facts: Partial<EngineFacts> = {}) {
  const updates: NumberedUpdate[] = [];
  const quiet = { exposures: () => [], foreignOrders: () => [], order: () => undefined, ...facts };
  return { updates, view: new TerminalView(quiet as unknown as EngineFacts, (update) => updates.push(update)) };
}

const foreign = (venueOrderId: string): ForeignOrder =>
  ({
    report: { accountId: 'a', venueOrderId, instrumentId: 'BTCUSDT', venueStatus: 'live', triggered: false },
    ...{ firstSeenUs: 1, updatedAtUs: 1, installation: null },
  }) as unknown as ForeignOrder;

const told = (updates: readonly NumberedUpdate[]) =>
  updates.map(({ update }) => update).flatMap((update) => (update.topic === 'orders' ? [update.value] : []));

describe('orders in the terminal', () => {
  it('shows a foreign order that is gone once more, as ended', () => {
    let shown = [foreign('1'), foreign('2')];
    const { updates, view } = viewOf({ foreignOrders: () => shown });
    view.settle();
    shown = [foreign('2')];
    view.settle();
    view.settle();
    expect(told(updates).map((order) => [order.venueOrderId, order.status])).toEqual([
      ['1', 'accepted'],
      ['2', 'accepted'],
      ['1', 'ended'],
    ]);
  });

  it('forgets the oldest closed order, never one that is still shown', () => {
    let shown = Array.from({ length: 502 }, (_, index) => foreign(String(index)));
    const { view } = viewOf({ ...REST_OF_STATE, foreignOrders: () => shown });
    view.settle();
    shown = shown.slice(0, 1);
    view.settle();
    shown = [...shown, foreign('new')];
    view.settle();
    const kept = view.snapshot().state.orders.map(({ venueOrderId }) => venueOrderId);
    expect(kept.length).toBe(502);
    expect([kept[0], kept[1], kept.at(-1)]).toEqual(['0', '2', 'new']);
  });

  it('keeps every open order of the first look, however many', () => {
    const ids = Array.from({ length: 502 }, (_, index) => String(index));
    const exposure = {
      accountId: 'a',
      instrumentId: 'BTCUSDT',
      openOrders: ids,
      isFlat: true,
      protection: { unprotectedSinceUs: null },
    };
    const record = (id: string) => ({
      spec: { clientOrderId: id },
      venueOrderIds: [],
      filled: '0',
      status: 'accepted',
    });
    const { view } = viewOf({
      ...REST_OF_STATE,
      exposures: () => [exposure] as never,
      position: () => undefined,
      order: (id) => record(id) as never,
    });
    view.settle();
    expect(view.snapshot().state.orders.map(({ clientOrderId }) => clientOrderId)).toEqual(ids);
  });

  it('shows a rejected order with what the venue said', () => {
    const exposure = { accountId: 'a', instrumentId: 'BTCUSDT', openOrders: ['1f'], protection: {} };
    const record = { spec: { clientOrderId: '1f' }, status: 'rejected', venueOrderIds: [], reason: 'command' };
    const { updates, view } = viewOf({
      exposures: () => [exposure] as never,
      position: () => undefined,
      order: () => record as never,
    });
    const alert = (params: object) =>
      view.apply(1, 1, {
        kind: 'alert.raised',
        alert: { code: 'ORDER_REJECTED', severity: 'warning', params },
      } as never);
    alert({ clientOrderId: '1f', command: 'modify', venueCode: '-1' });
    alert({ clientOrderId: '1f', venueCode: '-2010', message: 'Filter failure' });
    view.settle();
    expect(told(updates)).toMatchObject([{ clientOrderId: '1f', status: 'rejected', reason: 'Filter failure' }]);
  });

  it('leaves out an open order without a record', () => {
    const exposure = { accountId: 'a', instrumentId: 'BTCUSDT', openOrders: ['gone'], protection: {} };
    const { updates, view } = viewOf({ exposures: () => [exposure] as never, position: () => undefined });
    view.settle();
    expect(updates).toEqual([]);
  });
});

describe('events in the terminal', () => {
  const fill = {
    ...{ tradeId: '1', clientOrderId: 'c', accountId: 'a', instrumentId: 'BTCUSDT', side: 'buy', liquidity: 'taker' },
    ...{ price: '1', quantity: '1', fee: { amount: '0', asset: 'USDT' }, tradedAtUs: 1 },
  } as unknown as Fill;

  it('shows a fill of an order without a record with an unknown role', () => {
    const { updates, view } = viewOf();
    view.apply(1, 1, { kind: 'order.filled', fill } as never);
    expect(updates[0]?.update).toMatchObject({ op: 'append', topic: 'fills', value: { role: 'unknown' } });
  });

  it('keeps the last 200 alerts', () => {
    const { view } = viewOf(REST_OF_STATE);
    const alert = { code: 'CLOCK_SKEW', params: {}, severity: 'warning' };
    for (let sequence = 1; sequence <= 201; sequence++) {
      view.apply(sequence, 1, { kind: 'alert.raised', alert } as never);
    }
    const { alerts } = view.snapshot().state;
    expect([alerts.length, alerts[0]?.id, alerts.at(-1)?.id]).toEqual([200, '2', '201']);
  });

  const denial = (params: object) => ({ code: 'FEED_STALE', params, headroom: null });
  const judged = (denials: readonly object[], reason: object): Judged =>
    ({ kind: 'order.judged', verdict: { allowed: false, denials, checks: [] }, reason }) as unknown as Judged;
  it.each([
    [
      'a strategy',
      judged([denial({ instrumentId: 'BTCUSDT' })], { by: 'strategy', strategyId: 's-1' }),
      's-1',
      'BTCUSDT',
    ],
    ['a person', judged([denial({})], { by: 'command' }), 'command', null],
  ])('tells the last denial of %s', (_name, event, by, instrumentId) => {
    const { view } = viewOf(REST_OF_STATE);
    view.apply(1, 9, event);
    const { risk } = view.snapshot().state;
    expect(risk).toMatchObject({ denialsToday: 1, lastDenial: { code: 'FEED_STALE', by, instrumentId, timeUs: 9 } });
  });

  it('counts no denial where a verdict names none', () => {
    const { view } = viewOf(REST_OF_STATE);
    view.apply(1, 9, judged([], { by: 'command' }));
    expect(view.snapshot().state.risk).toMatchObject({ denialsToday: 0, lastDenial: null });
  });
});

/** A flat account without instruments. */
const REST_OF_STATE = {
  ...{ mode: 'paper', venueLabel: 'practice', reportingAsset: 'USDT', engineEpoch: 1 },
  risk: { maxReferenceAgeMs: 1 } as EngineFacts['risk'],
  tradingState: () => ({ state: 'active', sinceUs: 0, reason: '' }),
  guardian: () => ({ silentMs: null }),
  lag: () => ({ p50Ms: null, p99Ms: null }),
  roundTrip: () => ({ lastMs: null, p99Ms: null, samples: 0 }),
  instruments: () => [],
  account: () => ({ equity: null, dayPnl: null }),
  unprotectedMs: () => 0,
  margins: () => [],
  components: () => [],
  journal: () => ({ rows: 0, headHash: '', lastCommitMs: null, failed: null }),
  drift: () => ({}) as never,
  strategies: () => [],
  stopReport: () => null,
  unknownOutcomes: () => [],
  executors: () => [],
  reconciliation: () => ({}) as never,
} satisfies Partial<EngineFacts>;
