import type { StateUpdate, TerminalState } from '../../src-preload/contract/state.ts';

/** What the window keeps; the journal keeps everything. */
export const KEPT_FILLS = 500;
export const KEPT_LOG = 1000;
export const KEPT_ALERTS = 200;
export const KEPT_CLOSED_ORDERS = 200;

export type SequenceStep = 'apply' | 'duplicate' | 'gap';

/** Numbers count without gaps; before the first snapshot every update is a gap. */
export function sequenceStep(last: number | null, next: number): SequenceStep {
  if (last === null) return 'gap';
  if (next <= last) return 'duplicate';
  return next === last + 1 ? 'apply' : 'gap';
}

/** `ended`: a foreign order that the venue shows no more; how it ended is not asked. */
const CLOSED = new Set(['denied', 'filled', 'canceled', 'expired', 'rejected', 'ended']);

/** An order with an unresolved command is open whatever its last proven status says. */
export const isWorking = (order: { readonly status: string; readonly pending: unknown }): boolean =>
  order.pending !== null || !CLOSED.has(order.status);

function upserted<T>(list: readonly T[], value: T, isSame: (entry: T) => boolean): readonly T[] {
  const index = list.findIndex(isSame);
  return index < 0 ? [...list, value] : list.with(index, value);
}

const appended = <T>(list: readonly T[], value: T, kept: number): readonly T[] =>
  list.length < kept ? [...list, value] : [...list.slice(list.length - kept + 1), value];

function trimmedOrders(orders: TerminalState['orders']): TerminalState['orders'] {
  const closed = orders.filter((order) => !isWorking(order)).length;
  if (closed <= KEPT_CLOSED_ORDERS) return orders;
  let surplus = closed - KEPT_CLOSED_ORDERS;
  return orders.filter((order) => isWorking(order) || surplus-- <= 0);
}

/** The state after one update; the given state is left as it was. */
export function applyUpdate(state: TerminalState, update: StateUpdate): TerminalState {
  if (update.op === 'set') return { ...state, [update.topic]: update.value };
  switch (update.topic) {
    case 'orders': {
      const { value } = update;
      const orders = upserted(state.orders, value, (order) => order.clientOrderId === value.clientOrderId);
      return { ...state, orders: trimmedOrders(orders) };
    }
    case 'positions': {
      const { accountId, instrumentId } = update.value;
      const positions = upserted(
        state.positions,
        update.value,
        (position) => position.accountId === accountId && position.instrumentId === instrumentId,
      );
      return { ...state, positions };
    }
    case 'fills':
      return { ...state, fills: appended(state.fills, update.value, KEPT_FILLS) };
    case 'alerts':
      return { ...state, alerts: appended(state.alerts, update.value, KEPT_ALERTS) };
    case 'log':
      return { ...state, log: appended(state.log, update.value, KEPT_LOG) };
  }
}
