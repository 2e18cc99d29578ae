import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { OrderRequest } from '../domain/command.ts';
import type { DecisionReason } from '../domain/events.ts';
import { isTerminal, type OrderSpec, type OrderType } from '../domain/order.ts';
import { quantityOf } from './amounts.ts';
import { isDenied } from './absence.ts';
import { closes, openRecords, positionOf } from './coverage.ts';
import { timeInForceAt } from './entry-forms.ts';
import { configOf, listedInstrument, type Exposure, type Reduction, type Turn } from './execution-state.ts';
import { sendCancel, sendSubmission } from './sending.ts';
import { nextOrderId } from './submissions.ts';

const US_PER_MS = 1_000;
const STOPS: readonly OrderType[] = ['stopLimit', 'stopMarket', 'trailingStop'];

/**
 * Closes a part. Where balances are locked the closing orders make room first, the part is sold, and the guard rests a
 * stop for what is left; elsewhere it is sent at once, reduce-only, beside the stop.
 */
export function startReduction(turn: Turn, exposure: Exposure, request: OrderRequest, reason: DecisionReason): void {
  const { locksFunds } = capabilitiesOfInstrument(exposure.instrumentId);
  const untilUs = turn.timeUs + configOf(turn.state).commandTimeoutMs * US_PER_MS;
  const reduction: Reduction = { request, reason, untilUs, orderId: null };
  if (!locksFunds) {
    send(turn, exposure, reduction);
    return;
  }
  exposure.reduction = reduction;
}

/** True while a part is being closed: the guard waits, so that it does not lock again what was released for it. */
export function advanceReduction(turn: Turn, exposure: Exposure): boolean {
  const reduction = exposure.reduction ?? null;
  if (reduction === null) return false;
  const sent = reduction.orderId === null ? undefined : turn.state.orders.get(reduction.orderId);
  // Once the venue denied the sale, the guard protects beside it: its proof of absence takes seconds.
  const isGone = sent === undefined || isTerminal(sent.status) || isDenied(sent);
  const isOver = reduction.orderId === null ? turn.timeUs >= reduction.untilUs : isGone;
  if (isOver) {
    exposure.reduction = null;
    // What the sale left is protected at once.
    exposure.protection.urgent = true;
    return false;
  }
  if (reduction.orderId !== null) return true;
  const closing = openRecords(turn.state, exposure).filter(
    (record) => !isTerminal(record.status) && record.spec.role !== 'entry' && closes(record, exposure),
  );
  for (const record of closing) sendCancel(turn, record);
  if (closing.length === 0) exposure.reduction = { ...reduction, orderId: send(turn, exposure, reduction) };
  return true;
}

function send(turn: Turn, exposure: Exposure, { request, reason }: Reduction): OrderSpec['clientOrderId'] | null {
  const { reduceOnly, locksFunds } = capabilitiesOfInstrument(exposure.instrumentId);
  const { lotSize } = listedInstrument(turn.state, exposure.instrumentId);
  // The stop may have filled meanwhile.
  const held = positionOf(turn.state, exposure).floorToLot(lotSize);
  const quantity = quantityOf(request.quantity).min(held);
  if (!quantity.isPositive) return null;
  const { protection: _protection, reduceOnly: _asked, ...order } = request;
  const role = roleOf(request);
  const spec: OrderSpec = {
    ...order,
    clientOrderId: nextOrderId(turn, role),
    role,
    quantity: quantity.toString(),
    timeInForce: timeInForceAt(request),
    ...(reduceOnly && !locksFunds ? { reduceOnly: true } : {}),
  };
  sendSubmission(turn, { kind: 'single', order: spec }, { action: 'reducingExit', reason });
  return spec.clientOrderId;
}

/** What rests is no exit: an exit at market must not wait for it. */
function roleOf({ type, timeInForce }: OrderRequest): 'exit' | 'stop' | 'target' {
  if (STOPS.includes(type)) return 'stop';
  return type === 'market' || timeInForce === 'ioc' || timeInForce === 'fok' ? 'exit' : 'target';
}
