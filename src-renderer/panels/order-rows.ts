import type { OrderDto } from '../../src-preload/contract/state.ts';
import { isWorking } from '../stores/terminal-state.ts';

const rank = (order: OrderDto): number => {
  if (order.pending?.outcome === 'unknown') return 0;
  return order.foreign ? 2 : 1;
};

/** Working orders: unknown first, then own by newest, foreign last. */
export const workingOrders = (orders: readonly OrderDto[]): readonly OrderDto[] =>
  orders.filter(isWorking).toSorted((a, b) => rank(a) - rank(b) || b.createdAtUs - a.createdAtUs);

/** Closed orders, newest first: what was denied, rejected or expired is as much news as what was filled. */
export const closedOrders = (orders: readonly OrderDto[]): readonly OrderDto[] =>
  orders.filter((order) => !isWorking(order)).toSorted((a, b) => b.updatedAtUs - a.updatedAtUs);

/** What the order is there for, in the strategy's or the trader's name. */
export function purposeOf(order: OrderDto): string {
  if (order.foreign) return 'never touched';
  if (order.role === 'stop') return 'protects';
  if (order.parentId !== undefined) return `child ${order.parentId}`;
  if (order.role === 'entry') return order.strategyId ?? 'by hand';
  return order.role;
}
