import { Quantity } from '../domain/quantities.ts';
import { isTerminal } from '../domain/order.ts';
import { quantityOf } from '../execution/amounts.ts';
import { exposureKey, type Exposure, type Turn } from '../execution/execution-state.ts';
import { heldBy } from '../execution/held-entries.ts';
import { lacksFills } from '../execution/unknown-outcomes.ts';
import type { Child } from '../executors/executor.ts';
import type { ExecutorRecord } from '../executors/executor-record.ts';

type Reading = Pick<Turn, 'state'>;

export const exposureOf = ({ state }: Reading, { request }: ExecutorRecord): Exposure | undefined =>
  state.exposures.get(exposureKey(request.accountId, request.instrumentId));

/** Brings what the parent knows of its children up to their orders; new ones are found by their parent's id. */
export function refreshChildren(turn: Reading, record: ExecutorRecord): void {
  for (const id of exposureOf(turn, record)?.openOrders ?? []) {
    const order = turn.state.orders.get(id);
    if (order?.spec.parentId !== record.executorId || record.children.has(id)) continue;
    const { side, price, quantity } = order.spec;
    record.children.set(id, { side, price, quantity, filled: '0', isOpen: true });
  }
  for (const [id, child] of record.children) {
    const order = turn.state.orders.get(id);
    // Forgotten only once it was closed and all its trades were here.
    if (order === undefined) child.isOpen = false;
    else {
      child.quantity = order.spec.quantity;
      child.filled = quantityOf(order.filled).max(quantityOf(order.reportedFilled)).toString();
      child.isOpen = !isTerminal(order.status) || lacksFills(order);
    }
  }
}

export const childrenOf = (record: ExecutorRecord): readonly Child[] =>
  [...record.children].map(([clientOrderId, { side, price, quantity, filled, isOpen }]) => ({
    clientOrderId,
    side,
    price,
    quantity: quantityOf(quantity),
    filled: quantityOf(filled),
    isOpen,
  }));

/** What children on the parent's side have, open ones at full size, less what others took back. */
export function committedOf(turn: Reading, record: ExecutorRecord): Quantity {
  const { side } = record.request;
  let sum = waitingQuantity(turn, record);
  for (const child of childrenOf(record)) {
    if (child.side === side) sum = sum.plus(child.isOpen ? child.quantity : child.filled);
    else sum = sum.minus(child.filled);
  }
  return sum;
}

export function filledOf(record: ExecutorRecord): Quantity {
  const { side } = record.request;
  return childrenOf(record).reduce(
    (sum, child) => (child.side === side ? sum.plus(child.filled) : sum.minus(child.filled)),
    Quantity.zero(),
  );
}

/** Children that are no orders yet: an entry whose stop rests first, a part that waits for room. */
function waitingQuantity(turn: Reading, record: ExecutorRecord): Quantity {
  const exposure = exposureOf(turn, record);
  if (exposure === undefined) return Quantity.zero();
  const held = heldBy(turn, exposure).filter(({ entry }) => entry.parentId === record.executorId);
  const reduction = waitingReduction(exposure, record);
  return [...held.map(({ entry }) => entry.quantity), ...reduction].reduce(
    (sum, quantity) => sum.plus(quantityOf(quantity)),
    Quantity.zero(),
  );
}

export const isWaiting = (turn: Reading, record: ExecutorRecord): boolean => {
  const exposure = exposureOf(turn, record);
  if (exposure === undefined) return false;
  // Any part on its way out locks the instrument for another.
  if ((exposure.reduction ?? null) !== null) return true;
  return heldBy(turn, exposure).some(({ entry }) => entry.parentId === record.executorId);
};

function waitingReduction({ reduction }: Exposure, { executorId, request }: ExecutorRecord): readonly string[] {
  const isOwn = reduction?.request.parentId === executorId && reduction.request.side === request.side;
  return isOwn && reduction.orderId === null ? [reduction.request.quantity] : [];
}
