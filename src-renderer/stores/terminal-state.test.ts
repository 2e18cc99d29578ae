import { describe, expect, it } from 'vitest';
import { sampleOrder, sampleState } from '../testing/sample-state.ts';
import {
  applyUpdate,
  isWorking,
  KEPT_ALERTS,
  KEPT_CLOSED_ORDERS,
  KEPT_FILLS,
  KEPT_LOG,
  sequenceStep,
} from './terminal-state.ts';

describe('sequenceStep', () => {
  it.each([
    [null, 1, 'gap'],
    [7, 8, 'apply'],
    [7, 7, 'duplicate'],
    [7, 3, 'duplicate'],
    [7, 9, 'gap'],
  ] as const)('after %s, %s is %s', (last, next, step) => {
    expect(sequenceStep(last, next)).toBe(step);
  });
});

describe('applyUpdate', () => {
  const state = sampleState();

  it('replaces a set topic and leaves the others identical', () => {
    const strip = { ...state.strip, tradingState: 'reducing' as const };
    const next = applyUpdate(state, { op: 'set', topic: 'strip', value: strip });
    expect(next.strip).toBe(strip);
    expect(next.orders).toBe(state.orders);
    expect(state.strip.tradingState).toBe('active');
  });

  it('replaces the order of the same id in place and appends a new one', () => {
    const [first] = state.orders;
    const changed = { ...first!, filledQuantity: '0.15' };
    const next = applyUpdate(state, { op: 'upsert', topic: 'orders', value: changed });
    expect(next.orders[0]).toBe(changed);
    expect(next.orders).toHaveLength(state.orders.length);
    const more = applyUpdate(next, { op: 'upsert', topic: 'orders', value: sampleOrder({ clientOrderId: 'new' }) });
    expect(more.orders.at(-1)?.clientOrderId).toBe('new');
  });

  it('keeps every working order and the newest closed ones', () => {
    let next = state;
    for (let index = 0; index < KEPT_CLOSED_ORDERS + 30; index++) {
      const value = sampleOrder({ clientOrderId: `closed-${index}`, status: 'filled' });
      next = applyUpdate(next, { op: 'upsert', topic: 'orders', value });
    }
    expect(next.orders.filter((order) => !isWorking(order))).toHaveLength(KEPT_CLOSED_ORDERS);
    expect(next.orders.filter(isWorking)).toHaveLength(state.orders.filter(isWorking).length);
    expect(next.orders.at(-1)?.clientOrderId).toBe(`closed-${KEPT_CLOSED_ORDERS + 29}`);
  });

  it('tells positions of two accounts in one instrument apart', () => {
    const [first] = state.positions;
    const other = { ...first!, accountId: 'paper-02', quantity: '9' };
    const next = applyUpdate(state, { op: 'upsert', topic: 'positions', value: other });
    expect(next.positions).toHaveLength(state.positions.length + 1);
    expect(next.positions[0]).toBe(first);
  });

  it('caps what it appends, newest last', () => {
    let next = { ...state, fills: [], alerts: [], log: [] } as typeof state;
    for (let index = 0; index < KEPT_LOG + 5; index++) {
      const id = String(index);
      next = applyUpdate(next, { op: 'append', topic: 'fills', value: { ...state.fills[0]!, tradeId: id } });
      next = applyUpdate(next, { op: 'append', topic: 'alerts', value: { ...state.alerts[0]!, id } });
      next = applyUpdate(next, { op: 'append', topic: 'log', value: { ...state.log[0]!, sequence: index } });
    }
    expect([next.fills.length, next.alerts.length, next.log.length]).toEqual([KEPT_FILLS, KEPT_ALERTS, KEPT_LOG]);
    expect(next.fills.at(-1)?.tradeId).toBe(String(KEPT_LOG + 4));
    expect(next.log[0]?.sequence).toBe(5);
  });
});

describe('isWorking', () => {
  it('counts an order with an unproven command as working whatever its status', () => {
    const pending = { command: 'cancel', outcome: 'unknown' as const, sinceUs: 1 };
    expect(isWorking(sampleOrder({ status: 'canceled', pending }))).toBe(true);
    expect(isWorking(sampleOrder({ status: 'canceled', pending: null }))).toBe(false);
  });
});
